//! A whole zone at one serial.
//!
//! Pure.
//!
//! Standards: RFC 1035 §5.2 (one SOA) · RFC 2181 §6.1 (NS at the apex).
//!
//! Invariants: I1 the first leaf is the apex and has exactly one SOA, which can be read, and an NS. I2 the counts are
//! those of the tree. I3 a version is `small` if and only if it has one page and no NSEC3PARAM at its apex.
//!
//! Not here: looking names up (`lookup`), changing (`apply`), disks (`image`), how one page is kept (`small`).

use crate::check::CheckError;
use crate::denial::Denial;
use crate::digest;
use crate::history::History;
use crate::key::KeyBuf;
use crate::leaf::Leaf;
use crate::page::{Flags, Page, PageView, RawLeaf, Tail};
use crate::rrset::Rrset;
use crate::small::Small;
use crate::tree::{Tree, View};
use std::sync::Arc;
use wire::codes::Rrtype;
use wire::name::{Name, NameRef};
use wire::rdata::Soa;
use wire::serial::Serial;
use wire::ttl::Ttl;

/// The fields of a version's SOA, and its ttl.
#[derive(Clone, Copy, Debug)]
pub struct SoaView<'v> {
    /// Its rdata.
    pub fields: Soa<'v>,
    /// Its ttl.
    pub ttl: Ttl,
}

/// How much of what a version holds; kept up to date with each change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Names with records. NSEC3 count as names of their own.
    pub names: u64,
    /// Records.
    pub records: u64,
    /// Octets of all records in uncompressed wire form.
    pub size_bytes: u64,
    /// Delegations: cuts that are not below another cut or a DNAME.
    pub cuts: u64,
    /// Names with records, other than NSEC3, that have the label `*` anywhere.
    pub wildcards: u64,
    /// Names where a CNAME stands beside other content (RFC 1034 §3.6.2).
    pub cname_conflicts: u64,
}

impl Counts {
    pub(crate) const fn add_leaf(&mut self, tail: &Tail<'_>) {
        self.names = self.names.saturating_add(1);
        self.cuts = self.cuts.saturating_add(tail.delegations());
        self.wildcards = self.wildcards.saturating_add(tail.counts(Flags::ASTERISK));
        let conflicts = tail.counts(Flags::CNAME_CONFLICT);
        self.cname_conflicts = self.cname_conflicts.saturating_add(conflicts);
    }

    pub(crate) const fn subtract_leaf(&mut self, tail: &Tail<'_>) {
        self.names = self.names.saturating_sub(1);
        self.cuts = self.cuts.saturating_sub(tail.delegations());
        self.wildcards = self.wildcards.saturating_sub(tail.counts(Flags::ASTERISK));
        let conflicts = tail.counts(Flags::CNAME_CONFLICT);
        self.cname_conflicts = self.cname_conflicts.saturating_sub(conflicts);
    }
}

/// What is known of a version without looking into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts(pub(crate) u8);

impl Facts {
    /// The apex has DNSKEY, or its SOA a signature.
    const SIGNED: u8 = 1;
    /// The apex has a DNAME.
    const APEX_DNAME: u8 = 2;
    /// Absence is proven by NSEC.
    const NSEC: u8 = 4;

    const fn with(self, fact: u8, holds: bool) -> Self {
        if holds { Self(self.0 | fact) } else { self }
    }

    const fn has(self, fact: u8) -> bool {
        self.0 & fact != 0
    }
}

/// A whole zone at one serial; never changes. Clones share it.
#[derive(Clone, Debug)]
pub struct Version {
    repr: Repr,
    /// Empty unless somebody may transfer the zone.
    history: History,
}

/// One page is one piece of memory; several pages, and chains of NSEC3, need more.
#[derive(Clone, Debug)]
enum Repr {
    Small(Small),
    Large(Arc<Large>),
}

#[derive(Debug)]
struct Large {
    apex: Name,
    apex_labels: usize,
    tree: Tree,
    /// The first page, which has the apex: every negative answer needs its SOA.
    first: Page,
    counts: Counts,
    serial: Serial,
    negative_ttl: Ttl,
    facts: Facts,
    denial: Denial,
}

static UNSIGNED: Denial = Denial::Unsigned;
static NSEC: Denial = Denial::Nsec;

impl Version {
    /// Checks what only the whole can show.
    ///
    /// # Errors
    /// When the apex lacks what it must have.
    pub(crate) fn new(apex: Name, tree: Tree, counts: Counts) -> Result<Self, CheckError> {
        let Some(raw) = tree.view().leaf(&[]) else { return Err(CheckError::NoSoa { apex }) };
        let leaf = Leaf::new(apex.as_ref(), raw);
        let soa = leaf.rrset(Rrtype::SOA);
        let count = soa.as_ref().map_or(0, Rrset::count);
        let fields = soa.and_then(|soa| Soa::parse(soa.rdatas().next()?).ok());
        let (Some(soa), Some(fields)) = (soa, fields) else {
            return Err(CheckError::NoSoa { apex });
        };
        let serial = fields.serial;
        let negative_ttl = soa.ttl().min(Ttl::from_wire(fields.negative_ttl));
        if count > 1 {
            return Err(CheckError::SeveralSoas { apex, count });
        }
        if leaf.rrset(Rrtype::NS).is_none() {
            return Err(CheckError::NoApexNs { apex });
        }
        let signed = leaf.rrset(Rrtype::DNSKEY).is_some() || leaf.rrsigs(Rrtype::SOA).is_some();
        let facts = Facts::default()
            .with(Facts::SIGNED, signed)
            .with(Facts::APEX_DNAME, leaf.has_dname())
            .with(Facts::NSEC, leaf.rrset(Rrtype::NSEC).is_some());
        let may_have_nsec3 = leaf.rrset(Rrtype::NSEC3PARAM).is_some();
        if let (View::Page(page), false) = (tree.view(), may_have_nsec3)
            && let Some(small) = Small::new(&apex, page, counts, (serial, negative_ttl, facts))
        {
            return Ok(Self { repr: Repr::Small(small), history: History::NONE });
        }
        let first = tree.first_page().cloned().unwrap_or_else(Page::empty);
        let (apex_labels, denial) = (apex.as_ref().label_count(), Denial::default());
        let large =
            Large { apex, apex_labels, tree, first, counts, serial, negative_ttl, facts, denial };
        let repr = Repr::Large(Arc::new(large));
        Ok(Self { repr, history: History::NONE }.with_denial())
    }

    /// Decides how it proves that something is not there. Nobody else has it yet.
    fn with_denial(mut self) -> Self {
        let denial = Denial::of(&self);
        if let Repr::Large(large) = &mut self.repr
            && let Some(large) = Arc::get_mut(large)
        {
            large.denial = denial;
        }
        self
    }

    /// Name of the zone, in the case it was configured.
    #[must_use]
    pub fn apex(&self) -> NameRef<'_> {
        match &self.repr {
            Repr::Small(small) => small.apex(),
            Repr::Large(large) => large.apex.as_ref(),
        }
    }

    /// Its serial.
    #[must_use]
    pub fn serial(&self) -> Serial {
        match &self.repr {
            Repr::Small(small) => small.serial(),
            Repr::Large(large) => large.serial,
        }
    }

    /// Its SOA.
    #[must_use]
    pub fn soa(&self) -> SoaView<'_> {
        let soa = self.apex_leaf().rrset(Rrtype::SOA);
        let fields = soa.and_then(|soa| Soa::parse(soa.rdatas().next()?).ok());
        // The rest cannot happen (I1); a zone that expires at once is the safest answer.
        let nothing = Soa {
            mname: NameRef::ROOT,
            rname: NameRef::ROOT,
            serial: self.serial(),
            refresh: 0,
            retry: 0,
            expire: 0,
            negative_ttl: 0,
        };
        debug_assert!(fields.is_some(), "{} has no SOA", self.apex());
        SoaView { fields: fields.unwrap_or(nothing), ttl: soa.map_or(Ttl::ZERO, |soa| soa.ttl()) }
    }

    /// How long a negative answer may be kept: the lower of the SOA's ttl and its MINIMUM (RFC 2308 §3).
    #[must_use]
    pub fn negative_ttl(&self) -> Ttl {
        match &self.repr {
            Repr::Small(small) => small.negative_ttl(),
            Repr::Large(large) => large.negative_ttl,
        }
    }

    /// Records in it.
    #[must_use]
    pub fn record_count(&self) -> u64 {
        self.counts().records
    }

    /// Octets of all records in uncompressed wire form.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.counts().size_bytes
    }

    /// All counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        match &self.repr {
            Repr::Small(small) => small.counts(),
            Repr::Large(large) => large.counts,
        }
    }

    /// How it came about, as far as that is kept.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// With this history instead of its own.
    pub(crate) fn remembering(self, history: History) -> Self {
        Self { history, ..self }
    }

    /// The apex has DNSKEY, or its SOA a signature.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.facts().has(Facts::SIGNED)
    }

    /// Whether both are one and the same piece of memory.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Small(a), Repr::Small(b)) => a.is_same(b),
            (Repr::Large(a), Repr::Large(b)) => Arc::ptr_eq(a, b),
            (Repr::Small(_), Repr::Large(_)) | (Repr::Large(_), Repr::Small(_)) => false,
        }
    }

    /// Clones there are of it, this one included: whether somebody still reads it.
    #[must_use]
    pub fn holder_count(&self) -> usize {
        match &self.repr {
            Repr::Small(small) => small.holder_count(),
            Repr::Large(large) => Arc::strong_count(large),
        }
    }

    /// The leaf of exactly this name, occluded or not: addresses for additional sections. Never one of NSEC3.
    #[must_use]
    pub fn glue(&self, name: NameRef<'_>) -> Option<Leaf<'_>> {
        let labels = name.relative_to(self.apex())?;
        self.leaf_of(KeyBuf::of(labels).as_slice())
    }

    /// The apex: SOA, NS and the rest.
    #[must_use]
    pub fn apex_leaf(&self) -> Leaf<'_> {
        let first = match &self.repr {
            Repr::Small(small) => PageView::new(small.page()),
            Repr::Large(large) => large.first.view(),
        };
        Leaf::new(self.apex(), first.leaf(0).unwrap_or(RawLeaf::empty()))
    }

    /// All owners in canonical order. One that has NSEC3 and other content is two leaves, the NSEC3 the second.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'_>> {
        self.owners().flat_map(|owner| owner.leaves())
    }

    /// All rrsets with their owners: in canonical order of these, then by type, each RRSIG rrset right behind the one
    /// it signs.
    pub fn rrsets(&self) -> impl Iterator<Item = (Leaf<'_>, Rrset<'_>)> {
        self.owners().flat_map(|owner| owner.rrsets())
    }

    /// SHA-384 over all records in canonical form and order (as RFC 8976 §3.3 orders them, but none left out).
    ///
    /// Costs a walk over the whole zone.
    #[must_use]
    pub fn digest(&self) -> [u8; 48] {
        digest::of(self)
    }

    pub(crate) fn tree(&self) -> View<'_> {
        match &self.repr {
            Repr::Small(small) => View::Page(small.page()),
            Repr::Large(large) => large.tree.view(),
        }
    }

    /// How it proves that something is not there.
    pub(crate) fn denial(&self) -> &Denial {
        match &self.repr {
            Repr::Small(small) if small.facts().has(Facts::NSEC) => &NSEC,
            Repr::Small(_) => &UNSIGNED,
            Repr::Large(large) => &large.denial,
        }
    }

    pub(crate) fn apex_labels(&self) -> usize {
        match &self.repr {
            Repr::Small(small) => small.apex_labels(),
            Repr::Large(large) => large.apex_labels,
        }
    }

    /// The apex has a DNAME: nothing below it is authoritative.
    pub(crate) fn apex_has_dname(&self) -> bool {
        self.facts().has(Facts::APEX_DNAME)
    }

    /// Some name has the label `*`.
    pub(crate) fn has_wildcards(&self) -> bool {
        match &self.repr {
            Repr::Small(small) => small.has_wildcards(),
            Repr::Large(large) => large.counts.wildcards > 0,
        }
    }

    pub(crate) fn leaf_of(&self, key: &[u8]) -> Option<Leaf<'_>> {
        self.tree().leaf(key).map(|raw| Leaf::new(self.apex(), raw))
    }

    fn facts(&self) -> Facts {
        match &self.repr {
            Repr::Small(small) => small.facts(),
            Repr::Large(large) => large.facts,
        }
    }
}
