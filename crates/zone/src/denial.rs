//! Which records prove that something is not there.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 4035 §3.1.3 (NSEC) · RFC 5155 §7.2 (NSEC3) · RFC 4592 §4.1 (wildcards) · RFC 9276 §3.2
//! (iterations).
//!
//! Which kind of denial a version has is decided once, when it is made. In a zone with holes in its chain
//! a proof is what comes closest; a validator will find that it proves nothing.
//!
//! Invariants: I1 a proof has each leaf once. I2 work is bounded, whatever the zone holds (threat 20).
//!
//! Not here: what has to be proven (`lookup`), sending it (`proto::answer`).

mod chain;
mod leaves;
mod nsec;
mod nsec3;

use crate::leaf::Leaf;
use crate::version::Version;
use chain::Chain;
use wire::codes::Rrtype;
use wire::name::NameRef;

pub use chain::HashBudget;
pub use leaves::Leaves;

/// What an answer has to prove absent. Label counts include the apex's labels, not the root.
#[derive(Clone, Copy, Debug)]
pub enum Absent<'q> {
    /// Neither the name exists nor a wildcard that would match it: NXDOMAIN.
    Name {
        /// The name.
        qname: NameRef<'q>,
        /// Labels of the longest existing name above.
        closest_encloser: usize,
    },
    /// The name exists and lacks a type: NODATA, there or at an empty non-terminal; DS at a cut, asked for or
    /// told of in a referral.
    Type {
        /// The name, or the cut's.
        qname: NameRef<'q>,
    },
    /// The name does not exist, and a wildcard answers in its place.
    Expansion {
        /// The name.
        qname: NameRef<'q>,
        /// Labels of the longest existing name above.
        closest_encloser: usize,
    },
    /// The name does not exist, and a wildcard that matches it lacks a type.
    WildcardType {
        /// The name.
        qname: NameRef<'q>,
        /// Labels of the longest existing name above.
        closest_encloser: usize,
    },
}

/// Most leaves that a proof needs: closest encloser, next closer name and wildcard (RFC 5155 §7.2.2).
const LEAVES_MAX: usize = 3;

/// The leaves whose NSEC or NSEC3 prove it. Each is sent as that rrset with its signatures, under its own owner.
///
/// None if the version is not signed, fewer than needed if its chain has holes.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'v> {
    rrtype: Rrtype,
    leaves: Leaves<'v, LEAVES_MAX>,
    too_costly: bool,
    collides: bool,
}

impl<'v> Proof<'v> {
    const fn new(rrtype: Rrtype) -> Self {
        Self { rrtype, leaves: Leaves::none(), too_costly: false, collides: false }
    }

    /// NSEC or NSEC3: what is to be sent of each leaf.
    #[must_use]
    pub const fn rrtype(&self) -> Rrtype {
        self.rrtype
    }

    /// The leaves, each once; no more than three.
    pub fn iter(&self) -> impl Iterator<Item = Leaf<'v>> {
        self.leaves.iter()
    }

    /// The proof would take more hashing than we are willing to do for an answer. What is sent in its
    /// place says so to validators (RFC 9276 §3.2).
    #[must_use]
    pub const fn too_costly(&self) -> bool {
        self.too_costly
    }

    /// The hash of a name that does not exist is the hash of one that does: nothing can prove the absence, and
    /// the answer is to be SERVFAIL (RFC 5155 §7.2.9).
    #[must_use]
    pub const fn collides(&self) -> bool {
        self.collides
    }

    /// Adds a leaf unless it is there already.
    fn add(&mut self, leaf: Option<Leaf<'v>>) {
        if let Some(leaf) = leaf {
            self.leaves.add(leaf);
        }
    }
}

/// Leaves without NSEC, or at the end of the order without NSEC3 of a chain that is too costly, that are stepped over in
/// one search. A sound zone has none.
const STEPS_MAX: usize = 64;

/// Chains of NSEC3 that are looked at when a version is made. More than two at once are no one's plan.
const CHAINS_MAX: usize = 8;

/// The kind of denial that a version is signed with.
#[derive(Clone, Debug, Default)]
pub(crate) enum Denial {
    /// It is not signed, or not in a way that can prove anything.
    #[default]
    Unsigned,
    Nsec,
    Nsec3(Chain),
    /// There is a chain of NSEC3, with more iterations than we do.
    Costly(Chain),
}

impl Denial {
    /// NSEC3 goes before NSEC: both are complete only while a zone changes from one to the other, and NSEC3PARAM
    /// is what comes last and goes first (RFC 5155 §10.4, §10.5).
    pub(crate) fn of(version: &Version) -> Self {
        let apex = version.apex_leaf();
        let params = apex.rrset(Rrtype::NSEC3PARAM).into_iter().flat_map(|params| params.rdatas());
        let mut costly = None;
        for chain in params.filter_map(Chain::of_param).take(CHAINS_MAX) {
            if chain.is_costly() {
                costly = costly.or(Some(chain));
            } else if nsec3::is_usable(version, &chain) {
                return Self::Nsec3(chain);
            }
        }
        if apex.rrset(Rrtype::NSEC).is_some() {
            return Self::Nsec;
        }
        let costly = costly.filter(|chain| nsec3::last(version, chain).is_some());
        costly.map_or(Self::Unsigned, Self::Costly)
    }
}

impl Version {
    /// What proves an absence, by the kind of denial that this version is signed with.
    ///
    /// One way down the tree for each name that matters, two or three; for NSEC3 a hash each, which all proofs of
    /// an answer take from one budget.
    #[must_use]
    pub fn proof(&self, absent: Absent<'_>, budget: &mut HashBudget) -> Proof<'_> {
        match self.denial() {
            Denial::Unsigned => Proof::new(Rrtype::NSEC),
            Denial::Nsec => nsec::proof(self, absent),
            Denial::Nsec3(chain) => nsec3::proof(self, chain, absent, budget)
                .unwrap_or_else(|| nsec3::costly(self, chain)),
            Denial::Costly(chain) => nsec3::costly(self, chain),
        }
    }
}

#[cfg(test)]
mod tests;
