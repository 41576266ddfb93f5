//! The first half of recovery: every segment read once and folded into chains.
//!
//! Touches the disk, to read.
//!
//! Not here: what becomes of a chain (`chain`), reading content and opening the log (`recover`).

use super::{Inspection, failed};
use crate::chain::{Chains, Place};
use crate::disk::{Disk, DiskFile, is_bad_sector};
use crate::error::StoreError;
use crate::format::frame::{Before, FrameKind, Position};
use crate::format::header::{FORMAT, FileKind, HEADER_OCTETS, Header, HeaderFault, Previous};
use crate::format::payload::Payload;
use crate::format::scan::{Item, Scan, Tail, scan};
use crate::format::wide;
use crate::layout::{FileName, is_working};
use crate::log::{LastBatch, Segment};
use crate::recovery::{Fault, FaultKind, Loss};
use zone::ZoneId;

/// Reads all segments of a folder. Changes nothing.
pub(crate) fn inspect(disk: &dyn Disk) -> Result<Inspection, StoreError> {
    let mut found = Inspection::default();
    let mut segments = Vec::new();
    let names = disk.names().map_err(|source| failed(disk, "", "list", source))?;
    for text in names {
        match FileName::parse(&text) {
            Some(name @ FileName::Image { .. }) => found.images.push(name),
            Some(name) => segments.push(name),
            None if is_working(&text) => found.stale.push(text),
            None => {}
        }
    }
    segments.sort_unstable_by_key(|name| name.seq());
    let base = segments.iter().rposition(|name| matches!(name, FileName::Base { .. }));
    let replaced = segments.drain(..base.unwrap_or(0));
    found.stale.extend(replaced.map(FileName::to_text));
    let images = found.images.iter().map(|name| name.seq());
    found.seq = segments.iter().map(|name| name.seq()).chain(images).max().unwrap_or(0);
    Walk { disk, found, chains: Chains::default() }.all(&segments)
}

/// Folds segments into chains, newest last.
struct Walk<'d> {
    disk: &'d dyn Disk,
    found: Inspection,
    chains: Chains,
}

impl Walk<'_> {
    fn all(mut self, segments: &[FileName]) -> Result<Inspection, StoreError> {
        // How much of a segment counts is written in the next one, so the headers come first.
        let mut headers = Vec::new();
        for name in segments {
            headers.push(self.header(*name)?);
        }
        for (index, (name, header)) in segments.iter().zip(&headers).enumerate() {
            let next = headers.iter().skip(index.saturating_add(1)).find_map(Option::as_ref);
            if index > 0 || matches!(name, FileName::Log { .. }) {
                self.check_order(*name, header.as_ref(), segments);
            }
            let previous = next.map(|next| next.previous);
            let ends = previous.filter(|previous| previous.seq == name.seq());
            self.segment(*name, header.as_ref(), (ends, index.saturating_add(1) < segments.len()))?;
        }
        self.found.has_holes = self.chains.has_holes();
        self.found.zones = self.chains.finish();
        Ok(self.found)
    }

    fn header(&mut self, name: FileName) -> Result<Option<Header>, StoreError> {
        let text = name.to_text();
        let file = self.disk.open(&text).map_err(|e| failed(self.disk, &text, "open", e))?;
        let size = file.size().map_err(|e| failed(self.disk, &text, "read", e))?;
        let mut octets = [0; HEADER_OCTETS];
        if size >= wide(HEADER_OCTETS) {
            read_what_reads(&*file, &mut octets)
                .map_err(|e| failed(self.disk, &text, "read", e))?;
        }
        let kind =
            if matches!(name, FileName::Base { .. }) { FileKind::Base } else { FileKind::Log };
        match Header::parse(&octets) {
            Ok(header) if header.kind == kind && header.seq == name.seq() => Ok(Some(header)),
            Err(HeaderFault::Format { found }) => {
                Err(StoreError::of_format(&self.disk.path_of(&text), found))
            }
            Ok(_) | Err(HeaderFault::Damaged) => Ok(None),
        }
    }

    /// The segment before must be the one that this one was begun after.
    fn check_order(&mut self, name: FileName, header: Option<&Header>, segments: &[FileName]) {
        let Some(header) = header else { return };
        let Previous { seq, .. } = header.previous;
        let oldest = segments.first().map_or(0, |name| name.seq());
        let is_there = segments.iter().any(|name| name.seq() == seq);
        // Bases carry no record of the one before; what lies before a base is void.
        let is_void = matches!(segments.first(), Some(FileName::Base { .. })) && seq < oldest;
        if seq != 0 && !is_there && !is_void && matches!(name, FileName::Log { .. }) {
            self.chains.on_hole();
            self.fault("", FaultKind::SegmentMissing { seq });
        }
    }

    /// Reads one segment, of which `ends` says how much counts, if a later one recorded that.
    fn segment(
        &mut self,
        name: FileName,
        header: Option<&Header>,
        (ends, is_followed): (Option<Previous>, bool),
    ) -> Result<(), StoreError> {
        let text = name.to_text();
        let (mut file, readable) = self.read(&text)?;
        self.found.octets = self.found.octets.saturating_add(wide(file.len()));
        let Some(header) = header else {
            self.chains.on_hole();
            self.fault(&text, FaultKind::HeaderDamaged);
            self.found.segments.push(Segment { name, octets: wide(file.len()) });
            return Ok(());
        };
        let mut is_short = false;
        if let Some(Previous { size: expected, .. }) = ends {
            let found = wide(file.len());
            if found < expected {
                is_short = true;
                self.fault(&text, FaultKind::Short { expected, found });
            }
            file.truncate(usize::try_from(expected).unwrap_or(usize::MAX));
        }
        let is_base = matches!(name, FileName::Base { .. });
        // What a bad sector took away was there: it is no torn tail, and nothing is appended behind it.
        let is_closed = is_followed || is_base || readable == Readable::InPart;
        let tail = if is_closed { Tail::Closed } else { Tail::Open };
        let scan = scan(&file, header.salt, tail);
        self.fold(name, &file, &scan);
        if is_short {
            self.chains.on_hole();
        }
        if is_base {
            self.check_seal(&text, &file, &scan);
        }
        if scan.torn_octets > 0 {
            let kind = FaultKind::TornTail { offset: scan.end, octets: scan.torn_octets };
            self.fault(&text, kind);
        }
        self.found.segments.push(Segment { name, octets: scan.end });
        let last = scan.frames().last().map(|(_, head)| *head);
        if !is_followed && !is_base {
            let offset = last.map_or(scan.end, |head| head.durable);
            let span = usize::try_from(offset).ok().zip(usize::try_from(scan.end).ok());
            let octets =
                span.and_then(|(from, to)| file.get(from..to)).unwrap_or_default().to_vec();
            // A file of an older format is left as it is, up to what is behind its end.
            let is_cut = scan.torn_octets > 0 && !is_closed && header.format == FORMAT;
            let cut_to = is_cut.then_some(scan.end);
            self.found.tail = Some(LastBatch { name, offset, octets, cut_to });
        }
        // What is appended has the present format, so it goes into a file that says so.
        if !is_closed && header.format == FORMAT {
            let before = last.map_or_else(Before::default, |head| Before {
                zone: head.zone,
                octets: u32::try_from(head.frame_octets()).unwrap_or(u32::MAX),
            });
            self.found.resume = Some(Position { salt: header.salt, offset: scan.end, before });
        }
        Ok(())
    }

    fn fold(&mut self, name: FileName, file: &[u8], scan: &Scan) {
        let segment = name.seq();
        for item in &scan.items {
            match item {
                Item::Frame { offset, head } => {
                    let at = Place { segment, offset: *offset };
                    match scan.payload(file, *offset, head) {
                        Some(payload) => self.chains.on_frame(head.zone, at, &payload),
                        None => self.chains.lose(head.zone, Loss::Damaged),
                    }
                }
                Item::Damage(damage) => {
                    self.chains.on_damage(damage);
                    let zone = damage.zone.filter(|zone| *zone != 0).map(ZoneId);
                    let (offset, octets) = (damage.offset, damage.octets);
                    self.fault(&name.to_text(), FaultKind::Damage { offset, octets, zone });
                }
            }
        }
    }

    /// A base without its seal has lost an unknown number of frames.
    fn check_seal(&mut self, text: &str, file: &[u8], scan: &Scan) {
        let last = scan.frames().last();
        let sealed = last.filter(|(_, head)| head.kind == FrameKind::Seal);
        let sealed = sealed.and_then(|(offset, head)| scan.payload(file, offset, head));
        match sealed {
            // Damage has been told of already, and explains the difference.
            Some(Payload::Seal(tally))
                if tally != scan.tally() && scan.damage().next().is_none() =>
            {
                self.chains.on_hole();
                self.fault(text, FaultKind::SealMismatch);
            }
            Some(Payload::Seal(_)) => {}
            Some(_) | None => {
                // What damage there is at the end may be the seal alone, but that can't be told.
                self.chains.on_hole();
                self.fault(text, FaultKind::SealMissing);
            }
        }
    }

    fn read(&self, text: &str) -> Result<(Vec<u8>, Readable), StoreError> {
        let read = || {
            let file = self.disk.open(text)?;
            let size = usize::try_from(file.size()?).map_err(std::io::Error::other)?;
            let mut octets = vec![0; size];
            let readable = read_what_reads(&*file, &mut octets)?;
            Ok((octets, readable))
        };
        read().map_err(|source| failed(self.disk, text, "read", source))
    }

    fn fault(&mut self, text: &str, kind: FaultKind) {
        self.found.faults.push(Fault { file: self.disk.path_of(text), kind });
    }
}

/// How much of a file the disk gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readable {
    Whole,
    InPart,
}

/// Reads the front of a file. What lies in a bad sector reads as zeros, which are no frame: it costs the zones that
/// have frames there, not the log.
fn read_what_reads(file: &dyn DiskFile, octets: &mut [u8]) -> std::io::Result<Readable> {
    const PIECE: usize = 4_096;
    match file.read_exact_at(octets, 0) {
        Ok(()) => return Ok(Readable::Whole),
        Err(fault) if is_bad_sector(&fault) => {}
        Err(fault) => return Err(fault),
    }
    let mut at = 0_u64;
    for piece in octets.chunks_mut(PIECE) {
        match file.read_exact_at(piece, at) {
            Ok(()) => {}
            Err(fault) if is_bad_sector(&fault) => piece.fill(0),
            Err(fault) => return Err(fault),
        }
        at = at.saturating_add(wide(piece.len()));
    }
    Ok(Readable::InPart)
}
