//! The operator's records, in `understudy.sqlite`.
//!
//! Touches the disk. WAL and `synchronous=FULL`: what a call has written survives a power cut when
//! it returns. Moments are unix seconds, given by the caller.
//!
//! Invariants: M1 a zone id belongs to one (view, apex) and is never given to another. M2 the
//! schema's number is `user_version`; a newer one is refused. M3 the history is bounded, per zone
//! and in all. M4 a damaged file stops nobody: it is set aside, and a new one is made of what reads.
//!
//! Not here: content of zones; no transfer waits for this file.

mod rebuild;
mod schema;
mod settings;
mod timers;
mod transfers;
mod zones;

pub(crate) use rebuild::SetAside;
pub use timers::Timers;
pub use transfers::{HistoryCaps, TransferKind, TransferRecord};
pub use zones::ZoneRow;
pub(crate) use zones::{DEFAULT_VIEW, RowFix, WhatIsWrong};

use crate::error::StoreError;
use crate::recovery::{Fault, FaultKind};
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zone::ZoneId;

/// The open SQLite file. Calls wait for each other.
pub struct Meta {
    connection: Mutex<Connection>,
    /// `None` when the file is only looked at.
    path: Option<PathBuf>,
    /// The disk took no writes when the file was opened.
    is_refused: AtomicBool,
    /// Damaged files that nobody was told of yet.
    set_aside: Mutex<Vec<SetAside>>,
    /// Highest id of a zone that was read or given. A file that is made anew may not know of zones that run. M1
    given: AtomicU32,
}

impl Meta {
    /// Opens the file, making or migrating it as needed; a damaged one is set aside. On a disk that takes no writes
    /// it is opened to read, the refusal is returned, and each call tries again whether it may write.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<StoreError>), StoreError> {
        let opened =
            open_sound(path).and_then(|connection| probe(&connection).map(|()| connection));
        let (mut set_aside, mut refused) = (Vec::new(), None);
        let connection = match opened {
            Ok(connection) => connection,
            Err(fault) if fault.is_damage() => {
                let (connection, kept) = rebuild::rebuild(path, 0)?;
                set_aside.push(kept);
                connection
            }
            Err(fault) if fault.is_worth_retrying() => match open_to_read(path) {
                Ok(connection) => {
                    refused = Some(fault);
                    connection
                }
                Err(_) => return Err(fault),
            },
            Err(fault) => return Err(fault),
        };
        let meta = Self {
            connection: Mutex::new(connection),
            path: Some(path.to_path_buf()),
            is_refused: AtomicBool::new(refused.is_some()),
            set_aside: Mutex::new(set_aside),
            given: AtomicU32::new(0),
        };
        Ok((meta, refused))
    }

    /// Opens the file to look at it only; the caller holds the lock of the directory.
    pub(crate) fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let connection = Mutex::new(open_to_read(path)?);
        let is_refused = AtomicBool::new(false);
        let (set_aside, given) = (Mutex::default(), AtomicU32::new(0));
        Ok(Self { connection, path: None, is_refused, set_aside, given })
    }

    /// Damaged files that were set aside since this was last asked, as faults.
    #[must_use]
    pub fn take_faults(&self) -> Vec<Fault> {
        let mut set_aside = self.set_aside.lock().unwrap_or_else(PoisonError::into_inner);
        let faults = set_aside.drain(..).map(|SetAside { file, to, zones, timers }| Fault {
            file,
            kind: FaultKind::SetAside { to, zones, timers },
        });
        faults.collect()
    }

    /// What SQLite's own check finds wrong; empty when all is well.
    pub(crate) fn integrity_faults(&self) -> Result<Vec<String>, StoreError> {
        self.run("check the file", |connection| integrity_faults(connection, "integrity_check"))
    }

    /// One piece of work. If the file turns out to be damaged, it is done with a new one.
    fn run<T>(
        &self,
        action: &'static str,
        mut work: impl FnMut(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        self.try_to_write(&mut connection);
        match (work(&mut connection).map_err(failed(action)), &self.path) {
            (Err(fault), Some(path)) if fault.is_damage() => {
                // The old file is closed first. If no new one can be made, the next call tries again.
                *connection = Connection::open_in_memory().map_err(failed(action))?;
                let given = self.given.load(Ordering::Relaxed);
                let (rebuilt, set_aside) = rebuild::rebuild(path, given)?;
                *connection = rebuilt;
                let mut told = self.set_aside.lock().unwrap_or_else(PoisonError::into_inner);
                told.push(set_aside);
                work(&mut connection).map_err(failed(action))
            }
            (done, _) => done,
        }
    }

    /// These ids are in use from now on.
    fn note_given(&self, ids: impl IntoIterator<Item = ZoneId>) {
        let highest = ids.into_iter().map(|id| id.0).max().unwrap_or(0);
        self.given.fetch_max(highest, Ordering::Relaxed);
    }

    /// Opens the file anew once the disk takes writes.
    fn try_to_write(&self, connection: &mut Connection) {
        let Some(path) = self.path.as_ref().filter(|_| self.is_refused.load(Ordering::Relaxed))
        else {
            return;
        };
        if let Ok(opened) = open_sound(path) {
            *connection = opened;
            self.is_refused.store(false, Ordering::Relaxed);
        }
    }

    /// A transaction that a panic left open was rolled back while it was dropped.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens or makes the file, and brings its tables up to date.
fn open_sound(path: &Path) -> Result<Connection, StoreError> {
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
    /// In KiB, as SQLite counts what is negative. A start reads each row once, and batches of deadlines go through as
    /// few pages; the kernel has the file anyway.
    const CACHE: &str = "-256";
    let pragmas = [
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("cache_size", CACHE),
    ];
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
    Ok(connection)
}

fn open_to_read(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(read_only_name(path), flags)
        .map_err(failed("open the file"))?;
    schema::check_version(&connection, path)?;
    Ok(connection)
}

/// Reads all that a start depends on. The history is left out: it is long, and damage in it is found when it
/// is met.
fn probe(connection: &Connection) -> Result<(), StoreError> {
    for table in ["zones", "timers", "settings", "sqlite_sequence"] {
        let check = format!("integrity_check({table})");
        let found = integrity_faults(connection, &check).map_err(failed("check the tables"))?;
        if let Some(found) = found.into_iter().next() {
            return Err(StoreError::SqliteDamaged { found });
        }
    }
    // The file could be opened to write, so it is its header that has another opinion.
    if connection.is_readonly(MAIN_DB).map_err(failed("check the file"))? {
        return Err(StoreError::SqliteDamaged { found: "it says that it is read-only".to_owned() });
    }
    Ok(())
}

fn integrity_faults(connection: &Connection, check: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA {check}"))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    found.retain(|line| line != "ok");
    Ok(found)
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
