//! Frames: a 40-octet head, then a payload.
//!
//! Pure.
//!
//! Invariants: R1 the head has a checksum of its own, so a damaged payload still tells its zone and
//! where the next frame starts. R2 a head also names the zone and length of the frame before it, so
//! that a damaged head still tells whose frame is lost. R3 a head says up to where the file was
//! durable when it was written, which tells damage from a batch that a crash cut short.

use super::{Cursor, wide};

/// Octets of a head.
pub(crate) const HEAD_OCTETS: usize = 40;
const CHECKED_OCTETS: usize = 36;

/// What a payload is; see [`super::payload`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// A whole version, pages and all.
    Whole,
    /// A whole version that has a file of its own.
    Image,
    /// Steps from the version before.
    Diffs,
    /// The zone's content is gone on purpose.
    Drop,
    /// Some pages of an image.
    Pages,
    /// The end of a file that is written once: nothing is missing before it.
    Seal,
}

/// The frame before, as the next head remembers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Before {
    /// Its zone.
    pub(crate) zone: u32,
    /// Octets of head and payload; 0 for the first frame of a file.
    pub(crate) octets: u32,
}

/// A frame's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// What the payload is.
    pub(crate) kind: FrameKind,
    /// Whose content it is; 0 for a seal.
    pub(crate) zone: u32,
    /// Octets of the payload.
    pub(crate) length: u32,
    /// All octets of the file before this offset were durable when the frame was written.
    pub(crate) durable: u64,
    /// The frame before.
    pub(crate) before: Before,
    /// CRC-32C of the payload.
    pub(crate) checksum: u32,
}

impl Head {
    /// Reads a head at `offset` of a file with this salt; `None` unless it is intact.
    #[must_use]
    pub(crate) fn parse(octets: &[u8], salt: u32, offset: u64) -> Option<Self> {
        let mut cursor = Cursor(octets);
        if cursor.u32()? != salt {
            return None;
        }
        let head = octets.get(..CHECKED_OCTETS)?;
        let checksum = octets.get(CHECKED_OCTETS..)?.first_chunk().copied()?;
        if head_checksum(head, offset) != u32::from_le_bytes(checksum) {
            return None;
        }
        let kind = FrameKind::from_code(cursor.u32()?)?;
        Some(Self {
            kind,
            zone: cursor.u32()?,
            length: cursor.u32()?,
            durable: cursor.u64()?,
            before: Before { zone: cursor.u32()?, octets: cursor.u32()? },
            checksum: cursor.u32()?,
        })
    }

    /// True if `payload` is what was written behind this head.
    #[must_use]
    pub(crate) fn vouches_for(&self, payload: &[u8]) -> bool {
        wide(payload.len()) == u64::from(self.length) && crc32c::crc32c(payload) == self.checksum
    }

    /// Octets of head and payload.
    #[must_use]
    pub(crate) const fn frame_octets(&self) -> u64 {
        (self.length as u64).saturating_add(wide(HEAD_OCTETS))
    }

    fn build(&self, salt: u32, offset: u64) -> [u8; HEAD_OCTETS] {
        let mut octets = Vec::with_capacity(HEAD_OCTETS);
        octets.extend_from_slice(&salt.to_le_bytes());
        octets.extend_from_slice(&self.kind.code().to_le_bytes());
        octets.extend_from_slice(&self.zone.to_le_bytes());
        octets.extend_from_slice(&self.length.to_le_bytes());
        octets.extend_from_slice(&self.durable.to_le_bytes());
        octets.extend_from_slice(&self.before.zone.to_le_bytes());
        octets.extend_from_slice(&self.before.octets.to_le_bytes());
        octets.extend_from_slice(&self.checksum.to_le_bytes());
        octets.extend_from_slice(&head_checksum(&octets, offset).to_le_bytes());
        let mut head = [0; HEAD_OCTETS];
        for (to, from) in head.iter_mut().zip(octets) {
            *to = from;
        }
        head
    }
}

/// Covers the offset, so that a frame is good only where it was written.
fn head_checksum(head: &[u8], offset: u64) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&offset.to_le_bytes()), head)
}

impl FrameKind {
    const fn code(self) -> u32 {
        match self {
            Self::Whole => 1,
            Self::Image => 2,
            Self::Diffs => 3,
            Self::Drop => 4,
            Self::Pages => 5,
            Self::Seal => 6,
        }
    }

    const fn from_code(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::Whole),
            2 => Some(Self::Image),
            3 => Some(Self::Diffs),
            4 => Some(Self::Drop),
            5 => Some(Self::Pages),
            6 => Some(Self::Seal),
            _ => None,
        }
    }
}

/// Where the next frame of a file goes, and what it must say about the file so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The file's salt.
    pub(crate) salt: u32,
    /// Offset of the next frame.
    pub(crate) offset: u64,
    /// The last frame.
    pub(crate) before: Before,
}

/// Builds consecutive frames in memory, to be written at once.
pub(crate) struct Frames {
    durable: u64,
    start: u64,
    next: Position,
    tally: Tally,
    octets: Vec<u8>,
}

/// What a seal says about the frames before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Number of frames.
    pub(crate) frames: u64,
    /// CRC-32C over their payloads' checksums, in order.
    pub(crate) checksum: u32,
}

impl Tally {
    /// Counts one more frame.
    pub(crate) fn add(&mut self, head: &Head) {
        self.frames = self.frames.saturating_add(1);
        self.checksum = crc32c::crc32c_append(self.checksum, &head.checksum.to_le_bytes());
    }
}

/// A payload over 4 GiB; the frame was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameTooLarge {
    /// Octets of the payload.
    pub(crate) size_bytes: u64,
}

impl Frames {
    /// Frames that follow `at`, in a file that is durable up to `durable`.
    pub(crate) fn new(at: Position, durable: u64) -> Self {
        Self { durable, start: at.offset, next: at, tally: Tally::default(), octets: Vec::new() }
    }

    /// Adds a frame whose payload is what `write` appends; returns the offset of its head.
    pub(crate) fn push(
        &mut self,
        kind: FrameKind,
        zone: u32,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<u64, FrameTooLarge> {
        let start = self.octets.len();
        self.octets.extend_from_slice(&[0; HEAD_OCTETS]);
        write(&mut self.octets);
        let payload = self.octets.get(start.saturating_add(HEAD_OCTETS)..).unwrap_or_default();
        let frame_octets = wide(payload.len()).saturating_add(wide(HEAD_OCTETS));
        let (Ok(length), Ok(octets)) = (u32::try_from(payload.len()), u32::try_from(frame_octets))
        else {
            let size_bytes = wide(payload.len());
            self.octets.truncate(start);
            return Err(FrameTooLarge { size_bytes });
        };
        let checksum = crc32c::crc32c(payload);
        let Position { salt, offset, before } = self.next;
        let head = Head { kind, zone, length, durable: self.durable, before, checksum };
        self.tally.add(&head);
        let head = head.build(salt, offset);
        for (to, from) in self.octets.iter_mut().skip(start).zip(head) {
            *to = from;
        }
        self.next.offset = offset.saturating_add(frame_octets);
        self.next.before = Before { zone, octets };
        Ok(offset)
    }

    /// The frames added since the last [`Frames::clear`].
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Offset in the file of the first of [`Frames::octets`].
    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    /// Where the frame after the last one goes.
    pub(crate) const fn end(&self) -> Position {
        self.next
    }

    /// All frames added so far, for the seal.
    pub(crate) const fn tally(&self) -> Tally {
        self.tally
    }

    /// Forgets frames that have been written; the next one follows them.
    pub(crate) fn clear(&mut self) {
        self.octets.clear();
        self.start = self.next.offset;
    }
}
