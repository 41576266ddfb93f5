//! What a transfer means, by a reader that has all time and memory: every message is kept, and all of them are read
//! again from the first whenever one has come.

use super::content::Content;
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::message::{Message, Section};
use wire::name::{Name, NameBuf};
use wire::record::Record;
use wire::ttl::Ttl;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// ID of the question.
    pub id: u16,
    /// The zone.
    pub apex: Name,
    /// What changes are asked for from; `None` for the whole zone.
    pub held: Option<Held>,
}

/// A version that we hold.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its serial.
    pub serial: u32,
    /// All of it.
    pub content: Content,
}

/// What the messages amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// More must come.
    Unfinished,
    /// A rule is broken.
    Refused,
    /// The primary holds our version.
    UpToDate(u32),
    /// The primary holds none that is newer.
    Behind(u32),
    /// The whole zone.
    Whole(Content),
    /// What so many steps lead to.
    Steps(Content, usize),
}

impl Meaning {
    /// Whether it is something to be installed.
    #[must_use]
    pub const fn content(&self) -> Option<&Content> {
        match self {
            Self::Whole(content) | Self::Steps(content, _) => Some(content),
            Self::Unfinished | Self::Refused | Self::UpToDate(_) | Self::Behind(_) => None,
        }
    }
}

/// Reads messages until they mean something. Also tells how many that took.
#[must_use]
pub fn meaning<'m>(asked: &Asked, messages: impl Iterator<Item = &'m [u8]>) -> (Meaning, usize) {
    let (mut records, mut taken) = (Vec::new(), 0);
    for octets in messages {
        taken += 1;
        let before = records.len();
        let is_good = read(asked, octets, taken == 1, &mut records).is_some();
        if !is_good || records.is_empty() {
            return (Meaning::Refused, taken);
        }
        if records.len() > before {
            match all(asked, &records) {
                Some(Meaning::Unfinished) => {}
                Some(meaning) => return (meaning, taken),
                None => return (Meaning::Refused, taken),
            }
        }
    }
    (Meaning::Unfinished, taken)
}

/// The answer records of one message (RFC 5936 §2.2). `None` when it does not belong here.
fn read(asked: &Asked, octets: &[u8], is_first: bool, records: &mut Vec<Record>) -> Option<()> {
    let message = Message::parse(octets).ok()?;
    let header = message.header();
    let flags = header.flags;
    let is_answer = header.id == asked.id && flags.is_response() && flags.opcode() == Opcode::QUERY;
    (is_answer && flags.rcode() == Rcode::NOERROR && !flags.tc()).then_some(())?;
    let qtype = if asked.held.is_some() { Rrtype::IXFR } else { Rrtype::AXFR };
    (header.qdcount == 1 || (header.qdcount == 0 && !is_first)).then_some(())?;
    for question in message.questions() {
        let question = question.ok()?;
        let is_ours = question.qname.as_ref() == asked.apex.as_ref();
        let is_this = (question.qtype, question.qclass) == (qtype, Class::IN);
        (is_ours && is_this).then_some(())?;
    }
    for item in message.records() {
        let (section, view) = item.ok()?;
        if section == Section::Answer {
            let (mut owner, mut rdata) = (NameBuf::new(), Vec::new());
            let owner = view.owner(&mut owner).ok()?.to_name();
            view.rdata_into(&mut rdata).ok()?;
            let (rrtype, class, ttl) =
                (view.rrtype(), view.class(), Ttl::from_wire(view.ttl_field()));
            records.push(Record { owner, rrtype, class, ttl, rdata: rdata.into() });
        }
    }
    (message.end_of_records() == Ok(octets.len())).then_some(())
}

/// All records so far.
fn all(asked: &Asked, records: &[Record]) -> Option<Meaning> {
    let opening = soa(asked, records.first()?)??;
    let Some(held) = &asked.held else { return whole(asked, records) };
    let Some(second) = records.get(1) else {
        return Some(match newer(opening, held.serial) {
            true => Meaning::Unfinished,
            false if opening == held.serial => Meaning::UpToDate(opening),
            false => Meaning::Behind(opening),
        });
    };
    match soa(asked, second)? {
        Some(serial) if serial != opening => steps(asked, held, records),
        Some(_) | None => whole(asked, records),
    }
}

/// From one SOA to the same again (RFC 5936 §2.2).
fn whole(asked: &Asked, records: &[Record]) -> Option<Meaning> {
    let (opening, others) = records.split_first()?;
    let mut end = None;
    for (at, record) in others.iter().enumerate() {
        if soa(asked, record)?.is_some() {
            end = end.or(Some(at));
        }
    }
    let Some(end) = end else { return Some(Meaning::Unfinished) };
    let (content, closing) = records.split_at(end + 1);
    let [closing] = closing else { return None };
    same(opening, closing).then_some(())?;
    Content::gathered(&asked.apex, content).map(Meaning::Whole)
}

/// The SOA of the last version, then steps: each an old SOA with what goes, and a new one with what comes; then the
/// first SOA again (RFC 1995 §4).
fn steps(asked: &Asked, held: &Held, records: &[Record]) -> Option<Meaning> {
    let (opening, others) = records.split_first()?;
    let offered = soa(asked, opening)??;
    newer(offered, held.serial).then_some(())?;
    let mut lists: Vec<(u32, Vec<&Record>)> = Vec::new();
    for record in others {
        match soa(asked, record)? {
            Some(serial) => lists.push((serial, vec![record])),
            None => lists.last_mut()?.1.push(record),
        }
    }
    let (mut content, mut at, mut count) = (held.content.clone(), held.serial, 0);
    let mut lists = lists.iter();
    while at != offered {
        let (Some((from, gone)), Some((to, come))) = (lists.next(), lists.next()) else {
            return Some(Meaning::Unfinished);
        };
        let (before, after) = (at.wrapping_sub(held.serial), to.wrapping_sub(held.serial));
        let is_on_the_way = before < after && after <= offered.wrapping_sub(held.serial);
        (*from == at && is_on_the_way).then_some(())?;
        // The last SOA that comes is the one that was offered.
        (*to != offered || same(opening, come.first()?)).then_some(())?;
        gone.iter().try_for_each(|record| content.remove(record))?;
        come.iter().try_for_each(|record| content.add(record))?;
        (at, count) = (*to, count + 1);
    }
    match (lists.next(), lists.next()) {
        (None, _) => Some(Meaning::Unfinished),
        (Some((_, closing)), None) => {
            let [closing] = closing[..] else { return None };
            (same(opening, closing) && content.has_a_good_apex()).then_some(())?;
            Some(Meaning::Steps(content, count))
        }
        (Some(_), Some(_)) => None,
    }
}

/// The serial, when it is a SOA. `None` when it is one that cannot be in the zone.
#[expect(clippy::option_option, reason = "outside whether it is good, inside whether it is a SOA")]
fn soa(asked: &Asked, record: &Record) -> Option<Option<u32>> {
    if record.rrtype != Rrtype::SOA {
        return Some(None);
    }
    let is_apex = record.owner.as_ref() == asked.apex.as_ref() && record.class == Class::IN;
    let numbers = record.rdata.len().checked_sub(20)?;
    let serial = record.rdata.get(numbers..)?.first_chunk()?;
    is_apex.then_some(Some(u32::from_be_bytes(*serial)))
}

/// RFC 5936 §2.2: the same SOA, in whatever case its names are spelled.
fn same(one: &Record, other: &Record) -> bool {
    let split = |record: &Record| {
        let numbers = record.rdata.len().saturating_sub(20);
        let (names, numbers) = record.rdata.split_at(numbers);
        (names.to_ascii_lowercase(), numbers.to_vec())
    };
    split(one) == split(other)
}

/// RFC 1982 §3.2, where it is defined.
const fn newer(one: u32, other: u32) -> bool {
    let ahead = one.wrapping_sub(other);
    ahead > 0 && ahead < 1 << 31
}
