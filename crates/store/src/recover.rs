//! Recovery of one shard: from the files of its folder to versions and an open log.
//!
//! Touches the disk. First every segment is read once and folded into chains; then each chain's
//! content is read, so that a version which was replaced later costs nothing.
//!
//! Invariants: V1 [`inspect`] changes nothing on disk. V2 a version comes out only if its chain
//! read and fitted up to it; if the rest did not, that is told. V3 files that no chain names are removed, and only after the log is open;
//! an image that can't be used stays until another version takes its place: another release, or a
//! person, may be able to read it.

mod inspect;

pub(crate) use inspect::inspect;

use crate::chain::{Base, Chain, Fate};
use crate::content::{Stored, Undecodable, read_parts};
use crate::disk::{Disk, DiskFile};
use crate::error::StoreError;
use crate::format::frame::Position;
use crate::format::header::Previous;
use crate::format::payload::Payload;
use crate::image::{self, ImageFault, undecodable};
use crate::layout::FileName;
use crate::log::{Active, Log, Segment, begin_segment};
use crate::recovery::{Fault, Loss};
use crate::segment::Segments;
use crate::standing::{Standing, Standings};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
