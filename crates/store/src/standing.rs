//! What the log knows of each zone while it runs, and what a compaction would leave of it.
//!
//! Pure.
//!
//! Invariants: T1 the standing of a zone describes what recovery would find after a power cut now;
//! it changes only after a flush. T2 `live_bytes` is the sum over all zones.

use crate::chain::{Base, Chain, Place};
use crate::content::Stored;
use crate::format::frame::HEAD_OCTETS;
use crate::format::payload::{ImageRef, Turn};
use crate::format::wide;
use crate::layout::FileName;
use std::collections::BTreeMap;

/// One zone with a committed version.
pub(crate) struct Standing<V> {
    /// The version committed last. Shared with the table that serves it: it costs a pointer.
    pub(crate) version: V,
    /// The frame that its chain starts with.
    pub(crate) base_at: Place,
    /// The chain's base, when it has a file of its own.
    pub(crate) image: Option<ImageRef>,
    /// Frames of diffs since an image. Zones that live in the log itself are written whole when it is
    /// compacted, and have here at most the diffs that were committed beside a compaction.
    pub(crate) diffs: Vec<Place>,
    /// Octets of all diffs since the base.
    pub(crate) diffs_octets: u64,
    /// Turn of the last commit.
    pub(crate) turn: Turn,
    /// The chain on disk is broken behind this version: only a whole version can follow.
    pub(crate) whole_only: bool,
}

impl<V: Stored> Standing<V> {
    /// Octets of log that a compaction keeps for this zone, more or less.
    fn live_bytes(&self) -> u64 {
        let content = match self.image {
            // It gets a new one, and none of the diffs is kept.
            Some(_) if self.has_outgrown_its_image() => 0,
            Some(_) => self.diffs_octets,
            None => self.version.size_bytes(),
        };
        content.saturating_add(wide(HEAD_OCTETS))
    }

    /// As recovery left it.
    pub(crate) fn recovered(chain: Chain, version: V, whole_only: bool) -> Self {
        let Chain { base, base_at, diffs, diffs_octets, turn, .. } = chain;
        let (image, diffs) = match base {
            Base::Image(image) => (Some(image), diffs),
            Base::Inline => (None, Vec::new()),
        };
        Self { version, base_at, image, diffs, diffs_octets, turn, whole_only }
    }

    /// The file that its chain starts with, if it is not the log itself.
    pub(crate) fn image_name(&self, zone: u32) -> Option<FileName> {
        self.image.map(|image| FileName::image(zone, image.serial, image.seq))
    }

    /// Takes in that diffs have become durable in the frame at this place, of so many octets.
    pub(crate) fn advance(&mut self, version: V, (at, octets): (Place, u64), turn: Turn) {
        self.version = version;
        self.turn = turn;
        self.diffs_octets = self.diffs_octets.saturating_add(octets);
        if self.image.is_some() {
            self.diffs.push(at);
        }
    }

    /// Notes where diffs of a zone without an image are, while a compaction runs: it may be giving
    /// the zone one, which these then follow.
    pub(crate) fn note_beside_compaction(&mut self, at: Place) {
        if self.image.is_none() {
            self.diffs.push(at);
        }
    }

    /// True when the diffs since the image have grown so long that a new image is cheaper.
    pub(crate) fn has_outgrown_its_image(&self) -> bool {
        self.image.is_some_and(|image| self.diffs_octets > image.size_bytes / 2)
    }
}

/// All zones of a shard. Ids ascend, and a tree that grows at its end is half empty; so its nodes hold pointers.
pub(crate) struct Standings<V> {
    zones: BTreeMap<u32, Box<Standing<V>>>,
    live_bytes: u64,
}

impl<V: Stored> Standings<V> {
    /// No zones.
    pub(crate) const fn new() -> Self {
        Self { zones: BTreeMap::new(), live_bytes: 0 }
    }

    /// One zone, `None` when nothing of it is held.
    pub(crate) fn of(&self, zone: u32) -> Option<&Standing<V>> {
        self.zones.get(&zone).map(|standing| &**standing)
    }

    /// The zones in the order of their ids, from one on.
    pub(crate) fn from(&self, zone: u32) -> impl Iterator<Item = (u32, &Standing<V>)> {
        self.zones.range(zone..).map(|(zone, standing)| (*zone, &**standing))
    }

    /// Octets that a compaction would leave, more or less.
    pub(crate) const fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// Replaces a zone's standing, or forgets the zone; returns what was there.
    pub(crate) fn replace(
        &mut self,
        zone: u32,
        standing: Option<Standing<V>>,
    ) -> Option<Standing<V>> {
        let added = standing.as_ref().map_or(0, Standing::live_bytes);
        let before = match standing {
            Some(standing) => self.zones.insert(zone, Box::new(standing)),
            None => self.zones.remove(&zone),
        };
        let gone = before.as_ref().map_or(0, |standing| standing.live_bytes());
        self.live_bytes = self.live_bytes.saturating_sub(gone).saturating_add(added);
        before.map(|standing| *standing)
    }

    /// Changes a zone's standing in place, if there is one.
    pub(crate) fn change(&mut self, zone: u32, change: impl FnOnce(&mut Standing<V>)) {
        if let Some(standing) = self.zones.get_mut(&zone) {
            let gone = standing.live_bytes();
            change(standing);
            let added = standing.live_bytes();
            self.live_bytes = self.live_bytes.saturating_sub(gone).saturating_add(added);
        }
    }
}
