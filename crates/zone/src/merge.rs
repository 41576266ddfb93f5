//! One pass over a tree that makes sorted changes to it.
//!
//! Pure.
//!
//! The pass goes down only where changes are, or where marks of occlusion have become doubtful, and makes
//! new nodes on the way back. Nodes that nobody else holds are consumed, so building in batches does
//! not hold two trees.
//!
//! Invariants: I1 the invariants of `tree` hold for the result. I2 a failed pass changes nothing: the old nodes live
//! as long as the caller's tree.
//!
//! Not here: what changes do to a name's rrsets (`edit`).

use crate::batch::{Batch, Group, Op};
use crate::check::{CheckError, Limits};
use crate::edit::Rule;
use crate::occlusion::Occlusion;
use crate::page::{KeyParts, Page, PageView, RawLeaf};
use crate::run::{LEAVES_MAX, PAGE_OCTETS, Run};
use crate::tree::{CHILDREN_MAX, Children, Inner, Node, Separators, Tree, is_below};
use crate::version::Counts;
use core::cmp::Ordering;
use core::marker::PhantomData;
use core::ops::Range;
use std::sync::Arc;
use wire::name::Name;

/// What a pass works with.
pub(crate) struct Pass<'b, R> {
    pub(crate) apex: &'b Name,
    pub(crate) limits: &'b Limits,
    pub(crate) batch: &'b Batch,
    /// Changes still to make.
    ops: &'b [Op],
    pub(crate) counts: Counts,
    pub(crate) run: Run,
    pub(crate) occlusion: Occlusion,
    rule: PhantomData<R>,
}

impl<'b, R: Rule> Pass<'b, R> {
    /// `batch` is sorted; `counts` are those of the tree to be changed.
    pub(crate) fn new(
        apex: &'b Name,
        limits: &'b Limits,
        batch: &'b Batch,
        counts: Counts,
    ) -> Self {
        Self {
            apex,
            limits,
            batch,
            ops: batch.ops(),
            counts,
            run: Run::new(),
            occlusion: Occlusion::default(),
            rule: PhantomData,
        }
    }

    /// Makes the changes; returns the new tree and its counts.
    ///
    /// # Errors
    /// When a change is against the rule, or a limit is exceeded.
    pub(crate) fn change(mut self, tree: Tree) -> Result<(Tree, Counts), R::Error> {
        let mut inners = Vec::new();
        match tree.root {
            Some(Node::Inner(inner)) => {
                inner.merge(&mut self, None, &mut inners)?;
            }
            root => {
                let page = match root {
                    Some(Node::Page(page)) => page,
                    Some(Node::Inner(_)) | None => Page::empty(),
                };
                let mut pages = Vec::new();
                page.merge(&mut self, None, &mut pages)?;
                if pages.len() <= 1 {
                    let root = pages.pop().filter(|page| !page.is_empty()).map(Node::Page);
                    return self.within_limits(Tree { root });
                }
                pack(pages, &mut inners);
            }
        }
        self.within_limits(Tree { root: root_over(inners) })
    }

    fn within_limits(self, tree: Tree) -> Result<(Tree, Counts), R::Error> {
        let Counts { records, size_bytes: bytes, .. } = self.counts;
        if records > self.limits.records_max {
            let limit = self.limits.records_max;
            return Err(CheckError::TooManyRecords { records, limit }.into());
        }
        if bytes > self.limits.bytes_max {
            let limit = self.limits.bytes_max;
            return Err(CheckError::ZoneTooLarge { bytes, limit }.into());
        }
        Ok((tree, self.counts))
    }

    /// Whether there is anything to do among keys from `first` to below `upper`.
    fn reaches(&self, first: Option<KeyParts<'_>>, upper: Option<KeyParts<'_>>) -> bool {
        self.ops.first().is_some_and(|op| is_below(self.batch.key(op), upper))
            || first.is_some_and(|first| self.occlusion.is_stale(first))
    }

    /// No child before this one has changes left.
    fn next_child(&self, separators: &Separators) -> usize {
        self.ops.first().map_or(CHILDREN_MAX, |op| separators.child_of(self.batch.key(op)))
    }

    /// The changes at the next name, if that is below `upper`. They are not looked at before that is known: a name with
    /// many would be gone through for each page before it.
    fn next_group(&self, upper: Option<KeyParts<'_>>) -> Option<(Group<'b>, &'b [Op])> {
        let first = self.ops.first()?;
        if is_below(self.batch.key(first), upper) { self.batch.split_group(self.ops) } else { None }
    }

    /// Puts the leaves of a page and the changes among them into the run; returns whether any leaf changed.
    fn merge_leaves(
        &mut self,
        page: PageView<'_>,
        upper: Option<KeyParts<'_>>,
    ) -> Result<bool, R::Error> {
        let (mut changed, mut index, mut rdatas) = (false, 0_usize, Vec::new());
        while let Some((group, rest)) = self.next_group(upper) {
            let at_end = index >= page.leaf_count();
            let (place, old) = if at_end { (index, None) } else { page.find(group.key) };
            self.keep_leaves(page, index..place);
            self.edit(old.as_ref(), &group, &mut rdatas)?;
            self.ops = rest;
            index = if old.is_some() { place.saturating_add(1) } else { place };
            changed = true;
        }
        Ok(changed | self.keep_leaves(page, index..page.leaf_count()))
    }

    /// Puts leaves that have no changes into the run; returns whether marks had to be corrected.
    fn keep_leaves(&mut self, page: PageView<'_>, leaves: Range<usize>) -> bool {
        let (mut changed, mut rest) = (false, leaves);
        // What is stale begins right behind the change that made it so.
        while let Some(leaf) = page.leaf(rest.start).filter(|_| !rest.is_empty())
            && self.occlusion.is_stale(leaf.key)
        {
            changed |= self.keep_stale(&leaf);
            rest.start = rest.start.saturating_add(1);
        }
        self.run.keep(rest);
        changed
    }

    /// Puts a leaf whose mark is in doubt into the run; returns whether it had to be corrected.
    fn keep_stale(&mut self, leaf: &RawLeaf<'_>) -> bool {
        self.occlusion.settle(&self.run);
        leaf.key.push_to(&mut self.run.keys);
        let labels = self.occlusion.labels_for(self.run.open_key());
        if labels == leaf.tail.occluder_labels {
            self.run.tails.extend_from_slice(leaf.tail_octets);
            self.run.end_leaf();
            return false;
        }
        let before = self.counts.cuts;
        let without = before.saturating_sub(leaf.tail.delegations());
        let tail = leaf.tail.with_occluder(labels);
        self.counts.cuts = without.saturating_add(tail.delegations());
        tail.write_head(&mut self.run.tails);
        self.run.tails.extend_from_slice(tail.rrsets);
        self.run.end_leaf();
        true
    }
}

/// What can be a child of an inner node.
trait Child: Clone {
    /// Appends what takes its place among its siblings; nothing if nothing is left. Returns whether anything changed.
    fn merge<R: Rule>(
        self,
        pass: &mut Pass<'_, R>,
        upper: Option<KeyParts<'_>>,
        out: &mut Vec<Self>,
    ) -> Result<bool, R::Error>;

    fn push_first_key(&self, out: &mut Vec<u8>);

    /// One in place of both, if one of the two is too small and the result is not too large.
    fn fuse(&self, next: &Self) -> Option<Self>;

    fn into_node(self) -> Node;

    fn wrap(siblings: Box<[Self]>) -> Children;
}

impl Child for Page {
    fn merge<R: Rule>(
        self,
        pass: &mut Pass<'_, R>,
        upper: Option<KeyParts<'_>>,
        out: &mut Vec<Self>,
    ) -> Result<bool, R::Error> {
        pass.run.restart(self.clone());
        let changed = pass.merge_leaves(self.view(), upper)?;
        pass.occlusion.settle(&pass.run);
        if changed {
            pass.run.cut_into(out);
        } else {
            pass.run.restart(Self::empty());
            out.push(self);
        }
        Ok(changed)
    }

    fn push_first_key(&self, out: &mut Vec<u8>) {
        if let Some(leaf) = self.view().leaf(0) {
            leaf.key.push_to(out);
        }
    }

    fn fuse(&self, next: &Self) -> Option<Self> {
        // Lengths lie beside the pointers, so most neighbours need not be fetched from memory.
        let (octets, more_octets) = (self.0.len(), next.0.len());
        if octets.min(more_octets) >= PAGE_OCTETS / 4
            || octets.saturating_add(more_octets) > PAGE_OCTETS / 4 * 3
        {
            return None;
        }
        let (a, b) = (self.view(), next.view());
        let (leaves, more_leaves) = (a.leaf_count(), b.leaf_count());
        if leaves.min(more_leaves) >= LEAVES_MAX / 4
            || leaves.saturating_add(more_leaves) > LEAVES_MAX / 4 * 3
        {
            return None;
        }
        let (mut run, mut fused) = (Run::new(), Vec::new());
        run.restart(self.clone());
        run.keep(0..a.leaf_count());
        let more = (0..b.leaf_count()).filter_map(|index| b.leaf(index));
        more.for_each(|leaf| run.push(&leaf));
        run.cut_into(&mut fused);
        fused.pop().filter(|_| fused.is_empty())
    }

    fn into_node(self) -> Node {
        Node::Page(self)
    }

    fn wrap(siblings: Box<[Self]>) -> Children {
        Children::Pages(siblings)
    }
}

impl Child for Arc<Inner> {
    fn merge<R: Rule>(
        self,
        pass: &mut Pass<'_, R>,
        upper: Option<KeyParts<'_>>,
        out: &mut Vec<Self>,
    ) -> Result<bool, R::Error> {
        if Arc::strong_count(&self) > 1 {
            self.children.ask_for_counts();
        }
        let Inner { separators, children } = Arc::unwrap_or_clone(self);
        match children {
            Children::Pages(pages) => merge_children(pass, separators, pages, upper, out)?,
            Children::Inners(inners) => merge_children(pass, separators, inners, upper, out)?,
        }
        Ok(true)
    }

    fn push_first_key(&self, out: &mut Vec<u8>) {
        if let Some(key) = self.separators.key(0) {
            key.push_to(out);
        }
    }

    fn fuse(&self, next: &Self) -> Option<Self> {
        let (a, b) = (self.children.count(), next.children.count());
        if a.min(b) >= CHILDREN_MAX / 4 || a.saturating_add(b) > CHILDREN_MAX / 4 * 3 {
            return None;
        }
        let mut fused = Vec::new();
        match (&self.children, &next.children) {
            (Children::Pages(a), Children::Pages(b)) => {
                pack(a.iter().chain(b).cloned().collect(), &mut fused);
            }
            (Children::Inners(a), Children::Inners(b)) => {
                pack(a.iter().chain(b).cloned().collect(), &mut fused);
            }
            (Children::Pages(_), Children::Inners(_))
            | (Children::Inners(_), Children::Pages(_)) => {}
        }
        fused.pop()
    }

    fn into_node(self) -> Node {
        Node::Inner(self)
    }

    fn wrap(siblings: Box<[Self]>) -> Children {
        Children::Inners(siblings)
    }
}

/// Changes the children of one inner node; appends the inner nodes that take its place.
fn merge_children<T: Child, R: Rule>(
    pass: &mut Pass<'_, R>,
    separators: Arc<Separators>,
    children: Box<[T]>,
    upper: Option<KeyParts<'_>>,
    out: &mut Vec<Arc<Inner>>,
) -> Result<(), R::Error> {
    let mut siblings = Vec::with_capacity(children.len());
    let (mut fresh, mut first_key) = (Vec::new(), Vec::new());
    let (mut same, mut skipped) = (true, false);
    let mut next = pass.next_child(&separators);
    for (index, child) in children.into_iter().enumerate() {
        let first = separators.key(index);
        let child_upper = separators.key(index.saturating_add(1)).or(upper);
        let nothing = index < next && !pass.occlusion.has_stale();
        if nothing || !pass.reaches(first, child_upper) {
            siblings.push(child);
            skipped = true;
            continue;
        }
        if let Some(last) = siblings.last().filter(|_| skipped) {
            pass.occlusion.skip(last.clone().into_node());
        }
        skipped = false;
        let at = siblings.len();
        let changed = child.merge(pass, child_upper, &mut siblings)?;
        next = pass.next_child(&separators);
        if changed {
            fresh.extend(at..siblings.len());
            first_key.clear();
            if let [only] = siblings.get(at..).unwrap_or_default() {
                only.push_first_key(&mut first_key);
                same &= first.is_some_and(|first| first.compare(&first_key) == Ordering::Equal);
            } else {
                same = false;
            }
        }
    }
    if let Some(last) = siblings.last().filter(|_| skipped) {
        // What follows may be the child of another node.
        pass.occlusion.skip(last.clone().into_node());
    }
    same &= !fuse_small(&mut siblings, &fresh);
    if same {
        let children = T::wrap(siblings.into_boxed_slice());
        out.push(Arc::new(Inner { separators, children }));
    } else {
        pack(siblings, out);
    }
    Ok(())
}

/// Fuses new siblings that are small with a neighbour. Returns whether it did.
fn fuse_small<T: Child>(siblings: &mut Vec<T>, fresh: &[usize]) -> bool {
    let before = siblings.len();
    for index in fresh.iter().rev() {
        for first in [Some(*index), index.checked_sub(1)].into_iter().flatten() {
            let second = first.saturating_add(1);
            let fused = siblings.get(first).zip(siblings.get(second)).and_then(|(a, b)| a.fuse(b));
            if let Some(fused) = fused {
                siblings.splice(first..=second, [fused]);
                break;
            }
        }
    }
    siblings.len() != before
}

/// Puts siblings under as few inner nodes as need be, of like size.
fn pack<T: Child>(siblings: Vec<T>, out: &mut Vec<Arc<Inner>>) {
    let count = siblings.len().div_ceil(CHILDREN_MAX).max(1);
    let aim = siblings.len().div_ceil(count);
    let mut rest = siblings.into_iter();
    loop {
        let children: Box<[T]> = rest.by_ref().take(aim).collect();
        if children.is_empty() {
            return;
        }
        let (mut keys, mut ends) = (Vec::new(), Vec::with_capacity(children.len()));
        for child in &children {
            child.push_first_key(&mut keys);
            ends.push(keys.len());
        }
        let separators = Arc::new(Separators::new(&keys, &ends));
        out.push(Arc::new(Inner { separators, children: T::wrap(children) }));
    }
}

/// A tree of non-empty pages in order.
pub(crate) fn tree_of(mut pages: Vec<Page>) -> Tree {
    if pages.len() <= 1 {
        return Tree { root: pages.pop().map(Node::Page) };
    }
    let mut inners = Vec::new();
    pack(pages, &mut inners);
    Tree { root: root_over(inners) }
}

/// One root over inner nodes of one level.
fn root_over(mut inners: Vec<Arc<Inner>>) -> Option<Node> {
    while inners.len() > 1 {
        let below = core::mem::take(&mut inners);
        pack(below, &mut inners);
    }
    inners.pop().map(|inner| without_single_children(Node::Inner(inner)))
}

/// A root with one child is no use.
fn without_single_children(mut node: Node) -> Node {
    loop {
        let Node::Inner(inner) = &node else { return node };
        node = match &inner.children {
            Children::Pages(pages) => match &**pages {
                [page] => Node::Page(page.clone()),
                _ => return node,
            },
            Children::Inners(inners) => match &**inners {
                [inner] => Node::Inner(inner.clone()),
                _ => return node,
            },
        };
    }
}
