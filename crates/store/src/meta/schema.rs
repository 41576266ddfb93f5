//! The tables, and how old files get them.
//!
//! Touches SQLite, once, when the file is opened.

use super::failed;
use crate::error::StoreError;
use rusqlite::Connection;
use std::path::Path;

/// One entry per schema version, from 1; each leads from the version before to its own. Entries are
/// only ever added.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE zones (
    -- AUTOINCREMENT: the id of a removed zone is never given to another.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    view TEXT NOT NULL,
    apex TEXT NOT NULL,
    UNIQUE (view, apex)
) STRICT;

CREATE TABLE timers (
    zone_id INTEGER PRIMARY KEY REFERENCES zones (id) ON DELETE CASCADE,
    serial INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    refresh_at INTEGER NOT NULL
) STRICT;

CREATE TABLE transfers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zone_id INTEGER NOT NULL REFERENCES zones (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    peer TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    serial INTEGER,
    bytes INTEGER NOT NULL,
    records INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX transfers_of_zone ON transfers (zone_id, id);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"];

/// Refuses a file of a newer release, before anything in it is touched.
pub(super) fn check_version(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = version(connection)?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::NewerFormat { file: path.to_path_buf(), found, known });
    }
    Ok(())
}

/// Runs the migrations that the file has not had, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let has = usize::try_from(version(connection)?).unwrap_or(usize::MAX);
    for (number, sql) in (1_u32..).zip(MIGRATIONS).skip(has) {
        let mut run = || {
            let transaction = connection.transaction()?;
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "user_version", number)?;
            transaction.commit()
        };
        run().map_err(failed("migrate the tables"))?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed("read the schema version"))
}
