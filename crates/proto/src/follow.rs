//! Following a zone: when to ask, whom, what its answer is worth, and what becomes of it.
//!
//! Pure: maps (state, event, now) to actions. Joins `refresh`, which knows when, and `primaries`,
//! which knows whom; whoever drives it performs the actions and reports how they went.
//!
//! Standards: RFC 1034 §4.3.5 (a secondary's duties) · RFC 1995 §4 (what an IXFR may bring) ·
//! RFC 1982 §3.2 (serial order).
//!
//! Invariants: F1 one question is out at most, and only its own answer counts, once: attempt and
//! step name it. F2 a question is out exactly while an attempt is in flight, so nothing waits for
//! nobody. F3 `Install` comes in the step of the version it is about, or that version is dropped.
//! F4 a primary that is behind, or has not what another announced, ends no attempt: all are asked
//! before it fails. F5 the announced serial is never installed on anybody's word; what does not
//! arrive costs one attempt, and each such attempt in a row waits longer. F6 who holds what we hold
//! proves our copy, whatever another announces. Those of `refresh` and `primaries` hold as well.
//!
//! Not here: asking (`server::dial`), what the octets mean (`xfr`), disk and table (`server`).

use crate::primaries::{Ask, Goal, Primaries, Remedy, Step};
use crate::refresh::{self, Attempt, Policy, Refresh, SoaTimers, Timers};
use crate::time::Mono;
use wire::serial::Serial;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The deadline passed, or may have.
    Tick,
    /// A NOTIFY passed access control and TSIG.
    Notified {
        /// The primary that sent it, if it is one.
        from: Option<usize>,
        /// The serial in it, if that is signed (RFC 1996 §3.7: a hint).
        proven: Option<Serial>,
    },
    /// The operator wants the primaries asked now.
    Refresh,
    /// The operator wants the whole zone fetched now, whatever its serial.
    Retransfer,
    /// The policy or the primaries are different from now on; what was asked is void.
    Changed {
        /// The new policy.
        policy: Policy,
        /// How many primaries there are.
        primaries: usize,
    },
    /// What was asked has an answer.
    Answered {
        /// Of the question.
        attempt: Attempt,
        /// Of the question.
        step: Step,
        /// What was said.
        answer: Answer,
    },
    /// What was asked has none: no connection, silence, a refusal, a bad signature.
    AskFailed {
        /// Of the question.
        attempt: Attempt,
        /// Of the question.
        step: Step,
        /// What to do next.
        remedy: Remedy,
    },
    /// The version is durable and visible.
    Installed {
        /// Of [`Action::Install`].
        attempt: Attempt,
        /// Of [`Action::Install`].
        soa: SoaTimers,
    },
    /// The version could not be made durable; what was held is held.
    NotInstalled {
        /// Of [`Action::Install`].
        attempt: Attempt,
    },
}

/// What a primary said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To a probe: its SOA.
    Soa(SoaTimers),
    /// To a transfer: a complete, checked version, whole or by diffs, that waits for
    /// [`Action::Install`].
    Version(SoaTimers),
    /// To an IXFR: it holds what we hold.
    UpToDate(Serial),
    /// To an IXFR: it holds an older version than ours, or one to which ours has no order.
    Behind(Serial),
    /// To a transfer: something that is no version, or one that may not be taken.
    Unusable(Remedy),
}

/// What to do about it, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask one primary, and report with these numbers.
    Ask {
        /// To report back with.
        attempt: Attempt,
        /// Whom, and what.
        step: Step,
    },
    /// What is being asked is void: end it. No answer to it counts any more.
    Abandon,
    /// As [`Action::Abandon`], because it took longer than a whole attempt may.
    GaveUp {
        /// What was being asked.
        step: Step,
    },
    /// Make the version that was just answered durable, then visible.
    Install {
        /// To report back with.
        attempt: Attempt,
        /// To report back with.
        soa: SoaTimers,
    },
    /// A primary proved the version we hold: EXPIRE counts from now.
    Confirmed,
    /// All there was to ask are behind what we serve, this one last: `SERIAL_OLDER`.
    Older {
        /// The question.
        step: Step,
        /// What the primary has.
        offered: Serial,
        /// What we hold.
        held: Serial,
    },
    /// A newer serial was announced than this primary gives.
    NothingNew {
        /// The question.
        step: Step,
        /// What the primary has.
        offered: Serial,
    },
    /// Stop answering for the zone.
    Expired,
}

/// The question that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    attempt: Attempt,
    step: Step,
}

/// What one step is about to want.
struct Round {
    now: Mono,
    /// The question that was answered.
    answered: Option<Step>,
    out: Vec<Action>,
}

/// One zone as its secondary follows it. A value: compare it, print it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    refresh: Refresh,
    primaries: Primaries,
    asked: Option<Asked>,
    /// The attempt cost a transfer, or the promise of one, that came to nothing.
    in_vain: bool,
}

impl Follow {
    /// A zone we hold no data for; due at once.
    #[must_use]
    pub fn new(policy: Policy, primaries: usize, now: Mono) -> Self {
        Self::of(Refresh::new(policy, now), primaries)
    }

    /// A zone found on disk: served until `expires_at` unless a primary confirms it before, and
    /// due for a question at `refresh_at`.
    #[must_use]
    pub fn restore(
        policy: Policy,
        primaries: usize,
        soa: SoaTimers,
        expires_at: Mono,
        refresh_at: Mono,
    ) -> Self {
        Self::of(Refresh::restore(policy, soa, expires_at, refresh_at), primaries)
    }

    fn of(refresh: Refresh, primaries: usize) -> Self {
        Self { refresh, primaries: Primaries::new(primaries), asked: None, in_vain: false }
    }

    /// Advances the zone by one event. Total: every event is legal in every state.
    #[must_use]
    pub fn step(&mut self, event: Event, now: Mono) -> Vec<Action> {
        let mut round = Round { now, answered: None, out: Vec::new() };
        // What an answer is worth depends on whether we still serve, so time passes first.
        if self.refresh.expire_by(now) {
            round.out.push(Action::Expired);
        }
        match event {
            Event::Tick => {}
            Event::Notified { from, proven } => {
                if let Some(primary) = from {
                    self.primaries.on_notified(primary);
                }
                self.advance(refresh::Event::Notified(proven), &mut round);
            }
            Event::Refresh => self.advance(refresh::Event::Refresh, &mut round),
            Event::Retransfer => self.advance(refresh::Event::Retransfer, &mut round),
            Event::Changed { policy, primaries } => {
                self.primaries = Primaries::new(primaries);
                self.advance(refresh::Event::Changed(policy), &mut round);
            }
            Event::Answered { attempt, step, answer } if self.awaits(attempt, step) => {
                self.asked = None;
                self.on_answered(Asked { attempt, step }, answer, &mut round);
            }
            Event::AskFailed { attempt, step, remedy } if self.awaits(attempt, step) => {
                self.asked = None;
                self.on_failed(Asked { attempt, step }, remedy, &mut round);
            }
            Event::Answered { .. } | Event::AskFailed { .. } => {} // F1: too late, or twice
            Event::Installed { attempt, soa } => {
                self.advance(refresh::Event::Installed(attempt, soa), &mut round);
            }
            Event::NotInstalled { attempt } => {
                self.advance(refresh::Event::NotInstalled(attempt), &mut round);
            }
        }
        self.advance(refresh::Event::Tick, &mut round); // time passes with every event
        self.check_invariants(now);
        round.out
    }

    /// A fault of ours stopped the work for this zone. What is being asked is void, and must be
    /// ended by the caller. The zone is served until it expires, an installation that was begun is
    /// awaited, and everything else waits for the operator: [`Event::Refresh`],
    /// [`Event::Retransfer`] and [`Event::Changed`] all fetch the whole zone.
    pub const fn freeze(&mut self) {
        self.refresh.freeze();
        self.asked = None;
    }

    /// When [`Event::Tick`] is due.
    #[must_use]
    pub fn deadline(&self) -> Mono {
        self.refresh.deadline()
    }

    /// Whether an answer to this question would count.
    #[must_use]
    pub fn awaits(&self, attempt: Attempt, step: Step) -> bool {
        self.asked == Some(Asked { attempt, step })
    }

    /// The attempt whose version is being installed; its end must be reported.
    #[must_use]
    pub const fn installing(&self) -> Option<Attempt> {
        self.refresh.installing()
    }

    /// The question that is out.
    #[must_use]
    pub fn asked(&self) -> Option<(Attempt, Step)> {
        self.asked.map(|Asked { attempt, step }| (attempt, step))
    }

    /// Whether queries for the zone may be answered from the held version.
    #[must_use]
    pub fn serves(&self) -> bool {
        self.refresh.serves()
    }

    /// Serial of the held version, served or not.
    #[must_use]
    pub fn serial(&self) -> Option<Serial> {
        self.refresh.serial()
    }

    /// When answers stop, or stopped, without confirmation; `None` while nothing is held.
    #[must_use]
    pub fn expires_at(&self) -> Option<Mono> {
        self.refresh.expires_at()
    }

    /// When the primaries are asked next; `None` while they are being asked, and while frozen.
    #[must_use]
    pub fn next_refresh(&self) -> Option<Mono> {
        self.refresh.next_refresh()
    }

    /// The held version's timers as received and as followed.
    #[must_use]
    pub fn timers(&self) -> Option<Timers> {
        self.refresh.timers()
    }

    /// Attempts that failed since the last success.
    #[must_use]
    pub const fn failures_in_a_row(&self) -> u32 {
        self.refresh.failures_in_a_row()
    }

    /// Whether the work is stopped by [`Follow::freeze`].
    #[must_use]
    pub const fn is_frozen(&self) -> bool {
        self.refresh.is_frozen()
    }

    fn on_answered(&mut self, asked: Asked, answer: Answer, round: &mut Round) {
        round.answered = Some(asked.step);
        let is_probe = match asked.step.ask {
            Ask::ProbeUdp | Ask::ProbeTcp => true,
            Ask::Ixfr(_) | Ask::Axfr => false,
        };
        match answer {
            Answer::Soa(soa) if is_probe => self.on_soa(asked, soa, round),
            Answer::Version(soa) if !is_probe => self.on_version(asked, soa, round),
            Answer::UpToDate(serial) | Answer::Behind(serial) if !is_probe => {
                self.on_no_version(asked, serial, round);
            }
            Answer::Unusable(remedy) => {
                self.in_vain |= !is_probe;
                self.on_failed(asked, remedy, round);
            }
            // No answer to this question, whoever mixed them up.
            Answer::Soa(_) | Answer::Version(_) | Answer::UpToDate(_) | Answer::Behind(_) => {
                self.on_failed(asked, Remedy::TryNextPrimary, round);
            }
        }
    }

    /// A primary that is behind us says nothing about the others (F4).
    fn on_soa(&mut self, asked: Asked, soa: SoaTimers, round: &mut Round) {
        let is_news = self.served().is_none_or(|held| soa.serial.is_newer_than(held));
        let is_behind = !is_news && self.served() != Some(soa.serial);
        if is_behind && let Some(next) = self.primaries.ask_next() {
            return self.ask(asked.attempt, next, round);
        }
        self.primaries.on_success(asked.step);
        if is_news {
            self.primaries.on_offered(asked.step.primary);
        }
        self.advance(refresh::Event::Probed(asked.attempt, soa), round);
    }

    fn on_version(&mut self, asked: Asked, soa: SoaTimers, round: &mut Round) {
        if let Some(held) = self.served() {
            let is_wanted = self.refresh.is_forced() && soa.serial == held;
            if !is_wanted && !soa.serial.is_newer_than(held) {
                return self.on_nothing_new(asked, soa.serial, held, round);
            }
        }
        self.primaries.on_success(asked.step);
        self.advance(refresh::Event::Fetched(asked.attempt, soa), round);
    }

    fn on_no_version(&mut self, asked: Asked, offered: Serial, round: &mut Round) {
        match (self.served(), asked.step.ask) {
            (Some(held), _) => self.on_nothing_new(asked, offered, held, round),
            // The zone expired meanwhile: any version is better than none, but we need all of it.
            (None, Ask::Ixfr(_)) => {
                self.primaries.on_success(asked.step);
                self.primaries.on_offered(asked.step.primary);
                self.advance(refresh::Event::WholeNeeded(asked.attempt), round);
            }
            (None, Ask::Axfr | Ask::ProbeUdp | Ask::ProbeTcp) => {
                self.on_failed(asked, Remedy::TryNextPrimary, round);
            }
        }
    }

    /// A newer serial was announced, or the operator wants the zone whatever is announced, and this
    /// primary has nothing that we may take. The others may (F4).
    fn on_nothing_new(&mut self, asked: Asked, offered: Serial, held: Serial, round: &mut Round) {
        let Asked { attempt, step } = asked;
        self.in_vain = true;
        if offered == held {
            self.advance(refresh::Event::Agreed(attempt), round); // F6
        }
        round.out.push(match self.primaries.goal() {
            Goal::Transfer { since: None } => Action::Older { step, offered, held },
            Goal::Transfer { since: Some(_) } | Goal::Probe => Action::NothingNew { step, offered },
        });
        let next = self.primaries.ask_next();
        self.ask_or_fail(attempt, next, round);
    }

    fn on_failed(&mut self, asked: Asked, remedy: Remedy, round: &mut Round) {
        let next = self.primaries.on_failed(asked.step, remedy, round.now);
        self.ask_or_fail(asked.attempt, next, round);
    }

    fn ask_or_fail(&mut self, attempt: Attempt, next: Option<Step>, round: &mut Round) {
        match next {
            Some(step) => self.ask(attempt, step, round),
            None if self.in_vain => self.advance(refresh::Event::InVain(attempt), round),
            None => self.advance(refresh::Event::Failed(attempt), round),
        }
    }

    /// Time may have passed, and another attempt begun, while an answer was weighed (F2).
    fn ask(&mut self, attempt: Attempt, step: Step, round: &mut Round) {
        if !self.refresh.awaits(attempt) {
            return;
        }
        self.asked = Some(Asked { attempt, step });
        round.out.push(Action::Ask { attempt, step });
    }

    /// Serial of what is served: what an answer is measured by.
    fn served(&self) -> Option<Serial> {
        self.refresh.serial().filter(|_| self.refresh.serves())
    }

    /// Steps the refresh machine. Each attempt that nobody can be asked for fails at once, and a
    /// wish that waits may begin another: two rounds at most.
    fn advance(&mut self, event: refresh::Event, round: &mut Round) {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let (refresh, actions) = self.refresh.step(event, round.now);
            self.refresh = refresh;
            for action in actions {
                next = self.translate(action, round).or(next);
            }
        }
    }

    /// What an action of the refresh machine means with primaries; the event that follows from it.
    fn translate(&mut self, action: refresh::Action, round: &mut Round) -> Option<refresh::Event> {
        match action {
            refresh::Action::Probe(attempt) => self.begin(attempt, Goal::Probe, round),
            refresh::Action::Transfer { attempt, since } => {
                self.begin(attempt, Goal::Transfer { since }, round)
            }
            refresh::Action::GiveUp => {
                if let Some(Asked { step, .. }) = self.asked.take() {
                    let _ = self.primaries.on_failed(step, Remedy::TryNextPrimary, round.now);
                    round.out.push(Action::GaveUp { step });
                }
                None
            }
            refresh::Action::Install(attempt, soa) => {
                round.out.push(Action::Install { attempt, soa });
                None
            }
            refresh::Action::ReportOlder { offered, held } => {
                let older = round.answered.map(|step| Action::Older { step, offered, held });
                round.out.extend(older);
                None
            }
            refresh::Action::Confirmed => {
                round.out.push(Action::Confirmed);
                None
            }
            refresh::Action::Expire => {
                round.out.push(Action::Expired);
                None
            }
        }
    }

    /// The first question of an attempt. One that was superseded in the same step asks nothing.
    fn begin(&mut self, attempt: Attempt, goal: Goal, round: &mut Round) -> Option<refresh::Event> {
        if !self.refresh.awaits(attempt) {
            return None;
        }
        if self.asked.take().is_some() {
            round.out.push(Action::Abandon);
        }
        self.in_vain = false;
        match self.primaries.begin(goal, round.now) {
            Some(step) => {
                self.ask(attempt, step, round);
                None
            }
            None => Some(refresh::Event::Failed(attempt)), // F2
        }
    }

    /// Reads only; compiled out of release builds.
    fn check_invariants(&self, now: Mono) {
        debug_assert!(self.deadline() > now, "I1: {:?} is not after {now:?}", self.deadline());
        let in_flight = self.refresh.in_flight();
        debug_assert_eq!(self.asked.map(|asked| asked.attempt), in_flight, "F2");
    }
}

#[cfg(test)]
mod tests;
