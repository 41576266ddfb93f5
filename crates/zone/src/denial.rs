//! Which records prove that something is not there.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 4035 §3.1.3 (NSEC) · RFC 5155 §7.2 (NSEC3) · RFC 4592 §4.1 (wildcards) · RFC 9276 §3.2
//! (iterations).
//!
//! Invariants: I1 a proof has each leaf once. I2 work is bounded, whatever the zone holds.
//!
//! Not here: what has to be proven (`lookup`), sending it (`proto::answer`).

mod nsec;

use crate::leaf::Leaf;
use crate::version::Version;
use wire::codes::Rrtype;
use wire::name::NameRef;

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
    leaves: [Option<Leaf<'v>>; LEAVES_MAX],
    too_costly: bool,
    collides: bool,
}

impl<'v> Proof<'v> {
    const fn new(rrtype: Rrtype) -> Self {
        Self { rrtype, leaves: [None; LEAVES_MAX], too_costly: false, collides: false }
    }

    /// NSEC or NSEC3: what is to be sent of each leaf.
    #[must_use]
    pub const fn rrtype(&self) -> Rrtype {
        self.rrtype
    }

    /// The leaves, each once; no more than three.
    pub fn iter(&self) -> impl Iterator<Item = Leaf<'v>> {
        self.leaves.into_iter().flatten()
    }

    /// The proof would take more hashing than we are willing to do for a query. What is sent in its
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
        let Some(leaf) = leaf else { return };
        for place in &mut self.leaves {
            match place {
                Some(held) if held.is_same(&leaf) => return,
                Some(_) => {}
                None => {
                    *place = Some(leaf);
                    return;
                }
            }
        }
    }
}

impl Version {
    /// What proves an absence, by the kind of denial that this version is signed with.
    #[must_use]
    pub fn proof(&self, absent: Absent<'_>) -> Proof<'_> {
        nsec::proof(self, absent)
    }
}
