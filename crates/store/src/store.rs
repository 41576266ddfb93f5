//! The store as the daemon uses it: one directory, its shards, its SQLite file.
//!
//! Touches the disk.
//!
//! Not here: how a shard keeps its zones (`shard`), what SQLite keeps (`meta`).

use crate::compact::Compacted;
use crate::disk::{Folder, sync_folder};
use crate::error::StoreError;
use crate::layout;
use crate::lock::{self, DirectoryLock};
use crate::log::{Change, Entry};
use crate::meta::{Meta, RowFix, Timers, ZoneRow};
use crate::recover::Restored;
use crate::recovery::{Content, Fault, FaultKind, Loss, RecoveredZone, Recovery};
use crate::roll;
use crate::shard::{Found, Shard};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::thread;
use wire::name::NameRef;
use zone::{Diff, Version, ZoneId};

/// What an operator of a large installation, or a test, may want different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// Logs in a new directory, at least 1. An existing directory keeps the number it has.
    pub shards: usize,
    /// A version of this many bytes or more gets a file of its own.
    pub image_min_bytes: u64,
    /// A log shorter than this is never compacted for its length.
    pub log_min_bytes: u64,
    /// Bytes of the file system that commits leave free; 0 is none.
    pub reserve_bytes: u64,
    /// Diffs that recovery brings back of each zone at most, see [`RecoveredZone::diffs`].
    pub history_steps_max: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        let (image_min_bytes, log_min_bytes) = (1024 * 1024, 64 * 1024 * 1024);
        Self { shards: 1, image_min_bytes, log_min_bytes, reserve_bytes: 0, history_steps_max: 0 }
    }
}

/// One zone's part of a batch.
#[derive(Clone, Debug)]
pub enum Commit<'c> {
    /// A whole version, transferred or built.
    Whole {
        /// The zone.
        id: ZoneId,
        /// The version.
        version: Version,
    },
    /// The diffs that lead from the version committed before to this one.
    Diffs {
        /// The zone.
        id: ZoneId,
        /// At least one, in order.
        diffs: &'c [Diff],
        /// What they result in.
        result: Version,
    },
    /// Forgets the zone's content; its id stays taken.
    Drop {
        /// The zone.
        id: ZoneId,
    },
}

/// An open data directory. Share it: commits of different shards do not wait for each other.
pub struct Store {
    meta: Meta,
    shards: Vec<Shard<Version>>,
    _lock: DirectoryLock,
}

impl Store {
    /// Opens a directory with the default [`Tuning`], making it if need be, and recovers its zones.
    ///
    /// # Errors
    /// When another daemon has it, a newer release wrote it, or the disk fails. Damaged files are no
    /// error: see [`Recovery::faults`].
    pub fn open(folder: &Path) -> Result<(Self, Recovery), StoreError> {
        Self::open_with(folder, Tuning::default())
    }

    /// Opens a directory; see [`Store::open`].
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(folder: &Path, tuning: Tuning) -> Result<(Self, Recovery), StoreError> {
        make_folder(folder)?;
        let lock = lock::take(folder)?;
        let (meta, mut refused) = Meta::open(&folder.join(layout::SQLITE))?;
        let count = match count_shards(folder)? {
            0 => meta.shard_count(tuning.shards.max(1))?,
            found => found,
        };
        let mut opened = Vec::new();
        thread::scope(|scope| {
            let folders = (0..count).map(|shard| folder.join(layout::shard_folder(shard)));
            let threads: Vec<_> = folders
                .map(|path| {
                    scope.spawn(move || {
                        make_folder(&path)?;
                        Shard::open(Box::new(Folder::new(path)), tuning)
                    })
                })
                .collect();
            for thread in threads {
                opened.push(thread.join().unwrap_or(Err(StoreError::Poisoned)));
            }
        });
        if let Err(source) = sync_folder(folder) {
            refused.get_or_insert(StoreError::from_io("flush", folder, 0, source));
        }
        let mut shards = Vec::new();
        let mut recovery = Recovery { refused, ..Recovery::default() };
        let mut contents = Contents::default();
        for shard in opened {
            let (shard, Found { zones, has_holes, mut faults, refused, octets }) = shard?;
            recovery.refused = recovery.refused.or(refused);
            shards.push(shard);
            contents.add(zones, has_holes);
            recovery.faults.append(&mut faults);
            recovery.bytes_read = recovery.bytes_read.saturating_add(octets);
        }
        recovery.faults.append(&mut settle_records(&meta, &contents, folder)?);
        recovery.zones =
            recovered_zones(meta.zones()?, &mut contents, &meta, tuning.history_steps_max)?;
        let store = Self { meta, shards, _lock: lock };
        // Best effort: without its zone, content counts for nothing after the next restart either.
        drop(store.drop_content(&contents.rest()));
        Ok((store, recovery))
    }

    /// Writes deadlines in one transaction. Zones that have been removed meanwhile are passed over.
    ///
    /// A version whose commit failed may be what a restart finds (S2), and would take a deadline that is
    /// written after that for its own. So it is taken out of the log first.
    ///
    /// # Errors
    /// When the disk refuses; then none of them is written, which may only make EXPIRE earlier.
    pub fn save_timers(&self, batch: &[(ZoneId, Timers)]) -> Result<(), StoreError> {
        self.shards.iter().try_for_each(Shard::settle)?;
        self.meta.save_timers(batch)
    }

    /// Removes zones for good: ids, timers, history, content. Their ids are never given out again.
    ///
    /// # Errors
    /// When the disk refuses to forget the zones; then they are all still there. Content that could
    /// not be dropped is dropped at the next start: without its zone it counts for nothing.
    pub fn remove_zones(&self, ids: &[ZoneId]) -> Result<(), StoreError> {
        self.meta.remove_zones(ids)?;
        drop(self.drop_content(ids));
        Ok(())
    }

    /// Makes a batch durable with one flush. Publish its versions only after `Ok`.
    ///
    /// All zones of a batch belong to one shard. On `Err` none of them may be published; the store
    /// works on as soon as the disk does, and the same batch can be tried again.
    ///
    /// # Errors
    /// When the disk refuses, or the batch does not continue what was committed before.
    pub fn commit(&self, batch: &[Commit<'_>]) -> Result<(), StoreError> {
        let Some(first) = batch.first().map(|commit| self.shard_of(commit.id())) else {
            return Ok(());
        };
        for commit in batch {
            let other = self.shard_of(commit.id());
            if other != first {
                return Err(StoreError::MixedBatch { first, other });
            }
        }
        let shard = self.shards.get(first).ok_or(StoreError::Poisoned)?;
        shard.commit(batch.iter().map(Commit::to_entry).collect())
    }

    /// How many logs there are; commits to different ones do not wait for each other.
    #[must_use]
    pub const fn shard_count(&self) -> usize {
        self.shards.len()
    }

    /// The log that a zone's commits go to; never changes in the life of a directory.
    #[must_use]
    pub fn shard_of(&self, id: ZoneId) -> usize {
        usize::try_from(id.0).unwrap_or(0).checked_rem(self.shards.len()).unwrap_or(0)
    }

    /// Compacts the logs that are due for it, and says what came of it.
    ///
    /// Takes as long as writing the live content; commits go on meanwhile. Call it from a thread of
    /// its own, every few seconds: it returns at once when nothing is due.
    ///
    /// # Errors
    /// When the disk refuses; the log is as it was, and the next call tries again.
    pub fn compact_if_due(&self) -> Result<Vec<Compacted>, StoreError> {
        let mut done = Vec::new();
        for shard in &self.shards {
            if shard.is_compaction_due()? {
                done.extend(shard.compact()?);
            }
        }
        Ok(done)
    }

    /// Compacts every log now.
    ///
    /// # Errors
    /// As [`Store::compact_if_due`].
    pub fn compact(&self) -> Result<Vec<Compacted>, StoreError> {
        let mut done = Vec::new();
        for shard in &self.shards {
            done.extend(shard.compact()?);
        }
        Ok(done)
    }

    /// The operator's records.
    #[must_use]
    pub const fn meta(&self) -> &Meta {
        &self.meta
    }

    fn drop_content(&self, ids: &[ZoneId]) -> Result<(), StoreError> {
        for (index, shard) in self.shards.iter().enumerate() {
            let of_shard = ids.iter().filter(|id| self.shard_of(**id) == index);
            let drops: Vec<_> = of_shard.map(|id| Commit::Drop { id: *id }.to_entry()).collect();
            if !drops.is_empty() {
                shard.commit(drops)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("shards", &self.shards.len()).finish_non_exhaustive()
    }
}

impl Commit<'_> {
    /// The zone.
    #[must_use]
    pub const fn id(&self) -> ZoneId {
        match self {
            Self::Whole { id, .. } | Self::Diffs { id, .. } | Self::Drop { id } => *id,
        }
    }

    pub(crate) fn to_entry(&self) -> Entry<Version> {
        let change = match self {
            Self::Whole { version, .. } => Change::Whole { version: version.clone(), image: None },
            Self::Diffs { diffs, result, .. } => {
                let span = diffs.first().zip(diffs.last());
                Change::Diffs {
                    span: span.map(|(first, last)| (first.from(), last.to())),
                    encoded: crate::version::encode_diffs(diffs),
                    version: result.clone(),
                }
            }
            Self::Drop { .. } => Change::Drop,
        };
        Entry { zone: self.id().0, change }
    }
}

/// The folders there are count, not what SQLite says of them: content is in them.
fn count_shards(folder: &Path) -> Result<usize, StoreError> {
    let failed = |source| StoreError::from_io("list", folder, 0, source);
    let mut count = 0;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let shard = name.to_str().and_then(layout::parse_shard_folder);
        count = count.max(shard.map_or(0, |shard| shard.saturating_add(1)));
    }
    Ok(count)
}

/// Puts right what the content of zones says about their records. Returns what was wrong.
fn settle_records(
    meta: &Meta,
    contents: &Contents,
    folder: &Path,
) -> Result<Vec<Fault>, StoreError> {
    let given = meta.given_for_certain()?;
    let fixes = roll::fixes(&meta.zones()?, &contents.apexes(), given);
    if given == 0 || !fixes.is_empty() {
        meta.fix_rows(&fixes)?;
    }
    let mut faults = meta.take_faults();
    faults.extend(fixes.into_iter().map(|RowFix { id, apex, .. }| Fault {
        file: folder.join(layout::SQLITE),
        kind: FaultKind::ZoneRecord { zone: id, apex },
    }));
    Ok(faults)
}

fn recovered_zones(
    rows: Vec<ZoneRow>,
    contents: &mut Contents,
    meta: &Meta,
    steps_max: usize,
) -> Result<Vec<RecoveredZone>, StoreError> {
    let mut timers = meta.timers()?;
    let zones = rows.into_iter().map(|ZoneRow { id, key }| {
        let diffs = contents.diffs(id, steps_max);
        let content = contents.take(id);
        RecoveredZone { id, key, content, diffs, timers: timers.remove(&id) }
    });
    Ok(zones.collect())
}

/// What the logs hold, to be matched with the zones there are.
#[derive(Default)]
pub(crate) struct Contents {
    zones: BTreeMap<u32, Restored<Version>>,
    has_holes: bool,
}

impl Contents {
    /// Adds what one log holds.
    pub(crate) fn add(&mut self, zones: BTreeMap<u32, Restored<Version>>, has_holes: bool) {
        self.zones.extend(zones);
        self.has_holes |= has_holes;
    }

    /// Every zone with a version, by the name in its content.
    pub(crate) fn apexes(&self) -> BTreeMap<ZoneId, NameRef<'_>> {
        let versions =
            self.zones.iter().filter_map(|(id, found)| Some((id, found.version.as_ref()?)));
        versions.map(|(id, version)| (ZoneId(*id), version.apex())).collect()
    }

    /// What is held of a zone.
    pub(crate) fn take(&mut self, id: ZoneId) -> Content {
        match self.zones.remove(&id.0).map(|found| (found.version, found.loss)) {
            Some((Some(version), None)) => Content::Held(version),
            Some((Some(version), Some(loss))) => Content::Behind(version, loss),
            Some((None, Some(loss))) => Content::Lost(loss),
            // A chain without content always has a reason.
            Some((None, None)) => Content::Lost(Loss::Damaged),
            None if self.has_holes => Content::Lost(Loss::Unknown),
            None => Content::Empty,
        }
    }

    /// The last diffs that led to what is held of a zone, oldest first, as far as the log still has them.
    pub(crate) fn diffs(&self, id: ZoneId, steps_max: usize) -> Vec<Diff> {
        let commits = self.zones.get(&id.0).map_or(&[][..], |found| &found.commits);
        let mut diffs = crate::version::read_diffs(commits);
        diffs.split_off(diffs.len().saturating_sub(steps_max))
    }

    /// Content without a zone: what a removal left behind.
    pub(crate) fn rest(self) -> Vec<ZoneId> {
        self.zones.into_keys().map(ZoneId).collect()
    }
}

/// Only the daemon's user may look inside: keys are in there.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| StoreError::from_io("create", path, 0, source))
}

#[cfg(test)]
mod tests;
