//! A zone as a master file: what comes before the text.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Media type of an exported zone (RFC 4027 §2).
pub const EXPORT_CONTENT_TYPE: &str = "text/dns";

/// Header field of an export: [`ExportHead::serial`].
pub const ZONE_SERIAL: &str = "zone-serial";
/// Header field of an export: [`ExportHead::records`].
pub const ZONE_RECORDS: &str = "zone-records";
/// Header field of an export: [`ExportHead::state`].
pub const ZONE_STATE: &str = "zone-state";

/// Which version of a zone an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHead {
    /// Its serial.
    pub serial: u32,
    /// Records in it.
    pub records: u64,
    /// Whether queries are answered from it.
    pub state: ExportState,
}

/// What a held version is to those who ask for the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    /// Queries are answered from it.
    Served,
    /// EXPIRE passed and no primary confirmed it, so it is held but not served.
    Expired,
    /// It lies in the data directory of a daemon that does not run, and has not expired.
    Stored,
}

impl ExportState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Served, Self::Expired, Self::Stored];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Expired => "expired",
            Self::Stored => "stored",
        }
    }
}

impl fmt::Display for ExportState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ExportState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}
