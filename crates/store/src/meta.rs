//! The operator's records, in `understudy.sqlite`.
//!
//! Touches the disk. WAL and `synchronous=FULL`: what a call has written survives a power cut when
//! it returns. Moments are unix seconds, given by the caller.
//!
//! Invariants: M1 a zone id belongs to one (view, apex) and is never given to another. M2 the
//! schema's number is `user_version`; a newer one is refused. M3 the history is bounded, per zone
//! and in all.
//!
//! Not here: content of zones; no transfer waits for this file.

mod schema;
mod settings;
mod timers;
mod transfers;
mod zones;

pub use timers::Timers;
pub use transfers::{HistoryCaps, TransferKind, TransferRecord};
pub use zones::ZoneRow;

use crate::error::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// The open SQLite file. Calls wait for each other.
pub struct Meta {
    connection: Mutex<Connection>,
}

impl Meta {
    /// Opens the file, making or migrating it as needed.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        // SQLite would make it readable for all; its journals take after it.
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(|source| StoreError::from_io("open", path, 0, source))?;
        let mut connection = Connection::open(path).map_err(failed("open the file"))?;
        // Another reader, `sqlite3` in an operator's hand, may hold it for a moment.
        connection.busy_timeout(Duration::from_secs(5)).map_err(failed("set the waiting time"))?;
        schema::check_version(&connection, path)?;
        let pragmas = [("journal_mode", "WAL"), ("synchronous", "FULL"), ("foreign_keys", "ON")];
        for (pragma, value) in pragmas {
            connection
                .pragma_update_and_check(None, pragma, value, |_| Ok(()))
                .or_else(|fault| match fault {
                    // Some pragmas answer with their new value, some with nothing.
                    rusqlite::Error::QueryReturnedNoRows => Ok(()),
                    fault => Err(fault),
                })
                .map_err(failed("set up the journal"))?;
        }
        schema::migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Opens the file to look at it only; the caller holds the lock of the directory.
    pub(crate) fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(read_only_name(path), flags)
            .map_err(failed("open the file"))?;
        schema::check_version(&connection, path)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// What SQLite's own check finds wrong; empty when all is well.
    pub(crate) fn integrity_faults(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.lock()?;
        let read = || {
            let mut statement = connection.prepare("PRAGMA integrity_check")?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        let mut found = read().map_err(failed("check the file"))?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    fn lock(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        self.connection.lock().map_err(|_| StoreError::Poisoned)
    }
}

/// SQLite makes journal files even to read, unless it is told that nobody writes. That is so while we
/// hold the lock; but a journal that a crash left behind has to be read along.
fn read_only_name(path: &Path) -> PathBuf {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    let has_journal = std::fs::metadata(&journal).is_ok_and(|found| found.len() > 0);
    match path.to_str() {
        Some(text) if !has_journal => {
            let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
            format!("file:{text}?immutable=1").into()
        }
        Some(_) | None => path.to_path_buf(),
    }
}

fn failed(action: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |source| StoreError::from_sqlite(action, source)
}

#[cfg(test)]
mod tests;
