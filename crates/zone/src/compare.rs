//! The step between two versions.
//!
//! Pure.
//!
//! Two walks side by side. Where both stand at the beginning of one and the same node, both step over it: what the
//! versions share is not looked at, so the walk costs what changed.
//!
//! Standards: RFC 1995 §4 (a changed ttl is a record that goes and one that comes).

use crate::diff::Diff;
use crate::leaf::Leaf;
use crate::page::{PageView, RawLeaf};
use crate::rrset::{Rrset, compare_rdata};
use crate::tree::{Children, Inner, View};
use crate::version::Version;
use core::cmp::Ordering;
use std::sync::Arc;
use wire::codes::Class;
use wire::name::NameBuf;
use wire::record::RecordRef;

impl Version {
    /// The step from this version to a newer one of the same zone. Shared pages are skipped, so it costs what changed.
    #[must_use]
    pub fn diff(&self, newer: &Self) -> Diff {
        let mut diff = Diff::new(self.serial(), newer.serial());
        let (mut old, mut new) = (Walk::new(self.tree()), Walk::new(newer.tree()));
        loop {
            while Walk::skip_shared(&mut old, &mut new) {}
            let (a, b) = (old.leaf(), new.leaf());
            let order = match (&a, &b) {
                (None, None) => return diff,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => compare_keys(a, b),
            };
            let a = a.filter(|_| order != Ordering::Greater);
            let b = b.filter(|_| order != Ordering::Less);
            let same = a.zip(b).is_some_and(|(a, b)| a.tail.rrsets == b.tail.rrsets);
            let leaf = |raw| Leaf::new(self.apex(), raw);
            if !same {
                push_leaf(&mut diff, a.map(leaf).as_ref(), b.map(leaf).as_ref());
            }
            if order != Ordering::Greater {
                old.step();
            }
            if order != Ordering::Less {
                new.step();
            }
        }
    }
}

/// A place in a tree, before a leaf.
struct Walk<'v> {
    /// Inner nodes on the way down, root first, and in each the child that the place is in.
    path: Vec<(&'v Inner, usize)>,
    page: Option<&'v [u8]>,
    leaf: usize,
}

/// A node that a walk stands at the beginning of.
#[derive(Clone, Copy)]
enum Start<'v> {
    Page(&'v [u8]),
    Inner(&'v Arc<Inner>),
}

impl<'v> Walk<'v> {
    fn new(tree: View<'v>) -> Self {
        let mut walk = Self { path: Vec::new(), page: None, leaf: 0 };
        match tree {
            View::Page(page) => walk.page = Some(page),
            View::Inner(inner) => walk.descend(inner),
        }
        walk
    }

    /// To the first leaf of a node.
    fn descend(&mut self, mut inner: &'v Inner) {
        loop {
            self.path.push((inner, 0));
            match &inner.children {
                Children::Pages(pages) => {
                    (self.page, self.leaf) = (pages.first().map(|page| &*page.0), 0);
                    return;
                }
                Children::Inners(inners) => match inners.first() {
                    Some(first) => inner = first,
                    None => return,
                },
            }
        }
    }

    fn leaf(&self) -> Option<RawLeaf<'v>> {
        PageView::new(self.page?).leaf(self.leaf)
    }

    fn step(&mut self) {
        self.leaf = self.leaf.saturating_add(1);
        if self.page.is_some_and(|page| self.leaf >= PageView::new(page).leaf_count()) {
            self.leave(0);
        }
    }

    /// To the first leaf behind the node `height` levels above the pages.
    fn leave(&mut self, height: usize) {
        self.path.truncate(self.path.len().saturating_sub(height));
        self.page = None;
        while let Some((inner, index)) = self.path.last_mut() {
            *index = index.saturating_add(1);
            match &inner.children {
                Children::Pages(pages) => {
                    if let Some(page) = pages.get(*index) {
                        (self.page, self.leaf) = (Some(&*page.0), 0);
                        return;
                    }
                }
                Children::Inners(inners) => {
                    if let Some(inner) = inners.get(*index) {
                        return self.descend(inner);
                    }
                }
            }
            self.path.pop();
        }
    }

    /// The node `height` levels above the pages that the place is the beginning of.
    fn start(&self, height: usize) -> Option<Start<'v>> {
        if self.leaf > 0 {
            return None;
        }
        let Some(below) = height.checked_sub(1) else { return self.page.map(Start::Page) };
        let depth = self.path.len().checked_sub(height)?;
        let (parent, index) = self.path.get(depth.checked_sub(1)?)?;
        let inside = self.path.get(depth..)?;
        debug_assert_eq!(inside.len(), below.saturating_add(1), "levels of the path");
        if inside.iter().any(|(_, index)| *index > 0) {
            return None;
        }
        match &parent.children {
            Children::Pages(_) => None,
            Children::Inners(inners) => inners.get(*index).map(Start::Inner),
        }
    }

    /// Steps over the largest node that both stand at the beginning of, if there is one.
    fn skip_shared(old: &mut Self, new: &mut Self) -> bool {
        for height in (0..old.path.len().min(new.path.len()).max(1)).rev() {
            let same = match (old.start(height), new.start(height)) {
                (Some(Start::Page(a)), Some(Start::Page(b))) => core::ptr::eq(a, b),
                (Some(Start::Inner(a)), Some(Start::Inner(b))) => Arc::ptr_eq(a, b),
                (Some(_) | None, Some(_) | None) => false,
            };
            if same {
                old.leave(height);
                new.leave(height);
                return true;
            }
        }
        false
    }
}

fn compare_keys(a: &RawLeaf<'_>, b: &RawLeaf<'_>) -> Ordering {
    let mut key = crate::key::KeyBuf::new();
    b.key.write_to(&mut key);
    a.key.compare(key.as_slice())
}

/// What goes of one name and what comes.
fn push_leaf(diff: &mut Diff, old: Option<&Leaf<'_>>, new: Option<&Leaf<'_>>) {
    let mut owner = NameBuf::new();
    if let Some(leaf) = new.or(old) {
        leaf.owner(&mut owner);
    }
    let mut olds = old.into_iter().flat_map(Leaf::rrsets).peekable();
    let mut news = new.into_iter().flat_map(Leaf::rrsets).peekable();
    loop {
        let order = match (olds.peek(), news.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.place().cmp(&b.place()),
        };
        let a = if order == Ordering::Greater { None } else { olds.next() };
        let b = if order == Ordering::Less { None } else { news.next() };
        push_rrset(diff, &owner, a.as_ref(), b.as_ref());
    }
}

/// What goes of one rrset and what comes. If its ttl changed, all of it does.
fn push_rrset(diff: &mut Diff, owner: &NameBuf, old: Option<&Rrset<'_>>, new: Option<&Rrset<'_>>) {
    let record = |rrset: &Rrset<'_>, rdata| RecordRef {
        owner: owner.as_ref(),
        rrtype: rrset.rrtype(),
        class: Class::IN,
        ttl: rrset.ttl(),
        rdata,
    };
    let same_ttl = old.zip(new).is_some_and(|(old, new)| old.ttl() == new.ttl());
    let Some(rrtype) = old.or(new).map(Rrset::rrtype) else { return };
    let mut olds = old.into_iter().flat_map(Rrset::rdatas).peekable();
    let mut news = new.into_iter().flat_map(Rrset::rdatas).peekable();
    loop {
        let order = match (olds.peek(), news.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => compare_rdata(rrtype, a, b),
        };
        let (a, b) = match order {
            Ordering::Less => (olds.next(), None),
            Ordering::Greater => (None, news.next()),
            Ordering::Equal => (olds.next(), news.next()),
        };
        // Rdata that differs in case only is the same record to a diff, but not the same content.
        if a == b && same_ttl {
            continue;
        }
        if let Some((rrset, rdata)) = old.zip(a) {
            diff.remove(record(rrset, rdata));
        }
        if let Some((rrset, rdata)) = new.zip(b) {
            diff.add(record(rrset, rdata));
        }
    }
}
