//! A zone as a plain map, and RFC 1034 §4.3.2 word by word. Shares no code with the crate.

use std::collections::{BTreeMap, BTreeSet};
use wire::codes::{Class, Rrtype};
use wire::name::{Name, NameRef};
use wire::record::{Record, RecordRef};
use wire::ttl::Ttl;

/// Type to ttl and rdata.
type Rrsets = BTreeMap<u16, (u32, BTreeSet<Vec<u8>>)>;

/// Labels below the apex, from the apex downwards, lower case.
pub(crate) type Path = Vec<Vec<u8>>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Model {
    names: BTreeMap<Path, Rrsets>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Found { owner: Path, wildcard: Option<usize> },
    EmptyNonTerminal { wildcard: Option<usize> },
    Cut { owner: Path, at_qname: bool },
    Dname { owner: Path },
    Missing { encloser: usize, predecessor: Path },
}

pub(crate) fn apex() -> Name {
    "zone.test.".parse().unwrap()
}

pub(crate) fn name_of(path: &[Vec<u8>]) -> Name {
    path.iter().fold(apex(), |parent, label| Name::child(label, parent.as_ref()).unwrap())
}

pub(crate) fn path_of(name: NameRef<'_>) -> Path {
    let labels: Vec<Vec<u8>> = name.labels().map(<[u8]>::to_ascii_lowercase).collect();
    labels.into_iter().rev().skip(2).collect()
}

impl Model {
    pub(crate) fn has(&self, path: &Path, rrtype: Rrtype, rdata: &[u8]) -> bool {
        self.rrset(path, rrtype).is_some_and(|(_, set)| set.contains(rdata))
    }

    pub(crate) fn rrset(&self, path: &Path, rrtype: Rrtype) -> Option<&(u32, BTreeSet<Vec<u8>>)> {
        self.names.get(path)?.get(&rrtype.0)
    }

    pub(crate) fn add(&mut self, path: &Path, rrtype: Rrtype, ttl: u32, rdata: &[u8]) {
        let types = self.names.entry(path.clone()).or_default();
        let rrset = types.entry(rrtype.0).or_insert_with(|| (ttl, BTreeSet::new()));
        rrset.0 = rrset.0.min(ttl);
        rrset.1.insert(rdata.to_vec());
    }

    pub(crate) fn remove(&mut self, path: &Path, rrtype: Rrtype, rdata: &[u8]) {
        let types = self.names.get_mut(path).unwrap();
        let rrset = types.get_mut(&rrtype.0).unwrap();
        assert!(rrset.1.remove(rdata));
        if rrset.1.is_empty() {
            types.remove(&rrtype.0);
        }
        if types.is_empty() {
            self.names.remove(path);
        }
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for (path, types) in &self.names {
            for (rrtype, (ttl, set)) in types {
                for rdata in set {
                    records.push(Record {
                        owner: name_of(path),
                        rrtype: Rrtype(*rrtype),
                        class: Class::IN,
                        ttl: Ttl::from_wire(*ttl),
                        rdata: rdata.clone().into(),
                    });
                }
            }
        }
        records
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.names.keys()
    }

    pub(crate) fn owns(&self, path: &[Vec<u8>], rrtype: Rrtype) -> bool {
        self.names.get(path).is_some_and(|types| types.contains_key(&rrtype.0))
    }

    pub(crate) fn lookup(&self, qname: &Path) -> Answer {
        for depth in 0..=qname.len() {
            let owner = qname[..depth].to_vec();
            if depth > 0 && self.owns(&owner, Rrtype::NS) {
                return Answer::Cut { owner, at_qname: depth == qname.len() };
            }
            if depth < qname.len() && self.owns(&owner, Rrtype::DNAME) {
                return Answer::Dname { owner };
            }
        }
        if self.names.contains_key(qname) {
            return Answer::Found { owner: qname.clone(), wildcard: None };
        }
        if self.exists(qname) {
            return Answer::EmptyNonTerminal { wildcard: None };
        }
        let encloser = (0..qname.len()).rev().find(|depth| self.exists(&qname[..*depth])).unwrap();
        let mut wildcard = qname[..encloser].to_vec();
        wildcard.push(b"*".to_vec());
        if self.names.contains_key(&wildcard) {
            return Answer::Found { owner: wildcard, wildcard: Some(encloser) };
        }
        if self.exists(&wildcard) {
            return Answer::EmptyNonTerminal { wildcard: Some(encloser) };
        }
        let predecessor = self.names.keys().rfind(|path| *path < qname).unwrap().clone();
        Answer::Missing { encloser, predecessor }
    }

    /// RFC 4592 §2.2.2: a name exists if it or a name below it has records.
    fn exists(&self, path: &[Vec<u8>]) -> bool {
        self.names.keys().any(|name| name.starts_with(path))
    }

    /// Strictly below an owner of NS other than the apex, or of DNAME other than the apex.
    pub(crate) fn is_occluded(&self, path: &Path) -> bool {
        (1..path.len()).any(|depth| {
            let above = &path[..depth];
            self.owns(above, Rrtype::NS) || self.owns(above, Rrtype::DNAME)
        })
    }
}

pub(crate) fn record<'a>(
    owner: &'a Name,
    rrtype: Rrtype,
    ttl: u32,
    rdata: &'a [u8],
) -> RecordRef<'a> {
    RecordRef { owner: owner.as_ref(), rrtype, class: Class::IN, ttl: Ttl::from_wire(ttl), rdata }
}

pub(crate) fn soa(serial: u32) -> Vec<u8> {
    let mut rdata = b"\x03ns1\0\x04root\0".to_vec();
    for number in [serial, 7_200, 900, 1_209_600, 300] {
        rdata.extend_from_slice(&number.to_be_bytes());
    }
    rdata
}
