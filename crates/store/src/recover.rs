//! Recovery of one shard: from the files of its folder to versions and an open log.
//!
//! Touches the disk. First every segment is read once and folded into chains; then each chain's
//! content is read, so that a version which was replaced later costs nothing.
//!
//! Invariants: V1 [`inspect`] changes nothing on disk. V2 a version comes out only if its chain
//! read and fitted up to it; if the rest did not, that is told. V3 files that no chain names are removed, and only after the log is open;
//! an image that can't be used stays until another version takes its place: another release, or a
//! person, may be able to read it, and while the disk takes no writes. V4 [`reload`] removes nothing: other threads may be writing files
//! that nothing refers to yet. V5 after it, only whole versions follow what memory did not have.
//!
//! Not here: what a frame is (`format`), which commits make a version (`chain`), what is told of it (`recovery`).

mod inspect;

pub(crate) use inspect::inspect;

use crate::chain::{Base, Chain, Fate};
use crate::content::{Stored, Undecodable, read_parts};
use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::frame::{Before, Position};
use crate::format::header::Previous;
use crate::format::payload::Payload;
use crate::format::wide;
use crate::image::{self, ImageFault, undecodable};
use crate::layout::FileName;
use crate::log::{Active, LastBatch, Log, Segment, begin_segment};
use crate::recovery::{Fault, Loss};
use crate::segment::Segments;
use crate::standing::{Standing, Standings};
use std::collections::{BTreeMap, BTreeSet};

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

/// One zone's content, and why it may not be the newest.
pub(crate) struct Restored<V> {
    /// The version; `None` when nothing can be used.
    pub(crate) version: Option<V>,
    /// What is lost.
    pub(crate) loss: Option<Loss>,
    /// The commits of diffs that led to the version, encoded, oldest first: the newest of those that the log
    /// still has, and none where they were not asked for.
    pub(crate) commits: Vec<Vec<u8>>,
}

/// What is wanted of a log beside its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Past {
    /// Nothing.
    Forget,
    /// The commits that led to each version, as many as are not longer than the version itself.
    Keep,
}

/// Of a small zone at least this much of its past is kept.
const PAST_OCTETS: u64 = 4_096;

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
        past: Past,
    ) -> Result<BTreeMap<u32, Restored<V>>, StoreError> {
        self.restore_all(disk, past, |_, _| None)
    }

    /// As [`Inspection::restore`], but `known` may have a version that then need not be read.
    fn restore_all<V: Stored>(
        &mut self,
        disk: &dyn Disk,
        past: Past,
        known: impl Fn(u32, &Chain) -> Option<V>,
    ) -> Result<BTreeMap<u32, Restored<V>>, StoreError> {
        let segments = Segments::open(disk, self.segments.iter().map(|segment| segment.name))?;
        let mut restored = BTreeMap::new();
        for (zone, fate) in &mut self.zones {
            let (mut version, mut commits) = (None, Vec::new());
            if let Some(chain) = &fate.chain {
                version = known(*zone, chain);
                if version.is_none() {
                    self.octets = self.octets.saturating_add(chain.image_octets());
                    match restore_chain(disk, &segments, *zone, chain) {
                        Ok(found) => {
                            fate.loss = fate.loss.take().or(found.loss);
                            version = Some(found.version);
                            commits = found.commits;
                        }
                        Err(ImageFault::Failed(fault)) => return Err(fault),
                        Err(ImageFault::Lost(loss)) => {
                            fate.chain = None;
                            fate.loss = Some(loss);
                        }
                    }
                }
            }
            let octets_max =
                version.as_ref().map_or(0, |version| version.size_bytes()).max(PAST_OCTETS);
            let commits = match past {
                Past::Forget => Vec::new(),
                Past::Keep => newest(commits, octets_max),
            };
            restored.insert(*zone, Restored { version, loss: fate.loss.clone(), commits });
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
        next_seq: impl FnOnce() -> u64,
    ) -> Result<Log<V>, StoreError> {
        let tail = self.tail.take();
        let (active, refused) = match self.open_active(disk, tail.as_ref(), next_seq) {
            Ok(active) => (active, None),
            Err(fault) => match self.last_as_it_is(disk) {
                Some(active) => (active, Some(fault)),
                None => return Err(fault),
            },
        };
        self.segments.retain(|segment| segment.name != active.name);
        let mut standings = Standings::new();
        for (zone, fate) in &mut self.zones {
            let version = restored.get(zone).and_then(|restored| restored.version.as_ref());
            if let (Some(chain), Some(version)) = (fate.chain.take(), version) {
                let standing = Standing::recovered(chain, version.clone(), fate.loss.is_some());
                standings.replace(*zone, Some(standing));
            }
        }
        Ok(Log {
            active,
            must_rotate: refused.is_some(),
            unsettled: tail.filter(|_| refused.is_some()),
            refused,
            segments: std::mem::take(&mut self.segments),
            standings,
            is_damaged: self.faults.iter().any(|fault| !fault.kind.is_benign()),
            is_compacting: false,
            epoch: 0,
            unused: Vec::new(),
            doubtful: Vec::new(),
        })
    }

    /// The segment that commits go on in, or a new one.
    fn open_active(
        &mut self,
        disk: &dyn Disk,
        tail: Option<&LastBatch>,
        next_seq: impl FnOnce() -> u64,
    ) -> Result<Active, StoreError> {
        let settled =
            tail.map(|tail| tail.settle(disk).map(|file| (tail.name, file))).transpose()?;
        if let (Some(at), Some((name, file))) = (self.resume.take(), settled) {
            return Ok(Active { file, name, at });
        }
        let previous = self.segments.last().map_or(Previous { seq: 0, size: 0 }, |segment| {
            Previous { seq: segment.name.seq(), size: segment.octets }
        });
        begin_segment(disk, next_seq(), previous)
    }

    /// The last segment for a disk that takes no writes: the first commit that it takes begins a new one. `None`
    /// when there is none, or it does not even open.
    fn last_as_it_is(&self, disk: &dyn Disk) -> Option<Active> {
        let Segment { name, octets } = *self.segments.last()?;
        let file = disk.open(&name.to_text()).ok()?;
        let at = Position { salt: 0, offset: octets, before: Before::default() };
        Some(Active { file, name, at })
    }
}

/// Recovers a shard and opens it for commits.
pub(crate) fn reopen<V: Stored>(disk: &dyn Disk, past: Past) -> Result<Reopened<V>, StoreError> {
    let mut found = inspect(disk)?;
    let named = found.named_images();
    let zones = found.restore(disk, past)?;
    let mut seq = found.seq;
    let log = found.open_log(disk, &zones, || {
        seq = seq.saturating_add(1);
        seq
    })?;
    // What may not be durable names other images than what is.
    if log.refused.is_none() {
        // Best effort: what can't be removed now is found again at the next start.
        for text in &found.stale {
            drop(disk.remove(text));
        }
        for name in found.images.iter().filter(|name| !named.contains(name)) {
            drop(disk.remove(&name.to_text()));
        }
    }
    let Inspection { has_holes, faults, octets, .. } = found;
    Ok(Reopened { log, zones, has_holes, faults, seq, octets })
}

/// The log as the disk has it, in the place of one that is not to be trusted any more. Versions that are the same
/// commit of the same zone are taken over: only what differs is read.
pub(crate) fn reload<V: Stored>(
    disk: &dyn Disk,
    before: &Log<V>,
    next_seq: impl FnOnce() -> u64,
) -> Result<Log<V>, StoreError> {
    let mut found = inspect(disk)?;
    let known = |zone, chain: &Chain| {
        let held = before.standings.of(zone)?;
        let is_same = held.turn == chain.turn && held.version.serial() == chain.tip;
        is_same.then(|| held.version.clone())
    };
    let zones = found.restore_all(disk, Past::Forget, known)?;
    let mut log = found.open_log(disk, &zones, next_seq)?;
    for zone in zones.into_keys() {
        let commit = |held: &Standing<V>| (held.turn, held.version.serial());
        let is_same = before.standings.of(zone).map(commit) == log.standings.of(zone).map(commit);
        // V5: nobody was told that this is held, and diffs of what is served do not follow it, even if they fit.
        log.standings.change(zone, |held| held.whole_only |= !is_same);
    }
    let (is_compacting, epoch) = (before.is_compacting, before.epoch.saturating_add(1));
    Ok(Log { is_compacting, epoch, ..log })
}

/// A chain as it reads.
struct Read<V> {
    version: V,
    loss: Option<Loss>,
    commits: Vec<Vec<u8>>,
}

fn restore_chain<V: Stored>(
    disk: &dyn Disk,
    segments: &Segments<'_>,
    zone: u32,
    chain: &Chain,
) -> Result<Read<V>, ImageFault> {
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
    let mut commits = Vec::with_capacity(chain.diffs.len());
    for at in &chain.diffs {
        let frame = segments.read(*at).map_err(ImageFault::Failed)?;
        let (head, payload) = frame.ok_or_else(damaged)?;
        match Payload::parse(head.kind, &payload) {
            Some(Payload::Diffs(_, diffs)) => commits.push(diffs.to_vec()),
            Some(_) | None => return Err(damaged()),
        }
    }
    if commits.is_empty() {
        let version = fits(version, chain).map_err(undecodable)?;
        return Ok(Read { version, loss: None, commits });
    }
    match version.after(&commits).and_then(|version| fits(version, chain)) {
        Ok(version) => Ok(Read { version, loss: None, commits }),
        Err(Undecodable(reason)) => {
            let version = as_far_as_possible(version, &commits);
            let loss = Some(Loss::Undecodable { reason });
            Ok(Read { version, loss, commits: Vec::new() })
        }
    }
}

/// The last commits of a chain, of so many octets together at most.
fn newest(mut commits: Vec<Vec<u8>>, octets_max: u64) -> Vec<Vec<u8>> {
    let mut octets = 0_u64;
    let fitting = commits.iter().rev().take_while(|commit| {
        octets = octets.saturating_add(wide(commit.len()));
        octets <= octets_max
    });
    let kept = fitting.count();
    commits.split_off(commits.len().saturating_sub(kept))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_past_the_newest_commits_are_kept_as_many_as_fit() {
        let commits = || vec![vec![0; 10], vec![1; 20], vec![2; 5]];
        for (octets_max, kept) in [(0, 0), (4, 0), (5, 1), (24, 1), (25, 2), (34, 2), (35, 3)] {
            assert_eq!(newest(commits(), octets_max), commits()[3 - kept..], "{octets_max}");
        }
    }
}
