//! Leaves in a row on their way into new pages: some of the page being replaced, some new.
//!
//! Pure.
//!
//! Invariants: I1 a page holds at most [`LEAVES_MAX`] leaves, and more than about [`PAGE_OCTETS`] octets only if
//! its last leaf is large. I2 the pages made from one run are of like size, so that a split leaves two halves.
//! I3 leaves that stay are copied in blocks, not one by one, unless the prefix of their page changes.
//!
//! Not here: the layout (`page`), which leaves there are (`merge`).

use crate::key::KeyBuf;
use crate::octets::short;
use crate::page::{HEAD_OCTETS, Head, LONG_SUFFIX, Page, PageView, RawLeaf, Tail};
use core::ops::Range;
use std::sync::Arc;

/// Most leaves of a page. Tests inside the crate have tiny pages, and so deep trees of few names.
pub(crate) const LEAVES_MAX: usize = if cfg!(test) { 8 } else { 64 };

/// Aim for no more octets of leaves in a page: copying one must stay cheap.
pub(crate) const PAGE_OCTETS: usize = 6_144;

/// What a leaf takes in a page beside its body: head and start.
const LEAF_OVERHEAD: usize = 6;

/// Leaves in canonical order.
#[derive(Debug)]
pub(crate) struct Run {
    /// The page whose leaves may be kept.
    page: Page,
    order: Vec<Source>,
    /// Keys of new leaves, one behind the other.
    pub(crate) keys: Vec<u8>,
    /// Tails of new leaves, one behind the other.
    pub(crate) tails: Vec<u8>,
    ends: Vec<Ends>,
}

/// Where a leaf comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// This leaf of the page.
    Kept(usize),
    /// This one of the new leaves.
    New(usize),
}

/// Where the key and tail of a new leaf end.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    key: usize,
    tail: usize,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self {
            page: Page::empty(),
            order: Vec::new(),
            keys: Vec::new(),
            tails: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Forgets everything; leaves of this page may be kept from now on.
    pub(crate) fn restart(&mut self, page: Page) {
        self.page = page;
        self.order.clear();
        self.keys.clear();
        self.tails.clear();
        self.ends.clear();
    }

    /// Appends leaves of the page as they are.
    pub(crate) fn keep(&mut self, leaves: Range<usize>) {
        self.order.extend(leaves.map(Source::Kept));
    }

    /// Ends the leaf whose key and tail were appended since the last.
    pub(crate) fn end_leaf(&mut self) {
        self.order.push(Source::New(self.ends.len()));
        self.ends.push(Ends { key: self.keys.len(), tail: self.tails.len() });
    }

    /// Forgets a leaf that was begun.
    pub(crate) fn drop_leaf(&mut self) {
        let last = self.last_ends();
        self.keys.truncate(last.key);
        self.tails.truncate(last.tail);
    }

    /// Appends a copy of a leaf of any page.
    pub(crate) fn push(&mut self, leaf: &RawLeaf<'_>) {
        leaf.key.push_to(&mut self.keys);
        self.tails.extend_from_slice(leaf.tail_octets);
        self.end_leaf();
    }

    /// The key of the leaf begun.
    pub(crate) fn open_key(&self) -> &[u8] {
        self.keys.get(self.last_ends().key..).unwrap_or_default()
    }

    /// Where the tail of the leaf begun starts.
    pub(crate) fn open_tail(&self) -> usize {
        self.last_ends().tail
    }

    /// The tail of the last leaf; its key is written to `key`.
    pub(crate) fn last(&self, key: &mut KeyBuf) -> Option<Tail<'_>> {
        key.truncate(0);
        match *self.order.last()? {
            Source::Kept(index) => {
                let leaf = self.page.view().leaf(index)?;
                leaf.key.write_to(key);
                Some(leaf.tail)
            }
            Source::New(index) => {
                let (octets, tail) = self.new_leaf(index)?;
                key.push(octets);
                Tail::parse(tail)
            }
        }
    }

    /// Writes all leaves into pages, and is empty afterwards.
    pub(crate) fn cut_into(&mut self, pages: &mut Vec<Page>) {
        let page = self.page.clone();
        let view = page.view();
        let total = self
            .order
            .iter()
            .fold(0_usize, |sum, leaf| sum.saturating_add(self.size(*leaf, &view)));
        let leaves = self.order.len();
        let count = leaves.div_ceil(LEAVES_MAX).max(total.div_ceil(PAGE_OCTETS)).max(1);
        let (leaves_aim, octets_aim) = (leaves.div_ceil(count), total.div_ceil(count));
        let mut scratch = Vec::with_capacity(octets_aim.saturating_add(PAGE_OCTETS));
        let (mut start, mut size) = (0_usize, 0_usize);
        for (index, leaf) in self.order.iter().enumerate() {
            size = size.saturating_add(self.size(*leaf, &view));
            let next = index.saturating_add(1);
            let following = self.order.get(next).map_or(0, |leaf| self.size(*leaf, &view));
            let full = next.saturating_sub(start) >= leaves_aim || size >= octets_aim;
            // A large leaf does not make its small neighbours expensive to copy.
            let before_large = size.saturating_add(following) > PAGE_OCTETS.saturating_mul(2);
            if full || before_large || next == leaves {
                scratch.clear();
                self.write_page(
                    self.order.get(start..next).unwrap_or_default(),
                    &view,
                    &mut scratch,
                );
                pages.push(Page(Arc::from(scratch.as_slice())));
                (start, size) = (next, 0);
            }
        }
        self.restart(Page::empty());
    }

    fn write_page(&self, leaves: &[Source], view: &PageView<'_>, out: &mut Vec<u8>) {
        let (mut first, mut last) = (KeyBuf::new(), KeyBuf::new());
        self.write_key(leaves.first(), view, &mut first);
        self.write_key(leaves.last(), view, &mut last);
        let prefix_octets = crate::key::octets_in_common(first.as_slice(), last.as_slice());
        let prefix = first.as_slice().get(..prefix_octets).unwrap_or_default();
        out.extend_from_slice(&short(leaves.len()).to_be_bytes());
        out.extend_from_slice(&short(prefix.len()).to_be_bytes());
        out.extend_from_slice(prefix);
        // The body comes last but says where leaves start, so it is written beside.
        let mut body = Vec::with_capacity(PAGE_OCTETS);
        let mut starts = Vec::with_capacity(leaves.len().saturating_mul(2));
        let mut rest = leaves;
        while let Some(leaf) = rest.first() {
            let mut taken = 1;
            match *leaf {
                Source::Kept(from) if view.prefix.len() == prefix.len() => {
                    taken = kept_in_a_row(rest);
                    view.copy_leaves(from..from.saturating_add(taken), out, &mut starts, &mut body);
                }
                Source::Kept(index) => {
                    if let Some(leaf) = view.leaf(index) {
                        let mut key = KeyBuf::new();
                        leaf.key.write_to(&mut key);
                        let rest = key.as_slice().get(prefix_octets..).unwrap_or_default();
                        write_leaf(rest, leaf.tail_octets, out, &mut starts, &mut body);
                    }
                }
                Source::New(index) => {
                    let (key, tail) = self.new_leaf(index).unwrap_or_default();
                    let rest = key.get(prefix_octets..).unwrap_or_default();
                    write_leaf(rest, tail, out, &mut starts, &mut body);
                }
            }
            rest = rest.get(taken..).unwrap_or_default();
        }
        // The first starts at nought, which need not be said.
        out.extend_from_slice(starts.get(2..).unwrap_or_default());
        out.extend_from_slice(&body);
    }

    fn write_key(&self, leaf: Option<&Source>, view: &PageView<'_>, out: &mut KeyBuf) {
        match leaf {
            Some(Source::Kept(index)) => {
                if let Some(leaf) = view.leaf(*index) {
                    leaf.key.write_to(out);
                }
            }
            Some(Source::New(index)) => out.push(self.new_leaf(*index).unwrap_or_default().0),
            None => {}
        }
    }

    fn new_leaf(&self, index: usize) -> Option<(&[u8], &[u8])> {
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

    /// Octets that a leaf takes in a page, nearly.
    fn size(&self, leaf: Source, view: &PageView<'_>) -> usize {
        let body = match leaf {
            Source::Kept(index) => view.range(index).len(),
            Source::New(index) => {
                let (from, to) = (self.ends_before(index), self.ends.get(index).copied());
                let to = to.unwrap_or(from);
                to.tail.saturating_sub(from.tail).saturating_add(to.key.saturating_sub(from.key))
            }
        };
        body.saturating_add(LEAF_OVERHEAD)
    }
}

/// How many leaves in front follow one another in the page they come from.
fn kept_in_a_row(leaves: &[Source]) -> usize {
    let pairs = leaves.iter().zip(leaves.iter().skip(1));
    let next_to = |pair: &(&Source, &Source)| match *pair {
        (Source::Kept(a), Source::Kept(b)) => a.saturating_add(1) == *b,
        (Source::Kept(_) | Source::New(_), Source::New(_)) | (Source::New(_), Source::Kept(_)) => {
            false
        }
    };
    pairs.take_while(next_to).count().saturating_add(1)
}

/// Writes one leaf; `rest` is its key behind the prefix.
fn write_leaf(
    rest: &[u8],
    tail: &[u8],
    heads: &mut Vec<u8>,
    starts: &mut Vec<u8>,
    body: &mut Vec<u8>,
) {
    heads.extend_from_slice(&Head::of(rest).to_octets());
    starts.extend_from_slice(&short(body.len()).to_be_bytes());
    match u8::try_from(rest.len()) {
        Ok(length) if length < LONG_SUFFIX => body.push(length),
        Ok(_) | Err(_) => {
            body.push(LONG_SUFFIX);
            body.extend_from_slice(&short(rest.len()).to_be_bytes());
        }
    }
    body.extend_from_slice(rest.get(HEAD_OCTETS..).unwrap_or_default());
    body.extend_from_slice(tail);
}
