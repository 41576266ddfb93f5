//! Leaves in a row on their way into new pages.
//!
//! Pure.
//!
//! Invariants: I1 a page holds at most [`LEAVES_MAX`] leaves, and more than about [`PAGE_OCTETS`] octets only if
//! its last leaf is large. I2 the pages made from one run are of like size, so that a split leaves two halves.
//!
//! Not here: the layout (`page`), which leaves there are (`merge`).

use crate::octets::short;
use crate::page::{HEAD_OCTETS, LONG_SUFFIX, Page, PageView, RawLeaf, Tail, head_of};
use std::sync::Arc;

/// Most leaves of a page.
pub(crate) const LEAVES_MAX: usize = 64;

/// Aim for no more octets of leaves in a page: copying one must stay cheap.
pub(crate) const PAGE_OCTETS: usize = 6_144;

/// What a leaf takes in a page beside its key and tail: head, start and length.
const LEAF_OVERHEAD: usize = 7;

/// Leaves in canonical order.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// All keys, one behind the other.
    pub(crate) keys: Vec<u8>,
    /// All tails, one behind the other.
    pub(crate) tails: Vec<u8>,
    ends: Vec<Ends>,
}

/// Where the key and tail of a leaf end.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    key: usize,
    tail: usize,
}

impl Run {
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.tails.clear();
        self.ends.clear();
    }

    /// Ends the leaf whose key and tail were appended since the last.
    pub(crate) fn end_leaf(&mut self) {
        self.ends.push(Ends { key: self.keys.len(), tail: self.tails.len() });
    }

    /// Forgets a leaf that was begun.
    pub(crate) fn drop_leaf(&mut self) {
        let last = self.last_ends();
        self.keys.truncate(last.key);
        self.tails.truncate(last.tail);
    }

    /// Appends a leaf as it is.
    pub(crate) fn push(&mut self, leaf: &RawLeaf<'_>) {
        leaf.key.push_to(&mut self.keys);
        self.tails.extend_from_slice(leaf.tail_octets);
        self.end_leaf();
    }

    /// Appends all leaves of a page.
    pub(crate) fn push_page(&mut self, page: PageView<'_>) {
        (0..page.leaf_count())
            .filter_map(|index| page.leaf(index))
            .for_each(|leaf| self.push(&leaf));
    }

    /// The key of the leaf begun.
    pub(crate) fn open_key(&self) -> &[u8] {
        self.keys.get(self.last_ends().key..).unwrap_or_default()
    }

    /// Where the tail of the leaf begun starts.
    pub(crate) fn open_tail(&self) -> usize {
        self.last_ends().tail
    }

    /// Key and tail of the last leaf.
    pub(crate) fn last(&self) -> Option<(&[u8], Tail<'_>)> {
        let (key, tail) = self.leaf(self.ends.len().checked_sub(1)?)?;
        Some((key, Tail::parse(tail)?))
    }

    /// Writes all leaves into pages, and is empty afterwards.
    pub(crate) fn cut_into(&mut self, pages: &mut Vec<Page>) {
        let leaves = self.ends.len();
        let octets = self.octets_between(0, leaves);
        let count = leaves.div_ceil(LEAVES_MAX).max(octets.div_ceil(PAGE_OCTETS)).max(1);
        let (leaves_aim, octets_aim) = (leaves.div_ceil(count), octets.div_ceil(count));
        let (mut start, mut scratch) = (0_usize, Vec::new());
        for next in 1..=leaves {
            let held = next.saturating_sub(start);
            let size = self.octets_between(start, next);
            let following = self.octets_between(next, next.saturating_add(1));
            let full = held >= leaves_aim || size >= octets_aim;
            // A large leaf does not make its small neighbours expensive to copy.
            let before_large = size.saturating_add(following) > PAGE_OCTETS.saturating_mul(2);
            if full || before_large || next == leaves {
                scratch.clear();
                self.write_page(start, next, &mut scratch);
                pages.push(Page(Arc::from(scratch.as_slice())));
                start = next;
            }
        }
        self.clear();
    }

    fn write_page(&self, start: usize, end: usize, out: &mut Vec<u8>) {
        let first = self.leaf(start).unwrap_or_default().0;
        let last = self.leaf(end.saturating_sub(1)).unwrap_or_default().0;
        let prefix = crate::key::octets_in_common(first, last);
        out.extend_from_slice(&short(end.saturating_sub(start)).to_be_bytes());
        out.extend_from_slice(&short(prefix).to_be_bytes());
        out.extend_from_slice(first.get(..prefix).unwrap_or_default());
        let leaves = || (start..end).filter_map(|index| self.leaf(index));
        let rest_of = |key: &'_ [u8]| key.len().saturating_sub(prefix);
        for (key, _) in leaves() {
            out.extend_from_slice(&head_of(key.get(prefix..).unwrap_or_default()));
        }
        let mut at = 0_usize;
        for (index, (key, tail)) in leaves().enumerate() {
            if index > 0 {
                out.extend_from_slice(&short(at).to_be_bytes());
            }
            let rest = rest_of(key);
            let length = if rest < usize::from(LONG_SUFFIX) { 1 } else { 3 };
            at = at
                .saturating_add(length)
                .saturating_add(rest.saturating_sub(HEAD_OCTETS))
                .saturating_add(tail.len());
        }
        for (key, tail) in leaves() {
            let rest = key.get(prefix..).unwrap_or_default();
            match u8::try_from(rest.len()) {
                Ok(length) if length < LONG_SUFFIX => out.push(length),
                Ok(_) | Err(_) => {
                    out.push(LONG_SUFFIX);
                    out.extend_from_slice(&short(rest.len()).to_be_bytes());
                }
            }
            out.extend_from_slice(rest.get(HEAD_OCTETS..).unwrap_or_default());
            out.extend_from_slice(tail);
        }
    }

    fn leaf(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let from = self.ends_before(index);
        let to = self.ends.get(index)?;
        Some((self.keys.get(from.key..to.key)?, self.tails.get(from.tail..to.tail)?))
    }

    fn ends_before(&self, index: usize) -> Ends {
        index.checked_sub(1).and_then(|earlier| self.ends.get(earlier)).copied().unwrap_or_default()
    }

    fn last_ends(&self) -> Ends {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Octets that some leaves take in a page, nearly.
    fn octets_between(&self, start: usize, end: usize) -> usize {
        let end = end.min(self.ends.len());
        let (from, to) = (self.ends_before(start), self.ends_before(end));
        let leaves = end.saturating_sub(start).saturating_mul(LEAF_OVERHEAD);
        let keys = to.key.saturating_sub(from.key);
        to.tail.saturating_sub(from.tail).saturating_add(keys).saturating_add(leaves)
    }
}
