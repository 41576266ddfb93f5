//! A data directory that is looked at and not opened: nothing in it changes.
//!
//! Touches the disk, to read. Refuses while a daemon has the directory: what is being written can't
//! be judged.

use crate::disk::Folder;
use crate::error::StoreError;
use crate::layout;
use crate::lock::{self, DirectoryLock};
use crate::meta::{Meta, ZoneRow};
use crate::recover::{Past, inspect};
use crate::recovery::{RecoveredZone, ZoneKey};
use crate::store::Contents;
use std::fs;
use std::path::Path;

/// What there is in a data directory. Keeps a daemon out as long as it lives.
pub(crate) struct ReadOnly {
    /// The operator's records; `None` where none were ever written.
    pub(crate) meta: Option<Meta>,
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
        let mut shards: Vec<_> =
            names.iter().filter_map(|name| layout::parse_shard_folder(name)).collect();
        shards.sort_unstable();
        let folder_of = |shard| Folder::new(folder.join(layout::shard_folder(shard)));
        let shards = shards.into_iter().map(folder_of).collect();
        Ok(Self { meta: meta.transpose()?, shards, _lock: lock })
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
    let Some(meta) = &directory.meta else { return Ok(None) };
    let rows = meta.zones()?;
    let Some(ZoneRow { id, key }) = rows.into_iter().find(|row| row.key == *key) else {
        return Ok(None);
    };
    let mut contents = Contents::default();
    for shard in &directory.shards {
        let mut found = inspect(shard)?;
        found.zones.retain(|zone, _| *zone == id.0);
        contents.add(found.restore(shard, Past::Forget)?, found.has_holes);
    }
    let timers = meta.timers()?.remove(&id);
    Ok(Some(RecoveredZone { id, key, content: contents.take(id), diffs: Vec::new(), timers }))
}
