//! A data directory that is looked at and not opened: nothing in it changes.
//!
//! Touches the disk, to read. Refuses while a daemon has the directory: what is being written can't
//! be judged.

use crate::disk::Folder;
use crate::error::StoreError;
use crate::layout;
use crate::lock::{self, DirectoryLock};
use crate::meta::{DEFAULT_VIEW, Meta, RowFix, Timers, ZoneRow};
use crate::recover::{Past, inspect};
use crate::recovery::{RecoveredZone, ZoneKey};
use crate::roll;
use crate::store::Contents;
use std::fs;
use std::path::Path;
use zone::ZoneId;

/// What there is in a data directory. Keeps a daemon out as long as it lives.
pub(crate) struct ReadOnly {
    /// The operator's records; `None` where none were ever written.
    meta: Option<Meta>,
    /// Why they do not read, if they are damaged.
    damage: Option<StoreError>,
    /// The folder of each log, in their order.
    pub(crate) shards: Vec<Folder>,
    _lock: Option<DirectoryLock>,
}

impl ReadOnly {
    /// Finds what a directory holds, and reads none of it yet.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let unreadable = |source| StoreError::from_io("read", folder, 0, source);
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            names.extend(entry.map_err(unreadable)?.file_name().into_string());
        }
        let lock = lock::take_to_read(folder)?;
        let has_meta = names.iter().any(|name| name == layout::SQLITE);
        let meta = has_meta.then(|| Meta::open_read_only(&folder.join(layout::SQLITE)));
        let (meta, damage) = match meta.transpose() {
            Err(fault) if fault.is_damage() => (None, Some(fault)),
            opened => (opened?, None),
        };
        let mut shards: Vec<_> =
            names.iter().filter_map(|name| layout::parse_shard_folder(name)).collect();
        shards.sort_unstable();
        let folder_of = |shard| Folder::new(folder.join(layout::shard_folder(shard)));
        let shards = shards.into_iter().map(folder_of).collect();
        Ok(Self { meta, damage, shards, _lock: lock })
    }

    /// What is wrong with the operator's records; empty when nothing is.
    pub(crate) fn records_faults(&self) -> Result<Vec<String>, StoreError> {
        let found = match (&self.damage, &self.meta) {
            (Some(fault), _) => return Ok(vec![told(fault)]),
            (None, Some(meta)) => meta.integrity_faults(),
            (None, None) => return Ok(Vec::new()),
        };
        match found {
            Err(fault) if fault.is_damage() => Ok(vec![told(&fault)]),
            found => found,
        }
    }

    /// The zones on record, those among them that only their content tells of, as a daemon would find them.
    pub(crate) fn rows(&self, contents: &Contents) -> Result<Vec<ZoneRow>, StoreError> {
        let read = |meta: &Meta| Ok((meta.zones()?, meta.given_for_certain()?));
        let (mut rows, given) = match self.meta.as_ref().map(read) {
            None => (Vec::new(), 0),
            Some(Err(fault)) if StoreError::is_damage(&fault) => (Vec::new(), 0),
            Some(read) => read?,
        };
        for RowFix { id, apex, .. } in roll::fixes(&rows, &contents.apexes(), given) {
            rows.retain(|row| row.id != id);
            rows.push(ZoneRow { id, key: ZoneKey { view: DEFAULT_VIEW.to_owned(), apex } });
        }
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows)
    }

    fn timers(&self, id: ZoneId) -> Result<Option<Timers>, StoreError> {
        match self.meta.as_ref().map(Meta::timers) {
            None => Ok(None),
            Some(Err(fault)) if fault.is_damage() => Ok(None),
            Some(read) => Ok(read?.remove(&id)),
        }
    }
}

/// Reads one zone out of the data directory of a daemon that does not run; `None` if the directory
/// knows no such zone. Costs the logs, and of the images only the zone's own.
///
/// # Errors
/// When a daemon has the directory, a newer release wrote it, or it can't be read. What is damaged
/// is no error but in the zone's content.
pub fn read_zone(folder: &Path, key: &ZoneKey) -> Result<Option<RecoveredZone>, StoreError> {
    let directory = ReadOnly::open(folder)?;
    let on_record = directory.rows(&Contents::default())?.into_iter().find(|row| row.key == *key);
    let mut contents = Contents::default();
    for shard in &directory.shards {
        let mut found = inspect(shard)?;
        if let Some(row) = &on_record {
            found.zones.retain(|zone, _| *zone == row.id.0);
        }
        contents.add(found.restore(shard, Past::Forget)?, found.has_holes);
    }
    // A record may be wrong or missing where SQLite is damaged; the content has the last word.
    let mut rows = directory.rows(&contents)?.into_iter();
    let Some(ZoneRow { id, key }) = rows.find(|row| row.key == *key) else { return Ok(None) };
    let timers = directory.timers(id)?;
    Ok(Some(RecoveredZone { id, key, content: contents.take(id), diffs: Vec::new(), timers }))
}

fn told(fault: &StoreError) -> String {
    let cause = std::error::Error::source(fault);
    cause.map_or_else(|| fault.to_string(), |cause| format!("{fault}: {cause}"))
}
