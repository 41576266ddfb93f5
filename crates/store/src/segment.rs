//! Reading single frames of a segment, by their places.
//!
//! Touches the disk.

use crate::chain::Place;
use crate::disk::{Disk, DiskFile, is_bad_sector};
use crate::error::StoreError;
use crate::format::frame::{HEAD_OCTETS, Head};
use crate::format::header::{HEADER_OCTETS, Header};
use crate::format::wide;
use crate::layout::FileName;
use std::collections::BTreeMap;
use std::io;

/// Open segments, by sequence number.
pub(crate) struct Segments<'d> {
    disk: &'d dyn Disk,
    open: BTreeMap<u64, Open>,
}

struct Open {
    file: Box<dyn DiskFile>,
    name: FileName,
    salt: u32,
    octets: u64,
}

impl<'d> Segments<'d> {
    /// Opens segments. One that is missing or damaged is left out: its frames read as `None`.
    pub(crate) fn open(
        disk: &'d dyn Disk,
        names: impl Iterator<Item = FileName>,
    ) -> Result<Self, StoreError> {
        let mut open = BTreeMap::new();
        for name in names {
            let file = match disk.open(&name.to_text()) {
                Ok(file) => file,
                Err(fault) if fault.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => return Err(failed(disk, name, source)),
            };
            let mut header = [0; HEADER_OCTETS];
            let octets = match file.read_exact_at(&mut header, 0).and_then(|()| file.size()) {
                Ok(octets) => octets,
                Err(fault) if is_gone(&fault) => continue,
                Err(source) => return Err(failed(disk, name, source)),
            };
            if let Ok(header) = Header::parse(&header) {
                open.insert(name.seq(), Open { file, name, salt: header.salt, octets });
            }
        }
        Ok(Self { disk, open })
    }

    /// The frame at a place; `None` if it is not intact.
    pub(crate) fn read(&self, at: Place) -> Result<Option<(Head, Vec<u8>)>, StoreError> {
        let Some(segment) = self.open.get(&at.segment) else { return Ok(None) };
        match segment.read(at.offset) {
            Ok(frame) => Ok(frame),
            Err(fault) if is_gone(&fault) => Ok(None),
            Err(source) => Err(failed(self.disk, segment.name, source)),
        }
    }
}

impl Open {
    fn read(&self, offset: u64) -> io::Result<Option<(Head, Vec<u8>)>> {
        let mut head = [0; HEAD_OCTETS];
        self.file.read_exact_at(&mut head, offset)?;
        let Some(head) = Head::parse(&head, self.salt, offset) else { return Ok(None) };
        let end = offset.saturating_add(head.frame_octets());
        let Ok(length) = usize::try_from(head.length) else { return Ok(None) };
        if end > self.octets {
            return Ok(None);
        }
        let mut payload = vec![0; length];
        self.file.read_exact_at(&mut payload, offset.saturating_add(wide(HEAD_OCTETS)))?;
        Ok(head.vouches_for(&payload).then_some((head, payload)))
    }
}

/// The octets are not there, and will not be.
fn is_gone(fault: &io::Error) -> bool {
    fault.kind() == io::ErrorKind::UnexpectedEof || is_bad_sector(fault)
}

fn failed(disk: &dyn Disk, name: FileName, source: io::Error) -> StoreError {
    StoreError::from_io("read", &disk.path_of(&name.to_text()), 0, source)
}
