//! Which names lie below a cut or a DNAME, kept right while a pass changes a tree.
//!
//! Pure.
//!
//! All names at or under one are neighbours in canonical order. So a name's topmost cut or DNAME above is either its
//! predecessor or what occludes the predecessor; and when a name begins or ceases to occlude, exactly
//! those that follow it without a gap are concerned.
//!
//! A DNAME at the apex is left out: a whole zone would have to be rewritten when one comes or goes. The version
//! knows of it, and looks there first.
//!
//! Standards: RFC 1034 §4.2.1 (cuts) · RFC 6672 §2.3 (nothing beside a DNAME's subtree counts).
//!
//! Not here: what occluded names may still be used for (`lookup`).

use crate::key::{self, KeyBuf};
use crate::page::{KeyParts, Tail};
use crate::run::Run;
use crate::tree::Node;

/// What is known at the place where a pass stands.
#[derive(Debug, Default)]
pub(crate) struct Occlusion {
    /// Key of the occluder that the last settled leaf is or lies under; empty if there is none.
    occluder: Vec<u8>,
    labels: u8,
    /// The neighbour before this place, if the pass skipped it and nobody has asked yet.
    skipped: Option<Node>,
    /// Names under this one may carry marks that are no longer right.
    stale: Option<Vec<u8>>,
}

impl Occlusion {
    /// The pass left out this node, and goes on right behind it.
    pub(crate) fn skip(&mut self, node: Node) {
        self.skipped = Some(node);
    }

    /// Takes note of the last leaf before this place.
    pub(crate) fn settle(&mut self, run: &Run) {
        let mut key = KeyBuf::new();
        if let Some(tail) = run.last(&mut key) {
            self.skipped = None;
            self.follow(key.as_slice(), tail);
        } else if let Some(node) = self.skipped.take() {
            let Some(leaf) = node.last_leaf() else { return };
            leaf.key.write_to(&mut key);
            self.follow(key.as_slice(), leaf.tail);
        }
    }

    /// Labels of what occludes a name right behind the settled place; 0 if nothing does.
    pub(crate) fn labels_for(&self, key: &[u8]) -> u8 {
        if self.labels > 0 && key.starts_with(&self.occluder) { self.labels } else { 0 }
    }

    /// A name began or ceased to occlude those under it.
    pub(crate) fn doubt(&mut self, key: &[u8]) {
        let within = self.stale.as_ref().is_some_and(|stale| key.starts_with(stale));
        if !within && !key.is_empty() {
            self.stale = Some(key.to_vec());
        }
    }

    /// Whether there are any doubts at all; some may be settled long since.
    pub(crate) const fn has_stale(&self) -> bool {
        self.stale.is_some()
    }

    /// Whether the marks of a name, or of some under it, may be wrong.
    pub(crate) fn is_stale(&self, key: KeyParts<'_>) -> bool {
        self.stale.as_ref().is_some_and(|stale| key.starts_with(stale))
    }

    fn follow(&mut self, key: &[u8], tail: Tail<'_>) {
        let end = if tail.occluder_labels > 0 {
            key::end_of_labels(key, usize::from(tail.occluder_labels))
        } else if tail.flags.occludes() {
            key.len()
        } else {
            0
        };
        let occluder = key.get(..end).unwrap_or_default();
        if self.occluder != occluder {
            self.occluder.clear();
            self.occluder.extend_from_slice(occluder);
            self.labels = u8::try_from(key::label_count(occluder)).unwrap_or(u8::MAX);
        }
    }
}
