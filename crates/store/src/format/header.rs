//! The first 128 octets of every file: what it is, and which format it has.
//!
//! Pure.
//!
//! Invariants: H1 the place of magic, version, kind and length never changes between formats, so
//! that any release can tell a newer file from a damaged one. H2 either copy suffices.

use super::Cursor;

/// Octets of the header with both its copies; the first frame starts here.
pub(crate) const HEADER_OCTETS: usize = 128;
/// The format this release writes. In format 1 pages had NSEC3 among the names; nothing else was different, and crate
/// `zone` reads both.
pub(crate) const FORMAT: u16 = 2;
/// The oldest format this release reads.
const FORMAT_OLDEST: u16 = 1;

const MAGIC: [u8; 8] = *b"UNDRSTDY";
const COPY_OCTETS: usize = 64;
const CHECKED_OCTETS: usize = 60;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A log segment that commits are appended to.
    Log,
    /// A log segment written by compaction: every older segment is void. Ends with a seal.
    Base,
    /// One large version of one zone. Ends with a seal.
    Image,
}

/// The segment written before this one, and how much of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Previous {
    /// Its sequence number; 0 when there was none.
    pub(crate) seq: u64,
    /// Octets up to the end of its last good frame; anything behind was never acknowledged.
    pub(crate) size: u64,
}

/// Identity of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Which format the file has: of those that can be read, only [`FORMAT`] is written to.
    pub(crate) format: u16,
    /// What the file is for.
    pub(crate) kind: FileKind,
    /// Random per file; the start mark of its frames, and part of their checksums.
    pub(crate) salt: u32,
    /// Order of creation within the folder, from 1.
    pub(crate) seq: u64,
    /// Images: the zone. Else 0.
    pub(crate) zone: u32,
    /// Images: the serial. Else 0.
    pub(crate) serial: u32,
    /// Log segments: the one before. Else zeros.
    pub(crate) previous: Previous,
}

/// Why a file's header was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// Intact, but of a format we do not read.
    Format {
        /// Format version in the file.
        found: u16,
    },
    /// Both copies are damaged, or the file is shorter than its header.
    Damaged,
}

impl Header {
    /// Both copies, ready to be written.
    #[must_use]
    pub(crate) fn build(&self) -> [u8; HEADER_OCTETS] {
        let mut copy = Vec::with_capacity(COPY_OCTETS);
        copy.extend_from_slice(&MAGIC);
        copy.extend_from_slice(&self.format.to_le_bytes());
        copy.extend_from_slice(&self.kind.code().to_le_bytes());
        copy.extend_from_slice(&(COPY_OCTETS as u32).to_le_bytes());
        copy.extend_from_slice(&self.salt.to_le_bytes());
        copy.extend_from_slice(&self.zone.to_le_bytes());
        copy.extend_from_slice(&self.serial.to_le_bytes());
        copy.extend_from_slice(&self.seq.to_le_bytes());
        copy.extend_from_slice(&self.previous.seq.to_le_bytes());
        copy.extend_from_slice(&self.previous.size.to_le_bytes());
        copy.resize(CHECKED_OCTETS, 0);
        let checksum = crc32c::crc32c(&copy);
        copy.extend_from_slice(&checksum.to_le_bytes());
        let mut both = [0; HEADER_OCTETS];
        for (to, from) in both.iter_mut().zip(copy.iter().chain(&copy)) {
            *to = *from;
        }
        both
    }

    /// Reads whichever copy is intact.
    pub(crate) fn parse(file: &[u8]) -> Result<Self, HeaderFault> {
        match parse_copy(file) {
            Err(HeaderFault::Damaged) => {
                parse_copy(file.get(COPY_OCTETS..).ok_or(HeaderFault::Damaged)?)
            }
            Err(HeaderFault::Format { found }) => Err(HeaderFault::Format { found }),
            Ok(header) => Ok(header),
        }
    }
}

fn parse_copy(octets: &[u8]) -> Result<Header, HeaderFault> {
    let mut cursor = Cursor(octets);
    let start = (cursor.array::<8>(), cursor.u16(), cursor.u16(), cursor.u32());
    let (Some(MAGIC), Some(found), Some(kind), Some(length)) = start else {
        return Err(HeaderFault::Damaged);
    };
    // H1: the checksum is the last field whatever the version, so a flipped version number is
    // damage and not a newer format.
    let whole = usize::try_from(length).ok().and_then(|length| octets.get(..length));
    let Some((checked, checksum)) = whole.and_then(|whole| whole.split_last_chunk::<4>()) else {
        return Err(HeaderFault::Damaged);
    };
    if crc32c::crc32c(checked) != u32::from_le_bytes(*checksum) {
        return Err(HeaderFault::Damaged);
    }
    if !(FORMAT_OLDEST..=FORMAT).contains(&found) {
        return Err(HeaderFault::Format { found });
    }
    let mut fields = || {
        Some(Header {
            format: found,
            kind: FileKind::from_code(kind)?,
            salt: cursor.u32()?,
            zone: cursor.u32()?,
            serial: cursor.u32()?,
            seq: cursor.u64()?,
            previous: Previous { seq: cursor.u64()?, size: cursor.u64()? },
        })
    };
    fields().ok_or(HeaderFault::Damaged)
}

impl FileKind {
    const fn code(self) -> u16 {
        match self {
            Self::Log => 1,
            Self::Base => 2,
            Self::Image => 3,
        }
    }

    const fn from_code(code: u16) -> Option<Self> {
        match code {
            1 => Some(Self::Log),
            2 => Some(Self::Base),
            3 => Some(Self::Image),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> Header {
        Header {
            format: FORMAT,
            kind: FileKind::Image,
            salt: 0x1234_5678,
            seq: 7,
            zone: 9,
            serial: 2_026_010_100,
            previous: Previous { seq: 6, size: 4_096 },
        }
    }

    /// The header of the same file as another release would have written it.
    fn of_format(format: u16) -> Vec<u8> {
        let mut octets = header().build()[..COPY_OCTETS].to_vec();
        octets[8..10].copy_from_slice(&format.to_le_bytes());
        let checksum = crc32c::crc32c(&octets[..CHECKED_OCTETS]);
        octets[CHECKED_OCTETS..].copy_from_slice(&checksum.to_le_bytes());
        octets.extend_from_within(..);
        octets
    }

    #[test]
    fn header_reads_back_as_written() {
        assert_eq!(Header::parse(&header().build()), Ok(header()));
    }

    #[test]
    fn newer_and_never_written_formats_are_told_from_damage() {
        for found in [0, 3, u16::MAX] {
            assert_eq!(Header::parse(&of_format(found)), Err(HeaderFault::Format { found }));
        }
        for format in [1, 2] {
            assert_eq!(Header::parse(&of_format(format)), Ok(Header { format, ..header() }));
        }
    }

    #[test]
    fn newer_format_with_a_longer_header_is_still_named() {
        let mut octets = header().build()[..COPY_OCTETS].to_vec();
        octets[8..10].copy_from_slice(&3_u16.to_le_bytes());
        octets[12..16].copy_from_slice(&100_u32.to_le_bytes());
        octets.resize(96, 7);
        octets.extend(crc32c::crc32c(&octets).to_le_bytes());
        assert_eq!(Header::parse(&octets), Err(HeaderFault::Format { found: 3 }));
    }

    #[test]
    fn short_files_are_damaged_headers() {
        let octets = header().build();
        for length in 0..COPY_OCTETS {
            assert_eq!(Header::parse(&octets[..length]), Err(HeaderFault::Damaged));
        }
    }

    proptest! {
        #[test]
        fn any_one_bad_octet_is_survived(at in 0..HEADER_OCTETS, with in 1..=255_u8) {
            let mut octets = header().build();
            octets[at] ^= with;
            prop_assert_eq!(Header::parse(&octets), Ok(header()));
        }

        #[test]
        fn garbage_never_panics_and_is_never_a_header(octets: Vec<u8>) {
            prop_assert!(Header::parse(&octets).is_err());
        }
    }
}
