//! What can go wrong on disk, with the facts and what to do about it.
//!
//! Pure.
//!
//! Not here: damage found while recovering; it is reported as [`crate::Fault`]s, not as an error,
//! because a store with a damaged zone still opens and serves the others.

use crate::format::header::FORMAT;
use crate::layout::SQLITE;
use rusqlite::ffi;
use std::io;
use std::path::{Path, PathBuf};
use wire::serial::Serial;
use zone::ZoneId;

/// Why the store refused or could not do something. Nothing is published after one of these.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another daemon, or a check, works in this directory.
    #[error("{folder} is in use{}", held_by(*.pid))]
    Locked {
        /// The data directory.
        folder: PathBuf,
        /// Who holds it, if it said so.
        pid: Option<u32>,
    },
    /// No space, or a quota or file size limit is reached.
    #[error("no space{} in {file}", for_bytes(*needed_bytes))]
    DiskFull {
        /// The file that could not grow.
        file: PathBuf,
        /// Bytes of the refused write, or 0 when the system told of it late.
        needed_bytes: u64,
        /// What the system said.
        source: io::Error,
    },
    /// There is space, but less would be left than is to stay free. Nothing was written.
    #[error(
        "{needed_bytes} bytes would leave less than {reserve_bytes} free in {folder}, where {free_bytes} are"
    )]
    Reserve {
        /// The folder whose file system it is.
        folder: PathBuf,
        /// Bytes of the commit, more or less.
        needed_bytes: u64,
        /// Bytes that are free.
        free_bytes: u64,
        /// Bytes that are to stay so.
        reserve_bytes: u64,
    },
    /// The file system or the file does not take writes.
    #[error("{file} is read-only or not ours to write")]
    ReadOnly {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Any other failure of a read, a write or a flush.
    #[error("could not {action} {file}")]
    Io {
        /// What was tried: a verb.
        action: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file was written by a later release.
    #[error("{file} has format {found}, this release knows formats up to {known}")]
    NewerFormat {
        /// The file.
        file: PathBuf,
        /// Format version in the file.
        found: u32,
        /// Newest version this release reads.
        known: u32,
    },
    /// The file has a format version that no release wrote, or that is no longer read.
    #[error("{file} has format {found}, this release knows only {known}")]
    UnknownFormat {
        /// The file.
        file: PathBuf,
        /// Format version in the file.
        found: u32,
        /// Version this release reads.
        known: u32,
    },
    /// A statement failed in `understudy.sqlite`.
    #[error("could not {action} in understudy.sqlite")]
    Sqlite {
        /// What was tried: a verb and its object.
        action: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// `understudy.sqlite` reads, but its tables contradict themselves.
    #[error("understudy.sqlite is damaged: {found}")]
    SqliteDamaged {
        /// What SQLite's check says first.
        found: String,
    },
    /// The diffs of a commit do not lead from the held version to the result; nothing was written.
    #[error(
        "zone {zone}: diffs lead from {from:?} to {to:?}, held is {held:?}, result is {result:?}"
    )]
    DiffsDoNotFit {
        /// The zone.
        zone: ZoneId,
        /// Last committed serial, `None` when no version is held.
        held: Option<Serial>,
        /// Where the diffs start, `None` when there are none.
        from: Option<Serial>,
        /// Where they end.
        to: Option<Serial>,
        /// Serial of the version that was said to result.
        result: Serial,
    },
    /// One batch is one flush of one log; these zones live in different ones. Nothing was written.
    #[error("a batch with zones of shards {first} and {other}")]
    MixedBatch {
        /// Shard of the first commit in the batch.
        first: usize,
        /// Another shard in the same batch.
        other: usize,
    },
    /// A single frame may not exceed 4 GiB. Nothing was written.
    #[error("zone {zone}: {size_bytes} bytes do not fit into one frame")]
    FrameTooLarge {
        /// The zone.
        zone: ZoneId,
        /// Size of the content.
        size_bytes: u64,
    },
    /// All 2³²-1 zone ids were given out; they are never reused.
    #[error("no zone id is left")]
    ZoneIdsExhausted,
    /// A thread died while it held this part of the store, so its state in memory is unknown.
    #[error("the store was left half-changed by a panic")]
    Poisoned,
}

impl StoreError {
    /// Stable name for the API, logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "STORE_LOCKED",
            Self::DiskFull { .. } => "STORE_DISK_FULL",
            Self::Reserve { .. } => "DISK_RESERVE",
            Self::ReadOnly { .. } => "STORE_READ_ONLY",
            Self::Io { .. } | Self::Sqlite { .. } => "STORE_IO",
            Self::SqliteDamaged { .. } => "STORE_DAMAGED",
            Self::NewerFormat { .. } => "STORE_NEWER_FORMAT",
            Self::UnknownFormat { .. } => "STORE_UNKNOWN_FORMAT",
            Self::DiffsDoNotFit { .. } => "STORE_DIFFS_DO_NOT_FIT",
            Self::MixedBatch { .. } => "STORE_MIXED_BATCH",
            Self::FrameTooLarge { .. } => "STORE_FRAME_TOO_LARGE",
            Self::ZoneIdsExhausted => "STORE_ZONE_IDS_EXHAUSTED",
            Self::Poisoned => "STORE_POISONED",
        }
    }

    /// What the operator can do about it, as one sentence.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::Locked { .. } => {
                "stop the other understudy that uses this data directory, or give this one its own"
            }
            Self::DiskFull { .. } => {
                "free space on the data directory's file system, or raise its quota; zones go on \
                 being served, and transfers are taken up again by themselves"
            }
            Self::Reserve { .. } => {
                "free space on the data directory's file system, or lower `reserve-bytes`; zones go \
                 on being served, and transfers are taken up again by themselves"
            }
            Self::ReadOnly { .. } => {
                "make the data directory writable for the user understudy runs as; if the file \
                 system turned read-only by itself, look for disk errors in the kernel log"
            }
            Self::Io { .. } | Self::Sqlite { .. } => {
                "look for disk errors in the kernel log; `understudy check` tells which zones are \
                 affected"
            }
            Self::SqliteDamaged { .. } => {
                "move understudy.sqlite out of the data directory: it is made again from the logs, and \
                 zones are served as soon as a primary has confirmed them"
            }
            Self::NewerFormat { .. } => {
                "start the release that wrote this directory, or restore a backup made by this one"
            }
            Self::UnknownFormat { .. } => "restore the data directory from a backup",
            Self::DiffsDoNotFit { .. } => "transfer the whole zone",
            Self::MixedBatch { .. } | Self::Poisoned => {
                "report this as a defect of understudy; a restart recovers every committed version"
            }
            Self::FrameTooLarge { .. } => "lower `limits.zone-bytes` for this zone",
            Self::ZoneIdsExhausted => "move the zones to a new data directory",
        }
    }

    /// True when the same call can succeed later without a change on our side.
    #[must_use]
    pub const fn is_worth_retrying(&self) -> bool {
        match self {
            Self::DiskFull { .. }
            | Self::Reserve { .. }
            | Self::ReadOnly { .. }
            | Self::Io { .. }
            | Self::Sqlite { .. }
            | Self::Locked { .. } => true,
            Self::NewerFormat { .. }
            | Self::UnknownFormat { .. }
            | Self::SqliteDamaged { .. }
            | Self::DiffsDoNotFit { .. }
            | Self::MixedBatch { .. }
            | Self::FrameTooLarge { .. }
            | Self::ZoneIdsExhausted
            | Self::Poisoned => false,
        }
    }

    /// True when `understudy.sqlite` holds what nobody wrote there. Our statements are fixed, so a table that is
    /// not as they expect it is damage, too; and so are octets that the disk does not give back.
    pub(crate) fn is_damage(&self) -> bool {
        let Self::Sqlite { source, .. } = self else {
            return matches!(self, Self::SqliteDamaged { .. });
        };
        match source {
            rusqlite::Error::SqliteFailure(fault, _) => {
                let primary = fault.extended_code & 0xff;
                matches!(primary, ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB | ffi::SQLITE_ERROR)
                    || UNREADABLE.contains(&fault.extended_code)
            }
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::SqlInputError { .. }
            | rusqlite::Error::Utf8Error(..) => true,
            // The errors of the library are not ours, and their list is open.
            _ => false,
        }
    }

    /// A failure of SQLite; a full disk is named as one.
    pub(crate) fn from_sqlite(action: &'static str, source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::sqlite_is_full(source),
            // The index beside its log gets its space at once, and a code of its own says so.
            Some(_) if is_of(&source, ffi::SQLITE_IOERR_SHMSIZE) => Self::sqlite_is_full(source),
            Some(rusqlite::ErrorCode::ReadOnly) => {
                Self::ReadOnly { file: PathBuf::from(SQLITE), source: io::Error::other(source) }
            }
            // SQLite's codes are not ours, and their list is open.
            _ => Self::Sqlite { action, source },
        }
    }

    fn sqlite_is_full(source: rusqlite::Error) -> Self {
        let (file, source) = (PathBuf::from(SQLITE), io::Error::other(source));
        Self::DiskFull { file, needed_bytes: 0, source }
    }

    /// A file of a format that is not ours to read.
    pub(crate) fn of_format(file: &Path, found: u16) -> Self {
        let (file, found, known) = (file.to_path_buf(), u32::from(found), u32::from(FORMAT));
        if found > known {
            Self::NewerFormat { file, found, known }
        } else {
            Self::UnknownFormat { file, found, known }
        }
    }

    /// Names the kind of an I/O failure; `needed_bytes` is the size of a write, else 0.
    pub(crate) fn from_io(
        action: &'static str,
        file: &Path,
        needed_bytes: u64,
        source: io::Error,
    ) -> Self {
        let file = file.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull { file, needed_bytes, source },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { file, source }
            }
            // The kinds of `io::ErrorKind` are not ours, and their list is open.
            _ => Self::Io { action, file, source },
        }
    }
}

/// Octets that the disk does not give back, or gives back otherwise than the file system wrote them.
const UNREADABLE: [i32; 4] = [
    ffi::SQLITE_IOERR_READ,
    ffi::SQLITE_IOERR_SHORT_READ,
    ffi::SQLITE_IOERR_CORRUPTFS,
    ffi::SQLITE_IOERR_DATA,
];

/// Whether SQLite said exactly this.
fn is_of(fault: &rusqlite::Error, extended_code: i32) -> bool {
    fault.sqlite_error().is_some_and(|said| said.extended_code == extended_code)
}

fn for_bytes(needed_bytes: u64) -> String {
    if needed_bytes == 0 { String::new() } else { format!(" for {needed_bytes} bytes") }
}

fn held_by(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" by process {pid}"))
}
