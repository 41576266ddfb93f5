//! A message taken apart by the parser for messages in general, every name and rdata expanded.

use wire::codes::{Class, Rrtype};
use wire::message::{Header, Message, MessageError, Section};
use wire::name::{Name, NameBuf};
use wire::rdata;
use wire::ttl::Ttl;

/// A message of which every octet was understood.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The header.
    pub header: Header,
    /// The question section.
    pub questions: Vec<Asked>,
    /// All records in order.
    pub records: Vec<Told>,
}

/// One question.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Name asked about.
    pub qname: Name,
    /// Type asked for.
    pub qtype: Rrtype,
    /// Class asked for.
    pub qclass: Class,
}

/// One record and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Part of the message.
    pub section: Section,
    /// Name it belongs to.
    pub owner: Name,
    /// What the rdata means.
    pub rrtype: Rrtype,
    /// Class; the payload size in OPT.
    pub class: Class,
    /// TTL as its readers see it.
    pub ttl: Ttl,
    /// Uncompressed wire form.
    pub rdata: Vec<u8>,
}

impl Told {
    /// What a signature covers, and for all others their own type: rrsets differ by this.
    #[must_use]
    pub fn kind(&self) -> (Rrtype, Option<Rrtype>) {
        let covered = match (self.rrtype, self.rdata.first_chunk()) {
            (Rrtype::RRSIG, Some(octets)) => Some(Rrtype(u16::from_be_bytes(*octets))),
            (_, _) => None,
        };
        (self.rrtype, covered)
    }

    /// Octets it takes when nothing is compressed.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.owner.as_wire().len() + 10 + self.rdata.len()
    }
}

impl Parsed {
    /// Walks a whole message. `None` when a name, a record or an rdata is broken, or octets trail.
    ///
    /// # Panics
    /// When the walk breaks a promise of `wire::message` or `wire::rdata`.
    #[must_use]
    pub fn read(octets: &[u8]) -> Option<Self> {
        let message = Message::parse(octets).ok()?;
        let mut questions = Vec::new();
        for question in message.questions() {
            let question = question.ok()?;
            let (qtype, qclass) = (question.qtype, question.qclass);
            questions.push(Asked { qname: question.qname.as_ref().to_name(), qtype, qclass });
        }
        let (mut records, mut broken) = (Vec::new(), false);
        let mut end = 0;
        let mut walk = message.records();
        for item in walk.by_ref() {
            let Ok((section, record)) = item else {
                broken = true;
                continue;
            };
            let range = record.rdata_range();
            assert!(end <= record.start() && record.start() < range.start, "records go on");
            assert!(range.start <= range.end && range.end <= octets.len(), "and stay inside");
            end = range.end;
            let (mut owner, mut rdata) = (NameBuf::new(), vec![0x5a]);
            let (owner, expanded) = (record.owner(&mut owner), record.rdata_into(&mut rdata));
            assert_eq!(rdata.remove(0), 0x5a, "what was there stays");
            assert!(expanded.is_ok() || rdata.is_empty(), "a fault leaves nothing behind");
            let (Ok(owner), Ok(())) = (owner, expanded) else {
                broken = true;
                continue;
            };
            let (rrtype, class) = (record.rrtype(), record.class());
            assert_eq!(rdata::validate(rrtype, &rdata), Ok(()), "what is expanded is valid");
            let ttl = Ttl::from_wire(record.ttl_field());
            records.push(Told { section, owner: owner.to_name(), rrtype, class, ttl, rdata });
        }
        assert_eq!(walk.position(), message.end_of_records(), "both walks end alike");
        let whole = walk.position() == Ok::<_, MessageError>(octets.len()) && !broken;
        whole.then_some(Self { header: *message.header(), questions, records })
    }
}
