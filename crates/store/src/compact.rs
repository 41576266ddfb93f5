//! Compaction: writes what is live of a log into one new base, and lets the rest go.
//!
//! Touches the disk.
//!
//! The log begins a new segment first, so everything older than it is what gets replaced; commits go
//! on meanwhile. Zones are taken in slices, each as it stands when its turn comes: a version that
//! already contains a commit from the new segment is fine, because recovery skips commits whose
//! turn the base has behind it. The base counts from the moment it gets its name; before that the
//! old segments do.
//!
//! Invariants: P1 a crash after any step recovers the same versions. P2 no lock is held while
//! octets are written or read. P3 what memory holds is the truth: a frame that can't be copied is
//! replaced by the version itself.
//!
//! Not here: when it is due and who runs it (`shard`), what a base looks like (`format`).

use crate::chain::Place;
use crate::content::Stored;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::format::frame::FrameKind;
use crate::format::payload::{ImageRef, Payload, Turn};
use crate::image;
use crate::layout::FileName;
use crate::log::{Log, Segment, write_version};
use crate::sealed::SealedFile;
use crate::segment::Segments;
use crate::standing::Standing;
use std::ops::ControlFlow;

/// Zones taken at once while the lock is held.
pub(crate) const SLICE: usize = 1_024;

/// One zone as it stood when its slice was taken.
pub(crate) struct Planned<V> {
    zone: u32,
    version: V,
    turn: Turn,
    /// An image that stays, and the diffs that followed it in segments to be replaced.
    keep: Option<(ImageRef, Vec<Place>)>,
    diffs_octets: u64,
}

/// Where a zone is in the new base.
pub(crate) struct Moved {
    zone: u32,
    offset: u64,
    image: Option<Box<MovedImage>>,
}

struct MovedImage {
    image: ImageRef,
    is_new: bool,
    diffs: Vec<Place>,
    diffs_octets: u64,
    /// Octets of diffs since the old base, when the zone was planned.
    planned_octets: u64,
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Octets of log before.
    pub before_octets: u64,
    /// Octets of log after, commits that came meanwhile included.
    pub after_octets: u64,
    /// Images written anew.
    pub images_written: u32,
}

/// The base being written.
pub(crate) struct Rewriting<'d> {
    disk: &'d dyn Disk,
    file: SealedFile<'d>,
    old: Segments<'d>,
    seq: u64,
    image_min_bytes: u64,
    moved: Vec<Moved>,
}

impl<V: Stored> Log<V> {
    /// The next zones, from `zone` on, whose chains start in segments before `begun`.
    pub(crate) fn plan(&self, from: u32, begun: u64) -> (Vec<Planned<V>>, ControlFlow<(), u32>) {
        let mut planned = Vec::new();
        let mut next = ControlFlow::Break(());
        for (seen, (zone, held)) in self.standings.from(from).enumerate() {
            if seen == SLICE {
                next = ControlFlow::Continue(zone);
                break;
            }
            if held.base_at.segment < begun {
                planned.push(Planned::new(zone, held, begun));
            }
        }
        (planned, next)
    }

    /// Takes in where zones went. Returns images that no chain starts with any more.
    pub(crate) fn adopt(&mut self, moved: &mut [Moved], base: u64, begun: u64) -> Vec<FileName> {
        let mut superseded = Vec::new();
        for Moved { zone, offset, image } in moved {
            let mut unused = image.as_ref().filter(|moved| moved.is_new).map(|moved| moved.image);
            self.standings.change(*zone, |held| {
                if held.base_at.segment < begun {
                    let at = Place { segment: base, offset: *offset };
                    unused = held.rebase(at, image.take(), begun);
                }
            });
            superseded.extend(unused.map(|image| FileName::image(*zone, image.serial, image.seq)));
        }
        superseded
    }

    /// Puts the base in the place of all segments before `begun`; returns those.
    pub(crate) fn replace_segments(&mut self, base: Segment, begun: u64) -> Vec<FileName> {
        let (gone, kept): (Vec<_>, Vec<_>) =
            self.segments.drain(..).partition(|segment| segment.name.seq() < begun);
        self.segments.push(base);
        self.segments.extend(kept);
        gone.into_iter().map(|segment| segment.name).collect()
    }
}

impl<V: Stored> Planned<V> {
    fn new(zone: u32, held: &Standing<V>, begun: u64) -> Self {
        // The chain of a version that is behind may have diffs that do not apply (P3).
        let is_sound = !held.whole_only;
        let keep = held.image.filter(|_| is_sound && !held.has_outgrown_its_image());
        let old = held.diffs.iter().copied().filter(|at| at.segment < begun);
        Self {
            zone,
            version: held.version.clone(),
            turn: held.turn,
            diffs_octets: held.diffs_octets,
            keep: keep.map(|image| (image, old.collect())),
        }
    }
}

impl<V: Stored> Standing<V> {
    /// Moves the chain's start into a base. Returns the image it started with, if that changed.
    fn rebase(
        &mut self,
        at: Place,
        moved: Option<Box<MovedImage>>,
        begun: u64,
    ) -> Option<ImageRef> {
        let before = self.image;
        self.base_at = at;
        self.whole_only = false;
        self.diffs.retain(|diff| diff.segment >= begun);
        match moved {
            Some(moved) => {
                let since = self.diffs_octets.saturating_sub(moved.planned_octets);
                let mut diffs = moved.diffs;
                diffs.append(&mut self.diffs);
                self.image = Some(moved.image);
                self.diffs = diffs;
                self.diffs_octets = moved.diffs_octets.saturating_add(since);
            }
            None => {
                self.image = None;
                self.diffs = Vec::new();
                self.diffs_octets = 0;
            }
        }
        before.filter(|_| before.map(|image| image.seq) != self.image.map(|image| image.seq))
    }
}

impl<'d> Rewriting<'d> {
    /// Starts the base `seq`, which is to replace `old`.
    pub(crate) fn begin(
        disk: &'d dyn Disk,
        seq: u64,
        old: &[Segment],
        image_min_bytes: u64,
    ) -> Result<Self, StoreError> {
        let old = Segments::open(disk, old.iter().map(|segment| segment.name))?;
        let file = SealedFile::create(disk, FileName::Base { seq })?;
        Ok(Self { disk, file, old, seq, image_min_bytes, moved: Vec::new() })
    }

    /// Writes one zone.
    pub(crate) fn write<V: Stored>(
        &mut self,
        planned: &Planned<V>,
        next_seq: impl FnOnce() -> u64,
    ) -> Result<(), StoreError> {
        let zone = planned.zone;
        if let Some((image, diffs)) = &planned.keep
            && self.copy((zone, *image, planned.diffs_octets), diffs)?
        {
            return Ok(());
        }
        if planned.version.size_bytes() < self.image_min_bytes {
            let version = &planned.version;
            let turn = planned.turn;
            let write = |out: &mut Vec<u8>| write_version(version, turn, out);
            let offset = self.file.push(FrameKind::Whole, zone, write)?;
            self.moved.push(Moved { zone, offset, image: None });
            return Ok(());
        }
        let mut image = image::write(self.disk, (zone, next_seq()), &planned.version)?;
        image.turn = planned.turn;
        // Noted before it is referred to, so that a failure from here on removes it.
        let new = MovedImage {
            image,
            is_new: true,
            diffs: Vec::new(),
            diffs_octets: 0,
            planned_octets: planned.diffs_octets,
        };
        self.moved.push(Moved { zone, offset: 0, image: Some(Box::new(new)) });
        let offset = self.file.push(FrameKind::Image, zone, |out| image.write(out))?;
        if let Some(moved) = self.moved.last_mut() {
            moved.offset = offset;
        }
        Ok(())
    }

    /// Seals the base and gives it its name: from here on it counts.
    pub(crate) fn publish(&mut self) -> Result<Segment, StoreError> {
        let (octets, _) = self.file.seal()?;
        self.file.publish()?;
        Ok(Segment { name: FileName::Base { seq: self.seq }, octets })
    }

    /// Where every zone went.
    pub(crate) fn into_moved(self) -> Vec<Moved> {
        self.moved
    }

    /// Images written anew.
    pub(crate) fn images_written(&self) -> u32 {
        let new = self.new_images().count();
        u32::try_from(new).unwrap_or(u32::MAX)
    }

    /// Removes everything that was written; best effort, a restart removes the rest.
    pub(crate) fn discard(&self) {
        // A base that may still come to count needs its images.
        if self.file.discard() {
            for name in self.new_images() {
                drop(self.disk.remove(&name.to_text()));
            }
        }
    }

    fn new_images(&self) -> impl Iterator<Item = FileName> {
        self.moved.iter().filter_map(|moved| {
            let new = moved.image.as_ref().filter(|moved| moved.is_new)?;
            Some(FileName::image(moved.zone, new.image.serial, new.image.seq))
        })
    }

    /// Refers to an image that stays, and copies the diffs since. False if one does not read.
    fn copy(
        &mut self,
        (zone, image, planned_octets): (u32, ImageRef, u64),
        from: &[Place],
    ) -> Result<bool, StoreError> {
        let offset = self.file.push(FrameKind::Image, zone, |out| image.write(out))?;
        let mut diffs = Vec::with_capacity(from.len());
        let mut diffs_octets = 0_u64;
        for at in from {
            let Some((head, mut payload)) = self.old.read(*at)? else { return Ok(false) };
            let is_diffs = matches!(
                Payload::parse(head.kind, &payload),
                Some(Payload::Diffs(..)) if head.zone == zone
            );
            if !is_diffs {
                return Ok(false);
            }
            let octets = head.frame_octets();
            let offset = self.file.push(head.kind, zone, |out| out.append(&mut payload))?;
            diffs.push(Place { segment: self.seq, offset });
            diffs_octets = diffs_octets.saturating_add(octets);
        }
        let is_new = false;
        let moved = MovedImage { image, is_new, diffs, diffs_octets, planned_octets };
        self.moved.push(Moved { zone, offset, image: Some(Box::new(moved)) });
        Ok(true)
    }
}
