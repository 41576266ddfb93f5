//! What a restart found.
//!
//! Pure.
//!
//! Not here: finding it (`recover`), and what is done about it (`server`).

use std::fmt;
use std::path::PathBuf;
use wire::name::Name;
use wire::serial::Serial;
use zone::{Diff, Version, ZoneId};

use crate::error::StoreError;
use crate::meta::Timers;

/// Everything a daemon needs to serve again what it served before.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Every zone there is, in the order of ids.
    pub zones: Vec<RecoveredZone>,
    /// What was wrong on disk, benign or not; empty after a clean run.
    pub faults: Vec<Fault>,
    /// Why the disk takes no writes, if it does not. What it holds may be served all the same; commits fail
    /// until it takes them.
    pub refused: Option<StoreError>,
    /// Bytes of log and images that were read.
    pub bytes_read: u64,
}

/// One zone after a restart.
#[derive(Debug)]
pub struct RecoveredZone {
    /// Its id, for good.
    pub id: ZoneId,
    /// What the operator calls it.
    pub key: ZoneKey,
    /// What is held of it.
    pub content: Content,
    /// The last diffs that led to the version held, oldest first, without a gap: as far as the log still has
    /// them, and not more than the version is long. Those before the last compaction are gone where the version
    /// is small.
    pub diffs: Vec<Diff>,
    /// Its deadlines as of the last batch that was saved; `None` before the first.
    pub timers: Option<Timers>,
}

/// What the operator calls a zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ZoneKey {
    /// The view; `default` always exists.
    pub view: String,
    /// The apex, in lower case.
    pub apex: Name,
}

/// What is held of a zone.
#[derive(Debug)]
pub enum Content {
    /// Nothing yet, or not any more.
    Empty,
    /// The version that was committed last.
    Held(Version),
    /// A version that was committed once; later ones are, or may be, lost. It may be served, and
    /// the primary should be asked at once.
    Behind(Version, Loss),
    /// Something was committed, and none of it can be used: transfer the zone anew.
    Lost(Loss),
}

/// Why commits of a zone are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// A frame of this zone is damaged.
    Damaged,
    /// A stretch of the log is damaged in which commits of this zone may have been.
    Unknown,
    /// A commit between two others is missing.
    Broken {
        /// Serial before the hole, `None` if nothing was before it.
        held: Option<Serial>,
        /// Serial that the next diff applies to.
        found: Serial,
    },
    /// The image of the zone is missing.
    ImageMissing {
        /// Its file.
        file: PathBuf,
    },
    /// The image of the zone is damaged.
    ImageDamaged {
        /// Its file.
        file: PathBuf,
    },
    /// Checksums are right, but the content is not a version.
    Undecodable {
        /// What the reader said.
        reason: String,
    },
}

/// Something wrong on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, or the folder it is missing from.
    pub file: PathBuf,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The last batch was cut short by a crash. It was never acknowledged, so nothing is lost.
    TornTail {
        /// Where the good part ends.
        offset: u64,
        /// Octets cut off.
        octets: u64,
    },
    /// Octets that do not read.
    Damage {
        /// Where they start.
        offset: u64,
        /// How many they are.
        octets: u64,
        /// The zone that lost a commit; `None` when it can't be told.
        zone: Option<ZoneId>,
    },
    /// Neither copy of the file's header reads, so nothing in the file does.
    HeaderDamaged,
    /// The file ends before its seal: an unknown number of frames is missing.
    SealMissing,
    /// The file holds other frames than its seal says.
    SealMismatch,
    /// A segment of the log is not there.
    SegmentMissing {
        /// Its sequence number.
        seq: u64,
    },
    /// `understudy.sqlite` is damaged. What reads of it was taken over into a new one; names of zones that
    /// do not read come from the logs, and deadlines from the next confirmation.
    SetAside {
        /// Where it is now.
        to: PathBuf,
        /// Zones that were taken over.
        zones: usize,
        /// Deadlines that were taken over.
        timers: usize,
    },
    /// The record of a zone was missing or wrong, and was made again from the zone's content.
    ZoneRecord {
        /// The zone.
        zone: ZoneId,
        /// Its apex.
        apex: Name,
    },
    /// The segment is shorter than it was when the next one was begun.
    Short {
        /// Octets that were there.
        expected: u64,
        /// Octets that are.
        found: u64,
    },
}

impl FaultKind {
    /// True when nothing that was acknowledged is lost.
    #[must_use]
    pub const fn is_benign(&self) -> bool {
        match self {
            Self::TornTail { .. } => true,
            Self::Damage { .. }
            | Self::HeaderDamaged
            | Self::SealMissing
            | Self::SealMismatch
            | Self::SegmentMissing { .. }
            | Self::SetAside { .. }
            | Self::ZoneRecord { .. }
            | Self::Short { .. } => false,
        }
    }
}

impl Fault {
    /// What follows for the zones, as a clause.
    #[must_use]
    pub const fn consequence(&self) -> &'static str {
        match self.kind {
            FaultKind::TornTail { .. } => "it was cut off",
            FaultKind::Damage { .. }
            | FaultKind::HeaderDamaged
            | FaultKind::SealMissing
            | FaultKind::SealMismatch
            | FaultKind::SegmentMissing { .. }
            | FaultKind::Short { .. } => {
                "zones with commits there go on from an older version or are transferred anew"
            }
            FaultKind::SetAside { .. } => {
                "zones whose deadlines were lost are served as soon as a primary has confirmed them"
            }
            FaultKind::ZoneRecord { .. } => "it goes on with its content",
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("a commit of this zone is damaged on disk"),
            Self::Unknown => {
                f.write_str("part of the log is damaged, and later commits may have been in it")
            }
            Self::Broken { held: Some(held), found } => {
                write!(
                    f,
                    "the log goes on from serial {} but {} is the last before",
                    found.0, held.0
                )
            }
            Self::Broken { held: None, found } => {
                write!(f, "the log has diffs from serial {} but no version before them", found.0)
            }
            Self::ImageMissing { file } => write!(f, "{} is missing", file.display()),
            Self::ImageDamaged { file } => write!(f, "{} is damaged", file.display()),
            Self::Undecodable { reason } => {
                write!(f, "the content on disk is no version: {reason}")
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.kind {
            FaultKind::TornTail { offset, octets } => write!(
                f,
                "{file}: {octets} octets at {offset} belong to a commit that a crash cut short; \
                 nothing that was acknowledged is lost"
            ),
            FaultKind::Damage { offset, octets, zone: Some(zone) } => {
                write!(
                    f,
                    "{file}: {octets} octets at {offset}, a commit of zone {zone}, are damaged"
                )
            }
            FaultKind::Damage { offset, octets, zone: None } => {
                write!(f, "{file}: {octets} octets at {offset} are damaged")
            }
            FaultKind::HeaderDamaged => write!(f, "{file}: the header is damaged"),
            FaultKind::SealMissing => write!(f, "{file}: the end of the file is missing"),
            FaultKind::SealMismatch => write!(f, "{file}: frames are missing"),
            FaultKind::SegmentMissing { seq } => write!(f, "{file}: log segment {seq} is missing"),
            FaultKind::SetAside { to, zones, timers } => write!(
                f,
                "{file}: is damaged, and now {}; {zones} zones and {timers} deadlines were read out of \
                 it, the history of transfers starts anew",
                to.display()
            ),
            FaultKind::ZoneRecord { zone, apex } => write!(
                f,
                "{file}: the record of zone {zone} was missing or wrong; by its content it is {apex}"
            ),
            FaultKind::Short { expected, found } => {
                write!(f, "{file}: has {found} octets of {expected}")
            }
        }
    }
}
