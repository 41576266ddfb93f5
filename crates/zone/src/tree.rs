//! The persistent B+ tree of pages: its nodes, and the way down.
//!
//! Pure.
//!
//! Invariants: I1 all pages are at the same depth and none is empty. I2 an inner node knows the first key of each
//! child exactly, so the page found for a key holds its predecessor, and the next separator on the way is the
//! successor's key when the page does not hold it. I3 nodes never change; a change makes new ones on the
//! path and shares the rest.
//!
//! Not here: changing (`merge`).

use crate::key::{KeyBuf, head};
use crate::page::{KeyParts, Page, PageView, RawLeaf};
use core::cmp::Ordering;
use std::sync::Arc;

/// Most children of an inner node. A change copies this many pointers, and counts as many references, a level.
pub(crate) const CHILDREN_MAX: usize = if cfg!(test) { 8 } else { 16 };

/// All pages of a version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) root: Option<Node>,
}

/// A page, or an inner node.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Page(Page),
    Inner(Arc<Inner>),
}

/// Children and where each starts.
#[derive(Clone, Debug)]
pub(crate) struct Inner {
    pub(crate) separators: Arc<Separators>,
    pub(crate) children: Children,
}

/// Children of one inner node, all of a kind (I1).
#[derive(Clone, Debug)]
pub(crate) enum Children {
    Pages(Box<[Page]>),
    Inners(Box<[Arc<Inner>]>),
}

impl Children {
    /// Reads the reference count of each child. Counting up waits for memory at each child; these reads do not, and what
    /// they ask for is there when the counting comes.
    pub(crate) fn ask_for_counts(&self) {
        let sum = match self {
            Self::Pages(pages) => {
                pages.iter().map(|page| Arc::strong_count(&page.0)).fold(0, usize::wrapping_add)
            }
            Self::Inners(inners) => {
                inners.iter().map(Arc::strong_count).fold(0, usize::wrapping_add)
            }
        };
        core::hint::black_box(sum);
    }

    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Pages(pages) => pages.len(),
            Self::Inners(inners) => inners.len(),
        }
    }
}

/// The first key of each child of an inner node. One piece of memory but for the octets, which are looked at last.
#[derive(Debug)]
pub(crate) struct Separators {
    count: usize,
    prefix_octets: usize,
    /// Eight key octets behind the prefix, as numbers.
    heads: [u64; CHILDREN_MAX],
    /// Where each key ends.
    ends: [u32; CHILDREN_MAX],
    /// What all keys start with, then the rest of each key.
    octets: Box<[u8]>,
}

impl Separators {
    /// From at most [`CHILDREN_MAX`] whole ascending keys that lie one behind the other and end at `ends`.
    pub(crate) fn new(keys: &[u8], ends: &[usize]) -> Self {
        let whole = |index: usize| {
            let start = index.checked_sub(1).and_then(|earlier| ends.get(earlier)).copied();
            let end = ends.get(index).copied().unwrap_or(0);
            keys.get(start.unwrap_or(0)..end).unwrap_or_default()
        };
        let count = ends.len().min(CHILDREN_MAX);
        let (first, last) = (whole(0), whole(count.saturating_sub(1)));
        let prefix_octets = crate::key::octets_in_common(first, last);
        let mut octets = first.get(..prefix_octets).unwrap_or_default().to_vec();
        let (mut heads, mut rest_ends) = ([u64::MAX; CHILDREN_MAX], [0; CHILDREN_MAX]);
        let places = heads.iter_mut().zip(&mut rest_ends).take(count).enumerate();
        for (index, (head_place, end_place)) in places {
            let rest = whole(index).get(prefix_octets..).unwrap_or_default();
            *head_place = head(rest);
            octets.extend_from_slice(rest);
            *end_place = end_of(&octets);
        }
        Self { count, prefix_octets, heads, ends: rest_ends, octets: octets.into() }
    }

    /// The first key of a child.
    pub(crate) fn key(&self, index: usize) -> Option<KeyParts<'_>> {
        (index < self.count).then(|| KeyParts::of_two(self.prefix(), self.rest(index)))
    }

    /// The child whose keys a key is among: the last that does not start after it, or the first.
    pub(crate) fn child_of(&self, key: &[u8]) -> usize {
        let Some(rest) = key.strip_prefix(self.prefix()) else {
            return if key < self.prefix() { 0 } else { self.count.saturating_sub(1) };
        };
        let wanted = head(rest);
        // Unused heads are the greatest number, so the array need not be cut.
        let mut at = self.heads.partition_point(|head| *head < wanted);
        while at < self.count && self.heads.get(at) == Some(&wanted) && self.rest(at) <= rest {
            at = at.saturating_add(1);
        }
        at.saturating_sub(1)
    }

    fn prefix(&self) -> &[u8] {
        self.octets.get(..self.prefix_octets).unwrap_or_default()
    }

    fn rest(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(self.prefix_octets, |earlier| self.end(earlier));
        self.octets.get(start..self.end(index)).unwrap_or_default()
    }

    fn end(&self, index: usize) -> usize {
        self.ends.get(index).and_then(|end| usize::try_from(*end).ok()).unwrap_or(0)
    }
}

/// Separators take some kilobytes at most.
fn end_of(octets: &[u8]) -> u32 {
    u32::try_from(octets.len()).unwrap_or(u32::MAX)
}

impl Node {
    pub(crate) fn last_leaf(&self) -> Option<RawLeaf<'_>> {
        let mut node = match self {
            Self::Page(page) => return last_of(page),
            Self::Inner(inner) => inner,
        };
        loop {
            match &node.children {
                Children::Pages(pages) => return last_of(pages.last()?),
                Children::Inners(inners) => node = inners.last()?,
            }
        }
    }
}

fn last_of(page: &Page) -> Option<RawLeaf<'_>> {
    let view = page.view();
    view.leaf(view.leaf_count().checked_sub(1)?)
}

/// Where a key is or would be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position<'v> {
    page: PageView<'v>,
    /// As from [`PageView::find`].
    index: usize,
    hit: Option<RawLeaf<'v>>,
    /// The inner node and the child in it that the page behind this one is, or begins.
    next_page: Option<(&'v Separators, usize)>,
}

impl<'v> Position<'v> {
    /// The leaf of the key.
    pub(crate) const fn hit(&self) -> Option<&RawLeaf<'v>> {
        self.hit.as_ref()
    }

    /// The last leaf before the key.
    pub(crate) fn predecessor(&self) -> Option<RawLeaf<'v>> {
        self.page.leaf(self.index.checked_sub(1)?)
    }

    /// The key of the first leaf after the key.
    pub(crate) fn successor(&self) -> Option<KeyParts<'v>> {
        let index = self.index.saturating_add(usize::from(self.hit.is_some()));
        match self.page.leaf(index) {
            Some(leaf) => Some(leaf.key),
            None => self.next_page.and_then(|(separators, index)| separators.key(index)),
        }
    }
}

/// A tree to look around in, wherever its pages are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'v> {
    /// The only page; without leaves if the tree has none.
    Page(&'v [u8]),
    /// The root of several.
    Inner(&'v Arc<Inner>),
}

impl Tree {
    pub(crate) fn view(&self) -> View<'_> {
        match &self.root {
            None => View::Page(&[]),
            Some(Node::Page(page)) => View::Page(&page.0),
            Some(Node::Inner(inner)) => View::Inner(inner),
        }
    }

    pub(crate) fn first_page(&self) -> Option<&Page> {
        let mut node = match self.root.as_ref()? {
            Node::Page(page) => return Some(page),
            Node::Inner(inner) => inner,
        };
        loop {
            match &node.children {
                Children::Pages(pages) => return pages.first(),
                Children::Inners(inners) => node = inners.first()?,
            }
        }
    }
}

impl<'v> View<'v> {
    /// The same tree to be changed. A single page is copied, more of them are shared.
    pub(crate) fn to_tree(self) -> Tree {
        let root = match self {
            Self::Page([]) => None,
            Self::Page(octets) => Some(Node::Page(Page(Arc::from(octets)))),
            Self::Inner(inner) => Some(Node::Inner(inner.clone())),
        };
        Tree { root }
    }

    /// The way down to a key.
    pub(crate) fn descend(self, key: &[u8]) -> Option<Position<'v>> {
        let mut next_page = None;
        let mut node = match self {
            Self::Page(page) => return Some(position(page, key, None)),
            Self::Inner(inner) => inner,
        };
        loop {
            let index = node.separators.child_of(key);
            let next = index.saturating_add(1);
            if next < node.separators.count {
                next_page = Some((&*node.separators, next));
            }
            match &node.children {
                Children::Pages(pages) => {
                    return Some(position(&pages.get(index)?.0, key, next_page));
                }
                Children::Inners(inners) => node = inners.get(index)?,
            }
        }
    }

    /// The leaf of exactly this key.
    pub(crate) fn leaf(self, key: &[u8]) -> Option<RawLeaf<'v>> {
        self.descend(key)?.hit().copied()
    }

    /// All pages in order.
    pub(crate) fn pages(self) -> Pages<'v> {
        self.pages_from(&[])
    }

    /// The pages from the one on that has a key, or would have it.
    fn pages_from(self, key: &[u8]) -> Pages<'v> {
        let mut found = Pages { inners: Vec::new(), pages: [].iter(), only: None };
        let mut node = match self {
            Self::Page(page) => {
                found.only = Some(page).filter(|page| !page.is_empty());
                return found;
            }
            Self::Inner(inner) => inner,
        };
        loop {
            let index = node.separators.child_of(key);
            match &node.children {
                Children::Pages(pages) => {
                    found.pages = pages.get(index..).unwrap_or_default().iter();
                    return found;
                }
                Children::Inners(inners) => {
                    let mut rest = inners.get(index..).unwrap_or_default().iter();
                    let Some(first) = rest.next() else { return found };
                    found.inners.push(rest);
                    node = first;
                }
            }
        }
    }

    /// The leaves from a key on, in order.
    pub(crate) fn leaves_from<'k>(
        self,
        key: &'k [u8],
    ) -> impl Iterator<Item = RawLeaf<'v>> + use<'v, 'k> {
        let leaves = self.pages_from(key).flat_map(|page| {
            let view = PageView::new(page);
            (0..view.leaf_count()).filter_map(move |index| view.leaf(index))
        });
        leaves.skip_while(|leaf| leaf.key.compare(key) == Ordering::Less)
    }

    /// The leaf of a key, if there is one, and those before it, the nearest first. One way down for each page.
    pub(crate) fn up_to(self, key: &[u8]) -> UpTo<'v> {
        let (page, index) = self.end_at(key).unwrap_or((PageView::new(&[]), 0));
        UpTo { tree: self, page, index }
    }

    /// The page that has the last leaf up to a key, and how many leaves of it are up to the key.
    fn end_at(self, key: &[u8]) -> Option<(PageView<'v>, usize)> {
        let at = self.descend(key)?;
        Some((at.page, at.index.saturating_add(usize::from(at.hit.is_some()))))
    }
}

/// See [`View::up_to`].
#[derive(Clone, Debug)]
pub(crate) struct UpTo<'v> {
    tree: View<'v>,
    page: PageView<'v>,
    /// Leaves of the page that are left.
    index: usize,
}

impl<'v> Iterator for UpTo<'v> {
    type Item = RawLeaf<'v>;

    fn next(&mut self) -> Option<RawLeaf<'v>> {
        if self.index == 0 {
            let mut first = KeyBuf::new();
            self.page.leaf(0)?.key.write_to(&mut first);
            // Without the 0x00 that ends it this is no key, but the same keys lie before it; so the way down leads
            // to the page before this one. The apex has an empty key, and nothing before it.
            let (_, before) = first.as_slice().split_last()?;
            (self.page, self.index) = self.tree.end_at(before)?;
        }
        self.index = self.index.checked_sub(1)?;
        self.page.leaf(self.index)
    }
}

/// Reads an octet of each cache line that the search in a page may need. The search itself would wait for
/// one after the other; these reads do not depend on each other, so memory delivers all at once.
fn ask_for(page: &[u8]) {
    const LINE: usize = 64;
    let lines = [LINE, 2 * LINE, 3 * LINE, 4 * LINE, 5 * LINE, 6 * LINE];
    let octets = lines.map(|line| page.get(line).copied().unwrap_or(0));
    core::hint::black_box(octets);
}

fn position<'v>(
    page: &'v [u8],
    key: &[u8],
    next_page: Option<(&'v Separators, usize)>,
) -> Position<'v> {
    ask_for(page);
    let page = PageView::new(page);
    let (index, hit) = page.find(key);
    Position { page, index, hit, next_page }
}

/// See [`View::pages`].
#[derive(Clone, Debug)]
pub(crate) struct Pages<'v> {
    only: Option<&'v [u8]>,
    inners: Vec<core::slice::Iter<'v, Arc<Inner>>>,
    pages: core::slice::Iter<'v, Page>,
}

impl<'v> Iterator for Pages<'v> {
    type Item = &'v [u8];

    fn next(&mut self) -> Option<&'v [u8]> {
        loop {
            if let Some(page) = self.pages.next() {
                return Some(&page.0);
            }
            if let Some(page) = self.only.take() {
                return Some(page);
            }
            match self.inners.last_mut()?.next().map(|inner| &inner.children) {
                None => drop(self.inners.pop()),
                Some(Children::Pages(pages)) => self.pages = pages.iter(),
                Some(Children::Inners(inners)) => self.inners.push(inners.iter()),
            }
        }
    }
}

/// Orders a key against the first key of what follows; nothing follows the last.
pub(crate) fn is_below(key: &[u8], upper: Option<KeyParts<'_>>) -> bool {
    upper.is_none_or(|upper| upper.compare(key) == Ordering::Greater)
}
