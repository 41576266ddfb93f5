//! Recovery as a fold: from the frames of a log, in order, to what is held of each zone.
//!
//! Pure.
//!
//! Invariants: K1 a chain is one whole version and every commit of the zone after it, without a
//! hole. K2 after damage a zone's chain grows no further until a whole version starts a new one.
//! K3 nothing about one zone depends on frames that name another.

use crate::format::payload::{ImageRef, Payload, Steps, Turn};
use crate::format::scan::Damage;
use crate::format::wide;
use crate::recovery::Loss;
use std::collections::BTreeMap;
use wire::serial::Serial;

/// Where a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Sequence number of the segment.
    pub(crate) segment: u64,
    /// Offset of the head.
    pub(crate) offset: u64,
}

/// Where a chain starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// In the log itself.
    Inline,
    /// In a file of its own.
    Image(ImageRef),
}

/// A whole version and the diffs that followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Where the content of the first version is.
    pub(crate) base: Base,
    /// The frame that names or holds it.
    pub(crate) base_at: Place,
    /// Frames of diffs, in order.
    pub(crate) diffs: Vec<Place>,
    /// Octets of those frames.
    pub(crate) diffs_octets: u64,
    /// Serial after the last of them.
    pub(crate) tip: Serial,
    /// Turn of the last of them.
    pub(crate) turn: Turn,
    /// How many stretches of unknown damage lay before its last frame.
    holes_before: u64,
}

/// What is known of one zone: a chain, a reason to mistrust its end, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    /// The newest unbroken chain.
    pub(crate) chain: Option<Chain>,
    /// Why commits after it are missing, or may be.
    pub(crate) loss: Option<Loss>,
}

/// Every zone of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chains {
    zones: BTreeMap<u32, Fate>,
    holes: u64,
}

impl Chains {
    /// Takes in the next intact frame. Pages and seals are not about zones and change nothing.
    pub(crate) fn on_frame(&mut self, zone: u32, at: Place, payload: &Payload<'_>) {
        match payload {
            Payload::Whole { serial, turn, content: _ } => {
                self.on_base(zone, Base::Inline, at, (*serial, *turn));
            }
            Payload::Image(image) => {
                self.on_base(zone, Base::Image(*image), at, (image.serial, image.turn));
            }
            Payload::Diffs(steps, octets) => self.on_diffs(zone, (at, wide(octets.len())), *steps),
            Payload::Drop => {
                self.zones.remove(&zone);
            }
            Payload::Pages(_) | Payload::Seal(_) => {}
        }
    }

    /// Takes in a stretch that does not read.
    pub(crate) fn on_damage(&mut self, damage: &Damage) {
        match damage.zone {
            // A seal, or what the head says belongs to no zone.
            Some(0) => {}
            Some(zone) => self.lose(zone, Loss::Damaged),
            None => self.on_hole(),
        }
    }

    /// Takes in that frames of any zone may be missing here.
    pub(crate) const fn on_hole(&mut self) {
        self.holes = self.holes.saturating_add(1);
    }

    /// Takes in that a frame of this zone is of no use.
    pub(crate) fn lose(&mut self, zone: u32, loss: Loss) {
        self.zones.entry(zone).or_default().loss.get_or_insert(loss);
    }

    /// True if frames of any zone may be missing, of zones never heard of as well.
    pub(crate) const fn has_holes(&self) -> bool {
        self.holes > 0
    }

    /// The zones in the order of their ids.
    #[must_use]
    pub(crate) fn finish(mut self) -> BTreeMap<u32, Fate> {
        for fate in self.zones.values_mut() {
            if fate.chain.as_ref().is_some_and(|chain| chain.holes_before < self.holes) {
                fate.loss.get_or_insert(Loss::Unknown);
            }
        }
        self.zones
    }

    fn on_base(&mut self, zone: u32, base: Base, base_at: Place, (tip, turn): (Serial, Turn)) {
        let holes_before = self.holes;
        let chain =
            Chain { base, base_at, diffs: Vec::new(), diffs_octets: 0, tip, turn, holes_before };
        self.zones.insert(zone, Fate { chain: Some(chain), loss: None });
    }

    fn on_diffs(&mut self, zone: u32, (at, octets): (Place, u64), steps: Steps) {
        let holes = self.holes;
        let fate = self.zones.entry(zone).or_default();
        if fate.loss.is_some() {
            return; // K2
        }
        match &mut fate.chain {
            // A compaction that ran beside this commit has its result in the base already.
            Some(chain) if steps.turn <= chain.turn => chain.holes_before = holes,
            Some(chain) if chain.tip == steps.from && chain.turn.next() == steps.turn => {
                chain.diffs.push(at);
                chain.diffs_octets = chain.diffs_octets.saturating_add(octets);
                chain.tip = steps.to;
                chain.turn = steps.turn;
                chain.holes_before = holes;
            }
            Some(chain) => {
                fate.loss = Some(Loss::Broken { held: Some(chain.tip), found: steps.from });
            }
            None => fate.loss = Some(Loss::Broken { held: None, found: steps.from }),
        }
    }
}
