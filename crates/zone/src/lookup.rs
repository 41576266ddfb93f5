//! What a version holds for a name.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 1034 §4.3.2 step 3 · RFC 4592 §2.2, §3.3 (wildcards, empty non-terminals, closest
//! encloser) · RFC 6672 §3.2 (DNAME) · RFC 2136 §7.18 (what lies below a cut or DNAME is occluded).
//!
//! Not here: following CNAME, sections, DS at a cut, proofs (`denial`).

use crate::key::{self, KeyBuf};
use crate::leaf::Leaf;
use crate::page::RawLeaf;
use crate::version::Version;
use wire::name::NameRef;

/// Where a name stands in a version. Label counts include the apex's labels, not the root.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'v> {
    /// The name has records and is authoritative; or a wildcard matches it.
    Found {
        /// The name's, or the wildcard's.
        leaf: Leaf<'v>,
        /// Labels of the closest encloser if it was matched by the wildcard below that. Then the owner of what
        /// is answered is the qname, and the leaf may even be a cut or have a DNAME (RFC 4592 §4).
        wildcard: Option<usize>,
    },
    /// The name exists without records, because names below it do; or a wildcard matches it that does
    /// so (RFC 4592 §2.2.2). The answer is NODATA.
    EmptyNonTerminal {
        /// As for [`Self::Found`].
        wildcard: Option<usize>,
    },
    /// The name is at a cut or below one.
    Cut {
        /// The cut; of several above one another the one closest to the apex.
        leaf: Leaf<'v>,
        /// The qname is the cut's owner itself: for DS the answer is here.
        at_qname: bool,
    },
    /// The name is below the owner of a DNAME.
    Dname {
        /// The owner of the DNAME; of several above one another the one closest to the apex.
        leaf: Leaf<'v>,
    },
    /// The name does not exist, and no wildcard matches it.
    Missing {
        /// Labels of the closest encloser: the longest existing name above.
        closest_encloser: usize,
    },
    /// The name is not at or under the apex.
    OutOfZone,
}

impl Version {
    /// What the version holds for a name. One way down the tree; one more below glue, and one for a wildcard if
    /// the version has any.
    #[must_use]
    pub fn lookup(&self, qname: NameRef<'_>) -> Lookup<'_> {
        let Some(labels) = qname.relative_to(self.apex()) else {
            return Lookup::OutOfZone;
        };
        let mut key = KeyBuf::of(labels);
        if self.apex_has_dname() && !key.as_slice().is_empty() {
            return Lookup::Dname { leaf: self.apex_leaf() };
        }
        let Some(at) = self.tree().descend(key.as_slice()) else {
            return self.missing(0);
        };
        if let Some(hit) = at.hit() {
            return self.hit(hit, key.as_slice());
        }
        // The apex comes before everything, so there is a predecessor. One that stands aside shares nothing with a
        // name and occludes nothing, just as the apex, which comes before it.
        let predecessor = at.predecessor().unwrap_or(RawLeaf::empty());
        let shared = predecessor.key.octets_in_common(key.as_slice());
        if let Some(occluder) = self.occluder(&predecessor, key.as_slice(), shared) {
            return Self::referral(occluder, false);
        }
        let shared_next = at.successor().map_or(0, |next| next.octets_in_common(key.as_slice()));
        if shared_next == key.as_slice().len() {
            return Lookup::EmptyNonTerminal { wildcard: None };
        }
        // The longest name above that a neighbour has, or that exists because of it.
        let encloser = key::label_count(key.first(shared.max(shared_next)));
        if self.has_wildcards()
            && let Some(found) = self.wildcard(encloser, &mut key)
        {
            return found;
        }
        self.missing(encloser)
    }

    fn missing(&self, encloser: usize) -> Lookup<'_> {
        Lookup::Missing { closest_encloser: self.all_labels(encloser) }
    }

    /// The name has records: they are an answer unless it is a cut or lies below one.
    fn hit<'v>(&'v self, hit: &RawLeaf<'v>, key: &[u8]) -> Lookup<'v> {
        let labels = usize::from(hit.tail.occluder_labels);
        let occluder = if labels > 0 { self.leaf_above(key, labels) } else { None };
        match occluder {
            Some(occluder) => Self::referral(occluder, false),
            None if hit.tail.flags.is_cut() => {
                Lookup::Cut { leaf: Leaf::new(self.apex(), *hit), at_qname: true }
            }
            None => Lookup::Found { leaf: Leaf::new(self.apex(), *hit), wildcard: None },
        }
    }

    /// The topmost cut or DNAME above a name that has no records: its predecessor, or what occludes that.
    /// They share so many octets.
    fn occluder<'v>(
        &'v self,
        predecessor: &RawLeaf<'v>,
        key: &[u8],
        shared: usize,
    ) -> Option<Leaf<'v>> {
        let labels = usize::from(predecessor.tail.occluder_labels);
        if labels > 0 {
            let shared_labels = key::label_count(key.get(..shared).unwrap_or_default());
            return if shared_labels >= labels { self.leaf_above(key, labels) } else { None };
        }
        let above = predecessor.tail.flags.occludes() && shared == predecessor.key.octet_count();
        above.then(|| Leaf::new(self.apex(), *predecessor))
    }

    fn leaf_above(&self, key: &[u8], labels: usize) -> Option<Leaf<'_>> {
        self.leaf_of(key.get(..key::end_of_labels(key, labels)).unwrap_or_default())
    }

    /// RFC 1034 §4.3.2 step 3b and RFC 6672 §3.2; at a name with both, the cut is what parents know of.
    const fn referral(leaf: Leaf<'_>, at_qname: bool) -> Lookup<'_> {
        if leaf.is_cut() { Lookup::Cut { leaf, at_qname } } else { Lookup::Dname { leaf } }
    }

    /// RFC 4592 §3.3.1: the only wildcard that matters is the one right below the closest encloser.
    fn wildcard(&self, encloser: usize, key: &mut KeyBuf) -> Option<Lookup<'_>> {
        key.truncate(encloser);
        key.push_label(b"*");
        let at = self.tree().descend(key.as_slice())?;
        let wildcard = Some(self.all_labels(encloser));
        if let Some(hit) = at.hit() {
            return Some(Lookup::Found { leaf: Leaf::new(self.apex(), *hit), wildcard });
        }
        let exists = at.successor().is_some_and(|next| next.starts_with(key.as_slice()));
        exists.then_some(Lookup::EmptyNonTerminal { wildcard })
    }

    fn all_labels(&self, below_apex: usize) -> usize {
        self.apex_labels().saturating_add(below_apex)
    }
}

#[cfg(test)]
mod tests;
