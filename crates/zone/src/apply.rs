//! From a version to the next by diffs.

use crate::Limits;
use crate::check::CheckError;
use crate::diff::Diff;
use crate::version::Version;
use wire::codes::Rrtype;
use wire::name::Name;
use wire::serial::Serial;

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
        let _ = (diffs, limits);
        todo!()
    }

    /// The step from this version to a newer one. Shared pages are skipped, so it costs what changed.
    #[must_use]
    pub fn diff(&self, newer: &Self) -> Diff {
        let _ = newer;
        todo!()
    }
}
