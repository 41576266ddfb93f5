//! Keeps a primary that fails all day from filling the log.

use proto::time::{Mono, Seconds};
use std::collections::BTreeMap;

/// How often the same thing is said again.
const INTERVAL: Seconds = Seconds(60);

/// Subjects remembered at most. Beyond it, new ones share one entry, so that a hundred thousand
/// zones that lose their primary together are told about once a minute, with their number.
const SUBJECTS_MAX: usize = 10_000;

/// Decides what is written, by subject: a code and a zone, or whatever repeats. Pure.
///
/// The first event of a subject is written at once, later ones at most once a minute, and each
/// line says how many before it were not.
#[derive(Debug)]
pub(crate) struct Thinner<K> {
    subjects: BTreeMap<K, Spell>,
    /// For subjects that found no room.
    others: Spell,
    /// When room was last made, because a flood must not make every event a search.
    swept_at: Option<Mono>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Write it, with the number of events of its subject that were left out before it.
    Written {
        /// Zero means that nothing was left out.
        left_out: u64,
    },
    /// Leave it out; it is counted.
    LeftOut,
}

#[derive(Clone, Copy, Debug)]
struct Spell {
    /// `None` until something is written.
    written_at: Option<Mono>,
    left_out: u64,
}

impl<K: Ord + Clone> Thinner<K> {
    /// Remembers nothing yet.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self { subjects: BTreeMap::new(), others: Spell::NEW, swept_at: None }
    }

    /// Whether an event of this subject is written now.
    pub(crate) fn admit(&mut self, subject: &K, now: Mono) -> Admission {
        if let Some(spell) = self.subjects.get_mut(subject) {
            return spell.admit(now);
        }
        self.make_room(now);
        if self.subjects.len() >= SUBJECTS_MAX {
            return self.others.admit(now);
        }
        self.subjects.entry(subject.clone()).or_insert(Spell::NEW).admit(now)
    }

    /// Forgets, when there is no room, the spells that are over. What they left out is told with
    /// the others.
    fn make_room(&mut self, now: Mono) {
        let due = self.swept_at.is_none_or(|at| now >= at.plus(INTERVAL));
        if !due || self.subjects.len() < SUBJECTS_MAX {
            return;
        }
        self.swept_at = Some(now);
        let others = &mut self.others;
        self.subjects.retain(|_, spell| {
            let keep = spell.is_running(now);
            if !keep {
                others.left_out = others.left_out.saturating_add(spell.left_out);
            }
            keep
        });
    }

    /// Forgets a subject whose trouble is over, so that new trouble is told at once. Gives the
    /// number of events that were left out and never told.
    pub(crate) fn over(&mut self, subject: &K) -> u64 {
        self.subjects.remove(subject).map_or(0, |spell| spell.left_out)
    }
}

impl Spell {
    const NEW: Self = Self { written_at: None, left_out: 0 };

    fn is_running(&self, now: Mono) -> bool {
        self.written_at.is_some_and(|at| now < at.plus(INTERVAL))
    }

    fn admit(&mut self, now: Mono) -> Admission {
        if self.is_running(now) {
            self.left_out = self.left_out.saturating_add(1);
            return Admission::LeftOut;
        }
        let left_out = self.left_out;
        *self = Self { written_at: Some(now), left_out: 0 };
        Admission::Written { left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: Admission = Admission::Written { left_out: 0 };

    fn at(seconds: u32) -> Mono {
        Mono(0).plus(Seconds(seconds))
    }

    #[test]
    fn first_is_written_at_once_and_the_rest_once_a_minute_with_their_number() {
        let mut thinner = Thinner::new();
        let subject = ("CONNECT_REFUSED", 7);
        assert_eq!(thinner.admit(&subject, at(0)), WRITTEN);
        for second in [0, 1, 30, 59] {
            assert_eq!(thinner.admit(&subject, at(second)), Admission::LeftOut);
        }
        assert_eq!(thinner.admit(&subject, at(60)), Admission::Written { left_out: 4 });
        assert_eq!(thinner.admit(&subject, at(119)), Admission::LeftOut);
        assert_eq!(thinner.admit(&subject, at(10_000)), Admission::Written { left_out: 1 });
    }

    #[test]
    fn subjects_do_not_silence_each_other() {
        let mut thinner = Thinner::new();
        for subject in [("REFUSED", 1), ("REFUSED", 2), ("SERVFAIL", 1)] {
            assert_eq!(thinner.admit(&subject, at(5)), WRITTEN, "{subject:?}");
        }
    }

    #[test]
    fn new_trouble_after_recovery_is_told_at_once() {
        let mut thinner = Thinner::new();
        assert_eq!(thinner.admit(&1, at(0)), WRITTEN);
        assert_eq!(thinner.admit(&1, at(1)), Admission::LeftOut);
        assert_eq!(thinner.over(&1), 1);
        assert_eq!(thinner.admit(&1, at(2)), WRITTEN);
        assert_eq!(thinner.over(&2), 0);
    }

    #[test]
    fn a_flood_of_subjects_takes_bounded_memory_and_is_told_with_its_number() {
        let mut thinner = Thinner::new();
        let written = (0..100_000_u32).filter(|n| thinner.admit(n, at(1)) == WRITTEN).count();
        assert_eq!(written, SUBJECTS_MAX + 1);
        assert_eq!(thinner.subjects.len(), SUBJECTS_MAX);
        let next = thinner.admit(&200_000, at(61));
        assert_eq!(next, WRITTEN, "room was made for new subjects");
        assert_eq!(thinner.others.left_out, 89_999);
        assert_eq!(thinner.subjects.len(), 1);
    }
}
