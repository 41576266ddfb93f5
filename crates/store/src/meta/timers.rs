//! Deadlines of zones, as wall time.
//!
//! Touches SQLite.

use super::Meta;
use crate::error::StoreError;
use rusqlite::params;
use std::collections::BTreeMap;
use wire::serial::Serial;
use zone::ZoneId;

/// What a restart must know of a zone's timers. Moments are unix seconds.
///
/// Losing a batch of them may only make EXPIRE earlier, never later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// The version they are about.
    pub serial: Serial,
    /// When a primary last confirmed it.
    pub confirmed_at: u64,
    /// When it must no longer be served.
    pub expires_at: u64,
    /// When to ask next.
    pub refresh_at: u64,
}

impl Meta {
    /// Writes deadlines in one transaction. Zones that have been removed meanwhile are passed over.
    ///
    /// # Errors
    /// When the disk refuses; then none of them is written.
    pub(crate) fn save_timers(&self, batch: &[(ZoneId, Timers)]) -> Result<(), StoreError> {
        self.run("save timers", |connection| {
            let transaction = connection.transaction()?;
            {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO timers SELECT ?1, ?2, ?3, ?4, ?5
                     WHERE EXISTS (SELECT 1 FROM zones WHERE id = ?1)
                     ON CONFLICT (zone_id) DO UPDATE SET serial = excluded.serial,
                     confirmed_at = excluded.confirmed_at, expires_at = excluded.expires_at,
                     refresh_at = excluded.refresh_at",
                )?;
                for (id, timers) in batch {
                    statement.execute(params![
                        id.0,
                        timers.serial.0,
                        to_sql(timers.confirmed_at),
                        to_sql(timers.expires_at),
                        to_sql(timers.refresh_at),
                    ])?;
                }
            }
            transaction.commit()
        })
    }

    /// All deadlines.
    ///
    /// # Errors
    /// When the file does not read.
    pub fn timers(&self) -> Result<BTreeMap<ZoneId, Timers>, StoreError> {
        self.run("read timers", |connection| {
            let mut statement = connection.prepare(
                "SELECT zone_id, serial, confirmed_at, expires_at, refresh_at FROM timers
                 ORDER BY zone_id",
            )?;
            let rows = statement.query_map([], |row| {
                let timers = Timers {
                    serial: Serial(row.get(1)?),
                    confirmed_at: from_sql(row.get(2)?),
                    expires_at: from_sql(row.get(3)?),
                    refresh_at: from_sql(row.get(4)?),
                };
                Ok((ZoneId(row.get(0)?), timers))
            })?;
            rows.collect::<Result<_, _>>()
        })
    }
}

/// SQLite's integers have a sign. The end of time is far enough for a deadline.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A negative number was written by nobody; it reads as long ago.
pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
