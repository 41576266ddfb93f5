//! Replies without what does not matter: each section is a set of rrsets, names are in lower case.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use peers::ask::{Message, Record};

use crate::name::Name;
use crate::rrtype::{self, Rrtype};

/// An rrset is known by its owner and type; signatures besides by the type that they cover.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RrsetKey {
    pub(crate) owner: Name,
    pub(crate) rrtype: Rrtype,
    /// Of an RRSIG.
    pub(crate) covered: Option<Rrtype>,
}

/// Records of one owner and type, without order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rrset {
    /// One, unless the server violates RFC 2181 §5.2.
    pub(crate) ttls: BTreeSet<u32>,
    pub(crate) rdatas: BTreeSet<Vec<u8>>,
}

/// A section as a set of rrsets.
pub(crate) type Section = BTreeMap<RrsetKey, Rrset>;

/// A reply, its sections as sets.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Header, question and OPT are read here.
    pub(crate) message: Message,
    pub(crate) answer: Section,
    pub(crate) authority: Section,
    pub(crate) additional: Section,
    /// A record twice in one section, which no standard allows.
    pub(crate) repeats: bool,
}

impl Reply {
    pub(crate) fn new(message: Message) -> Self {
        let sections = [&message.answer, &message.authority, &message.additional];
        let [answer, authority, additional] = sections.map(|records| section(records));
        let count =
            |section: &Section| -> usize { section.values().map(|rrset| rrset.rdatas.len()).sum() };
        let kept = [&answer, &authority, &additional].map(count);
        let repeats = kept != sections.map(Vec::len);
        Self { answer, authority, additional, repeats, message }
    }
}

fn section(records: &[Record]) -> Section {
    let mut section = Section::new();
    for record in records {
        let rrset = section.entry(key(record)).or_default();
        rrset.ttls.insert(record.ttl);
        rrset.rdatas.insert(rdata(record));
    }
    section
}

fn key(record: &Record) -> RrsetKey {
    let rrtype = Rrtype(record.rrtype);
    let covered = record.rdata.first_chunk().map(|octets| Rrtype(u16::from_be_bytes(*octets)));
    RrsetKey {
        owner: Name::of(&record.owner),
        rrtype,
        covered: covered.filter(|_| rrtype == rrtype::RRSIG),
    }
}

/// Names in rdata are equal whatever their case (RFC 4343 §4), and servers may change it on the way.
/// Folding the octets around the names too changes what is compared in both answers alike.
fn rdata(record: &Record) -> Vec<u8> {
    if Rrtype(record.rrtype).has_names() {
        record.rdata.to_ascii_lowercase()
    } else {
        record.rdata.clone()
    }
}

/// One line, without rdata.
impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Message { rcode, is_authoritative, is_truncated, len, .. } = &self.message;
        let flag = |is_set: bool, text| if is_set { text } else { "" };
        let (aa, tc) = (flag(*is_authoritative, " AA"), flag(*is_truncated, " TC"));
        write!(out, "rcode {rcode}{aa}{tc}, {len} octets")?;
        for (name, section) in [
            ("answer", &self.answer),
            ("authority", &self.authority),
            ("additional", &self.additional),
        ] {
            write!(out, "; {name}:")?;
            for (RrsetKey { owner, rrtype, covered }, rrset) in section {
                let covered = covered.map_or(String::new(), |covered| format!("({covered})"));
                write!(out, " {owner} {rrtype}{covered}×{}", rrset.rdatas.len())?;
            }
        }
        Ok(())
    }
}
