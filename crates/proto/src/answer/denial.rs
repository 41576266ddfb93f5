//! The proofs an answer owes to those who set DO: that what it says is absent is so.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 4035 §3.1.3 (NSEC), §3.1.4 (referral without DS) · RFC 5155 §7.2 (NSEC3), §7.2.9
//! (collisions) · RFC 9276 §3.2 (iterations).
//!
//! Invariants: each rrset is written once, whatever it proves. All of a proof is required: what does not
//! fit sets TC. A version that is not signed costs nothing.
//!
//! Not here: which records prove an absence (`zone`).

use super::chain::LINKS_MAX;
use super::outcome::Verdict;
use super::reply::{Reply, Sent, Signatures, Truncated};
use wire::codes::Rrtype;
use wire::edns::ExtendedError;
use wire::message::Section;
use wire::name::{NameBuf, NameRef};
use zone::{Absent, HashBudget, Leaf, Leaves, Proof, Version};

/// What of an answer is still to be proven, and what went wrong with it.
pub(super) struct Denial<'v> {
    /// `None` as long as no wildcard has needed a proof.
    expansions: Option<Expansions<'v>>,
    trouble: Option<Trouble>,
    /// For all proofs together (threat 20).
    budget: HashBudget,
}

/// What proves that names, for which wildcards stand in, do not exist themselves: one leaf for each
/// link of a chain, and one for its end.
struct Expansions<'v> {
    rrtype: Rrtype,
    leaves: Leaves<'v, { LINKS_MAX + 1 }>,
}

/// Why there is no proof, or a poor one.
#[derive(Clone, Copy)]
enum Trouble {
    TooCostly,
    Collision,
}

impl<'v> Denial<'v> {
    pub(super) const fn new() -> Self {
        Self { expansions: None, trouble: None, budget: HashBudget::of_an_answer() }
    }

    /// A wildcard stands in for `qname`; that is proven once the answer section is complete.
    pub(super) fn on_expansion(
        &mut self,
        version: &'v Version,
        qname: NameRef<'_>,
        closest_encloser: usize,
    ) {
        let absent = Absent::Expansion { qname, closest_encloser };
        let proof = version.proof(absent, &mut self.budget);
        self.note(&proof);
        for leaf in proof.iter() {
            let none = || Expansions { rrtype: proof.rrtype(), leaves: Leaves::none() };
            self.expansions.get_or_insert_with(none).leaves.add(leaf);
        }
    }

    /// Proves `absent`, if there is anything, and all expansions so far.
    pub(super) fn write(
        &mut self,
        version: &'v Version,
        absent: Option<Absent<'_>>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Truncated> {
        let end = absent.map(|absent| version.proof(absent, &mut self.budget));
        if let Some(proof) = &end {
            self.note(proof);
            for leaf in proof.iter() {
                write_leaf(&leaf, proof.rrtype(), reply)?;
            }
        }
        let Some(expansions) = &self.expansions else { return Ok(()) };
        for leaf in expansions.leaves.iter() {
            let is_written = end.iter().flat_map(Proof::iter).any(|other| other.is_same(&leaf));
            if !is_written {
                write_leaf(&leaf, expansions.rrtype, reply)?;
            }
        }
        Ok(())
    }

    /// What the answer comes to: `verdict`, unless something cannot be proven.
    pub(super) fn settle(&self, verdict: Verdict, reply: &mut Reply<'_>) -> Verdict {
        match self.trouble {
            None => verdict,
            Some(Trouble::TooCostly) => {
                verdict.with_error(ExtendedError::UNSUPPORTED_NSEC3_ITERATIONS)
            }
            // RFC 5155 §7.2.9: the hash of a name that does not exist is that of one that does.
            Some(Trouble::Collision) => {
                reply.withdraw();
                Verdict::servfail(ExtendedError::OTHER)
            }
        }
    }

    fn note(&mut self, proof: &Proof<'_>) {
        if proof.collides() {
            self.trouble = Some(Trouble::Collision);
        } else if proof.too_costly() && self.trouble.is_none() {
            self.trouble = Some(Trouble::TooCostly);
        }
    }
}

fn write_leaf(leaf: &Leaf<'_>, rrtype: Rrtype, reply: &mut Reply<'_>) -> Result<(), Truncated> {
    let Some(sent) = Sent::find(leaf, rrtype, Signatures::Wanted) else { return Ok(()) };
    let mut owner = NameBuf::new();
    leaf.owner(&mut owner);
    reply.require(Section::Authority, owner.as_ref(), &sent)
}
