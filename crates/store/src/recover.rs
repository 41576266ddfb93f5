//! Recovery of one shard: from the files of its folder to versions and an open log.
//!
//! Touches the disk. First every segment is read once and folded into chains; then each chain's
//! content is read, so that a version which was replaced later costs nothing.
//!
//! Invariants: V1 [`inspect`] changes nothing on disk. V2 a version comes out only if its chain
//! read and fitted up to it; if the rest did not, that is told. V3 files that no chain names are removed, and only after the log is open;
//! an image that can't be used stays until another version takes its place: another release, or a
//! person, may be able to read it.

use crate::chain::{Base, Chain, Chains, Fate, Place};
use crate::content::{Stored, Undecodable, read_parts};
use crate::disk::{Disk, DiskFile, is_bad_sector};
use crate::error::StoreError;
use crate::format::frame::{Before, FrameKind, Position};
use crate::format::header::{FORMAT, FileKind, HEADER_OCTETS, Header, HeaderFault, Previous};
use crate::format::payload::Payload;
use crate::format::scan::{Item, Scan, Tail, scan};
use crate::format::wide;
use crate::image::{self, ImageFault, undecodable};
use crate::layout::{FileName, is_working};
use crate::log::{Active, Log, Segment, begin_segment};
use crate::recovery::{Fault, FaultKind, Loss};
use crate::segment::Segments;
use crate::standing::{Standing, Standings};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zone::ZoneId;

/// What the segments of a shard say, before any content is read.
#[derive(Default)]
pub(crate) struct Inspection {
    /// Zones with something committed.
    pub(crate) zones: BTreeMap<u32, Fate>,
    /// Content of zones that are not among these may be lost as well.
    pub(crate) has_holes: bool,
    /// What is wrong with the segments.
    pub(crate) faults: Vec<Fault>,
    /// Segments that count, in order.
    pub(crate) segments: Vec<Segment>,
    /// Where commits may go on in the last of them.
    resume: Option<Position>,
    /// The end of the last of them.
    tail: Option<LastBatch>,
    /// Our files that mean nothing any more: replaced segments, unfinished work.
    stale: Vec<String>,
    /// The images there are.
    images: Vec<FileName>,
    /// Highest sequence number in use.
    pub(crate) seq: u64,
    /// Octets read.
    pub(crate) octets: u64,
}

/// The batch at the end of the last segment. It was written, but its flush may have failed, or never begun.
struct LastBatch {
    name: FileName,
    offset: u64,
    octets: Vec<u8>,
    is_torn: bool,
}

/// One zone's content, and why it may not be the newest.
pub(crate) struct Restored<V> {
    /// The version; `None` when nothing can be used.
    pub(crate) version: Option<Arc<V>>,
    /// What is lost.
    pub(crate) loss: Option<Loss>,
}

/// A shard after a restart.
pub(crate) struct Reopened<V> {
    /// The log, ready for commits.
    pub(crate) log: Log<V>,
    /// Every zone with something committed.
    pub(crate) zones: BTreeMap<u32, Restored<V>>,
    /// Content of zones that are not among these may be lost as well.
    pub(crate) has_holes: bool,
    /// What was wrong.
    pub(crate) faults: Vec<Fault>,
    /// Highest sequence number in use.
    pub(crate) seq: u64,
    /// Octets read.
    pub(crate) octets: u64,
}

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
            let is_torn = scan.torn_octets > 0;
            self.found.tail = Some(LastBatch { name, offset, octets, is_torn });
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

impl Inspection {
    /// Reads every chain's content, and gives what each zone is left with.
    pub(crate) fn restore<V: Stored>(
        &mut self,
        disk: &dyn Disk,
    ) -> Result<BTreeMap<u32, Restored<V>>, StoreError> {
        let segments = Segments::open(disk, self.segments.iter().map(|segment| segment.name))?;
        let mut restored = BTreeMap::new();
        for (zone, fate) in &mut self.zones {
            let mut version = None;
            if let Some(chain) = &fate.chain {
                if let Base::Image(image) = &chain.base {
                    self.octets = self.octets.saturating_add(image.size_bytes);
                }
                match restore_chain(disk, &segments, *zone, chain) {
                    Ok((found, loss)) => {
                        version = Some(Arc::new(found));
                        fate.loss = fate.loss.take().or(loss);
                    }
                    Err(ImageFault::Failed(fault)) => return Err(fault),
                    Err(ImageFault::Lost(loss)) => {
                        fate.chain = None;
                        fate.loss = Some(loss);
                    }
                }
            }
            restored.insert(*zone, Restored { version, loss: fate.loss.clone() });
        }
        Ok(restored)
    }

    /// The images that chains start with, whether or not they can be used.
    fn named_images(&self) -> BTreeSet<FileName> {
        let bases = self.zones.iter().filter_map(|(zone, fate)| Some((zone, fate.chain.as_ref()?)));
        let images = bases.filter_map(|(zone, chain)| match &chain.base {
            Base::Image(image) => Some(FileName::image(*zone, image.serial, image.seq)),
            Base::Inline => None,
        });
        images.collect()
    }

    /// Opens the log for commits: cuts a torn tail off, or begins a segment where none can go on.
    fn open_log<V: Stored>(
        &mut self,
        disk: &dyn Disk,
        restored: &BTreeMap<u32, Restored<V>>,
    ) -> Result<Log<V>, StoreError> {
        let tail = self.tail.take().map(|tail| self.settle(disk, tail)).transpose()?;
        let active = match (self.resume.take(), tail) {
            (Some(at), Some((name, file))) => Active { file, name, at },
            (Some(_) | None, _) => {
                let last = self.segments.last();
                let previous = last.map_or(Previous { seq: 0, size: 0 }, |segment| Previous {
                    seq: segment.name.seq(),
                    size: segment.octets,
                });
                self.seq = self.seq.saturating_add(1);
                begin_segment(disk, self.seq, previous)?
            }
        };
        self.segments.retain(|segment| segment.name != active.name);
        let mut standings = Standings::new();
        for (zone, fate) in &mut self.zones {
            let version = restored.get(zone).and_then(|restored| restored.version.as_ref());
            if let (Some(chain), Some(version)) = (fate.chain.take(), version) {
                let standing = Standing::recovered(chain, Arc::clone(version), fate.loss.is_some());
                standings.replace(*zone, Some(standing));
            }
        }
        Ok(Log {
            active,
            must_rotate: false,
            segments: std::mem::take(&mut self.segments),
            standings,
            is_damaged: self.faults.iter().any(|fault| !fault.kind.is_benign()),
            is_compacting: false,
            unused: Vec::new(),
            doubtful: Vec::new(),
        })
    }

    /// What was read may not be durable yet, if a crash came between write and flush or the flush failed: it is
    /// made so now, before it is published. It is written again, for the system takes what a failed flush left out
    /// for written, and would never flush it.
    fn settle(
        &self,
        disk: &dyn Disk,
        tail: LastBatch,
    ) -> Result<(FileName, Box<dyn DiskFile>), StoreError> {
        let LastBatch { name, offset, octets, is_torn } = tail;
        let text = name.to_text();
        let write = || {
            let file = disk.open_to_write(&text)?;
            if !octets.is_empty() {
                file.write_all_at(&octets, offset)?;
            }
            if let Some(at) = self.resume.filter(|_| is_torn) {
                file.truncate(at.offset)?;
            }
            file.sync()?;
            disk.sync_names()?;
            Ok(file)
        };
        let file = write().map_err(|source| failed(disk, &text, "open", source))?;
        Ok((name, file))
    }
}

/// Recovers a shard and opens it for commits.
pub(crate) fn reopen<V: Stored>(disk: &dyn Disk) -> Result<Reopened<V>, StoreError> {
    let mut found = inspect(disk)?;
    let named = found.named_images();
    let zones = found.restore(disk)?;
    let log = found.open_log(disk, &zones)?;
    // Best effort: what can't be removed now is found again at the next start.
    for text in &found.stale {
        drop(disk.remove(text));
    }
    for name in found.images.iter().filter(|name| !named.contains(name)) {
        drop(disk.remove(&name.to_text()));
    }
    let Inspection { has_holes, faults, seq, octets, .. } = found;
    Ok(Reopened { log, zones, has_holes, faults, seq, octets })
}

fn restore_chain<V: Stored>(
    disk: &dyn Disk,
    segments: &Segments<'_>,
    zone: u32,
    chain: &Chain,
) -> Result<(V, Option<Loss>), ImageFault> {
    let damaged = || ImageFault::Lost(Loss::Damaged);
    let version: V = match &chain.base {
        Base::Image(image) => image::read(disk, zone, image)?,
        Base::Inline => {
            let frame = segments.read(chain.base_at).map_err(ImageFault::Failed)?;
            let (head, payload) = frame.ok_or_else(damaged)?;
            let Some(Payload::Whole { content, .. }) = Payload::parse(head.kind, &payload) else {
                return Err(damaged());
            };
            let mut parts = Vec::new();
            read_parts(content, &mut parts).map_err(undecodable)?;
            V::from_parts(&parts).map_err(undecodable)?
        }
    };
    if chain.diffs.is_empty() {
        return fits(version, chain).map(|version| (version, None)).map_err(undecodable);
    }
    let mut encoded = Vec::with_capacity(chain.diffs.len());
    for at in &chain.diffs {
        let frame = segments.read(*at).map_err(ImageFault::Failed)?;
        let (head, payload) = frame.ok_or_else(damaged)?;
        match Payload::parse(head.kind, &payload) {
            Some(Payload::Diffs(_, diffs)) => encoded.push(diffs.to_vec()),
            Some(_) | None => return Err(damaged()),
        }
    }
    match version.after(&encoded).and_then(|version| fits(version, chain)) {
        Ok(version) => Ok((version, None)),
        Err(Undecodable(reason)) => {
            Ok((as_far_as_possible(version, &encoded), Some(Loss::Undecodable { reason })))
        }
    }
}

/// The version before the first commit that does not apply. It was good once, which is better than none.
fn as_far_as_possible<V: Stored>(mut version: V, commits: &[Vec<u8>]) -> V {
    for commit in commits {
        match version.after(std::slice::from_ref(commit)) {
            Ok(next) => version = next,
            Err(_) => break,
        }
    }
    version
}

fn fits<V: Stored>(version: V, chain: &Chain) -> Result<V, Undecodable> {
    if version.serial() == chain.tip {
        return Ok(version);
    }
    let (found, tip) = (version.serial().0, chain.tip.0);
    Err(Undecodable(format!("serial {found} where {tip} was written")))
}

fn failed(disk: &dyn Disk, text: &str, action: &'static str, source: std::io::Error) -> StoreError {
    StoreError::from_io(action, &disk.path_of(text), 0, source)
}
