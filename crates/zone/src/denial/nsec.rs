//! Proofs by NSEC: names in their order.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 4035 §3.1.3.1–4 · RFC 4034 §4.1.1, §6.1 (order; what is not authoritative has no NSEC).
//!
//! Invariants: I1 at most [`STEPS_MAX`] leaves are looked at for each name.

use super::{Absent, Proof};
use crate::key::KeyBuf;
use crate::leaf::Leaf;
use crate::version::Version;
use wire::codes::Rrtype;

/// Neighbours without NSEC that are stepped over. A signed zone has none.
const STEPS_MAX: usize = 64;

pub(super) fn proof<'v>(version: &'v Version, absent: Absent<'_>) -> Proof<'v> {
    let mut proof = Proof::new(Rrtype::NSEC);
    let (qname, wildcard) = match absent {
        Absent::Type { qname } | Absent::Expansion { qname, closest_encloser: _ } => (qname, None),
        Absent::Name { qname, closest_encloser }
        | Absent::WildcardType { qname, closest_encloser } => (qname, Some(closest_encloser)),
    };
    let Some(labels) = qname.relative_to(version.apex().as_ref()) else { return proof };
    let mut key = KeyBuf::of(labels);
    proof.add(at_or_before(version, &key));
    if let Some(encloser) = wildcard {
        key.truncate(encloser.saturating_sub(version.apex_labels()));
        key.push_label(b"*");
        proof.add(at_or_before(version, &key));
    }
    proof
}

/// The leaf whose NSEC matches or covers a name: its own, or the last authoritative one before it.
fn at_or_before<'v>(version: &'v Version, key: &KeyBuf) -> Option<Leaf<'v>> {
    let at = version.tree().descend(key.as_slice())?;
    let raw = at.hit().copied().or_else(|| at.predecessor())?;
    let leaf = Leaf::new(version.apex().as_ref(), raw);
    leaf.rrset(Rrtype::NSEC).map(|_| leaf)
}
