//! Proofs by NSEC: names in their order.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 4035 §3.1.3.1–4, §2.3 (what is not authoritative has no NSEC) · RFC 4592 §4.1 · RFC 6672 §5.2.
//!
//! Invariants: I1 at most [`STEPS_MAX`] leaves are looked at for each name.

use super::{Absent, Proof, STEPS_MAX};
use crate::key::{KeyBuf, Side};
use crate::leaf::Leaf;
use crate::version::Version;
use wire::codes::Rrtype;

pub(super) fn proof<'v>(version: &'v Version, absent: Absent<'_>) -> Proof<'v> {
    let mut proof = Proof::new(Rrtype::NSEC);
    let (qname, encloser) = match absent {
        // §3.1.3.1 and §3.1.3.3.
        Absent::Type { qname } | Absent::Expansion { qname, closest_encloser: _ } => (qname, None),
        // §3.1.3.2 and §3.1.3.4.
        Absent::Name { qname, closest_encloser }
        | Absent::WildcardType { qname, closest_encloser } => (qname, Some(closest_encloser)),
    };
    let Some(labels) = qname.relative_to(version.apex()) else { return proof };
    let mut key = KeyBuf::of(labels);
    proof.add(at_or_before(version, &key));
    if let Some(encloser) = encloser {
        key.truncate(encloser.saturating_sub(version.apex_labels()));
        key.push_label(b"*");
        proof.add(at_or_before(version, &key));
    }
    proof
}

/// The leaf whose NSEC matches or covers a name: its own, or that of the last authoritative name before it.
fn at_or_before<'v>(version: &'v Version, key: &KeyBuf) -> Option<Leaf<'v>> {
    let tree = version.tree();
    let mut leaves = tree.up_to(key.as_slice());
    for _ in 0..STEPS_MAX {
        let raw = leaves.next()?;
        if raw.key.side() == Side::Aside || version.apex_has_dname() {
            // The only name before what stands aside; or the only one that is not occluded (RFC 6672 §2.3).
            return with_nsec(version.apex_leaf());
        }
        let labels = usize::from(raw.tail.occluder_labels);
        if labels > 0 {
            // Neither this one nor any before it up to the cut or DNAME above has an NSEC.
            let mut occluder = KeyBuf::new();
            raw.key.write_to(&mut occluder);
            occluder.truncate(labels);
            leaves = tree.up_to(occluder.as_slice());
            continue;
        }
        if let Some(leaf) = with_nsec(Leaf::new(version.apex(), raw)) {
            return Some(leaf);
        }
    }
    None
}

fn with_nsec(leaf: Leaf<'_>) -> Option<Leaf<'_>> {
    leaf.rrset(Rrtype::NSEC).map(|_| leaf)
}
