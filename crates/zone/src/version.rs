//! A whole zone at one serial.

use crate::leaf::Leaf;
use crate::lookup::Lookup;
use crate::rrset::Rrset;
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
    /// Names with records.
    pub names: u64,
    /// Records.
    pub records: u64,
    /// Octets of all records in uncompressed wire form.
    pub size_bytes: u64,
    /// Delegations: cuts that are not below another cut or a DNAME.
    pub cuts: u64,
    /// Names with records that have the label `*` anywhere.
    pub wildcards: u64,
    /// Names where a CNAME stands beside other content (RFC 1034 §3.6.2).
    pub cname_conflicts: u64,
}

/// A whole zone at one serial; never changes. Share it as `Arc<Version>`.
#[derive(Clone, Debug)]
pub struct Version {
    apex: Name,
    counts: Counts,
    serial: Serial,
}

impl Version {
    /// Name of the zone, in the case it was configured.
    #[must_use]
    pub const fn apex(&self) -> &Name {
        &self.apex
    }

    /// Its serial.
    #[must_use]
    pub const fn serial(&self) -> Serial {
        self.serial
    }

    /// Its SOA.
    #[must_use]
    pub fn soa(&self) -> SoaView<'_> {
        todo!()
    }

    /// Records in it.
    #[must_use]
    pub const fn record_count(&self) -> u64 {
        self.counts.records
    }

    /// Octets of all records in uncompressed wire form.
    #[must_use]
    pub const fn size_bytes(&self) -> u64 {
        self.counts.size_bytes
    }

    /// All counts.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The apex has DNSKEY, or its SOA a signature.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        todo!()
    }

    /// What the version holds for a name.
    #[must_use]
    pub fn lookup(&self, qname: NameRef<'_>) -> Lookup<'_> {
        let _ = qname;
        todo!()
    }

    /// The leaf of exactly this name, occluded or not: addresses for additional sections.
    #[must_use]
    pub fn glue(&self, name: NameRef<'_>) -> Option<Leaf<'_>> {
        let _ = name;
        todo!()
    }

    /// The apex: SOA, NS and the rest.
    #[must_use]
    pub fn apex_leaf(&self) -> Leaf<'_> {
        todo!()
    }

    /// All names with records in canonical order.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'_>> {
        core::iter::empty()
    }

    /// All rrsets with their names, in canonical order of names.
    pub fn rrsets(&self) -> impl Iterator<Item = (Leaf<'_>, Rrset<'_>)> {
        self.leaves().flat_map(|leaf| leaf.rrsets().map(move |rrset| (leaf, rrset)))
    }

    /// SHA-384 over all records in canonical form and order (as RFC 8976 §3.3 orders them, but none left out).
    #[must_use]
    pub fn digest(&self) -> [u8; 48] {
        todo!()
    }
}
