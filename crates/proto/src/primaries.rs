//! Which primary to ask what, and what to do when it does not answer well.
//!
//! Pure: maps (goal, result) to the next question. One attempt asks each primary at most once for
//! a probe, an IXFR and an AXFR, so every attempt ends.
//!
//! Standards: RFC 5936 §2, RFC 1995 §4 (fall back to the whole zone).
//!
//! Invariants: P1 an attempt ends after at most two questions a primary. P2 a primary that
//! failed in an attempt is not asked again in it, but for the whole zone after its diff failed
//! and for the SOA over TCP after UDP failed.
//!
//! Not here: when to ask (`refresh`), and what is shown of each primary (the driver keeps that).

use crate::time::Mono;
use wire::serial::Serial;

/// What an attempt is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The SOA.
    Probe,
    /// The zone; a diff when `since` names what we hold.
    Transfer {
        /// Base version for a diff.
        since: Option<Serial>,
    },
}

/// One question to one primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// SOA over UDP.
    ProbeUdp,
    /// SOA over TCP.
    ProbeTcp,
    /// The changes since a serial.
    Ixfr(Serial),
    /// The whole zone.
    Axfr,
}

/// A question and whom it goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Index of the primary in the settings.
    pub primary: usize,
    /// What to ask it.
    pub ask: Ask,
}

/// The next move after a primary failed us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same primary may give the whole zone.
    FetchWholeZone,
    /// The same primary may answer over TCP.
    UseTcp,
    /// Another primary may be healthy.
    TryNextPrimary,
}

/// What is remembered of a primary between attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Health {
    /// Questions that failed since the last that did not.
    failures_in_a_row: u32,
    /// Not asked first before this.
    avoid_until: Mono,
}

/// Longest time a failing primary is left for last, in milliseconds.
const AVOID_MAX_MS: u64 = 600_000;
/// The same after its first failure; doubled with each.
const AVOID_FIRST_MS: u64 = 5_000;

/// The primaries of one zone, in the order of its settings. A value, without memory of its own
/// while they are healthy and not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Primaries {
    count: usize,
    /// Those that failed since they last answered.
    troubled: Vec<(usize, Health)>,
    /// Primaries still to be asked in this attempt, the next one last.
    queue: Vec<usize>,
    goal: Goal,
    /// The primary that last said it has news: by NOTIFY, or by the SOA it answered.
    informant: Option<usize>,
}

impl Primaries {
    /// `count` primaries of which nothing is known.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let (troubled, queue) = (Vec::new(), Vec::new());
        Self { count, troubled, queue, goal: Goal::Probe, informant: None }
    }

    /// The first question of an attempt; `None` without primaries.
    #[must_use]
    pub fn begin(&mut self, goal: Goal, now: Mono) -> Option<Step> {
        self.goal = goal;
        let mut order: Vec<usize> = (0..self.count).collect();
        let informant = self.informant.take();
        // Whoever named the serial has it; whoever failed lately waits; else as configured.
        order.sort_by_key(|&index| {
            let avoided = self.health_of(index).avoid_until;
            (Some(index) != informant, Some(avoided).filter(|until| *until > now))
        });
        order.reverse();
        self.queue = order;
        self.ask_next()
    }

    /// What the attempt is after.
    #[must_use]
    pub const fn goal(&self) -> Goal {
        self.goal
    }

    /// A primary sent NOTIFY: it is asked first, for the others may not have the news yet.
    pub const fn on_notified(&mut self, primary: usize) {
        self.informant = Some(primary);
    }

    /// A primary answered with a SOA that is news: it is asked for the zone first. A NOTIFY that
    /// came meanwhile is later news.
    pub fn on_offered(&mut self, primary: usize) {
        self.informant = self.informant.or(Some(primary));
    }

    /// The next question after `step` failed; `None` when the attempt has failed.
    #[must_use]
    pub fn on_failed(&mut self, step: Step, remedy: Remedy, now: Mono) -> Option<Step> {
        let again = match (remedy, step.ask) {
            (Remedy::FetchWholeZone, Ask::Ixfr(_)) => Some(Ask::Axfr),
            (Remedy::UseTcp, Ask::ProbeUdp) => Some(Ask::ProbeTcp),
            (Remedy::FetchWholeZone | Remedy::UseTcp | Remedy::TryNextPrimary, _) => None,
        };
        if let Some(ask) = again {
            return Some(Step { ask, ..step });
        }
        let mut known = self.health_of(step.primary);
        let doublings = known.failures_in_a_row.min(10);
        let avoid_ms = (AVOID_FIRST_MS << doublings).min(AVOID_MAX_MS);
        known.failures_in_a_row = known.failures_in_a_row.saturating_add(1);
        known.avoid_until = now.plus_ms(avoid_ms);
        self.forget(step.primary);
        self.troubled.push((step.primary, known));
        self.ask_next()
    }

    /// A primary answered; its attempt needs no further question.
    pub fn on_success(&mut self, step: Step) {
        self.forget(step.primary);
        self.queue = Vec::new();
    }

    fn health_of(&self, primary: usize) -> Health {
        let known = self.troubled.iter().find(|(index, _)| *index == primary);
        known.map_or_else(Health::default, |(_, health)| *health)
    }

    fn forget(&mut self, primary: usize) {
        self.troubled.retain(|(index, _)| *index != primary);
        if self.troubled.is_empty() {
            self.troubled = Vec::new();
        }
    }

    /// The answer was good but of no use (a serial behind ours): the next primary, if any is left.
    #[must_use]
    pub fn ask_next(&mut self) -> Option<Step> {
        let primary = self.queue.pop()?;
        let ask = match self.goal {
            Goal::Probe => Ask::ProbeUdp,
            Goal::Transfer { since: Some(serial) } => Ask::Ixfr(serial),
            Goal::Transfer { since: None } => Ask::Axfr,
        };
        Some(Step { primary, ask })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IXFR: Goal = Goal::Transfer { since: Some(Serial(7)) };
    const AXFR: Goal = Goal::Transfer { since: None };
    const NOW: Mono = Mono(1_000);

    fn step(primary: usize, ask: Ask) -> Step {
        Step { primary, ask }
    }

    #[test]
    fn primaries_are_asked_in_the_order_of_the_settings_and_once_each() {
        let mut zone = Primaries::new(3);
        let mut next = zone.begin(AXFR, NOW);
        let mut asked = vec![];
        while let Some(now_asked) = next {
            asked.push(now_asked);
            next = zone.on_failed(now_asked, Remedy::TryNextPrimary, NOW);
        }
        assert_eq!(asked, [step(0, Ask::Axfr), step(1, Ask::Axfr), step(2, Ask::Axfr)]);
    }

    #[test]
    fn failed_diff_fetches_the_whole_zone_from_the_same_primary_then_from_the_next() {
        let mut zone = Primaries::new(2);
        let ixfr = step(0, Ask::Ixfr(Serial(7)));
        assert_eq!(zone.begin(IXFR, NOW), Some(ixfr));
        let axfr = step(0, Ask::Axfr);
        assert_eq!(zone.on_failed(ixfr, Remedy::FetchWholeZone, NOW), Some(axfr));
        let other = step(1, Ask::Ixfr(Serial(7)));
        assert_eq!(zone.on_failed(axfr, Remedy::FetchWholeZone, NOW), Some(other));
        assert_eq!(zone.on_failed(other, Remedy::TryNextPrimary, NOW), None);
    }

    #[test]
    fn probe_falls_back_to_tcp_once() {
        let mut zone = Primaries::new(1);
        let udp = step(0, Ask::ProbeUdp);
        assert_eq!(zone.begin(Goal::Probe, NOW), Some(udp));
        let tcp = step(0, Ask::ProbeTcp);
        assert_eq!(zone.on_failed(udp, Remedy::UseTcp, NOW), Some(tcp));
        assert_eq!(zone.on_failed(tcp, Remedy::UseTcp, NOW), None);
    }

    #[test]
    fn transfer_goes_first_to_the_primary_that_named_the_serial() {
        let mut zone = Primaries::new(3);
        let first = zone.begin(Goal::Probe, NOW).expect("a primary");
        let second = zone.on_failed(first, Remedy::TryNextPrimary, NOW).expect("another");
        zone.on_success(second);
        zone.on_offered(second.primary);
        assert_eq!(zone.begin(IXFR, NOW), Some(step(1, Ask::Ixfr(Serial(7)))));
    }

    #[test]
    fn primary_that_sent_notify_is_asked_first() {
        let mut zone = Primaries::new(3);
        zone.on_notified(2);
        assert_eq!(zone.begin(Goal::Probe, NOW), Some(step(2, Ask::ProbeUdp)));
    }

    #[test]
    fn notify_during_an_attempt_is_remembered_over_its_answer() {
        let mut zone = Primaries::new(3);
        let first = zone.begin(Goal::Probe, NOW).expect("a primary");
        zone.on_notified(2);
        zone.on_success(first);
        zone.on_offered(first.primary);
        assert_eq!(zone.begin(Goal::Probe, NOW), Some(step(2, Ask::ProbeUdp)));
    }

    #[test]
    fn failing_primary_is_left_for_last_for_a_while() {
        let mut zone = Primaries::new(2);
        let first = zone.begin(AXFR, NOW).expect("a primary");
        let second = zone.on_failed(first, Remedy::TryNextPrimary, NOW).expect("another");
        zone.on_success(second);
        assert_eq!(zone.begin(AXFR, NOW), Some(step(1, Ask::Axfr)));
        let later = NOW.plus_ms(AVOID_FIRST_MS);
        assert_eq!(zone.begin(AXFR, later), Some(step(0, Ask::Axfr)));
    }

    #[test]
    fn primary_that_fails_again_is_left_for_last_twice_as_long_and_an_answer_makes_up_for_all() {
        let mut zone = Primaries::new(2);
        let avoided_ms = |zone: &Primaries, now: Mono| zone.health_of(0).avoid_until.since_ms(now);
        let mut now = NOW;
        for expected_ms in
            [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]
        {
            let _ = zone.on_failed(step(0, Ask::Axfr), Remedy::TryNextPrimary, now);
            assert_eq!(avoided_ms(&zone, now), expected_ms);
            now = now.plus_ms(expected_ms);
        }
        zone.on_success(step(0, Ask::Axfr));
        assert_eq!(zone.begin(AXFR, now), Some(step(0, Ask::Axfr)));
        let _ = zone.on_failed(step(0, Ask::Axfr), Remedy::TryNextPrimary, now);
        assert_eq!(avoided_ms(&zone, now), 5_000, "as after its first failure");
    }

    #[test]
    fn zone_without_primaries_asks_nobody() {
        assert_eq!(Primaries::new(0).begin(AXFR, NOW), None);
    }

    proptest! {
        /// P1: whatever the remedies, an attempt ends.
        #[test]
        fn every_attempt_ends(
            count in 0..9_usize,
            since: Option<u32>,
            probe: bool,
            remedies in prop::collection::vec(0..3_u8, 40),
        ) {
            let goal =
                if probe { Goal::Probe } else { Goal::Transfer { since: since.map(Serial) } };
            let mut zone = Primaries::new(count);
            let (mut next, mut asked) = (zone.begin(goal, NOW), 0);
            for remedy in remedies {
                let Some(now_asked) = next else { break };
                asked += 1;
                let remedy = match remedy {
                    0 => Remedy::FetchWholeZone,
                    1 => Remedy::UseTcp,
                    _ => Remedy::TryNextPrimary,
                };
                next = zone.on_failed(now_asked, remedy, NOW);
            }
            prop_assert!(next.is_none() && asked <= 2 * count, "{asked} questions");
        }
    }
}
