//! A damaged `understudy.sqlite`: what reads of it goes into a new file, and the old one is kept aside.
//!
//! Touches the disk. What does not read is made good elsewhere: numbers and names of zones from their
//! content in the logs, deadlines by the next confirmation. The history of transfers stays in the old file.
//!
//! Invariants: B1 the old file is renamed, never removed. B2 a deadline comes over as it was or not at
//! all. B3 until the rows of zones have been compared with the logs, the new file says that some may be missing.
//!
//! Not here: which rows are missing (`crate::roll`), what counts as damage (`StoreError::is_damage`).

use super::{open_sound, settings::MAY_MISS_ZONES};
use crate::disk::sync_folder;
use crate::error::StoreError;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was done about a damaged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetAside {
    /// The file.
    pub(crate) file: PathBuf,
    /// Where it is now.
    pub(crate) to: PathBuf,
    /// Zones that were read out of it.
    pub(crate) zones: usize,
    /// Deadlines that were read out of it.
    pub(crate) timers: usize,
}

/// Old files that are kept. A disk that damages the file at each start must not fill up with them.
const KEPT_MAX: u32 = 10;
/// Rows that are asked for one by one, where a stretch of a table does not read.
const ASKED_MAX: i64 = 1_000_000;

/// What still reads.
#[derive(Default)]
struct Salvaged {
    zones: BTreeMap<i64, (String, String)>,
    timers: BTreeMap<i64, [i64; 4]>,
    instance_id: Option<String>,
    /// Highest number that was given to a zone.
    given: i64,
}

/// Sets the file aside and opens a new one with what could be read; nobody else has it open. No zone gets an id up to
/// `given`, whatever could be read.
pub(super) fn rebuild(file: &Path, given: u32) -> Result<(Connection, SetAside), StoreError> {
    let mut salvaged = salvage(file);
    salvaged.given = salvaged.given.max(given.into());
    let failed = |source| StoreError::from_io("set aside", file, 0, source);
    let to = set_aside(file).map_err(failed)?;
    let filled = open_sound(file).and_then(|mut connection| {
        let filled = fill(&mut connection, &salvaged).map_err(super::failed("rebuild the tables"));
        filled.map(|filled| (connection, filled))
    });
    match filled {
        Ok((connection, (zones, timers))) => {
            Ok((connection, SetAside { file: file.to_path_buf(), to, zones, timers }))
        }
        Err(fault) => {
            // On a full disk what reads of the old file is all there is: the next start tries again.
            put_back(file, &to);
            Err(fault)
        }
    }
}

/// A file that does not even open has nothing for us.
fn salvage(file: &Path) -> Salvaged {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(file, flags) else {
        return Salvaged::default();
    };
    let zone = |row: &Row<'_>| Ok((row.get(1)?, row.get(2)?));
    let timer = |row: &Row<'_>| Ok([row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]);
    let zones = rows(&connection, "id, view, apex FROM zones", "id", zone);
    let columns = "zone_id, serial, confirmed_at, expires_at, refresh_at FROM timers";
    let timers = rows(&connection, columns, "zone_id", timer);
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).optional();
    let instance_id = one("SELECT value FROM settings WHERE key = 'instance-id'").unwrap_or(None);
    let last = zones.keys().next_back().copied().unwrap_or(0);
    // A number far beyond the last zone is damage, too.
    let given = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'zones'", [], |row| row.get(0))
        .ok()
        .filter(|given| (last..=last.saturating_add(ASKED_MAX)).contains(given))
        .unwrap_or(last);
    Salvaged { zones, timers, instance_id, given }
}

/// The rows of a table that read: from its front, from its end, and one by one in between.
fn rows<T>(
    connection: &Connection,
    columns: &str,
    key: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> BTreeMap<i64, T> {
    let mut found = BTreeMap::new();
    // Returns the last key before the first row that does not read; `None` if all do.
    let mut walk = |order: &str| -> Option<i64> {
        let sql = format!("SELECT {columns} ORDER BY {key} {order}");
        let mut last = None;
        let mut statement = connection.prepare(&sql).ok()?;
        let mut rows = statement.query([]).ok()?;
        loop {
            match rows.next() {
                Ok(None) => return None,
                Ok(Some(row)) => match (row.get(0), read(row)) {
                    (Ok(key), Ok(row)) => {
                        found.insert(key, row);
                        last = Some(key);
                    }
                    (Ok(key), Err(_)) => last = Some(key),
                    (Err(_), _) => return last.or(Some(0)),
                },
                Err(_) => return last.or(Some(0)),
            }
        }
    };
    let (Some(front), Some(end)) = (walk("ASC"), walk("DESC")) else { return found };
    let one = format!("SELECT {columns} WHERE {key} = ?1");
    let missing = front.saturating_add(1)..end.min(front.saturating_add(ASKED_MAX));
    for key in missing {
        if let Ok(row) = connection.query_row(&one, [key], &read) {
            found.insert(key, row);
        }
    }
    found
}

fn named(base: &Path, end: &str) -> PathBuf {
    let mut name = base.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Best effort: what stays aside is kept all the same.
fn put_back(file: &Path, from: &Path) {
    drop(fs::remove_file(named(file, "-wal")));
    drop(fs::remove_file(named(file, "-shm")));
    if fs::rename(from, file).is_ok() {
        drop(fs::rename(named(from, "-wal"), named(file, "-wal")));
    }
}

/// B1. The journal goes along, so that the old file can still be looked at.
fn set_aside(file: &Path) -> io::Result<PathBuf> {
    let numbered = |number| named(file, &format!(".damaged-{number}"));
    let free = (1..KEPT_MAX).find(|number| !numbered(*number).exists());
    let to = numbered(free.unwrap_or(KEPT_MAX));
    fs::rename(file, &to)?;
    let journal = named(file, "-wal");
    if journal.exists() {
        fs::rename(&journal, named(&to, "-wal"))?;
    }
    match fs::remove_file(named(file, "-shm")) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        Ok(()) | Err(_) => {}
    }
    if let Some(folder) = file.parent() {
        sync_folder(folder)?;
    }
    Ok(to)
}

/// B2, B3, in one transaction. Returns how many zones and deadlines came over.
fn fill(connection: &mut Connection, from: &Salvaged) -> rusqlite::Result<(usize, usize)> {
    let transaction = connection.transaction()?;
    let (mut zones, mut timers) = (0_usize, 0_usize);
    for (id, (view, apex)) in &from.zones {
        let is_whole = u32::try_from(*id).is_ok() && apex.parse::<wire::name::Name>().is_ok();
        if is_whole {
            let sql = "INSERT OR IGNORE INTO zones VALUES (?1, ?2, ?3)";
            zones = zones.saturating_add(transaction.execute(sql, params![id, view, apex])?);
        }
    }
    for (id, [serial, confirmed_at, expires_at, refresh_at]) in &from.timers {
        if u32::try_from(*serial).is_ok() {
            let sql = "INSERT INTO timers SELECT ?1, ?2, ?3, ?4, ?5
                       WHERE EXISTS (SELECT 1 FROM zones WHERE id = ?1)";
            let row = params![id, serial, confirmed_at, expires_at, refresh_at];
            timers = timers.saturating_add(transaction.execute(sql, row)?);
        }
    }
    if let Some(id) = &from.instance_id {
        transaction.execute("INSERT INTO settings VALUES ('instance-id', ?1)", [id])?;
    }
    transaction.execute("INSERT INTO settings VALUES (?1, 'true')", [MAY_MISS_ZONES])?;
    super::zones::never_give_again(&transaction, from.given)?;
    transaction.commit()?;
    Ok((zones, timers))
}
