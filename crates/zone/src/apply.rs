//! From a version to the next by diffs.
//!
//! Pure.
//!
//! All diffs are sorted together and applied in one pass, so that many small ones cost little more than one.
//!
//! Standards: RFC 1995 §4 (chains of differences) · RFC 1982 (forward only).
//!
//! Invariants: I1 an error leaves the version as it was. I2 records go and come exactly as the diffs say, each diff after
//! the one before it.
//!
//! Not here: falling back to AXFR (`proto::xfr`).

use crate::batch::{Batch, Change};
use crate::check::{self, CheckError, Limits};
use crate::diff::{Diff, Records};
use crate::edit::Exact;
use crate::merge::Pass;
use crate::tree::Tree;
use crate::version::{Counts, Version};
use std::collections::BTreeSet;
use wire::codes::Rrtype;
use wire::name::Name;
use wire::rdata::Soa;
use wire::record::RecordRef;
use wire::serial::Serial;

/// Changes that are collected before they are merged; a larger diff takes several passes.
const BATCH_BYTES_MAX: usize = 64 << 20;

/// Why diffs do not lead from the held version to an acceptable one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The first diff starts elsewhere.
    #[error("the diff starts at serial {from}, but {held} is held")]
    BaseMismatch {
        /// Serial of the version.
        held: Serial,
        /// Serial the diff starts from.
        from: Serial,
    },
    /// A diff does not start where the one before it ends.
    #[error("a diff ends at serial {ended}, the next starts at {from}")]
    Gap {
        /// End of the one before.
        ended: Serial,
        /// Start of the next.
        from: Serial,
    },
    /// A diff does not go forward (RFC 1982), or the diffs come back to a serial they have been at.
    #[error("a diff leads from serial {from} to {to}, which is no progress")]
    Loop {
        /// Its start.
        from: Serial,
        /// Its end.
        to: Serial,
    },
    /// A diff does not remove the SOA of its start and add the one of its end, exactly.
    #[error("the diff from serial {from} to {to} does not replace the SOA")]
    SoaNotReplaced {
        /// Its start.
        from: Serial,
        /// Its end.
        to: Serial,
    },
    /// A diff removes a record that is not there.
    #[error("a diff removes {owner} {rrtype}, which is not there")]
    DeleteMissing {
        /// Owner of the record.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
    },
    /// A diff adds a record that is there.
    #[error("a diff adds {owner} {rrtype}, which is there already")]
    AddExisting {
        /// Owner of the record.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
    },
    /// A record is not acceptable, or the result is not.
    #[error(transparent)]
    Check(#[from] CheckError),
}

impl ApplyError {
    /// Its name in the error catalogue.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BaseMismatch { .. }
            | Self::Gap { .. }
            | Self::Loop { .. }
            | Self::SoaNotReplaced { .. } => "IXFR_NOT_CONTIGUOUS",
            Self::DeleteMissing { .. } => "IXFR_DELETE_MISSING",
            Self::AddExisting { .. } => "IXFR_ADD_EXISTING",
            Self::Check(check) => check.code(),
        }
    }
}

impl Version {
    /// The version that the diffs lead to, in order. This one stays as it is and shares what did not change.
    ///
    /// Costs what the diffs cost, whatever the size of the zone.
    ///
    /// # Errors
    /// When the diffs do not fit this version or each other, or the result breaks a rule or limit.
    pub fn apply(&self, diffs: &[Diff], limits: &Limits) -> Result<Self, ApplyError> {
        check_chain(self.serial(), diffs)?;
        let apex = self.apex().to_name();
        let mut change = Changes {
            apex: &apex,
            limits,
            tree: self.tree().to_tree(),
            counts: self.counts(),
            batch: Batch::new(&apex),
        };
        for diff in diffs {
            for record in diff.removed() {
                change.push(record, Change::Remove)?;
            }
            for record in diff.added() {
                change.push(record, Change::Add)?;
            }
        }
        change.merge()?;
        let Changes { tree, counts, .. } = change;
        Ok(Self::new(apex, tree, counts)?)
    }
}

/// Diffs on their way into a tree.
struct Changes<'v> {
    apex: &'v Name,
    limits: &'v Limits,
    tree: Tree,
    counts: Counts,
    batch: Batch,
}

impl Changes<'_> {
    fn push(&mut self, record: RecordRef<'_>, change: Change) -> Result<(), ApplyError> {
        check::record(self.apex, record)?;
        self.batch.push(record, change);
        if self.batch.size_bytes() >= BATCH_BYTES_MAX { self.merge() } else { Ok(()) }
    }

    fn merge(&mut self) -> Result<(), ApplyError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.batch.sort();
        let pass = Pass::<Exact>::new(self.apex, self.limits, &self.batch, self.counts);
        (self.tree, self.counts) = pass.change(core::mem::take(&mut self.tree))?;
        self.batch.clear();
        Ok(())
    }
}

/// Whether the diffs start at the held serial, follow one another, and each replaces the SOA.
fn check_chain(held: Serial, diffs: &[Diff]) -> Result<(), ApplyError> {
    let (mut at, mut seen) = (held, BTreeSet::from([held.0]));
    for (index, diff) in diffs.iter().enumerate() {
        let (from, to) = (diff.from(), diff.to());
        if from != at {
            return Err(match index {
                0 => ApplyError::BaseMismatch { held, from },
                _ => ApplyError::Gap { ended: at, from },
            });
        }
        if !to.is_newer_than(from) || !seen.insert(to.0) {
            return Err(ApplyError::Loop { from, to });
        }
        if only_soa(diff.removed()) != Some(from) || only_soa(diff.added()) != Some(to) {
            return Err(ApplyError::SoaNotReplaced { from, to });
        }
        at = to;
    }
    Ok(())
}

/// The serial of the only SOA among some records.
fn only_soa(records: &Records) -> Option<Serial> {
    let mut soas = records.iter().filter(|record| record.rrtype == Rrtype::SOA);
    let soa = soas.next()?;
    if soas.next().is_some() {
        return None;
    }
    Soa::parse(soa.rdata).ok().map(|soa| soa.serial)
}

#[cfg(test)]
mod tests;
