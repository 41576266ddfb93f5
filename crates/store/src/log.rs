//! The commit log of one shard: appends batches, survives failed writes, begins new segments.
//!
//! Touches the disk.
//!
//! Invariants: G1 a batch is one write and one flush. G2 after a failed write the segment is cut
//! back; after a failed flush, or a cut that failed, nothing more is appended to that segment: the
//! next one records how much of it counts. G3 standings change only after the flush.
//!
//! Not here: what a batch says (`format`), who waits for it (`shard`), reading it back (`recover`).

use crate::chain::Place;
use crate::content::{Stored, write_part};
use crate::disk::{Disk, DiskFile};
use crate::error::StoreError;
use crate::format::frame::{Before, FrameKind, Frames, HEAD_OCTETS, Position};
use crate::format::header::{FORMAT, FileKind, HEADER_OCTETS, Header, Previous};
use crate::format::payload::{ImageRef, Steps, Turn, write_whole};
use crate::format::wide;
use crate::layout::FileName;
use crate::standing::{Standing, Standings};
use std::collections::BTreeMap;
use wire::serial::Serial;
use zone::ZoneId;

/// One zone's part of a batch.
pub(crate) struct Entry<V> {
    /// The zone.
    pub(crate) zone: u32,
    /// What becomes of it.
    pub(crate) change: Change<V>,
}

/// What becomes of a zone.
pub(crate) enum Change<V> {
    /// A whole version.
    Whole {
        /// The version.
        version: V,
        /// Its image, already durable; `None` to put it into the log itself.
        image: Option<ImageRef>,
    },
    /// Consecutive diffs.
    Diffs {
        /// Serial that the first applies to and serial that the last results in; `None` without any.
        span: Option<(Serial, Serial)>,
        /// Encoded.
        encoded: Vec<u8>,
        /// What results.
        version: V,
    },
    /// The zone's content is to be forgotten.
    Drop,
}

/// A segment that is no longer written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Its file.
    pub(crate) name: FileName,
    /// Octets that count.
    pub(crate) octets: u64,
}

/// The segment that commits go to.
pub(crate) struct Active {
    /// The open file.
    pub(crate) file: Box<dyn DiskFile>,
    /// Its file.
    pub(crate) name: FileName,
    /// Where the next frame goes; everything before is durable.
    pub(crate) at: Position,
}

/// The batch at the end of the last segment. It was written, but its flush may have failed, or never begun.
pub(crate) struct LastBatch {
    /// The segment.
    pub(crate) name: FileName,
    /// Where the batch starts.
    pub(crate) offset: u64,
    /// The batch.
    pub(crate) octets: Vec<u8>,
    /// Where the segment ends, if a batch that was cut short follows.
    pub(crate) cut_to: Option<u64>,
}

impl LastBatch {
    /// What was read may not be durable yet, if a crash came between write and flush or the flush failed: it is
    /// made so now, before it is published. It is written again, for the system takes what a failed flush left out
    /// for written, and would never flush it.
    pub(crate) fn settle(&self, disk: &dyn Disk) -> Result<Box<dyn DiskFile>, StoreError> {
        let text = self.name.to_text();
        let write = || {
            let file = disk.open_to_write(&text)?;
            if !self.octets.is_empty() {
                file.write_all_at(&self.octets, self.offset)?;
            }
            if let Some(size) = self.cut_to {
                file.truncate(size)?;
            }
            file.sync()?;
            disk.sync_names()?;
            Ok(file)
        };
        write().map_err(|source| StoreError::from_io("open", &disk.path_of(&text), 0, source))
    }
}

/// The log of one shard.
pub(crate) struct Log<V> {
    /// The segment that commits go to.
    pub(crate) active: Active,
    /// G2: the tail of the active segment can't be trusted, so a new one must be begun first.
    pub(crate) must_rotate: bool,
    /// What is at the end of the active segment and may not be durable, where the disk took no writes when it
    /// was read.
    pub(crate) unsettled: Option<LastBatch>,
    /// Why the disk took no writes then.
    pub(crate) refused: Option<StoreError>,
    /// Older segments in order.
    pub(crate) segments: Vec<Segment>,
    /// What is held of each zone.
    pub(crate) standings: Standings<V>,
    /// Recovery found damage, which a compaction writes out of the log.
    pub(crate) is_damaged: bool,
    /// A compaction runs; there is one at a time.
    pub(crate) is_compacting: bool,
    /// How often the log in memory was replaced by what the disk has.
    pub(crate) epoch: u64,
    /// Images that nothing on disk refers to any more; the caller removes them.
    pub(crate) unused: Vec<FileName>,
    /// Images of failed commits whose frames may be on disk until a new segment voids them.
    pub(crate) doubtful: Vec<FileName>,
}

/// An entry in its frame, not yet durable.
struct Framed<V> {
    entry: Entry<V>,
    turn: Turn,
    at: Place,
    octets: u64,
}

impl<V: Stored> Log<V> {
    /// Makes a batch durable. `next_seq` is asked only if a new segment must be begun.
    ///
    /// On `Err` nothing may be published: the batch counts for nothing once another commit follows.
    /// Either way [`Log::unused`] has the images that can be removed.
    pub(crate) fn commit(
        &mut self,
        disk: &dyn Disk,
        entries: Vec<Entry<V>>,
        next_seq: impl FnOnce() -> u64,
    ) -> Result<(), StoreError> {
        let images: Vec<_> = entries.iter().filter_map(Entry::image).collect();
        let committed = self.try_commit(disk, entries, next_seq);
        if committed.is_err() {
            // G2: frames of a segment that was cut back refer to nothing.
            let gone = if self.must_rotate { &mut self.doubtful } else { &mut self.unused };
            gone.extend(images);
        }
        committed
    }

    fn try_commit(
        &mut self,
        disk: &dyn Disk,
        entries: Vec<Entry<V>>,
        next_seq: impl FnOnce() -> u64,
    ) -> Result<(), StoreError> {
        if self.must_rotate {
            self.rotate(disk, next_seq())?;
        }
        let start = self.active.at;
        let mut frames = Frames::new(start, start.offset);
        let mut batch = Vec::<Framed<V>>::with_capacity(entries.len());
        // A hundred thousand zones that are removed are one batch, so their last entries are not searched for.
        let mut last = BTreeMap::new();
        for entry in entries {
            let earlier = last.insert(entry.zone, batch.len()).and_then(|at| batch.get(at));
            let framed = self.frame(&mut frames, earlier, entry)?;
            batch.push(framed);
        }
        self.append(disk, &frames)?;
        self.active.at = frames.end();
        for framed in batch {
            let superseded = self.settle(framed);
            self.unused.extend(superseded);
        }
        Ok(())
    }

    /// Begins a new segment; the active one becomes an older one, whatever its tail looks like.
    pub(crate) fn rotate(&mut self, disk: &dyn Disk, seq: u64) -> Result<(), StoreError> {
        if let Some(tail) = &self.unsettled {
            tail.settle(disk)?;
        }
        self.unsettled = None;
        let previous = Previous { seq: self.active.name.seq(), size: self.active.at.offset };
        // If this fails half-way, a segment that ends the active one may be on disk all the same:
        // the active one must not grow any more.
        self.must_rotate = true;
        let next = begin_segment(disk, seq, previous)?;
        let before = std::mem::replace(&mut self.active, next);
        self.segments.push(Segment { name: before.name, octets: before.at.offset });
        self.must_rotate = false;
        self.unused.append(&mut self.doubtful);
        Ok(())
    }

    /// Octets of all segments.
    pub(crate) fn octets(&self) -> u64 {
        let older = self.segments.iter().map(|segment| segment.octets);
        older.fold(self.active.at.offset, u64::saturating_add)
    }

    /// Serial and turn of a zone as its last entry in the batch left them, if there is one; and whether only a
    /// whole version can follow.
    fn tip(&self, earlier: Option<&Framed<V>>, zone: u32) -> (Option<Serial>, Turn, bool) {
        match earlier {
            Some(framed) => (framed.entry.change.serial(), framed.turn, false),
            None => self.standings.of(zone).map_or((None, Turn::default(), false), |held| {
                (Some(held.version.serial()), held.turn, held.whole_only)
            }),
        }
    }

    fn frame(
        &self,
        frames: &mut Frames,
        earlier: Option<&Framed<V>>,
        Entry { zone, mut change }: Entry<V>,
    ) -> Result<Framed<V>, StoreError> {
        let (held, turn, whole_only) = self.tip(earlier, zone);
        let turn = turn.next();
        if let Change::Diffs { span, version, .. } = &change {
            check_fit(zone, held, *span, version.serial())?;
            if whole_only {
                change = Change::Whole { version: version.clone(), image: None };
            }
        }
        let before = frames.end().offset;
        let pushed = match &mut change {
            Change::Whole { image: Some(image), .. } => {
                image.turn = turn;
                frames.push(FrameKind::Image, zone, |out| image.write(out))
            }
            Change::Whole { version, image: None } => {
                frames.push(FrameKind::Whole, zone, |out| write_version(version, turn, out))
            }
            Change::Diffs { span, encoded, version } => {
                let (from, to) = span.unwrap_or((version.serial(), version.serial()));
                frames.push(FrameKind::Diffs, zone, |out| {
                    Steps { from, to, turn }.write(out);
                    out.append(encoded);
                })
            }
            Change::Drop => frames.push(FrameKind::Drop, zone, |_| ()),
        };
        let offset = pushed.map_err(|fault| StoreError::FrameTooLarge {
            zone: ZoneId(zone),
            size_bytes: fault.size_bytes,
        })?;
        let at = Place { segment: self.active.name.seq(), offset };
        let octets = frames.end().offset.saturating_sub(before);
        Ok(Framed { entry: Entry { zone, change }, turn, at, octets })
    }

    /// G1, G2.
    fn append(&mut self, disk: &dyn Disk, frames: &Frames) -> Result<(), StoreError> {
        let path = disk.path_of(&self.active.name.to_text());
        let Active { file, at, .. } = &self.active;
        let needed = wide(frames.octets().len());
        if let Err(source) = file.write_all_at(frames.octets(), at.offset) {
            // The cut must be durable: the octets may have reached the disk before it.
            let cut = file.truncate(at.offset).and_then(|()| file.sync());
            self.must_rotate = cut.is_err();
            return Err(StoreError::from_io("write", &path, needed, source));
        }
        if let Err(source) = file.sync() {
            self.must_rotate = true;
            return Err(StoreError::from_io("flush", &path, needed, source));
        }
        Ok(())
    }

    /// G3. Returns the image that the zone's chain no longer starts with.
    fn settle(&mut self, framed: Framed<V>) -> Option<FileName> {
        let Framed { entry: Entry { zone, change }, turn, at, octets } = framed;
        let before = match change {
            Change::Whole { version, image } => {
                let standing = Standing {
                    version,
                    base_at: at,
                    image,
                    diffs: Vec::new(),
                    diffs_octets: 0,
                    turn,
                    whole_only: false,
                };
                self.standings.replace(zone, Some(standing))
            }
            Change::Diffs { version, .. } => {
                let is_compacting = self.is_compacting;
                self.standings.change(zone, |held| {
                    held.advance(version, (at, octets), turn);
                    if is_compacting {
                        held.note_beside_compaction(at);
                    }
                });
                None
            }
            Change::Drop => self.standings.replace(zone, None),
        };
        before?.image_name(zone)
    }
}

impl<V> Entry<V> {
    /// The image it refers to.
    pub(crate) fn image(&self) -> Option<FileName> {
        match &self.change {
            Change::Whole { image: Some(image), .. } => {
                Some(FileName::image(self.zone, image.serial, image.seq))
            }
            Change::Whole { image: None, .. } | Change::Diffs { .. } | Change::Drop => None,
        }
    }
}

impl<V: Stored> Change<V> {
    /// Octets that it takes on disk, more or less.
    pub(crate) fn size_bytes(&self) -> u64 {
        match self {
            Self::Whole { version, .. } => version.size_bytes().saturating_add(wide(HEAD_OCTETS)),
            Self::Diffs { encoded, .. } => wide(encoded.len()).saturating_add(wide(HEAD_OCTETS)),
            Self::Drop => 0,
        }
    }

    fn serial(&self) -> Option<Serial> {
        match self {
            Self::Whole { version, .. } | Self::Diffs { version, .. } => Some(version.serial()),
            Self::Drop => None,
        }
    }
}

/// Creates an empty segment, durable under its final name.
pub(crate) fn begin_segment(
    disk: &dyn Disk,
    seq: u64,
    previous: Previous,
) -> Result<Active, StoreError> {
    let name = FileName::Log { seq };
    let salt = disk.salt();
    let header =
        Header { format: FORMAT, kind: FileKind::Log, salt, seq, zone: 0, serial: 0, previous };
    let create = || {
        let file = disk.create(&name.working())?;
        file.write_all_at(&header.build(), 0)?;
        file.sync()?;
        disk.rename(&name.working(), &name.to_text())?;
        disk.sync_names()?;
        Ok(file)
    };
    let file = create().map_err(|source| {
        // Best effort. One that stays is empty, and its record of the one before stays true.
        drop(disk.remove(&name.working()));
        drop(disk.remove(&name.to_text()));
        let path = disk.path_of(&name.to_text());
        StoreError::from_io("create", &path, wide(HEADER_OCTETS), source)
    })?;
    let at = Position { salt, offset: wide(HEADER_OCTETS), before: Before::default() };
    Ok(Active { file, name, at })
}

/// Appends the payload of a whole version.
pub(crate) fn write_version<V: Stored>(version: &V, turn: Turn, out: &mut Vec<u8>) {
    write_whole(version.serial(), turn, out);
    let written: Result<(), std::convert::Infallible> = version.visit_parts(|part| {
        write_part(part, out);
        Ok(())
    });
    let Ok(()) = written;
}

/// Diffs must lead from what is held to what is said to result, or recovery could not follow.
fn check_fit(
    zone: u32,
    held: Option<Serial>,
    span: Option<(Serial, Serial)>,
    result: Serial,
) -> Result<(), StoreError> {
    let (from, to) = span.unzip();
    if from.is_some() && from == held && to == Some(result) {
        return Ok(());
    }
    Err(StoreError::DiffsDoNotFit { zone: ZoneId(zone), held, from, to, result })
}
