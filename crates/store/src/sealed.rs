//! Files that are written once, front to back, and end with a seal: images and bases.
//!
//! Touches the disk.
//!
//! Invariants: O1 the final name appears only after the whole content is durable. O2 memory is
//! bounded by one frame and the buffer, whatever the size of the file.

use crate::disk::{Disk, DiskFile};
use crate::error::StoreError;
use crate::format::frame::{Before, FrameKind, Frames, Position, Tally};
use crate::format::header::{FORMAT, FileKind, HEADER_OCTETS, Header, Previous};
use crate::format::payload::write_tally;
use crate::format::wide;
use crate::layout::FileName;
use std::io;
use std::path::PathBuf;
use zone::ZoneId;

/// Frames are written to the file once this many octets have come together.
const BUFFER_OCTETS: usize = 512 * 1024;

/// A file under its working name.
pub(crate) struct SealedFile<'d> {
    disk: &'d dyn Disk,
    name: FileName,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    frames: Frames,
}

impl<'d> SealedFile<'d> {
    /// Starts a file; `name` says what it is and whose.
    pub(crate) fn create(disk: &'d dyn Disk, name: FileName) -> Result<Self, StoreError> {
        let (kind, zone, serial) = match name {
            FileName::Image { zone, serial, .. } => (FileKind::Image, zone, serial),
            FileName::Base { .. } => (FileKind::Base, 0, 0),
            FileName::Log { .. } => (FileKind::Log, 0, 0),
        };
        let salt = disk.salt();
        let previous = Previous { seq: 0, size: 0 };
        let header = Header { format: FORMAT, kind, salt, seq: name.seq(), zone, serial, previous };
        let path = disk.path_of(&name.to_text());
        let file = disk
            .create(&name.working())
            .and_then(|file| file.write_all_at(&header.build(), 0).map(|()| file))
            .map_err(|source| {
                drop(disk.remove(&name.working()));
                StoreError::from_io("create", &path, 0, source)
            })?;
        let at = Position { salt, offset: wide(HEADER_OCTETS), before: Before::default() };
        Ok(Self { disk, name, path, file, frames: Frames::new(at, wide(HEADER_OCTETS)) })
    }

    /// Adds a frame whose payload is what `write` appends; returns the offset of its head.
    pub(crate) fn push(
        &mut self,
        kind: FrameKind,
        zone: u32,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<u64, StoreError> {
        let offset = self.frames.push(kind, zone, write).map_err(|too_large| {
            let size_bytes = too_large.size_bytes;
            StoreError::FrameTooLarge { zone: ZoneId(zone), size_bytes }
        })?;
        if self.frames.octets().len() >= BUFFER_OCTETS {
            self.write_out()?;
        }
        Ok(offset)
    }

    /// Seals the file and makes its content durable; it still has its working name.
    pub(crate) fn seal(&mut self) -> Result<(u64, Tally), StoreError> {
        let tally = self.frames.tally();
        self.push(FrameKind::Seal, 0, |out| write_tally(tally, out))?;
        self.write_out()?;
        self.file.sync().map_err(|source| self.failed("flush", 0, source))?;
        Ok((self.frames.end().offset, tally))
    }

    /// Gives the sealed file its final name, durably.
    pub(crate) fn publish(&self) -> Result<(), StoreError> {
        self.disk
            .rename(&self.name.working(), &self.name.to_text())
            .and_then(|()| self.disk.sync_names())
            .map_err(|source| self.failed("rename", 0, source))
    }

    /// Removes what there is of the file, under either name; false if it may come back after a
    /// power cut. What stays is removed at the next start.
    pub(crate) fn discard(&self) -> bool {
        drop(self.disk.remove(&self.name.working()));
        let removed = match self.disk.remove(&self.name.to_text()) {
            Ok(()) => true,
            Err(fault) => fault.kind() == io::ErrorKind::NotFound,
        };
        removed && self.disk.sync_names().is_ok()
    }

    fn write_out(&mut self) -> Result<(), StoreError> {
        let octets = self.frames.octets();
        self.file
            .write_all_at(octets, self.frames.start())
            .map_err(|source| self.failed("write", wide(octets.len()), source))?;
        self.frames.clear();
        Ok(())
    }

    fn failed(&self, action: &'static str, needed_bytes: u64, source: io::Error) -> StoreError {
        StoreError::from_io(action, &self.path, needed_bytes, source)
    }
}
