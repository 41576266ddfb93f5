//! Which id stands for which zone.
//!
//! Touches SQLite.

use super::Meta;
use super::settings::MAY_MISS_ZONES;
use crate::error::StoreError;
use crate::recovery::ZoneKey;
use rusqlite::{Connection, OptionalExtension, params};
use std::str::FromStr;
use wire::name::Name;
use zone::ZoneId;

/// A zone and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneRow {
    /// Its id.
    pub id: ZoneId,
    /// What the operator calls it.
    pub key: ZoneKey,
}

impl Meta {
    /// The ids of zones, in their order; those without one are given one. One transaction for all.
    ///
    /// # Errors
    /// When the disk refuses, or 2³²-1 ids have been given out; then nothing changes.
    pub fn assign_ids(&self, keys: &[ZoneKey]) -> Result<Vec<ZoneId>, StoreError> {
        let assigned = self.run("assign zone ids", |connection| {
            let transaction = connection.transaction()?;
            let mut ids = Vec::with_capacity(keys.len());
            {
                let mut find =
                    transaction.prepare("SELECT id FROM zones WHERE view = ?1 AND apex = ?2")?;
                let mut add =
                    transaction.prepare("INSERT INTO zones (view, apex) VALUES (?1, ?2)")?;
                for ZoneKey { view, apex } in keys {
                    let apex = apex.to_lower_case().to_string();
                    let known = find.query_row(params![view, apex], |row| row.get(0)).optional()?;
                    let id: i64 = match known {
                        Some(id) => id,
                        None => add.insert(params![view, apex])?,
                    };
                    ids.push(id);
                }
            }
            let ids: Option<Vec<_>> =
                ids.into_iter().map(|id| u32::try_from(id).ok().map(ZoneId)).collect();
            if ids.is_some() {
                transaction.commit()?;
            }
            Ok(ids)
        })?;
        let assigned = assigned.ok_or(StoreError::ZoneIdsExhausted)?;
        self.note_given(assigned.iter().copied());
        Ok(assigned)
    }

    /// Forgets zones with their timers and history. Their ids are never given out again.
    pub(crate) fn remove_zones(&self, ids: &[ZoneId]) -> Result<(), StoreError> {
        self.run("remove zones", |connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction.execute("DELETE FROM zones WHERE id = ?1", [id.0])?;
            }
            transaction.commit()
        })
    }

    /// All zones in the order of their ids.
    ///
    /// # Errors
    /// When the file does not read.
    pub fn zones(&self) -> Result<Vec<ZoneRow>, StoreError> {
        let zones = self.run("read the zones", |connection| {
            let mut statement =
                connection.prepare("SELECT id, view, apex FROM zones ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                let apex: String = row.get(2)?;
                let apex = Name::from_str(&apex).map_err(|fault| {
                    let kind = rusqlite::types::Type::Text;
                    rusqlite::Error::FromSqlConversionFailure(2, kind, Box::new(fault))
                })?;
                let key = ZoneKey { view: row.get(1)?, apex };
                Ok(ZoneRow { id: ZoneId(row.get(0)?), key })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        })?;
        self.note_given(zones.iter().map(|zone| zone.id));
        Ok(zones)
    }

    /// Highest id that was certainly given to a zone by this file; 0 when the file was made anew and may
    /// not know of some.
    pub(crate) fn given_for_certain(&self) -> Result<u32, StoreError> {
        if self.setting(MAY_MISS_ZONES)?.is_some() {
            return Ok(0);
        }
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'zones'";
        let given: Option<i64> = self.run("read the last zone id", |connection| {
            connection.query_row(sql, [], |row| row.get(0)).optional()
        })?;
        Ok(given.and_then(|given| u32::try_from(given).ok()).unwrap_or(0))
    }

    /// Puts records of zones right, and notes that all of them are.
    pub(crate) fn fix_rows(&self, fixes: &[RowFix]) -> Result<(), StoreError> {
        self.run("put the records of zones right", |connection| {
            let transaction = connection.transaction()?;
            for fix in fixes {
                let apex = fix.apex.to_lower_case().to_string();
                let sql = match fix.what {
                    WhatIsWrong::Missing => "INSERT INTO zones VALUES (?1, ?3, ?2)",
                    WhatIsWrong::Apex => "UPDATE zones SET apex = ?2, view = ?3 WHERE id = ?1",
                };
                transaction.execute(sql, params![fix.id.0, apex, DEFAULT_VIEW])?;
            }
            transaction.execute("DELETE FROM settings WHERE key = ?1", [MAY_MISS_ZONES])?;
            transaction.commit()
        })
    }
}

/// The view of a zone that only its content tells of: content does not name it, and no other is in use yet.
pub(crate) const DEFAULT_VIEW: &str = "default";

/// A record of a zone that its content contradicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowFix {
    /// The zone.
    pub(crate) id: ZoneId,
    /// The apex of its content.
    pub(crate) apex: Name,
    /// What is to be put right.
    pub(crate) what: WhatIsWrong,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhatIsWrong {
    /// There is none.
    Missing,
    /// It has another apex.
    Apex,
}

/// Lets no zone have an id up to this one.
pub(super) fn never_give_again(connection: &Connection, up_to: i64) -> rusqlite::Result<()> {
    let add = "INSERT INTO sqlite_sequence SELECT 'zones', ?1
               WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'zones')";
    connection.execute(add, [up_to])?;
    let raise = "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'zones'";
    connection.execute(raise, [up_to]).map(drop)
}
