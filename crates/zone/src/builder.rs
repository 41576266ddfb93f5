//! A version from records in any order.

use crate::check::{CheckError, Limits};
use crate::version::Version;
use wire::name::Name;
use wire::record::RecordRef;

/// Takes the records of a zone one by one.
#[derive(Debug)]
pub struct Builder {
    apex: Name,
    limits: Limits,
}

impl Builder {
    /// Starts with nothing.
    #[must_use]
    pub fn new(apex: Name, limits: Limits) -> Self {
        Self { apex, limits }
    }

    /// Adds a record, expanded and validated. One that is there already is merged with it.
    ///
    /// # Errors
    /// When the record cannot be in the zone, or a limit is exceeded. The builder is then of no more use.
    pub fn push(&mut self, record: RecordRef<'_>) -> Result<(), CheckError> {
        let _ = (record, &self.apex, &self.limits);
        todo!()
    }

    /// Checks the whole and returns it.
    ///
    /// # Errors
    /// When a limit is exceeded, or the apex lacks what it must have.
    pub fn finish(self) -> Result<Version, CheckError> {
        todo!()
    }
}
