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

impl Chain {
    /// Octets of the file that it starts with; 0 when that is the log itself.
    pub(crate) const fn image_octets(&self) -> u64 {
        match &self.base {
            Base::Image(image) => image.size_bytes,
            Base::Inline => 0,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::frame::Tally;

    const ZONE: u32 = 4;

    /// Folds a script: `w1@5` is a whole version of serial 5 at turn 1, `i` one in an image, `2@5>6`
    /// diffs at turn 2, `x` a drop, `!` damage to the zone, `?` a hole. Answers with serial, number
    /// of diffs and whether something is lost.
    fn fold(script: &str) -> Option<(Option<(u32, usize)>, bool)> {
        let mut chains = Chains::default();
        for (offset, word) in (0..).zip(script.split_whitespace()) {
            let at = Place { segment: 1, offset };
            let (turn, serials) = word.split_once('@').unwrap_or((word, ""));
            let number = |text: &str| text.parse::<u32>().unwrap();
            let payload = match (turn.chars().next().unwrap(), serials.split_once('>')) {
                ('w', _) => Payload::Whole {
                    serial: Serial(number(serials)),
                    turn: Turn(number(&turn[1..]).into()),
                    content: &[],
                },
                ('i', _) => Payload::Image(ImageRef {
                    serial: Serial(number(serials)),
                    turn: Turn(number(&turn[1..]).into()),
                    seq: 1,
                    size_bytes: 1,
                    tally: Tally::default(),
                }),
                ('x', _) => Payload::Drop,
                ('!', _) => {
                    chains.on_damage(&Damage { offset, octets: 1, zone: Some(ZONE) });
                    continue;
                }
                ('?', _) => {
                    chains.on_damage(&Damage { offset, octets: 1, zone: None });
                    continue;
                }
                (_, Some((from, to))) => {
                    let (from, to) = (Serial(number(from)), Serial(number(to)));
                    Payload::Diffs(Steps { from, to, turn: Turn(number(turn).into()) }, &[])
                }
                _ => panic!("{word}"),
            };
            chains.on_frame(ZONE, at, &payload);
            // K3: whatever happens to one zone, the other has its version.
            chains.on_frame(9, at, &Payload::Drop);
        }
        let fate = chains.finish().remove(&ZONE)?;
        let chain = fate.chain.map(|chain| (chain.tip.0, chain.diffs.len()));
        Some((chain, fate.loss.is_some()))
    }

    #[test]
    fn a_chain_is_the_newest_whole_version_and_all_diffs_after_it() {
        let good = |tip, diffs| Some((Some((tip, diffs)), false));
        let behind = |tip, diffs| Some((Some((tip, diffs)), true));
        let lost = Some((None, true));
        let cases = [
            ("w1@5", good(5, 0)),
            ("i1@5 2@5>6 3@6>9", good(9, 2)),
            ("w1@5 2@5>6 w3@6", good(6, 0)),
            ("w1@5 x", None),
            ("w1@5 2@5>6 x w1@5 2@5>7", good(7, 1)),
            // Serials may wrap and go back; only the chain counts.
            ("w1@4294967295 2@4294967295>0", good(0, 1)),
            // A commit is missing, as the serial tells.
            ("w1@5 2@6>7", behind(5, 0)),
            ("2@5>6", lost),
            // A commit is missing, though the serials fit: the zone was fetched again meanwhile.
            ("w1@5 3@5>6", behind(5, 0)),
            // After damage only a whole version is believed.
            ("w1@5 ! 2@5>6", behind(5, 0)),
            ("w1@5 ! 2@5>6 3@6>7", behind(5, 0)),
            ("w1@5 ! w3@7 4@7>8", good(8, 1)),
            ("!", lost),
            // Behind a hole a zone is mistrusted until a commit proves that nothing is missing.
            ("w1@5 ?", behind(5, 0)),
            ("w1@5 ? 2@5>6", good(6, 1)),
            ("w1@5 ? 3@6>7", behind(5, 0)),
            ("? w1@5", good(5, 0)),
            ("w1@5 2@5>6 ? w3@6 ?", behind(6, 0)),
            // The base of a compaction has some of the commits that follow it.
            ("w3@7 2@5>6 3@6>7 4@7>8", good(8, 1)),
        ];
        for (script, expected) in cases {
            assert_eq!(fold(script), expected, "{script}");
        }
    }
}
