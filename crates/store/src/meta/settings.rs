//! Keys and values of the instance.
//!
//! Touches SQLite.

use super::Meta;
use crate::error::StoreError;
use rusqlite::{OptionalExtension, params};

const INSTANCE_ID: &str = "instance-id";
const SHARDS: &str = "shards";
/// Set in a file that was made anew, until its zones have been compared with the logs.
pub(super) const MAY_MISS_ZONES: &str = "may-miss-zones";

impl Meta {
    /// A setting, `None` if it was never made.
    ///
    /// # Errors
    /// When the file does not read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM settings WHERE key = ?1";
        self.run("read a setting", |connection| {
            connection.query_row(sql, [key], |row| row.get(0)).optional()
        })
    }

    /// Makes or replaces a setting.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO settings VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.run("write a setting", |connection| {
            connection.execute(sql, params![key, value]).map(drop)
        })
    }

    /// This instance's name for itself: the one it has, or else `fresh`, which it then keeps.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn instance_id(&self, fresh: &str) -> Result<String, StoreError> {
        self.setting_or(INSTANCE_ID, fresh)
    }

    /// Logs of this directory: as many as it was made with.
    pub(crate) fn shard_count(&self, wanted: usize) -> Result<usize, StoreError> {
        let text = self.setting_or(SHARDS, &wanted.to_string())?;
        Ok(text.parse().unwrap_or(1))
    }

    fn setting_or(&self, key: &str, fresh: &str) -> Result<String, StoreError> {
        if let Some(value) = self.setting(key)? {
            return Ok(value);
        }
        self.set(key, fresh)?;
        Ok(fresh.to_owned())
    }
}
