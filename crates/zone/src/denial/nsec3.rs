//! Proofs by NSEC3: hashes of names in their order.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 5155 §7.2.1–7.2.9.
//!
//! Invariants: I1 hashing, and stepping over leaves of other chains, end with the [`HashBudget`].
//!
//! Not here: what belongs to the chain, hashing (`chain`).

use super::chain::{Chain, HashBudget};
use super::{Absent, Proof, STEPS_MAX};
use crate::key;
use crate::leaf::Leaf;
use crate::page::RawLeaf;
use crate::version::Version;
use core::cmp::Ordering;
use wire::codes::Rrtype;
use wire::name::NameRef;

/// The proof; `None` if it takes too much hashing.
pub(super) fn proof<'v>(
    version: &'v Version,
    chain: &Chain,
    absent: Absent<'_>,
    budget: &mut HashBudget,
) -> Option<Proof<'v>> {
    let search = Search { version, chain, budget };
    let mut proof = Proof::new(Rrtype::NSEC3);
    search.prove(absent, &mut proof).map(|()| proof)
}

/// What is sent when hashing is too costly: any of the chain. A validator sees its iterations, and takes
/// the zone for an unsigned one (RFC 9276 §3.2).
pub(super) fn costly<'v>(version: &'v Version, chain: &Chain) -> Proof<'v> {
    let mut proof = Proof { too_costly: true, ..Proof::new(Rrtype::NSEC3) };
    proof.add(last(version, chain));
    proof
}

/// The last leaf of a chain, if there are not too many others behind it.
pub(super) fn last<'v>(version: &'v Version, chain: &Chain) -> Option<Leaf<'v>> {
    let mut leaves = version.tree().up_to(key::ASIDE_END).take(STEPS_MAX);
    let raw = leaves.find(|leaf| chain.has(leaf));
    raw.map(|raw| Leaf::new(version.apex(), raw))
}

/// Whether a chain can be used: it matches the apex, and knows that it is one.
pub(super) fn is_usable(version: &Version, chain: &Chain) -> bool {
    let key = chain.key(b"", version.apex(), &mut HashBudget::of_an_answer());
    let raw = key.and_then(|key| version.tree().leaf(&key));
    raw.is_some_and(|raw| chain.has_soa(&raw))
}

struct Search<'v, 's> {
    version: &'v Version,
    chain: &'s Chain,
    budget: &'s mut HashBudget,
}

/// What a chain has for a name.
#[derive(Clone, Copy)]
enum Found<'v> {
    /// The leaf of its very hash.
    Match(RawLeaf<'v>),
    /// The leaf before its hash.
    Cover(RawLeaf<'v>),
    /// The chain has no leaf.
    Nothing,
}

impl<'v> Found<'v> {
    const fn is_match(&self) -> bool {
        matches!(self, Self::Match(_))
    }

    fn raw(self) -> Option<RawLeaf<'v>> {
        match self {
            Self::Match(raw) | Self::Cover(raw) => Some(raw),
            Self::Nothing => None,
        }
    }
}

impl<'v> Search<'v, '_> {
    /// Adds what proves an absence. `None` if it takes too much hashing.
    fn prove(mut self, absent: Absent<'_>, proof: &mut Proof<'v>) -> Option<()> {
        match absent {
            Absent::Type { qname } => {
                let own = self.find(b"", qname)?;
                let labels = qname.label_count();
                if own.is_match() || labels <= self.version.apex_labels() {
                    // §7.2.3, and §7.2.4 where the cut has an NSEC3.
                    self.add(proof, own);
                } else {
                    // §7.2.4 and §7.2.7: opt-out left out the cut, or an empty non-terminal above cuts.
                    self.enclose(proof, qname, (labels.saturating_sub(1), own))?;
                }
            }
            Absent::Expansion { qname, closest_encloser } => {
                // §7.2.6.
                let next_closer = self.find(b"", next_closer(qname, closest_encloser))?;
                proof.collides |= next_closer.is_match();
                self.add(proof, next_closer);
            }
            Absent::Name { qname, closest_encloser } => {
                // §7.2.2.
                let (encloser, wildcard) = self.missing(proof, qname, closest_encloser)?;
                // Above an encloser that opt-out left out, a wildcard may well exist.
                proof.collides |= wildcard.is_match() && encloser == closest_encloser;
            }
            Absent::WildcardType { qname, closest_encloser } => {
                // §7.2.5.
                self.missing(proof, qname, closest_encloser)?;
            }
        }
        Some(())
    }

    /// Proves that a name does not exist, and adds what the chain has for the wildcard that would match it. Returns
    /// the labels of the closest provable encloser, and what was found for the wildcard.
    fn missing(
        &mut self,
        proof: &mut Proof<'v>,
        qname: NameRef<'_>,
        closest_encloser: usize,
    ) -> Option<(usize, Found<'v>)> {
        let next_closer = self.find(b"", next_closer(qname, closest_encloser))?;
        proof.collides |= next_closer.is_match();
        let encloser = self.enclose(proof, qname, (closest_encloser, next_closer))?;
        let wildcard = self.find(b"\x01*", qname.ancestor(encloser))?;
        self.add(proof, wildcard);
        Some((encloser, wildcard))
    }

    /// Adds the closest encloser proof (§7.2.1), given the labels of the closest encloser and what was found for
    /// the name one label longer. Opt-out may have left out the encloser itself: then it is the closest *provable* one.
    /// Returns its labels.
    fn enclose(
        &mut self,
        proof: &mut Proof<'v>,
        qname: NameRef<'_>,
        (mut labels, mut next_closer): (usize, Found<'v>),
    ) -> Option<usize> {
        loop {
            let here = self.find(b"", qname.ancestor(labels))?;
            if here.is_match() {
                self.add(proof, here);
            } else if labels > self.version.apex_labels() {
                next_closer = here;
                labels = labels.saturating_sub(1);
                continue;
            }
            self.add(proof, next_closer);
            return Some(labels);
        }
    }

    fn add(&self, proof: &mut Proof<'v>, found: Found<'v>) {
        let apex = self.version.apex();
        proof.add(found.raw().map(|raw| Leaf::new(apex, raw)));
    }

    /// What the chain has for a name, or for the wildcard below it. `None` if that exceeds the budget.
    fn find(&mut self, prefix: &[u8], name: NameRef<'_>) -> Option<Found<'v>> {
        let key = self.chain.key(prefix, name, self.budget)?;
        let tree = self.version.tree();
        // Before the first hash, and the apex, comes the last hash (§1.3: the order is a circle).
        let around = core::iter::once_with(|| tree.up_to(key::ASIDE_END)).flatten();
        for raw in tree.up_to(&key).chain(around) {
            if self.chain.has(&raw) {
                let is_match = raw.key.compare(&key) == Ordering::Equal;
                return Some(if is_match { Found::Match(raw) } else { Found::Cover(raw) });
            }
            self.budget.step()?;
        }
        Some(Found::Nothing)
    }
}

/// The name one label longer than the closest encloser (RFC 5155 §1.3).
fn next_closer(qname: NameRef<'_>, closest_encloser: usize) -> NameRef<'_> {
    qname.ancestor(closest_encloser.saturating_add(1))
}
