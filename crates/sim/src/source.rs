//! All that one zone has outside of the daemon: a publisher and its primaries.
//!
//! Pure.

use crate::asking::Patience;
use crate::dice::Dice;
use crate::edition::{Timing, name};
use crate::lie::Lie;
use crate::primary::Primary;
use crate::publisher::Publisher;
use crate::settings::{Settings, Upstream};
use crate::telling::Manner;
use proto::refresh::Bounds;
use proto::time::Seconds;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use wire::name::Name;
use wire::tsig::{Algorithm, Key};
use zone::ZoneId;

/// One zone's publisher and primaries.
#[derive(Clone, Debug)]
pub struct Source {
    /// All editions.
    pub publisher: Publisher,
    /// Its primaries.
    pub primaries: Vec<Primary>,
    /// Primaries that do not answer at all.
    pub silent: BTreeSet<usize>,
    /// Untruths that are told next, whatever the weather, each to one request.
    pub lies: VecDeque<Lie>,
    /// An untruth that is told to every request.
    pub always: Option<Lie>,
}

/// How a zone of the world begins.
#[derive(Clone, Debug)]
pub struct Plan {
    /// First serial.
    pub serial: u32,
    /// First timers.
    pub timing: Timing,
    /// Hosts at first.
    pub hosts: u64,
    /// Habits of its primaries, one for each.
    pub manners: Vec<Manner>,
    /// Whether requests and answers are signed.
    pub keys: Keys,
    /// What REFRESH and RETRY are clamped to.
    pub bounds: Bounds,
    /// How much of a wait is left to chance.
    pub jitter_percent: u8,
    /// How long an attempt may take.
    pub attempt_limit: Seconds,
}

/// Whether requests and answers are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// They are.
    Shared,
    /// They are not.
    None,
}

/// Timers that have no edge.
pub const USUAL_TIMING: Timing = Timing { refresh: 900, retry: 60, expire: 7_200 };
/// How long the daemons of all worlds wait for a transfer.
pub const PATIENCE: Patience = Patience { idle_ms: 60_000, total_ms: 600_000 };

impl Plan {
    /// One primary, no keys, no chance.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            serial: 32,
            timing: USUAL_TIMING,
            hosts: 3,
            manners: vec![Manner::USUAL],
            keys: Keys::None,
            bounds: bounds(),
            jitter_percent: 0,
            attempt_limit: Seconds(1_800),
        }
    }

    /// Any zone.
    #[must_use]
    pub fn any(dice: &mut Dice) -> Self {
        let serial = [0, 320, 0x7fff_ff00, 0x8000_0000, 0xffff_ff00][dice.index(5)];
        let manners = (0..dice.between(1, 3)).map(|_| Manner::any(dice)).collect();
        Self {
            serial,
            timing: any_timing(dice),
            hosts: dice.between(0, 20),
            manners,
            keys: if dice.happens(500) { Keys::Shared } else { Keys::None },
            bounds: bounds(),
            jitter_percent: 10,
            attempt_limit: Seconds([120, 1_800, 3_600][dice.index(3)]),
        }
    }

    /// The zone of this number, outside of the daemon and in its settings.
    #[must_use]
    pub fn build(self, zone: usize) -> (Source, Settings) {
        let label = format!("z{zone}");
        let apex = name(&[label.as_bytes(), b"example"]);
        let publisher = Publisher::new(apex.clone(), self.serial, self.timing, self.hosts);
        let key_of = |primary: usize| match self.keys {
            Keys::Shared => key(zone, primary),
            Keys::None => None,
        };
        let primary = |(number, manner): (usize, &Manner)| Primary {
            address: Primary::address_of(zone, number),
            place: 0,
            key: key_of(number),
            manner: *manner,
        };
        let primaries: Vec<Primary> = self.manners.iter().enumerate().map(primary).collect();
        let upstream = |(number, primary): (usize, &Primary)| Upstream {
            address: primary.address,
            primary: number,
            key: primary.key.clone(),
        };
        let settings = Settings {
            id: ZoneId(u32::try_from(zone).unwrap_or(0).saturating_add(1)),
            apex: Name::from_wire(&apex).unwrap_or_else(|_| Name::root()),
            upstreams: primaries.iter().enumerate().map(upstream).collect(),
            bounds: self.bounds,
            jitter_percent: self.jitter_percent,
            attempt_limit: self.attempt_limit,
            patience: PATIENCE,
        };
        let (silent, lies) = (BTreeSet::new(), VecDeque::new());
        (Source { publisher, primaries, silent, lies, always: None }, settings)
    }
}

impl Source {
    /// A primary holds the newest edition from now on.
    pub fn catch_up(&mut self, primary: usize) {
        let newest = self.publisher.newest();
        if let Some(primary) = self.primaries.get_mut(primary) {
            primary.place = newest;
        }
    }

    /// All of them do.
    pub fn all_catch_up(&mut self) {
        (0..self.primaries.len()).for_each(|primary| self.catch_up(primary));
    }
}

/// Timers as zones have them, and as no zone should.
#[must_use]
pub fn any_timing(dice: &mut Dice) -> Timing {
    let timing = |refresh, retry, expire| Timing { refresh, retry, expire };
    match dice.below(12) {
        0 => timing(0, 0, 0),
        1 => timing(u32::MAX, u32::MAX, u32::MAX),
        2 => timing(900, 60, 0),
        3 => timing(3_600, 600, 300),
        4 => timing(1, 1, 30),
        5 => timing(0, 0, 7_200),
        6 => timing(600, u32::MAX, 7_200),
        _ => timing(
            u32::try_from(dice.between(30, 1_800)).unwrap_or(30),
            u32::try_from(dice.between(5, 300)).unwrap_or(5),
            u32::try_from(dice.between(300, 14_400)).unwrap_or(300),
        ),
    }
}

/// REFRESH from ten seconds to half an hour, RETRY from five seconds to ten minutes.
fn bounds() -> Bounds {
    Bounds::new((10, 1_800), (5, 600)).unwrap_or_default()
}

fn key(zone: usize, primary: usize) -> Option<Arc<Key>> {
    let name: Name = format!("key{zone}-{primary}.example.").parse().ok()?;
    Key::new(name, Algorithm::HmacSha256, b"a secret of thirty-two octets...").ok().map(Arc::new)
}
