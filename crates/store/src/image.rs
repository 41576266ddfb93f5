//! Images: one large version in a file of its own.
//!
//! Touches the disk.
//!
//! Invariants: I1 nothing is done per record. I2 a part is believed only after its
//! frame's checksum, and a version only after the seal and the log agree on all frames.

use crate::content::{Stored, Undecodable, read_parts, write_part};
use crate::disk::{Disk, DiskFile, is_bad_sector};
use crate::error::StoreError;
use crate::format::frame::{FrameKind, HEAD_OCTETS, Head, Tally};
use crate::format::header::{FileKind, HEADER_OCTETS, Header, HeaderFault};
use crate::format::payload::{ImageRef, Payload, Turn};
use crate::format::wide;
use crate::layout::FileName;
use crate::recovery::Loss;
use crate::sealed::SealedFile;
use std::io;

/// Parts are gathered into frames of about this size.
const FRAME_OCTETS: usize = 256 * 1024;

/// Writes a version to a new image, durable under its final name.
///
/// The turn in the result is the caller's to fill in: it is known only when the frame that refers
/// to the image is appended.
pub(crate) fn write<V: Stored>(
    disk: &dyn Disk,
    (zone, seq): (u32, u64),
    version: &V,
) -> Result<ImageRef, StoreError> {
    let serial = version.serial();
    let mut file = SealedFile::create(disk, FileName::image(zone, serial, seq))?;
    let written = write_parts(&mut file, zone, version)
        .and_then(|()| file.seal())
        .and_then(|sealed| file.publish().map(|()| sealed));
    match written {
        Ok((size_bytes, tally)) => {
            Ok(ImageRef { serial, turn: Turn::default(), seq, size_bytes, tally })
        }
        Err(fault) => {
            // Nothing refers to it yet, so it does no harm if it comes back.
            let _ = file.discard();
            Err(fault)
        }
    }
}

fn write_parts<V: Stored>(
    file: &mut SealedFile<'_>,
    zone: u32,
    version: &V,
) -> Result<(), StoreError> {
    let mut gathered = Vec::with_capacity(FRAME_OCTETS);
    version.visit_parts(|part| {
        write_part(part, &mut gathered);
        if gathered.len() < FRAME_OCTETS {
            return Ok(());
        }
        file.push(FrameKind::Pages, zone, |out| out.append(&mut gathered)).map(drop)
    })?;
    file.push(FrameKind::Pages, zone, |out| out.append(&mut gathered)).map(drop)
}

/// Why an image gave no version.
#[derive(Debug)]
pub(crate) enum ImageFault {
    /// It is missing, damaged, or no version: the zone has to do without.
    Lost(Loss),
    /// Nothing can be said about it now: the disk failed, or a newer release wrote it.
    Failed(StoreError),
}

/// Checksums are right and the content is not.
pub(crate) fn undecodable(fault: Undecodable) -> ImageFault {
    ImageFault::Lost(Loss::Undecodable { reason: fault.0 })
}

/// Reads the version that the log says is in an image.
pub(crate) fn read<V: Stored>(
    disk: &dyn Disk,
    zone: u32,
    image: &ImageRef,
) -> Result<V, ImageFault> {
    let name = FileName::image(zone, image.serial, image.seq);
    let path = disk.path_of(&name.to_text());
    let damaged = || ImageFault::Lost(Loss::ImageDamaged { file: path.clone() });
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ImageFault::Lost(Loss::ImageMissing { file: path.clone() }),
        io::ErrorKind::UnexpectedEof => damaged(),
        _ if is_bad_sector(&source) => damaged(),
        // The kinds of `io::ErrorKind` are not ours, and their list is open.
        _ => ImageFault::Failed(StoreError::from_io("read", &path, 0, source)),
    };
    let file = disk.open(&name.to_text()).map_err(failed)?;
    if file.size().map_err(failed)? != image.size_bytes {
        return Err(damaged());
    }
    let mut header = [0; HEADER_OCTETS];
    file.read_exact_at(&mut header, 0).map_err(failed)?;
    let header = Header::parse(&header).map_err(|fault| match fault {
        HeaderFault::Format { found } => ImageFault::Failed(StoreError::of_format(&path, found)),
        HeaderFault::Damaged => damaged(),
    })?;
    let ours = (FileKind::Image, zone, image.serial.0, image.seq);
    if (header.kind, header.zone, header.serial, header.seq) != ours {
        return Err(damaged());
    }
    let mut frames = ImageFrames { file: &*file, salt: header.salt, offset: wide(HEADER_OCTETS) };
    let pages = frames.read_pages(image, damaged, failed)?;
    let mut parts = Vec::new();
    for octets in &pages {
        read_parts(octets, &mut parts).map_err(undecodable)?;
    }
    let version = V::from_parts(&parts).map_err(undecodable)?;
    if version.serial() == image.serial { Ok(version) } else { Err(damaged()) }
}

/// Walks the frames of an image without holding more than one.
struct ImageFrames<'f> {
    file: &'f dyn DiskFile,
    salt: u32,
    offset: u64,
}

impl ImageFrames<'_> {
    fn read_pages(
        &mut self,
        image: &ImageRef,
        damaged: impl Fn() -> ImageFault,
        failed: impl Fn(io::Error) -> ImageFault,
    ) -> Result<Vec<Vec<u8>>, ImageFault> {
        let mut pages = Vec::new();
        let mut tally = Tally::default();
        loop {
            let (head, payload) = self.next(image).map_err(&failed)?.ok_or_else(&damaged)?;
            match Payload::parse(head.kind, &payload) {
                Some(Payload::Pages(_)) => {
                    tally.add(&head);
                    pages.push(payload);
                }
                Some(Payload::Seal(sealed)) => {
                    let whole = self.offset == image.size_bytes;
                    let agreed = sealed == tally && tally == image.tally;
                    return if whole && agreed { Ok(pages) } else { Err(damaged()) };
                }
                Some(
                    Payload::Whole { .. } | Payload::Image(_) | Payload::Diffs(..) | Payload::Drop,
                )
                | None => return Err(damaged()),
            }
        }
    }

    /// Reads the next frame; `None` if it is not intact.
    fn next(&mut self, image: &ImageRef) -> io::Result<Option<(Head, Vec<u8>)>> {
        let mut head = [0; HEAD_OCTETS];
        self.file.read_exact_at(&mut head, self.offset)?;
        let Some(head) = Head::parse(&head, self.salt, self.offset) else { return Ok(None) };
        let end = self.offset.saturating_add(head.frame_octets());
        let Ok(length) = usize::try_from(head.length) else { return Ok(None) };
        if end > image.size_bytes {
            return Ok(None);
        }
        let mut payload = vec![0; length];
        let from = self.offset.saturating_add(wide(HEAD_OCTETS));
        self.file.read_exact_at(&mut payload, from)?;
        self.offset = end;
        Ok(head.vouches_for(&payload).then_some((head, payload)))
    }
}
