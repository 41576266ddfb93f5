//! `understudy check`: reads everything in a data directory and changes nothing.
//!
//! Touches the disk, to read.

use crate::disk::Disk;
use crate::error::StoreError;
use crate::meta::ZoneRow;
use crate::read_only::ReadOnly;
use crate::recover::{Past, inspect};
use crate::recovery::{Content, Fault, ZoneKey};
use crate::store::Contents;
use std::path::Path;
use wire::serial::Serial;
use zone::ZoneId;

/// What a check found.
#[derive(Debug, Default)]
pub struct Report {
    /// Every zone there is, in the order of ids.
    pub zones: Vec<CheckedZone>,
    /// What is wrong with logs and images.
    pub faults: Vec<Fault>,
    /// What SQLite's integrity check says is wrong with its file.
    pub sqlite_faults: Vec<String>,
    /// Zones whose content is in a log though they have been removed; harmless, and left out by the
    /// next compaction.
    pub removed: Vec<ZoneId>,
    /// Bytes of log and images that were read and whose checksums were compared.
    pub bytes_read: u64,
}

/// One zone in a data directory.
#[derive(Debug)]
pub struct CheckedZone {
    /// Its id.
    pub id: ZoneId,
    /// What the operator calls it.
    pub key: ZoneKey,
    /// What is held of it, as the daemon would find it.
    pub content: Content,
    /// SHA-384 over all records of the version held; `None` without one.
    pub digest: Option<[u8; 48]>,
}

impl Report {
    /// True when nothing that was acknowledged is missing.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let kept = |zone: &CheckedZone| match zone.content {
            Content::Empty | Content::Held(_) => true,
            Content::Behind(..) | Content::Lost(_) => false,
        };
        self.sqlite_faults.is_empty()
            && self.faults.iter().all(|fault| fault.kind.is_benign())
            && self.zones.iter().all(kept)
    }
}

impl CheckedZone {
    /// Serial of the version held.
    #[must_use]
    pub fn serial(&self) -> Option<Serial> {
        match &self.content {
            Content::Held(version) | Content::Behind(version, _) => Some(version.serial()),
            Content::Empty | Content::Lost(_) => None,
        }
    }
}

/// Compares every checksum in a directory, and rebuilds every zone from it.
///
/// # Errors
/// When a daemon has the directory, a newer release wrote it, or it can't be read at all. What is
/// damaged is no error but in the report.
pub fn check(folder: &Path) -> Result<Report, StoreError> {
    let directory = ReadOnly::open(folder)?;
    let sqlite_faults = directory.records_faults()?;
    let mut report = Report { sqlite_faults, ..Report::default() };
    let mut contents = Contents::default();
    for shard in &directory.shards {
        check_shard(shard, &mut report, &mut contents)?;
    }
    for ZoneRow { id, key } in directory.rows(&contents)? {
        let content = contents.take(id);
        let digest = match &content {
            Content::Held(version) | Content::Behind(version, _) => Some(version.digest()),
            Content::Empty | Content::Lost(_) => None,
        };
        report.zones.push(CheckedZone { id, key, content, digest });
    }
    report.removed = contents.rest();
    Ok(report)
}

fn check_shard(
    disk: &dyn Disk,
    report: &mut Report,
    contents: &mut Contents,
) -> Result<(), StoreError> {
    let mut found = inspect(disk)?;
    contents.add(found.restore(disk, Past::Forget)?, found.has_holes);
    report.faults.append(&mut found.faults);
    report.bytes_read = report.bytes_read.saturating_add(found.octets);
    Ok(())
}
