//! The zone of a scripted primary: its records, and the history of its edits.
//!
//! A plain list, on purpose nothing like `zone::Version`: it judges what a secondary makes of it.

use wire::codes::{Class, Rrtype};
use wire::name::{Name, NameRef};
use wire::rdata::Soa;
use wire::record::Record;
use wire::serial::Serial;
use wire::ttl::Ttl;

/// SOA timers of a scripted zone, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoaTimers {
    /// From a success to the next SOA query.
    pub refresh: u32,
    /// From a failure to the next attempt.
    pub retry: u32,
    /// Without confirmation, until answers stop.
    pub expire: u32,
}

/// What one edit took away and brought.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Records that must be there.
    pub removed: Vec<Record>,
    /// Records that must not be there yet.
    pub added: Vec<Record>,
}

/// A zone at a serial, and how it came there.
#[derive(Clone, Debug)]
pub struct Content {
    apex: Name,
    serial: Serial,
    soa: SoaRest,
    /// Without the SOA.
    records: Vec<Record>,
    /// Oldest first; each leads from its serial to the next one's, the last to `serial`.
    history: Vec<(Serial, Edit)>,
}

/// The SOA but for its serial.
#[derive(Clone, Debug)]
struct SoaRest {
    ttl: Ttl,
    /// MNAME and RNAME.
    names: Box<[u8]>,
    timers: SoaTimers,
    negative_ttl: u32,
}

impl Content {
    /// A zone with one name server, `ns1` under the apex at 192.0.2.1, and nothing else.
    ///
    /// # Panics
    /// Not with an apex of ordinary length: `ns1` below it must be a name.
    #[must_use]
    pub fn new(apex: Name, serial: Serial, timers: SoaTimers) -> Self {
        let server = server_of(&apex);
        let records = vec![
            record(apex.clone(), Rrtype::NS, server.as_wire()),
            record(server, Rrtype::A, &[192, 0, 2, 1]),
        ];
        let names = [server_of(&apex).as_wire(), below(&apex, "hostmaster").as_wire()].concat();
        let (ttl, names) = (Ttl::from_wire(TTL), names.into());
        let soa = SoaRest { ttl, names, timers, negative_ttl: NEGATIVE_TTL };
        Self { apex, serial, soa, records, history: Vec::new() }
    }

    /// A zone of any records. The first SOA says which zone; `None` without one.
    #[must_use]
    pub fn of_zone(mut records: Vec<Record>) -> Option<Self> {
        let at = records.iter().position(|record| record.rrtype == Rrtype::SOA)?;
        let Record { owner: apex, ttl, rdata, .. } = records.remove(at);
        records.retain(|record| record.rrtype != Rrtype::SOA);
        let Soa { serial, refresh, retry, expire, negative_ttl, .. } = Soa::parse(&rdata).ok()?;
        let names = rdata.get(..rdata.len().checked_sub(20)?)?.into();
        let timers = SoaTimers { refresh, retry, expire };
        let soa = SoaRest { ttl, names, timers, negative_ttl };
        Some(Self { apex, serial, soa, records, history: Vec::new() })
    }

    /// The top of the zone.
    #[must_use]
    pub const fn apex(&self) -> &Name {
        &self.apex
    }

    /// The serial of its SOA.
    #[must_use]
    pub const fn serial(&self) -> Serial {
        self.serial
    }

    /// Its records, without the SOA.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Makes an edit; the serial goes up by one. What is not there is not removed, what is there
    /// is not added, and nothing is so twice: the history stays true.
    pub fn edit(&mut self, edit: Edit) -> Serial {
        let mut done = Edit::default();
        for gone in edit.removed {
            if let Some(at) = self.records.iter().position(|held| *held == gone) {
                done.removed.push(self.records.remove(at));
            }
        }
        for new in edit.added {
            if !self.records.contains(&new) {
                self.records.push(new.clone());
                done.added.push(new);
            }
        }
        self.history.push((self.serial, done));
        self.serial = next(self.serial);
        self.serial
    }

    /// The same records under another serial and without history, as after a restored backup.
    #[must_use]
    pub fn at_serial(&self, serial: Serial) -> Self {
        Self { serial, history: Vec::new(), ..self.clone() }
    }

    /// The SOA at the present serial.
    #[must_use]
    pub fn soa(&self) -> Record {
        self.soa_at(self.serial)
    }

    /// The answer section of an AXFR (RFC 5936 §2.2): SOA, everything, SOA.
    #[must_use]
    pub fn axfr(&self) -> Vec<Record> {
        let soa = self.soa();
        let body = self.records.iter().cloned();
        std::iter::once(soa.clone()).chain(body).chain([soa]).collect()
    }

    /// The answer section of an IXFR (RFC 1995 §4): one SOA if nothing is new, the edits since, or
    /// the whole zone where the history does not reach back.
    #[must_use]
    pub fn ixfr(&self, since: Serial) -> Vec<Record> {
        if since == self.serial {
            return vec![self.soa()];
        }
        let Some(first) = self.history.iter().position(|(from, _)| *from == since) else {
            return self.axfr();
        };
        let mut answer = vec![self.soa()];
        for (from, edit) in self.history.iter().skip(first) {
            answer.push(self.soa_at(*from));
            answer.extend(edit.removed.iter().cloned());
            answer.push(self.soa_at(next(*from)));
            answer.extend(edit.added.iter().cloned());
        }
        answer.push(self.soa());
        answer
    }

    /// Records with exactly this owner and type.
    #[must_use]
    pub fn find(&self, qname: NameRef<'_>, qtype: Rrtype) -> Vec<Record> {
        if qtype == Rrtype::SOA && qname == self.apex.as_ref() {
            return vec![self.soa()];
        }
        let matches = |found: &&Record| found.rrtype == qtype && found.owner.as_ref() == qname;
        self.records.iter().filter(matches).cloned().collect()
    }

    fn soa_at(&self, serial: Serial) -> Record {
        let SoaRest { ttl, names, timers, negative_ttl } = &self.soa;
        let SoaTimers { refresh, retry, expire } = *timers;
        let mut rdata = names.to_vec();
        for number in [serial.0, refresh, retry, expire, *negative_ttl] {
            rdata.extend(number.to_be_bytes());
        }
        Record { ttl: *ttl, ..record(self.apex.clone(), Rrtype::SOA, &rdata) }
    }
}

fn server_of(apex: &Name) -> Name {
    below(apex, "ns1")
}

const NEGATIVE_TTL: u32 = 60;
const TTL: u32 = 60;

/// A record of class IN with a TTL of a minute.
#[must_use]
pub fn record(owner: Name, rrtype: Rrtype, rdata: &[u8]) -> Record {
    Record { owner, rrtype, class: Class::IN, ttl: Ttl::from_wire(TTL), rdata: rdata.into() }
}

/// A TXT record of one string, cut to the 255 octets that one may have.
#[must_use]
pub fn text(owner: Name, words: &str) -> Record {
    let octets: Vec<u8> = words.bytes().take(255).collect();
    let mut rdata = vec![u8::try_from(octets.len()).unwrap_or(u8::MAX)];
    rdata.extend(octets);
    record(owner, Rrtype::TXT, &rdata)
}

/// The name one label below another.
///
/// # Panics
/// When that would be no name; labels and apexes of demo and tests are short.
#[must_use]
#[expect(clippy::expect_used, reason = "both parts are our own, and short")]
pub fn below(parent: &Name, label: &str) -> Name {
    Name::child(label.as_bytes(), parent.as_ref()).expect("a short label below a short name")
}

const fn next(serial: Serial) -> Serial {
    Serial(serial.0.wrapping_add(1))
}
