//! The history of transfers, probes and notifications.
//!
//! Touches SQLite.

use super::Meta;
use super::timers::{from_sql, to_sql};
use crate::error::StoreError;
use rusqlite::{OptionalExtension, params};
use wire::serial::Serial;
use zone::ZoneId;

/// One attempt, ended one way or the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRecord {
    /// The zone.
    pub zone: ZoneId,
    /// When it ended, in unix seconds.
    pub at: u64,
    /// The other side, as address and port.
    pub peer: String,
    /// What was attempted.
    pub kind: TransferKind,
    /// `ok`, or a code of the error catalogue.
    pub outcome: String,
    /// The serial it was about, where there was one.
    pub serial: Option<Serial>,
    /// Octets received.
    pub bytes: u64,
    /// Records received.
    pub records: u64,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferKind {
    /// A whole transfer.
    Axfr,
    /// An incremental one.
    Ixfr,
    /// A question for the SOA.
    Soa,
    /// A NOTIFY received.
    Notify,
}

/// How much of the history is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryCaps {
    /// Newest entries kept of each zone that a batch is about.
    pub per_zone: u32,
    /// Newest entries kept in all.
    pub total: u32,
}

impl Default for HistoryCaps {
    fn default() -> Self {
        Self { per_zone: 100, total: 1_000_000 }
    }
}

impl Meta {
    /// Writes entries in one transaction, and lets the oldest go. Zones that have been removed
    /// meanwhile are passed over.
    ///
    /// # Errors
    /// When the disk refuses; then none of them is written.
    pub fn add_transfers(
        &self,
        batch: &[TransferRecord],
        caps: HistoryCaps,
    ) -> Result<(), StoreError> {
        self.run("add to the history of transfers", |connection| {
            let transaction = connection.transaction()?;
            {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO transfers
                     (zone_id, at, peer, kind, outcome, serial, bytes, records, elapsed_ms)
                     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
                     WHERE EXISTS (SELECT 1 FROM zones WHERE id = ?1)",
                )?;
                for entry in batch {
                    statement.execute(params![
                        entry.zone.0,
                        to_sql(entry.at),
                        entry.peer,
                        entry.kind.as_str(),
                        entry.outcome,
                        entry.serial.map(|serial| serial.0),
                        to_sql(entry.bytes),
                        to_sql(entry.records),
                        to_sql(entry.elapsed_ms),
                    ])?;
                }
            }
            trim(&transaction, batch, caps)?;
            transaction.commit()
        })
    }

    /// The newest entries of a zone, newest first.
    ///
    /// # Errors
    /// When the file does not read.
    pub fn transfers(&self, zone: ZoneId, at_most: u32) -> Result<Vec<TransferRecord>, StoreError> {
        self.run("read the history of transfers", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT at, peer, kind, outcome, serial, bytes, records, elapsed_ms
                 FROM transfers WHERE zone_id = ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let rows = statement.query_map(params![zone.0, at_most], |row| {
                let kind: String = row.get(2)?;
                Ok(TransferRecord {
                    zone,
                    at: from_sql(row.get(0)?),
                    peer: row.get(1)?,
                    kind: TransferKind::from_text(&kind)
                        .ok_or(rusqlite::Error::IntegralValueOutOfRange(2, 0))?,
                    outcome: row.get(3)?,
                    serial: row.get::<_, Option<u32>>(4)?.map(Serial),
                    bytes: from_sql(row.get(5)?),
                    records: from_sql(row.get(6)?),
                    elapsed_ms: from_sql(row.get(7)?),
                })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        })
    }
}

impl TransferKind {
    /// Its name in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Axfr => "axfr",
            Self::Ixfr => "ixfr",
            Self::Soa => "soa",
            Self::Notify => "notify",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Axfr, Self::Ixfr, Self::Soa, Self::Notify]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// M3. The total is kept by ids: they only grow, so the newest `total` ids hold at most as many
/// entries, and finding them costs nothing.
fn trim(
    connection: &rusqlite::Connection,
    batch: &[TransferRecord],
    caps: HistoryCaps,
) -> rusqlite::Result<()> {
    let mut zones: Vec<u32> = batch.iter().map(|entry| entry.zone.0).collect();
    zones.sort_unstable();
    zones.dedup();
    let mut oldest_kept = connection.prepare_cached(
        "SELECT id FROM transfers WHERE zone_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2",
    )?;
    let mut remove =
        connection.prepare_cached("DELETE FROM transfers WHERE zone_id = ?1 AND id <= ?2")?;
    for zone in zones {
        let last: Option<i64> =
            oldest_kept.query_row(params![zone, caps.per_zone], |row| row.get(0)).optional()?;
        if let Some(last) = last {
            remove.execute(params![zone, last])?;
        }
    }
    connection.execute(
        "DELETE FROM transfers WHERE id <= (SELECT max(id) FROM transfers) - ?1",
        [caps.total],
    )?;
    Ok(())
}
