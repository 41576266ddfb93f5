//! One way to write a moment.

use serde::{Deserialize, Serialize};

/// A moment in UTC as RFC 3339 writes it, such as `2026-08-01T09:30:00Z`; fractions are allowed.
///
/// Text, because the contract asks no calendar library of its users. It sorts by time as long as
/// all writers use the same number of digits, which the daemon does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub String);

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
