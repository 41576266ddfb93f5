//! What is inside a frame, as far as recovery needs to know.
//!
//! Pure.
//!
//! Not here: the pages of a version and the records of a diff, which crate `zone` reads and writes.

use super::Cursor;
use super::frame::{FrameKind, Tally};
use wire::serial::Serial;

/// A frame's payload, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    /// A whole version.
    Whole {
        /// Its serial.
        serial: Serial,
        /// Its place among the zone's commits.
        turn: Turn,
        /// Its pages, see [`crate::content`].
        content: &'a [u8],
    },
    /// A whole version in a file of its own.
    Image(ImageRef),
    /// Consecutive diffs.
    Diffs(Steps, &'a [u8]),
    /// The zone's content is gone on purpose.
    Drop,
    /// Part of an image.
    Pages(&'a [u8]),
    /// The end of a file that is written once.
    Seal(Tally),
}

/// An image file, by everything that makes it this one and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageRef {
    /// Serial of the version in it.
    pub(crate) serial: Serial,
    /// Its place among the zone's commits.
    pub(crate) turn: Turn,
    /// Sequence number in its name.
    pub(crate) seq: u64,
    /// Size of the file.
    pub(crate) size_bytes: u64,
    /// What its seal must say.
    pub(crate) tally: Tally,
}

/// Where diffs lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    /// The serial they apply to.
    pub(crate) from: Serial,
    /// The serial they result in.
    pub(crate) to: Serial,
    /// Their place among the zone's commits: they apply to the turn before, and to no other.
    pub(crate) turn: Turn,
}

/// Counts the commits of one zone, so that none can be missing between two that read.
///
/// Serials alone would not do: a zone may be transferred again under the same serial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn(pub(crate) u64);

impl Turn {
    /// The turn of the next commit.
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl<'a> Payload<'a> {
    /// Takes a payload apart; `None` if it is too short for its kind.
    #[must_use]
    pub(crate) fn parse(kind: FrameKind, payload: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(payload);
        Some(match kind {
            FrameKind::Whole => Self::Whole {
                serial: Serial(cursor.u32()?),
                turn: Turn(cursor.u64()?),
                content: cursor.0,
            },
            FrameKind::Image => Self::Image(ImageRef {
                serial: Serial(cursor.u32()?),
                turn: Turn(cursor.u64()?),
                seq: cursor.u64()?,
                size_bytes: cursor.u64()?,
                tally: Tally { frames: cursor.u64()?, checksum: cursor.u32()? },
            }),
            FrameKind::Diffs => {
                let steps = Steps {
                    from: Serial(cursor.u32()?),
                    to: Serial(cursor.u32()?),
                    turn: Turn(cursor.u64()?),
                };
                Self::Diffs(steps, cursor.0)
            }
            FrameKind::Drop => Self::Drop,
            FrameKind::Pages => Self::Pages(cursor.0),
            FrameKind::Seal => Self::Seal(Tally { frames: cursor.u64()?, checksum: cursor.u32()? }),
        })
    }
}

impl ImageRef {
    /// Appends the payload of a [`FrameKind::Image`].
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        write_whole(self.serial, self.turn, out);
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&self.size_bytes.to_le_bytes());
        write_tally(self.tally, out);
    }
}

impl Steps {
    /// Appends the front of the payload of a [`FrameKind::Diffs`].
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.from.0.to_le_bytes());
        out.extend_from_slice(&self.to.0.to_le_bytes());
        out.extend_from_slice(&self.turn.0.to_le_bytes());
    }
}

/// Appends the front of the payload of a [`FrameKind::Whole`].
pub(crate) fn write_whole(serial: Serial, turn: Turn, out: &mut Vec<u8>) {
    out.extend_from_slice(&serial.0.to_le_bytes());
    out.extend_from_slice(&turn.0.to_le_bytes());
}

/// Appends the payload of a [`FrameKind::Seal`].
pub(crate) fn write_tally(tally: Tally, out: &mut Vec<u8>) {
    out.extend_from_slice(&tally.frames.to_le_bytes());
    out.extend_from_slice(&tally.checksum.to_le_bytes());
}
