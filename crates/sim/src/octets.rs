//! Messages as the primaries of the world write and read them, octet by octet.
//!
//! Pure. Shares no code with `wire`, which reads what is written here.
//!
//! Standards: RFC 1035 §4.1 (messages) · RFC 1995 §3 (IXFR carries the SOA held) · RFC 1996 §3.7
//! (NOTIFY).
//!
//! Not here: signatures, which are `proto::tsig`'s on both sides.

use crate::edition::{Entry, rrtype};

/// Octets of a header.
pub const HEADER: usize = 12;
/// Class IN.
pub const IN: u16 = 1;
/// A response with authority.
pub const ANSWER: u16 = 0x8400;
/// A NOTIFY request with authority.
pub const NOTIFY: u16 = 0x2400;
/// The bit of truncation.
pub const TC: u16 = 0x0200;
/// The bit of authority.
pub const AA: u16 = 0x0400;

/// A record and its class, which only a liar writes otherwise than IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The record.
    pub entry: Entry,
    /// Its class.
    pub class: u16,
}

impl From<Entry> for Item {
    fn from(entry: Entry) -> Self {
        Self { entry, class: IN }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Number of the message.
    pub id: u16,
    /// Name in wire form, lower case.
    pub qname: Vec<u8>,
    /// Type.
    pub qtype: u16,
    /// Serial of the SOA that an IXFR carries.
    pub since: Option<u32>,
}

/// A message under way to its octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Number of the message.
    pub id: u16,
    /// The second word of the header.
    pub flags: u16,
    /// Questions, each a name and a type.
    pub questions: Vec<(Vec<u8>, u16)>,
    /// Records of the answer section.
    pub answer: Vec<Item>,
    /// What is added to the number of answers that the header tells.
    pub miscounted: i16,
    /// What follows the last record.
    pub trailing: Vec<u8>,
}

impl Letter {
    /// An answer that repeats the question.
    #[must_use]
    pub fn answering(asked: &Asked, answer: Vec<Item>) -> Self {
        Self {
            id: asked.id,
            flags: ANSWER,
            questions: vec![(asked.qname.clone(), asked.qtype)],
            answer,
            miscounted: 0,
            trailing: Vec::new(),
        }
    }

    /// Says that a zone has changed, with a hint if there is one.
    #[must_use]
    pub fn notify(id: u16, apex: &[u8], hint: Option<Entry>) -> Self {
        Self {
            id,
            flags: NOTIFY,
            questions: vec![(apex.to_vec(), rrtype::SOA)],
            answer: hint.into_iter().map(Item::from).collect(),
            miscounted: 0,
            trailing: Vec::new(),
        }
    }

    /// In wire form, nothing compressed.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        let count = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        let answers = count(self.answer.len()).wrapping_add_signed(self.miscounted);
        let mut out = Vec::new();
        for word in [self.id, self.flags, count(self.questions.len()), answers, 0, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        for (qname, qtype) in &self.questions {
            out.extend_from_slice(qname);
            out.extend_from_slice(&qtype.to_be_bytes());
            out.extend_from_slice(&IN.to_be_bytes());
        }
        for Item { entry: Entry { owner, rrtype, ttl, rdata }, class } in &self.answer {
            out.extend_from_slice(owner);
            out.extend_from_slice(&rrtype.to_be_bytes());
            out.extend_from_slice(&class.to_be_bytes());
            out.extend_from_slice(&ttl.to_be_bytes());
            out.extend_from_slice(&count(rdata.len()).to_be_bytes());
            out.extend_from_slice(rdata);
        }
        out.extend_from_slice(&self.trailing);
        out
    }
}

/// The number of a message; zero when it has none.
#[must_use]
pub fn id_of(message: &[u8]) -> u16 {
    word_at(message, 0).unwrap_or(0)
}

/// Reads a request of the daemon; `None` when it is none that a primary understands.
#[must_use]
pub fn read_request(message: &[u8]) -> Option<Asked> {
    let (id, authorities) = (word_at(message, 0)?, word_at(message, 8)?);
    let mut at = HEADER;
    let qname = name_at(message, &mut at)?;
    let qtype = word_at(message, at)?;
    at = at.checked_add(4)?;
    let since = if authorities > 0 { serial_at(message, at) } else { None };
    Some(Asked { id, qname, qtype, since })
}

/// The records of the answer section of a message, names in full and in lower case; `None` when it cannot
/// be read.
#[must_use]
pub fn read_answer(message: &[u8]) -> Option<Vec<Entry>> {
    let (questions, answers) = (word_at(message, 4)?, word_at(message, 6)?);
    let mut at = HEADER;
    for _ in 0..questions {
        skip_name(message, &mut at)?;
        at = at.checked_add(4)?;
    }
    (0..answers).map(|_| entry_at(message, &mut at)).collect()
}

fn entry_at(message: &[u8], at: &mut usize) -> Option<Entry> {
    let owner = expanded(message, at)?;
    let rrtype = word_at(message, *at)?;
    let ttl = message.get(at.checked_add(4)?..)?.first_chunk::<4>()?;
    let ttl = u32::from_be_bytes(*ttl);
    let length = usize::from(word_at(message, at.checked_add(8)?)?);
    let begin = at.checked_add(10)?;
    *at = begin.checked_add(length)?;
    let mut rest = begin;
    let mut rdata = Vec::new();
    // Of the types that worlds know, these have names, and those come first.
    let names = match rrtype {
        rrtype::NS | rrtype::CNAME => 1,
        rrtype::SOA => 2,
        _ => 0,
    };
    for _ in 0..names {
        rdata.extend(expanded(message, &mut rest)?);
    }
    rdata.extend_from_slice(message.get(rest..*at)?);
    Some(Entry { owner, rrtype, ttl, rdata })
}

/// The name that begins there, its pointers followed.
fn expanded(message: &[u8], at: &mut usize) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let mut here = *at;
    skip_name(message, at)?;
    for _ in 0..128 {
        let length = *message.get(here)?;
        match length {
            0 => {
                name.push(0);
                return Some(name.to_ascii_lowercase());
            }
            1..=63 => {
                let end = here.checked_add(usize::from(length))?.checked_add(1)?;
                name.extend_from_slice(message.get(here..end)?);
                here = end;
            }
            _ => here = usize::from(word_at(message, here)? & 0x3fff),
        }
    }
    None
}

/// The serial of the SOA record that begins there.
fn serial_at(message: &[u8], mut at: usize) -> Option<u32> {
    skip_name(message, &mut at)?;
    at = at.checked_add(10)?; // type, class, ttl, length
    skip_name(message, &mut at)?;
    skip_name(message, &mut at)?;
    let octets = message.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*octets))
}

/// The uncompressed name that begins there, in lower case.
fn name_at(message: &[u8], at: &mut usize) -> Option<Vec<u8>> {
    let begin = *at;
    skip_name(message, at)?;
    Some(message.get(begin..*at)?.to_ascii_lowercase())
}

fn skip_name(message: &[u8], at: &mut usize) -> Option<()> {
    loop {
        let length = usize::from(*message.get(*at)?);
        match length {
            0 => {
                *at = at.checked_add(1)?;
                return Some(());
            }
            1..=63 => *at = at.checked_add(length)?.checked_add(1)?,
            // A pointer ends a name.
            _ => {
                *at = at.checked_add(2)?;
                return Some(());
            }
        }
    }
}

fn word_at(message: &[u8], at: usize) -> Option<u16> {
    message.get(at..)?.first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets))
}

/// A message with its length before it, as a stream has it.
#[must_use]
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap_or(u16::MAX);
    let mut out = length.to_be_bytes().to_vec();
    out.extend(message.iter().take(usize::from(length)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::{Edition, Timing, name};
    use proto::xfr::query;
    use wire::name::Name;
    use wire::rdata::Soa;

    fn edition() -> Edition {
        let timing = Timing { refresh: 1, retry: 2, expire: 3 };
        Edition::first(name(&[b"z", b"example"]), 0xfedc_ba98, timing, 2)
    }

    #[test]
    fn requests_of_the_daemon_are_read() {
        let apex: Name = "Z.example.".parse().unwrap();
        let soa = edition().soa();
        let held = Soa::parse(&soa.rdata).unwrap();
        let qname = edition().apex;
        let read = |octets: &[u8]| read_request(octets).unwrap();
        let asked = read(&query::ixfr(7, apex.as_ref(), &held));
        let since = Some(0xfedc_ba98);
        assert_eq!(asked, Asked { id: 7, qname: qname.clone(), qtype: rrtype::IXFR, since });
        let asked = read(&query::soa(8, apex.as_ref(), query::Form::Edns));
        assert_eq!(asked, Asked { id: 8, qname, qtype: rrtype::SOA, since: None });
        assert_eq!(read_request(&[0; 11]), None);
    }

    #[test]
    fn answers_are_read_by_the_daemon() {
        let edition = edition();
        let qname = edition.apex.clone();
        let asked = Asked { id: 9, qname, qtype: rrtype::SOA, since: None };
        let octets = Letter::answering(&asked, vec![edition.soa().into()]).written();
        let apex: Name = "z.example.".parse().unwrap();
        let probed = proto::xfr::probe::read_soa(&octets, 9, apex.as_ref()).unwrap();
        assert_eq!((probed.timers.serial.0, probed.timers.expire.0), (0xfedc_ba98, 3));
        assert_eq!((id_of(&octets), framed(&octets).len()), (9, octets.len() + 2));
    }
}
