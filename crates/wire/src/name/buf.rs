//! A name on the stack: room for the longest, no allocation.
//!
//! Pure.
//!
//! Standards: RFC 1035 §4.1.4 (compression) · RFC 9267 §2 (pointers lead back).
//!
//! Invariants: N1 and N3 of the parent hold after every call, failed ones included.
//!
//! Not here: anything a borrowed name can do.

use super::{LABEL_OCTETS_MAX, LABELS_MAX, NAME_OCTETS_MAX, NameError, NameRef};
use core::fmt;

/// Octets of a message header; no name lies there.
const HEADER_OCTETS: usize = 12;

/// Room for one name; starts as the root.
#[derive(Clone)]
pub struct NameBuf {
    /// Octets in use, 1..=255.
    len: u8,
    octets: [u8; NAME_OCTETS_MAX],
}

impl NameBuf {
    /// Holds the root.
    #[must_use]
    pub const fn new() -> Self {
        Self { len: 1, octets: [0; NAME_OCTETS_MAX] }
    }

    /// The name it holds now.
    #[must_use]
    pub fn as_ref(&self) -> NameRef<'_> {
        NameRef(self.octets.get(..usize::from(self.len)).unwrap_or(&[0]))
    }

    /// Copies `name`.
    pub fn assign(&mut self, name: NameRef<'_>) {
        // A `NameRef` is never longer than the room, so both steps succeed (N1).
        if let (Some(room), Ok(len)) =
            (self.octets.get_mut(..name.0.len()), u8::try_from(name.0.len()))
        {
            room.copy_from_slice(name.0);
            self.len = len;
        }
    }

    /// Puts one label in front of the name held.
    ///
    /// # Errors
    /// When the label is empty or too long, or the whole is; the name held stays.
    pub fn push_front(&mut self, label: &[u8]) -> Result<(), NameError> {
        if label.is_empty() {
            return Err(NameError::EmptyLabel);
        }
        let length = u8::try_from(label.len())
            .ok()
            .filter(|_| label.len() <= LABEL_OCTETS_MAX)
            .ok_or(NameError::LabelTooLong)?;
        let shift = label.len().wrapping_add(1);
        let len = self.grown_by(shift)?;
        self.octets.copy_within(..usize::from(self.len), shift);
        if let Some((first, rest)) = self.octets.split_first_mut() {
            *first = length;
            rest.iter_mut().zip(label).for_each(|(to, from)| *to = *from);
        }
        self.len = len;
        Ok(())
    }

    /// Becomes `labels` (wire form without a root, as from [`NameRef::relative_to`]) before `suffix`.
    ///
    /// This is what DNAME and wildcards do to names.
    ///
    /// # Errors
    /// When `labels` is not whole labels, or the result is too long; the name held stays.
    pub fn join(&mut self, labels: &[u8], suffix: NameRef<'_>) -> Result<(), NameError> {
        let mut at = 0_usize;
        while let Some(&length) = labels.get(at) {
            match usize::from(length) {
                0 => return Err(NameError::EmptyLabel),
                1..=LABEL_OCTETS_MAX => {}
                _ => return Err(NameError::BadLabelKind),
            }
            at = at.wrapping_add(1).wrapping_add(usize::from(length));
        }
        if at != labels.len() {
            return Err(NameError::Truncated);
        }
        let whole = at.wrapping_add(suffix.0.len());
        let len = u8::try_from(whole).map_err(|_| NameError::TooLong)?;
        let (front, back) = self
            .octets
            .get_mut(..whole)
            .and_then(|room| room.split_at_mut_checked(at))
            .ok_or(NameError::TooLong)?;
        front.copy_from_slice(labels);
        back.copy_from_slice(suffix.0);
        self.len = len;
        Ok(())
    }

    /// Reads a name at `start` of `message`, following pointers; returns where it ends there.
    ///
    /// # Errors
    /// Whatever breaks N1 or N3; the buffer then holds the root.
    pub fn read(&mut self, message: &[u8], start: usize) -> Result<usize, NameError> {
        let read = decompress(&mut self.octets, message, start);
        let (len, end) = match read {
            Ok((len, end)) => (len, Ok(end)),
            Err(error) => {
                self.octets = [0; NAME_OCTETS_MAX];
                (1, Err(error))
            }
        };
        self.len = len;
        end
    }

    /// The length after `more` octets, if there is room.
    fn grown_by(&self, more: usize) -> Result<u8, NameError> {
        let len = usize::from(self.len).wrapping_add(more);
        u8::try_from(len).map_err(|_| NameError::TooLong)
    }
}

/// Returns the octets written to `room` and where the name ends at `start`.
fn decompress(
    room: &mut [u8; NAME_OCTETS_MAX],
    message: &[u8],
    start: usize,
) -> Result<(u8, usize), NameError> {
    let (mut at, mut len) = (start, 0_usize);
    // What a pointer must lead to before (N3), and the end of the part at `start`.
    let (mut before, mut end) = (start, None);
    let mut hops = 0_usize;
    loop {
        let &length = message.get(at).ok_or(NameError::Truncated)?;
        match length {
            0..=0x3f => {
                let next = at.wrapping_add(1).wrapping_add(usize::from(length));
                let label = message.get(at..next).ok_or(NameError::Truncated)?;
                let until = len.wrapping_add(label.len());
                room.get_mut(len..until).ok_or(NameError::TooLong)?.copy_from_slice(label);
                (at, len) = (next, until);
                if length == 0 {
                    let len = u8::try_from(len).map_err(|_| NameError::TooLong)?;
                    return Ok((len, end.unwrap_or(at)));
                }
            }
            0x40..=0xbf => return Err(NameError::BadLabelKind),
            0xc0..=0xff => {
                let &low = message.get(at.wrapping_add(1)).ok_or(NameError::Truncated)?;
                let target = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                if target >= before || target < HEADER_OCTETS {
                    return Err(NameError::BadPointer);
                }
                // A name has no use for more; pointers to pointers would cost the square (RFC 9267 §2).
                hops = hops.wrapping_add(1);
                if hops > LABELS_MAX {
                    return Err(NameError::BadPointer);
                }
                end = end.or(Some(at.wrapping_add(2)));
                (at, before) = (target, target);
            }
        }
    }
}

impl Default for NameBuf {
    fn default() -> Self {
        Self::new()
    }
}

impl From<NameRef<'_>> for NameBuf {
    fn from(name: NameRef<'_>) -> Self {
        let mut buf = Self::new();
        buf.assign(name);
        buf
    }
}

impl fmt::Debug for NameBuf {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_ref(), out)
    }
}
