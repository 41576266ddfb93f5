//! The names of our files.
//!
//! Pure.
//!
//! Invariants: L1 no octet of a zone's name ever gets into a file's name. L2 a name that does not
//! read back to itself is not ours, and is neither read nor removed.

use wire::serial::Serial;

/// Name of the SQLite file in the data directory.
pub(crate) const SQLITE: &str = "understudy.sqlite";
/// Name of the file whose lock keeps a second daemon out.
pub(crate) const LOCK: &str = "lock";
const WORKING: &str = ".new";

/// A file of a shard's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FileName {
    /// A segment that commits are appended to.
    Log {
        /// Order of creation.
        seq: u64,
    },
    /// A segment written by compaction.
    Base {
        /// Order among the segments.
        seq: u64,
    },
    /// One large version.
    Image {
        /// The zone.
        zone: u32,
        /// The version.
        serial: u32,
        /// Tells images of the same serial apart.
        seq: u64,
    },
}

impl FileName {
    /// The name in the folder.
    #[must_use]
    pub(crate) fn to_text(self) -> String {
        match self {
            Self::Log { seq } => format!("log-{seq:010}"),
            Self::Base { seq } => format!("base-{seq:010}"),
            Self::Image { zone, serial, seq } => format!("image-{zone}-{serial}-{seq}"),
        }
    }

    /// The name while the file is being written; it means nothing after a restart.
    #[must_use]
    pub(crate) fn working(self) -> String {
        let mut text = self.to_text();
        text.push_str(WORKING);
        text
    }

    /// Reads a name.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, numbers) = text.split_once('-')?;
        let mut numbers = numbers.split('-');
        let mut number = || numbers.next()?.parse::<u64>().ok();
        let name = match kind {
            "log" => Self::Log { seq: number()? },
            "base" => Self::Base { seq: number()? },
            "image" => Self::Image {
                zone: u32::try_from(number()?).ok()?,
                serial: u32::try_from(number()?).ok()?,
                seq: number()?,
            },
            _ => return None,
        };
        (name.to_text() == text).then_some(name)
    }

    /// The image of a version.
    #[must_use]
    pub(crate) const fn image(zone: u32, serial: Serial, seq: u64) -> Self {
        Self::Image { zone, serial: serial.0, seq }
    }

    /// Its sequence number.
    #[must_use]
    pub(crate) const fn seq(self) -> u64 {
        match self {
            Self::Log { seq } | Self::Base { seq } | Self::Image { seq, .. } => seq,
        }
    }
}

/// True for a file that was being written when the daemon ended.
#[must_use]
pub(crate) fn is_working(text: &str) -> bool {
    text.strip_suffix(WORKING).is_some_and(|name| FileName::parse(name).is_some())
}

/// Name of a shard's folder in the data directory.
#[must_use]
pub(crate) fn shard_folder(shard: usize) -> String {
    format!("shard-{shard}")
}

/// The shard of a folder's name.
#[must_use]
pub(crate) fn parse_shard_folder(text: &str) -> Option<usize> {
    let shard = text.strip_prefix("shard-")?.parse().ok()?;
    (shard_folder(shard) == text).then_some(shard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_to_themselves() {
        let image = FileName::image(7, Serial(u32::MAX), 12);
        for name in [FileName::Log { seq: 1 }, FileName::Base { seq: 99 }, image] {
            assert_eq!(FileName::parse(&name.to_text()), Some(name));
            assert_eq!(FileName::parse(&name.working()), None);
            assert!(is_working(&name.working()) && !is_working(&name.to_text()));
        }
    }

    #[test]
    fn foreign_names_are_left_alone() {
        for text in ["log-1", "log-00000000001", "image-1-2", "log-0000000001.bak", "x.new", ""] {
            assert_eq!(FileName::parse(text), None, "{text}");
            assert!(!is_working(text), "{text}");
        }
        assert_eq!(parse_shard_folder("shard-07"), None);
        assert_eq!(parse_shard_folder("shard-7"), Some(7));
    }
}
