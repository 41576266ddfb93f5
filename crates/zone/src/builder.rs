//! A version from records in any order.
//!
//! Pure.
//!
//! Records are collected in a batch, sorted, and merged into the tree under construction. A batch grows with the
//! tree, so that records in random order cost a constant number of rewritings, and stays a small part of it.
//!
//! Standards: RFC 5936 §2.2 (records in any order, some more than once) · RFC 2181 §5.2 (lowest ttl).
//!
//! Invariants: I1 memory is that of the tree and a quarter of it, or of the smallest batch.

use crate::batch::{Batch, Change};
use crate::check::{self, CheckError, Limits};
use crate::edit::Union;
use crate::merge::Pass;
use crate::tree::Tree;
use crate::version::{Counts, Version};
use wire::name::Name;
use wire::record::RecordRef;

/// A batch is merged no earlier, unless nothing follows: some 120,000 records.
const BATCH_BYTES_MIN: usize = 8 << 20;

/// A batch is merged no later.
const BATCH_BYTES_MAX: usize = 256 << 20;

/// Part of the tree that a batch may grow to.
const BATCH_PART: u64 = 4;

/// Takes the records of a zone one by one.
#[derive(Debug)]
pub struct Builder {
    apex: Name,
    limits: Limits,
    tree: Tree,
    counts: Counts,
    batch: Batch,
    batch_bytes_max: usize,
}

impl Builder {
    /// Starts with nothing.
    #[must_use]
    pub fn new(apex: Name, limits: Limits) -> Self {
        let batch = Batch::new(&apex);
        let (tree, counts) = (Tree::default(), Counts::default());
        Self { apex, limits, tree, counts, batch, batch_bytes_max: BATCH_BYTES_MIN }
    }

    /// Adds a record, expanded and validated. One that is there already is merged with it.
    ///
    /// # Errors
    /// When the record cannot be in the zone, or a limit is exceeded. The builder is then of no more use.
    pub fn push(&mut self, record: RecordRef<'_>) -> Result<(), CheckError> {
        check::record(&self.apex, record)?;
        self.batch.push(record, Change::Add);
        if self.batch.size_bytes() >= self.batch_bytes_max { self.merge() } else { Ok(()) }
    }

    /// Octets held so far, about: what is sorted in takes no more than its records would without compression.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let batch = u64::try_from(self.batch.size_bytes()).unwrap_or(u64::MAX);
        self.counts.size_bytes.saturating_add(batch)
    }

    /// Checks the whole and returns it.
    ///
    /// # Errors
    /// When a limit is exceeded, or the apex lacks what it must have.
    pub fn finish(mut self) -> Result<Version, CheckError> {
        self.merge()?;
        Version::new(self.apex, self.tree, self.counts)
    }

    fn merge(&mut self) -> Result<(), CheckError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.batch.sort();
        let tree = core::mem::take(&mut self.tree);
        let pass = Pass::<Union>::new(&self.apex, &self.limits, &self.batch, self.counts);
        (self.tree, self.counts) = pass.change(tree)?;
        self.batch.clear();
        // What a tree takes is about what its records take on the wire.
        let part = usize::try_from(self.counts.size_bytes / BATCH_PART).unwrap_or(BATCH_BYTES_MAX);
        self.batch_bytes_max = part.clamp(BATCH_BYTES_MIN, BATCH_BYTES_MAX);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
