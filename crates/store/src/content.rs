//! A version as the log sees it: octets in parts.
//!
//! Pure.
//!
//! The log knows no records. It needs a serial, a size, and a way to and from parts; so its laws are
//! tested with versions of a few octets, and hold for those of crate `zone` alike.

use crate::format::Cursor;
use wire::serial::Serial;

/// A version that can be written to disk in parts, read back, and moved on by diffs. Clones are cheap: they share it.
pub(crate) trait Stored: Clone + Send + Sync {
    /// Its serial.
    fn serial(&self) -> Serial;
    /// About the octets that its parts take.
    fn size_bytes(&self) -> u64;
    /// Shows each part in order, none above 4 GiB; stops at the first refusal.
    fn visit_parts<E>(&self, visit: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E>;
    /// The inverse of [`Stored::visit_parts`].
    fn from_parts(parts: &[&[u8]]) -> Result<Self, Undecodable>;
    /// The version after diffs, given as they were committed.
    fn after(&self, diffs: &[Vec<u8>]) -> Result<Self, Undecodable>;
}

/// Octets with good checksums that are still no version: written by a defect, ours or the memory's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undecodable(pub(crate) String);

/// Appends one part with its length.
pub(crate) fn write_part(part: &[u8], out: &mut Vec<u8>) {
    // `Stored::visit_parts` promises the bound; a part beyond it would read back as undecodable.
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(part);
}

/// Appends the parts in `octets` to `parts`.
pub(crate) fn read_parts<'a>(
    octets: &'a [u8],
    parts: &mut Vec<&'a [u8]>,
) -> Result<(), Undecodable> {
    let mut cursor = Cursor(octets);
    while !cursor.0.is_empty() {
        let length = cursor.u32().and_then(|length| usize::try_from(length).ok());
        let part = length.and_then(|length| cursor.take(length));
        parts.push(part.ok_or_else(|| Undecodable("a part is cut short".to_owned()))?);
    }
    Ok(())
}
