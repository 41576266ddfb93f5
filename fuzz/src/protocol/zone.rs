//! Octets as a zone and questions to it: versions that no master file and no primary would have made.
//!
//! Two octets say how many records there are and in what the older of two versions differs. Records
//! follow, and questions to the end; names are spelled from few labels, so that they meet.

use super::judge::{Asking, judge};
use super::truth::{self, Truth};
use proto::answer::Transport;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use wire::builder::Builder;
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::edns::DoBit;
use wire::message::Flags;
use wire::name::{Name, NameBuf};
use wire::rdata;
use wire::record::Record;
use wire::ttl::Ttl;
use zone::{CheckError, Limits, Table, Version, ViewId, ZoneId, ZoneState};

/// One zone, again and again; a table is large beside it.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let table = Table::new();
    table.insert(ZoneId(0), ViewId::DEFAULT, apex()).expect("the first zone");
    table
});

/// Questions to one zone; the next input asks others.
const QUESTIONS_MAX: usize = 16;

/// Everything that must hold for any records that make a zone.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&[count, older], rest)) = octets.split_first_chunk() else { return };
    let mut letters = Letters(rest);
    let records: Vec<Record> =
        (0..count % 48).map_while(|_| letters.record()).filter(may_be_in_a_zone).collect();
    let whole = with_apex(2, &records);
    let _shown = Shown(&whole);
    let forwards = version(whole.iter());
    let backwards = version(whole.iter().rev());
    let version_made = match (forwards, backwards) {
        (Ok(forwards), Ok(backwards)) => {
            assert_eq!(forwards.digest(), backwards.digest(), "order does not matter");
            forwards
        }
        (forwards, backwards) => {
            assert!(forwards.is_err() && backwards.is_err(), "order does not matter");
            return;
        }
    };
    pages_are_the_version(&version_made);
    let part = records.get(..usize::from(older) % (records.len() + 1)).unwrap_or_default();
    steps_lead_there_and_back(&version_made, part);
    let truth = Truth { zones: vec![truth::Zone::new(apex(), distinct(&whole))] };
    assert!(TABLE.publish(ZoneId(0), ZoneState::Serving(version_made)));
    core::iter::from_fn(|| letters.question()).take(QUESTIONS_MAX).for_each(|question| {
        question.ask(&truth);
    });
}

/// What a primary could send, too: the checks of one record are `zone::check`'s, and are met before.
fn may_be_in_a_zone(record: &Record) -> bool {
    let covered = || rdata::Soa::parse(&record.rdata).is_ok() || record.rrtype != Rrtype::SOA;
    rdata::validate(record.rrtype, &record.rdata).is_ok() && covered()
}

fn apex() -> Name {
    "z.".parse().expect("a name")
}

/// With a SOA of this serial and an NS.
fn with_apex(serial: u32, records: &[Record]) -> Vec<Record> {
    let text = format!("@ 60 SOA a a {serial} 2 3 4 30\n@ 60 NS a\n");
    let mut whole = wire::master::read(text.as_bytes(), &apex()).expect("two records");
    whole.extend_from_slice(records);
    whole
}

fn version<'r>(records: impl Iterator<Item = &'r Record>) -> Result<Version, CheckError> {
    let mut builder = zone::Builder::new(apex(), Limits::default());
    for record in records {
        builder.push(record.as_ref())?;
    }
    builder.finish()
}

/// Each record once, as a zone has it.
fn distinct(records: &[Record]) -> Vec<Record> {
    let mut seen = BTreeSet::new();
    let key = |record: &Record| (record.owner.clone(), record.rrtype, record.rdata.clone());
    records.iter().filter(|record| seen.insert(key(record))).cloned().collect()
}

/// A finding shows its zone, and the question, as text.
struct Shown<'r>(&'r [Record]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.iter().for_each(|record| eprintln!("{}", wire::master::line(record.as_ref())));
        }
    }
}

fn pages_are_the_version(version: &Version) {
    let pages: Vec<&[u8]> = version.pages().collect();
    let read = Version::from_pages(apex(), pages.iter().copied()).expect("pages we wrote");
    assert_eq!((read.digest(), read.counts()), (version.digest(), version.counts()));
}

/// The steps from an older version to this one, and on to what the older one had, lead there.
fn steps_lead_there_and_back(version_made: &Version, part: &[Record]) {
    let before = version(with_apex(1, part).iter());
    let after = version(with_apex(3, part).iter());
    let (Ok(before), Ok(after)) = (before, after) else { return };
    for (from, to) in [(&before, version_made), (version_made, &after)] {
        let diff = from.diff(to);
        assert_eq!((diff.from(), diff.to()), (from.serial(), to.serial()));
        let applied = from.apply(core::slice::from_ref(&diff), &Limits::default()).expect("a step");
        assert_eq!((applied.serial(), applied.digest()), (to.serial(), to.digest()));
        assert_eq!(applied.counts(), to.counts(), "counts are kept up to date");
    }
}

/// One question to the zone.
#[derive(Debug)]
struct Question {
    qname: Name,
    qtype: Rrtype,
    do_bit: DoBit,
    udp_size: u16,
}

impl Question {
    fn ask(&self, truth: &Truth) {
        let mut octets = [0; 512];
        let flags = Flags::request(Opcode::QUERY);
        let mut query = Builder::new(&mut octets, 0, flags).expect("room");
        query.question(self.qname.as_ref(), self.qtype, Class::IN).expect("room");
        query.push_opt(self.udp_size, Rcode::NOERROR, self.do_bit).expect("room");
        let len = query.finish();
        let (transport, udp_size_max) = (Transport::Udp, self.udp_size);
        judge(
            &TABLE,
            truth,
            &Asking { octets: &octets[..len], transport, udp_size_max, room: 65_535 },
        );
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("asked {self:?}");
        }
    }
}

/// Octets that are not yet spelled out.
struct Letters<'o>(&'o [u8]);

/// Labels of names; the first ends a name.
const LABELS: [&[u8]; 16] = [
    b"",
    b"a",
    b"b",
    b"c",
    b"A",
    b"*",
    b"\0",
    b"\x01",
    b"aa",
    b"\xff",
    b"_t",
    b"b",
    b"ns",
    b"\0a",
    b"0123456789abcdefghijklmnopqrstuv",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// Types of records and questions.
const TYPES: [Rrtype; 16] = [
    Rrtype::A,
    Rrtype::NS,
    Rrtype::CNAME,
    Rrtype::DNAME,
    Rrtype::DS,
    Rrtype::TXT,
    Rrtype::MX,
    Rrtype::RRSIG,
    Rrtype::NSEC,
    Rrtype::NSEC3,
    Rrtype::NSEC3PARAM,
    Rrtype::DNSKEY,
    Rrtype::AAAA,
    Rrtype::SRV,
    Rrtype::HTTPS,
    Rrtype::SOA,
];

impl<'o> Letters<'o> {
    fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Some labels below the apex; now and then elsewhere.
    fn name(&mut self) -> Option<Name> {
        let mut name = NameBuf::from(apex().as_ref());
        for _ in 0..4 {
            let octet = self.octet()?;
            for half in [octet >> 4, octet & 15] {
                match LABELS[usize::from(half)] {
                    b"" => return Some(name.as_ref().to_name()),
                    label if name.push_front(label).is_err() => {}
                    _ => {}
                }
            }
        }
        Some(name.as_ref().to_name())
    }

    fn rrtype(&mut self) -> Option<Rrtype> {
        Some(TYPES[usize::from(self.octet()? & 15)])
    }

    fn record(&mut self) -> Option<Record> {
        let (owner, rrtype, ttl) = (self.name()?, self.rrtype()?, self.octet()?);
        let mut rdata = Vec::new();
        match rrtype {
            Rrtype::NS | Rrtype::CNAME | Rrtype::DNAME => self.put_name(&mut rdata)?,
            Rrtype::MX => {
                rdata.extend([0, 1]);
                self.put_name(&mut rdata)?;
            }
            Rrtype::SRV => {
                rdata.extend([0, 1, 0, 1, 0, 1]);
                self.put_name(&mut rdata)?;
            }
            Rrtype::HTTPS => {
                rdata.extend([0, self.octet()? & 1]);
                self.put_name(&mut rdata)?;
            }
            Rrtype::RRSIG => {
                let (covered, labels) = (self.rrtype()?, self.octet()?);
                rdata.extend(covered.0.to_be_bytes());
                rdata.extend([13, labels, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1]);
                rdata.extend(apex().as_wire());
                rdata.push(0);
            }
            Rrtype::NSEC => {
                self.put_name(&mut rdata)?;
                rdata.extend([0, 6, self.octet()?, 0, 0, 0, 0, 3]);
            }
            Rrtype::NSEC3 => {
                rdata.extend([1, self.octet()? & 1, 0, 0, 0, 20]);
                rdata.extend([self.octet()?; 20]);
                rdata.extend([0, 6, self.octet()?, 0, 0, 0, 0, 3]);
            }
            Rrtype::NSEC3PARAM => rdata.extend([1, 0, 0, self.octet()?, 0]),
            Rrtype(_) => {
                let len = usize::from(self.octet()? & 63);
                let (raw, rest) = self.0.split_at_checked(len)?;
                self.0 = rest;
                rdata.extend(raw);
            }
        }
        let ttl = Ttl::from_wire(u32::from(ttl));
        Some(Record { owner, rrtype, class: Class::IN, ttl, rdata: rdata.into() })
    }

    fn put_name(&mut self, rdata: &mut Vec<u8>) -> Option<()> {
        let name = self.name()?;
        let is_elsewhere = self.octet()? & 7 == 0;
        // In lower case: which spelling of equal records stays is a matter of order.
        let name = if is_elsewhere { Name::root() } else { name.to_lower_case() };
        rdata.extend(name.as_wire());
        Some(())
    }

    fn question(&mut self) -> Option<Question> {
        let (qname, how) = (self.name()?, self.octet()?);
        let qtype = match how & 31 {
            16 => Rrtype::ANY,
            17 => Rrtype(65_280),
            low => TYPES[usize::from(low & 15)],
        };
        let do_bit = if how & 32 == 0 { DoBit::Set } else { DoBit::Clear };
        let udp_size = if how & 64 == 0 { 1_232 } else { 512 };
        Some(Question { qname, qtype, do_bit, udp_size })
    }
}
