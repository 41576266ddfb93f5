//! The octets of our files, for the commit log and for images alike.
//!
//! Pure. A file is a [`header`] (twice, so that one bad octet never costs a whole file) and then
//! [`frame`]s; [`scan`] walks them, and [`payload`] says what is inside one. All numbers are
//! little-endian, all checksums CRC-32C.
//!
//! Invariants: F1 no input makes these functions panic or loop. F2 a frame is believed only if
//! both its checksums match, and they cover the file's random salt and the frame's offset: octets
//! that a primary put into a zone can never be taken for a frame.

pub(crate) mod frame;
pub(crate) mod header;
pub(crate) mod payload;
pub(crate) mod scan;

/// Reads little-endian numbers off the front of a slice.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    /// The next `N` octets.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    /// The next two octets.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// The next four octets.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next eight octets.
    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// The next `count` octets.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }
}

/// Lengths in memory fit 64 bits on every machine we run on.
pub(crate) const fn wide(length: usize) -> u64 {
    length as u64
}
