//! The source behind all primaries of one zone: every edition it ever had, in order.
//!
//! Pure.
//!
//! Invariants: B1 one serial means one content: a source that goes back goes on with serials it has
//! not used. So whatever is served under a serial can be judged. B2 differences are known only within
//! one stretch without going back.

use crate::dice::Dice;
use crate::edition::{Edition, Timing};
use std::sync::Arc;

/// Serials of different stretches never meet: each stretch has its own remainder by this.
pub const STRETCHES: u32 = 32;

/// An edition and the stretch it belongs to.
#[derive(Clone, Debug)]
struct Published {
    edition: Arc<Edition>,
    stretch: u32,
}

/// The editions of one zone.
#[derive(Clone, Debug)]
pub struct Publisher {
    published: Vec<Published>,
    stretch: u32,
}

impl Publisher {
    /// A zone that begins at about this serial.
    #[must_use]
    pub fn new(apex: Vec<u8>, serial: u32, timing: Timing, hosts: u64) -> Self {
        let serial = serial / STRETCHES * STRETCHES;
        let edition = Arc::new(Edition::first(apex, serial, timing, hosts));
        Self { published: vec![Published { edition, stretch: 0 }], stretch: 0 }
    }

    /// Place of the newest edition.
    #[must_use]
    pub fn newest(&self) -> usize {
        self.published.len().saturating_sub(1)
    }

    /// The edition at a place; the newest for places that are none.
    #[must_use]
    pub fn edition(&self, place: usize) -> &Arc<Edition> {
        let place = place.min(self.newest());
        &self.published[place].edition
    }

    /// All editions.
    pub fn editions(&self) -> impl Iterator<Item = &Arc<Edition>> {
        self.published.iter().map(|published| &published.edition)
    }

    /// All serials.
    #[must_use]
    pub fn serials(&self) -> Vec<u32> {
        self.editions().map(|edition| edition.serial).collect()
    }

    /// The edition of a serial.
    #[must_use]
    pub fn of_serial(&self, serial: u32) -> Option<&Arc<Edition>> {
        self.editions().find(|edition| edition.serial == serial)
    }

    /// Publishes an edition some steps further on the circle.
    pub fn publish(&mut self, steps: u32, timing: Timing, dice: &mut Dice) {
        let last = self.edition(self.newest()).clone();
        let serial = last.serial.wrapping_add(steps.max(1).wrapping_mul(STRETCHES));
        self.push(last.edited(serial, timing, dice));
    }

    /// Publishes an edition with something more in it.
    pub fn publish_with(&mut self, add: impl FnOnce(&Edition) -> crate::edition::Entry) {
        let last = self.edition(self.newest());
        let serial = last.serial.wrapping_add(STRETCHES);
        let mut edition = Edition { serial, ..Edition::clone(last) };
        let entry = add(&edition);
        edition.entries.insert(entry);
        self.push(edition);
    }

    /// Publishes the newest content without its texts.
    pub fn publish_without_text(&mut self) {
        let last = self.edition(self.newest());
        let serial = last.serial.wrapping_add(STRETCHES);
        let mut edition = Edition { serial, ..Edition::clone(last) };
        edition.entries.retain(|entry| entry.rrtype != crate::edition::rrtype::TXT);
        self.push(edition);
    }

    /// Publishes the newest content once more with other timers.
    pub fn publish_timing(&mut self, timing: Timing) {
        let last = self.edition(self.newest());
        let serial = last.serial.wrapping_add(STRETCHES);
        let edition = Edition { serial, timing, ..Edition::clone(last) };
        self.push(edition);
    }

    /// Goes back by some steps, as after a restored backup, to a serial never used. False when that
    /// has happened too often for one world.
    pub fn go_back(&mut self, steps: u32, dice: &mut Dice) -> bool {
        if self.stretch.saturating_add(1) >= STRETCHES {
            return false;
        }
        self.stretch = self.stretch.saturating_add(1);
        let last = self.edition(self.newest()).clone();
        let base = last.serial / STRETCHES * STRETCHES;
        let serial =
            base.wrapping_sub(steps.max(1).wrapping_mul(STRETCHES)).wrapping_add(self.stretch);
        self.push(last.edited(serial, last.timing, dice));
        true
    }

    /// The editions from the one of serial `since` to the one at `place`, when the way between them
    /// is known and at most `steps_max` long.
    #[must_use]
    pub fn way(&self, since: u32, place: usize, steps_max: usize) -> Option<Vec<Arc<Edition>>> {
        let from = self.published.iter().position(|known| known.edition.serial == since)?;
        let way = self.published.get(from..=place)?;
        let (first, last) = (way.first()?, way.last()?);
        let is_known = first.stretch == last.stretch && way.len() <= steps_max.saturating_add(1);
        is_known.then(|| way.iter().map(|known| known.edition.clone()).collect())
    }

    fn push(&mut self, mut edition: Edition) {
        // A jump around the circle may meet what was there; no serial is used twice.
        while self.of_serial(edition.serial).is_some() {
            edition.serial = edition.serial.wrapping_add(STRETCHES);
        }
        let stretch = self.stretch;
        self.published.push(Published { edition: Arc::new(edition), stretch });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::name;

    #[test]
    fn one_serial_means_one_content_also_after_going_back() {
        let timing = Timing { refresh: 1, retry: 1, expire: 1 };
        let mut dice = Dice::new(3);
        let mut publisher = Publisher::new(name(&[b"z"]), u32::MAX, timing, 2);
        for round in 0..200 {
            match round % 5 {
                4 => drop(publisher.go_back(3, &mut dice)),
                _ => publisher.publish(1, timing, &mut dice),
            }
        }
        let mut serials: Vec<u32> = publisher.editions().map(|edition| edition.serial).collect();
        let published = serials.len();
        serials.sort_unstable();
        serials.dedup();
        assert_eq!(serials.len(), published);
    }

    #[test]
    fn differences_are_known_within_one_stretch_only() {
        let timing = Timing { refresh: 1, retry: 1, expire: 1 };
        let mut dice = Dice::new(3);
        let mut publisher = Publisher::new(name(&[b"z"]), 320, timing, 2);
        publisher.publish(1, timing, &mut dice);
        publisher.publish(1, timing, &mut dice);
        assert_eq!(publisher.way(320, 2, 9).map(|way| way.len()), Some(3));
        assert_eq!(publisher.way(320, 2, 1), None, "longer than is kept");
        assert!(publisher.go_back(1, &mut dice));
        assert_eq!(publisher.way(320, 3, 9), None);
    }
}
