//! Which id stands for which zone.
//!
//! Touches SQLite.

use super::{Meta, failed};
use crate::error::StoreError;
use crate::recovery::ZoneKey;
use rusqlite::{OptionalExtension, params};
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
        let mut connection = self.lock()?;
        let mut assign = || {
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
        };
        assign().map_err(failed("assign zone ids"))?.ok_or(StoreError::ZoneIdsExhausted)
    }

    /// Forgets zones with their timers and history. Their ids are never given out again.
    pub(crate) fn remove_zones(&self, ids: &[ZoneId]) -> Result<(), StoreError> {
        let mut connection = self.lock()?;
        let mut remove = || {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction.execute("DELETE FROM zones WHERE id = ?1", [id.0])?;
            }
            transaction.commit()
        };
        remove().map_err(failed("remove zones"))
    }

    /// All zones in the order of their ids.
    ///
    /// # Errors
    /// When the file does not read.
    pub fn zones(&self) -> Result<Vec<ZoneRow>, StoreError> {
        let connection = self.lock()?;
        let read = || {
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
        };
        read().map_err(failed("read the zones"))
    }
}
