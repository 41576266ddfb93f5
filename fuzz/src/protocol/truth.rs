//! What the served zones say, as lists of records: slow, plain, and without the code under test.

use std::collections::{BTreeMap, BTreeSet};
use wire::codes::Rrtype;
use wire::name::{Name, NameRef};
use wire::record::Record;

/// Everything that is served.
#[derive(Debug, Default)]
pub struct Truth {
    /// Zone by zone.
    pub zones: Vec<Zone>,
}

/// One zone.
#[derive(Debug)]
pub struct Zone {
    /// Its name.
    pub apex: Name,
    /// A signer made it: every denial can be proven.
    pub is_sound: bool,
    /// Records by owner.
    records: BTreeMap<Name, Vec<Record>>,
    /// All names that exist: owners, and the names above them up to the apex. Owners of denial
    /// records alone are none (RFC 5155 §7.2.8).
    names: BTreeSet<Name>,
}

impl Truth {
    /// The zone with the closest apex at or above a name.
    #[must_use]
    pub fn zone_of(&self, name: NameRef<'_>) -> Option<&Zone> {
        let holding = self.zones.iter().filter(|zone| name.is_at_or_under(zone.apex.as_ref()));
        holding.max_by_key(|zone| zone.apex.as_ref().label_count())
    }

    /// The records that are this one, or stand for it: the record of a wildcard, or a DNAME.
    #[must_use]
    pub fn sources(&self, owner: NameRef<'_>, rrtype: Rrtype, rdata: &[u8]) -> Vec<&Record> {
        let holding = self.zones.iter().filter(|zone| owner.is_at_or_under(zone.apex.as_ref()));
        holding.flat_map(|zone| zone.sources(owner, rrtype, rdata)).collect()
    }
}

impl Zone {
    /// Lists a zone.
    #[must_use]
    pub fn new(apex: Name, all: impl IntoIterator<Item = Record>) -> Self {
        let mut records = BTreeMap::<Name, Vec<Record>>::new();
        for record in all {
            records.entry(record.owner.clone()).or_default().push(record);
        }
        let mut names = BTreeSet::new();
        for (owner, records) in &records {
            if records.iter().all(|record| kind(record) == Rrtype::NSEC3) {
                continue;
            }
            let mut name = owner.as_ref();
            while name.is_at_or_under(apex.as_ref()) && names.insert(name.to_name()) {
                let Some(parent) = name.parent() else { break };
                name = parent;
            }
        }
        let is_sound = false;
        Self { apex, is_sound, records, names }
    }

    /// The records of one owner and type.
    pub fn rrset(&self, owner: NameRef<'_>, rrtype: Rrtype) -> impl Iterator<Item = &Record> {
        let records = self.records.get(&owner.to_name()).into_iter().flatten();
        records.filter(move |record| record.rrtype == rrtype)
    }

    /// Whether this can be asked for: hashed names are no names (RFC 5155 §7.2.8).
    #[must_use]
    pub fn has(&self, owner: NameRef<'_>, rrtype: Rrtype) -> bool {
        self.rrset(owner, rrtype).any(|record| kind(record) != Rrtype::NSEC3)
    }

    /// The signatures over one rrset.
    pub fn signatures(&self, owner: NameRef<'_>, covered: Rrtype) -> impl Iterator<Item = &Record> {
        self.rrset(owner, Rrtype::RRSIG).filter(move |record| kind(record) == covered)
    }

    /// Whether a name has records, or names below it do.
    #[must_use]
    pub fn exists(&self, name: NameRef<'_>) -> bool {
        self.names.contains(&name.to_name())
    }

    /// The longest name at or above this one that exists (RFC 4592 §3.3.1).
    #[must_use]
    pub fn closest_encloser<'n>(&self, name: NameRef<'n>) -> NameRef<'n> {
        let apex = self.apex.as_ref().label_count();
        let above = (apex..=name.label_count()).rev().map(|labels| name.ancestor(labels));
        above.into_iter().find(|name| self.exists(*name)).unwrap_or(name)
    }

    /// The wildcard that stands for a name that does not exist, whether there is one or not.
    #[must_use]
    pub fn wildcard_of(&self, name: NameRef<'_>) -> Option<Name> {
        Name::child(b"*", self.closest_encloser(name)).ok()
    }

    /// The name whose records are told for this one: itself, or the wildcard that stands for it.
    #[must_use]
    pub fn holder(&self, name: NameRef<'_>) -> Option<Name> {
        if self.exists(name) {
            return Some(name.to_name());
        }
        self.wildcard_of(name).filter(|wildcard| self.exists(wildcard.as_ref()))
    }

    /// The highest owner of NS or DNAME that hides a name, which may be the name itself for NS.
    #[must_use]
    pub fn occluder<'n>(&self, name: NameRef<'n>) -> Option<(NameRef<'n>, Rrtype)> {
        let apex = self.apex.as_ref().label_count();
        let above = (apex..=name.label_count()).map(|labels| name.ancestor(labels));
        let occludes = |above: NameRef<'n>| {
            let has = |rrtype| self.rrset(above, rrtype).next().is_some();
            if above.label_count() > apex && has(Rrtype::NS) {
                return Some((above, Rrtype::NS));
            }
            let is_above = above.label_count() < name.label_count();
            (is_above && has(Rrtype::DNAME)).then_some((above, Rrtype::DNAME))
        };
        above.into_iter().find_map(occludes)
    }

    fn sources(&self, owner: NameRef<'_>, rrtype: Rrtype, rdata: &[u8]) -> Vec<&Record> {
        let is_it = |record: &&Record| *record.rdata == *rdata;
        let exact = self.rrset(owner, rrtype).find(is_it);
        let expanded = || {
            let wildcard = self.wildcard_of(owner).filter(|_| !self.exists(owner))?;
            self.rrset(wildcard.as_ref(), rrtype).find(is_it)
        };
        let synthesized = || {
            let (above, Rrtype::DNAME) = self.occluder(owner)? else { return None };
            let leads_there = |dname: &&Record| substituted(owner, above, &dname.rdata) == rdata;
            let mut dnames = self.rrset(above, Rrtype::DNAME);
            dnames.find(|dname| rrtype == Rrtype::CNAME && leads_there(dname))
        };
        exact.into_iter().chain(expanded()).chain(synthesized()).collect()
    }
}

/// RFC 6672 §2.2: the labels below the owner of a DNAME, in front of its target.
fn substituted(name: NameRef<'_>, owner: NameRef<'_>, target: &[u8]) -> Vec<u8> {
    let wire = name.as_wire();
    [&wire[..wire.len() - owner.as_wire().len()], target].concat()
}

/// The type of a record; of a signature, what it covers.
fn kind(record: &Record) -> Rrtype {
    match (record.rrtype, record.rdata.first_chunk()) {
        (Rrtype::RRSIG, Some(octets)) => Rrtype(u16::from_be_bytes(*octets)),
        (rrtype, _) => rrtype,
    }
}
