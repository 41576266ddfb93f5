//! A zone as a plain map, and RFC 1034 §4.3.2 word by word. Shares no code with the crate.

use sha2::{Digest, Sha384};
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
    /// NSEC3 and their signatures.
    hashes: BTreeMap<Path, Rrsets>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Found { owner: Path, wildcard: Option<usize> },
    EmptyNonTerminal { wildcard: Option<usize> },
    Cut { owner: Path, at_qname: bool },
    Dname { owner: Path },
    Missing { encloser: usize },
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

fn is_of_nsec3(rrtype: Rrtype, rdata: &[u8]) -> bool {
    rrtype == Rrtype::NSEC3 || (rrtype == Rrtype::RRSIG && rdata[..2] == [0, 50])
}

impl Model {
    pub(crate) fn has(&self, path: &Path, rrtype: Rrtype, rdata: &[u8]) -> bool {
        let types = if is_of_nsec3(rrtype, rdata) { &self.hashes } else { &self.names };
        let rrset = types.get(path).and_then(|types| types.get(&rrtype.0));
        rrset.is_some_and(|(_, set)| set.contains(rdata))
    }

    pub(crate) fn add(&mut self, path: &Path, rrtype: Rrtype, ttl: u32, rdata: &[u8]) {
        let owners = self.owners(rrtype, rdata);
        let types = owners.entry(path.clone()).or_default();
        let rrset = types.entry(rrtype.0).or_insert_with(|| (ttl, BTreeSet::new()));
        rrset.0 = rrset.0.min(ttl);
        rrset.1.insert(rdata.to_vec());
    }

    pub(crate) fn remove(&mut self, path: &Path, rrtype: Rrtype, rdata: &[u8]) {
        let owners = self.owners(rrtype, rdata);
        let types = owners.get_mut(path).unwrap();
        let rrset = types.get_mut(&rrtype.0).unwrap();
        assert!(rrset.1.remove(rdata));
        if rrset.1.is_empty() {
            types.remove(&rrtype.0);
        }
        if types.is_empty() {
            owners.remove(path);
        }
    }

    fn owners(&mut self, rrtype: Rrtype, rdata: &[u8]) -> &mut BTreeMap<Path, Rrsets> {
        if is_of_nsec3(rrtype, rdata) { &mut self.hashes } else { &mut self.names }
    }

    /// By owner, then by type and rdata.
    pub(crate) fn records(&self) -> Vec<Record> {
        let mut all = Vec::new();
        for (path, types) in self.names.iter().chain(&self.hashes) {
            for (rrtype, (ttl, set)) in types {
                all.extend(set.iter().map(|rdata| (path, *rrtype, rdata, *ttl)));
            }
        }
        all.sort();
        let record = |(path, rrtype, rdata, ttl): (&Path, u16, &Vec<u8>, u32)| Record {
            owner: name_of(path),
            rrtype: Rrtype(rrtype),
            class: Class::IN,
            ttl: Ttl::from_wire(ttl),
            rdata: rdata.clone().into(),
        };
        all.into_iter().map(record).collect()
    }

    /// Names: owners of anything but NSEC3 and its signatures.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.names.keys()
    }

    /// Owners of NSEC3 or its signatures, which are no names.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = &Path> {
        self.hashes.keys()
    }

    /// SHA-384 over all records by owner, type and rdata. The rdata that the tests make up has no capitals.
    pub(crate) fn digest(&self) -> [u8; 48] {
        let mut octets = Vec::new();
        for record in self.records() {
            octets.extend_from_slice(record.owner.to_lower_case().as_wire());
            octets.extend_from_slice(&record.rrtype.0.to_be_bytes());
            octets.extend_from_slice(&[0, 1]);
            octets.extend_from_slice(&record.ttl.as_secs().to_be_bytes());
            octets.extend_from_slice(&u16::try_from(record.rdata.len()).unwrap().to_be_bytes());
            octets.extend_from_slice(&record.rdata);
        }
        Sha384::digest(&octets).into()
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
        Answer::Missing { encloser }
    }

    /// RFC 4592 §2.2.2: a name exists if it or a name below it has records.
    fn exists(&self, path: &[Vec<u8>]) -> bool {
        self.paths().any(|name| name.starts_with(path))
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
