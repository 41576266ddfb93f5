//! What stands where in a zone, told by a model that is naive on purpose: lists and prefixes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use peers::ask::Record;

use crate::name::Name;
use crate::rrtype::{self, Rrtype};

/// The names of a zone and their types.
pub(crate) struct Shape {
    apex: Name,
    /// Names with records but NSEC3 and its signatures, and the empty non-terminals above them.
    names: BTreeMap<Name, BTreeSet<Rrtype>>,
    /// Owners of NSEC3, which are no names of the zone (RFC 5155 §7.1).
    hashes: BTreeSet<Name>,
    /// Apexes below this one whose zones the servers hold too.
    held: Vec<Name>,
}

/// What a name is in its zone. Its text is part of the committed list of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Outside,
    /// The apex of a zone below that the servers hold too.
    Held,
    BelowHeld,
    Apex,
    Name,
    Alias,
    DnameOwner,
    EmptyNonTerminal,
    WildcardOwner,
    UnsignedCut,
    SignedCut,
    BelowCut,
    BelowDname,
    Wildcard,
    WildcardAlias,
    WildcardEmpty,
    /// At or below the owner of an NSEC3, where there is no name.
    Hash,
    Absent,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Outside => "outside",
            Self::Held => "held child",
            Self::BelowHeld => "below held child",
            Self::Apex => "apex",
            Self::Name => "name",
            Self::Alias => "alias",
            Self::DnameOwner => "DNAME owner",
            Self::EmptyNonTerminal => "empty non-terminal",
            Self::WildcardOwner => "wildcard owner",
            Self::UnsignedCut => "unsigned cut",
            Self::SignedCut => "signed cut",
            Self::BelowCut => "below cut",
            Self::BelowDname => "below DNAME",
            Self::Wildcard => "wildcard",
            Self::WildcardAlias => "wildcard alias",
            Self::WildcardEmpty => "empty wildcard",
            Self::Hash => "NSEC3 owner",
            Self::Absent => "absent",
        })
    }
}

impl Shape {
    /// Of the zone whose apex is the first name, among zones with the apexes `all`.
    pub(crate) fn new(apex: &Name, all: &[Name], records: &[Record]) -> Self {
        let held = all.iter().filter(|other| *other != apex && other.is_at_or_below(apex));
        let mut shape = Self {
            apex: apex.clone(),
            names: BTreeMap::new(),
            hashes: BTreeSet::new(),
            held: held.cloned().collect(),
        };
        let nsec3 = records.iter().filter(|record| Rrtype(record.rrtype) == rrtype::NSEC3);
        shape.hashes.extend(nsec3.map(|record| Name::of(&record.owner)));
        for Record { owner, rrtype, rdata, .. } in records {
            let (owner, rrtype) = (Name::of(owner), Rrtype(*rrtype));
            let covers_nsec3 = rrtype == rrtype::RRSIG
                && rdata.get(..2) == Some(&rrtype::NSEC3.0.to_be_bytes()[..]);
            if rrtype == rrtype::NSEC3 || covers_nsec3 {
                continue;
            }
            for depth in apex.depth()..=owner.depth() {
                shape.names.entry(owner.ancestor(depth)).or_default();
            }
            shape.names.entry(owner).or_default().insert(rrtype);
        }
        shape
    }

    pub(crate) fn apex(&self) -> &Name {
        &self.apex
    }

    /// Names with records and empty non-terminals.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.keys()
    }

    pub(crate) fn hashes(&self) -> impl Iterator<Item = &Name> {
        self.hashes.iter()
    }

    pub(crate) fn types(&self) -> BTreeSet<Rrtype> {
        self.names.values().flatten().copied().collect()
    }

    pub(crate) fn place(&self, qname: &Name) -> Place {
        if !qname.is_at_or_below(&self.apex) {
            return Place::Outside;
        }
        if let Some(held) = self.held.iter().find(|held| qname.is_at_or_below(held)) {
            return if held == qname { Place::Held } else { Place::BelowHeld };
        }
        for depth in self.apex.depth()..=qname.depth() {
            let name = qname.ancestor(depth);
            let is_qname = depth == qname.depth();
            let Some(types) = self.names.get(&name) else {
                return self.beside(&qname.ancestor(depth - 1), qname);
            };
            let has = |rrtype| types.contains(&rrtype);
            if depth > self.apex.depth() && has(rrtype::NS) {
                return match (is_qname, has(rrtype::DS)) {
                    (false, _) => Place::BelowCut,
                    (true, true) => Place::SignedCut,
                    (true, false) => Place::UnsignedCut,
                };
            }
            if has(rrtype::DNAME) && !is_qname {
                return Place::BelowDname;
            }
        }
        self.existing(qname)
    }

    fn existing(&self, name: &Name) -> Place {
        let types = &self.names[name];
        if *name == self.apex {
            Place::Apex
        } else if types.is_empty() {
            Place::EmptyNonTerminal
        } else if types.contains(&rrtype::CNAME) {
            Place::Alias
        } else if types.contains(&rrtype::DNAME) {
            Place::DnameOwner
        } else if name.is_wildcard() {
            Place::WildcardOwner
        } else {
            Place::Name
        }
    }

    /// For a name that is not there, by the closest name that is.
    fn beside(&self, closest_encloser: &Name, qname: &Name) -> Place {
        if self.hashes.iter().any(|hash| qname.is_at_or_below(hash)) {
            return Place::Hash;
        }
        let wildcard = closest_encloser.child(b"*").and_then(|name| self.names.get(&name));
        match wildcard {
            Some(types) if types.is_empty() => Place::WildcardEmpty,
            Some(types) if types.contains(&rrtype::CNAME) => Place::WildcardAlias,
            Some(_) => Place::Wildcard,
            None => Place::Absent,
        }
    }
}
