//! A zone, a primary, a bad network between them, and a judge.

use super::*;

/// SplitMix64: a whole run is a function of one seed.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What a batch of runs went through; all of it must be more than nothing.
#[derive(Default)]
struct Seen {
    lost: u64,
    late_ignored: u64,
    rolled_back: u64,
    diffs_rejected: u64,
    expired: u64,
}

impl Seen {
    fn add(&mut self, world: &World) {
        self.lost += world.seen.lost;
        self.late_ignored += world.seen.late_ignored;
        self.rolled_back += world.seen.rolled_back;
        self.diffs_rejected += world.seen.diffs_rejected;
        self.expired += world.seen.expired;
    }

    fn assert_every_fault_occurred(&self) {
        let Self { lost, late_ignored, rolled_back, diffs_rejected, expired } = *self;
        for (fault, times) in [
            ("lost answer", lost),
            ("late answer", late_ignored),
            ("primary went back", rolled_back),
            ("diff rejected", diffs_rejected),
            ("zone expired", expired),
        ] {
            assert!(times >= 100, "{fault} occurred only {times} times");
        }
    }
}

/// A zone, a primary and the bad network between them.
struct World {
    seen: Seen,
    rng: Rng,
    now: Mono,
    zone: Refresh,
    primary: u32,
    faulty: bool,
    /// Answers on their way: (arrival, event).
    mail: Vec<(Mono, Event)>,
    /// Model, kept apart from the code under test: when our copy was last known good.
    good_until: Option<Mono>,
    served: Option<Serial>,
    steps: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let now = Mono(0);
        Self {
            seen: Seen::default(),
            rng: Rng(seed),
            now,
            zone: Refresh::new(POLICY, now),
            primary: (seed as u32 % 32).wrapping_neg(),
            faulty: true,
            mail: vec![],
            good_until: None,
            served: None,
            steps: 0,
        }
    }

    fn is_behind(&self) -> bool {
        self.zone.serial().is_none_or(|held| Serial(self.primary).is_newer_than(held))
    }

    fn caught_up(&self) -> bool {
        self.zone.serial() == Some(Serial(self.primary))
    }

    fn run_for(&mut self, span: Seconds) {
        let end = self.now.plus(span);
        while self.now < end {
            let arrival = self.mail.iter().map(|(at, _)| *at).min().unwrap_or(end);
            self.now = end.min(self.zone.deadline()).min(arrival).max(self.now);
            // Between two wake-ups nothing runs, so the state left behind must be safe until now.
            let fresh = self.good_until.is_some_and(|until| self.now <= until);
            assert!(!self.zone.serves() || fresh, "slept past the expiry of a served zone");
            let due: Vec<Event> = self
                .mail
                .extract_if(.., |(at, _)| *at <= self.now)
                .map(|(_, event)| event)
                .collect();
            for event in due {
                self.deliver(event);
            }
            self.deliver(Event::Tick);
            if self.faulty && self.rng.chance(10) {
                let back = self.rng.chance(5);
                self.seen.rolled_back += u64::from(back);
                self.primary =
                    self.primary.wrapping_add(if back { 50_u32.wrapping_neg() } else { 1 });
                self.deliver(Event::Notified(None));
            }
        }
    }

    fn deliver(&mut self, event: Event) {
        let before = self.zone;
        let (zone, actions) = self.zone.step(event, self.now);
        self.zone = zone;
        self.steps += 1;
        let answer = !matches!(event, Event::Tick | Event::Notified(_));
        self.seen.late_ignored += u64::from(answer && before.phase == self.zone.phase);
        self.observe(event, before);
        for action in actions {
            self.perform(action);
        }
    }

    fn perform(&mut self, action: Action) {
        let local = matches!(action, Action::Install(..));
        let lost = !local && self.faulty && self.rng.chance(30);
        let late = if !local && self.faulty && self.rng.chance(3) { 1_800_000 } else { 20_000 };
        let arrival = Mono(self.now.0 + 1 + self.rng.below(late));
        let event = match action {
            Action::Probe(attempt) => Event::Probed(attempt, soa(self.primary)),
            Action::Transfer { attempt, since: Some(_) } if self.rng.chance(20) => {
                Event::WholeNeeded(attempt)
            }
            Action::Transfer { attempt, .. } => Event::Fetched(attempt, soa(self.primary)),
            Action::Install(attempt, soa) => Event::Installed(attempt, soa),
            Action::Expire => {
                self.seen.expired += 1;
                return;
            }
            Action::GiveUp | Action::ReportOlder { .. } | Action::Confirmed => return,
        };
        self.seen.diffs_rejected += u64::from(matches!(event, Event::WholeNeeded(_)));
        if lost {
            self.seen.lost += 1;
        } else {
            self.mail.push((arrival, event));
        }
    }

    /// Safety, judged by a model that knows only what arrived and when.
    fn observe(&mut self, event: Event, before: Refresh) {
        let accepted = before.phase != self.zone.phase;
        match event {
            Event::Installed(_, s) if accepted => self.good_until = Some(self.now.plus(s.expire)),
            Event::Probed(_, s)
                if accepted && before.serves() && before.serial() == Some(s.serial) =>
            {
                self.good_until = Some(self.now.plus(s.expire));
            }
            _ => {}
        }
        if self.zone.serves() {
            assert!(
                self.good_until.is_some_and(|until| self.now < until),
                "served without proof of freshness"
            );
            let serial = self.zone.serial().expect("served zones have a serial");
            if before.serves() {
                assert!(
                    self.served.is_none_or(|old| old == serial || serial.is_newer_than(old)),
                    "serial went back while served"
                );
            }
            self.served = Some(serial);
        }
    }
}

// snip sim
/// Any seed: six lossy, lying hours; then calm, in which the zone must catch up in time.
#[test]
fn zone_stays_safe_under_faults_and_catches_up_after_them() {
    let mut seen = Seen::default();
    for seed in 0..500 {
        let mut world = World::new(seed); // zone + model primary + virtual clock + bad network
        world.run_for(Seconds(6 * 3_600)); // safety is asserted inside, around every step
        world.faulty = false;
        let behind = world.is_behind();
        world.run_for(Seconds(1_800)); // refresh + one lost attempt + retry + delivery
        assert!(!behind || world.caught_up(), "slow to catch up, seed {seed}");
        world.run_for(Seconds(2 * 3_600)); // past EXPIRE even a primary that went back must win
        assert!(world.caught_up() && world.zone.serves(), "never caught up, seed {seed}");
        assert!(world.steps < 20_000, "busy loop, seed {seed}");
        seen.add(&world);
    }
    seen.assert_every_fault_occurred(); // or the run proved nothing
}
// snip end
