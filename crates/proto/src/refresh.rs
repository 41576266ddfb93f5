//! When to ask a primary for news, and when to stop answering.
//!
//! Pure: maps (state, event, now) to (state, actions). The driver performs the actions.
//!
//! Standards: RFC 1034 §4.3.5 (refresh, retry, expire) · RFC 1035 §3.3.13 (SOA timers) ·
//! RFC 1996 §4.4 (one NOTIFY in hand) · RFC 1982 §3.2 (serial order).
//!
//! Invariants: I1 the deadline lies after the step that set it, so no input makes us spin.
//! I2 a zone past EXPIRE is not served. I3 the serial never goes back while served.
//! I4 one attempt is in flight at most; answers to abandoned attempts change nothing.
//! I5 the first NOTIFY acts at once, later ones at most once a second. I6 an installation that was
//! begun is awaited, whatever else happens: only its own end ends it. I7 a frozen zone asks for
//! nothing, still expires, and is taken up again by the operator alone, and then as a whole.
//!
//! Not here: choosing a primary (`primaries`), what an answer is worth (`follow`, which drives this
//! machine), reading transfers (`xfr`), storing versions.

mod timers;

pub use timers::{Bounds, BoundsError, Saved, SoaTimers, Timers, remaining};

use crate::time::{Mono, Seconds};
use wire::serial::Serial;

/// How a zone is refreshed; from the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What the SOA timers are clamped to.
    pub bounds: Bounds,
    /// How long one attempt may take in all before it is called lost. A safety net: the driver's
    /// own limits end an attempt earlier.
    pub attempt_limit: Seconds,
    /// How much of a wait is left to chance, in percent of it. A refresh may come that much
    /// earlier, a retry that much later.
    pub jitter_percent: u8,
    /// Source of that chance; different for each zone.
    pub seed: u64,
}

/// Number of one attempt; an answer carries the number of its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(pub u32);

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The deadline passed, or may have.
    Tick,
    /// A NOTIFY passed access control and TSIG. The serial in it is given only when it is proven,
    /// that is, signed; then the question for it can be saved (RFC 1996 §3.7: a hint).
    Notified(Option<Serial>),
    /// The operator wants the primaries asked now.
    Refresh,
    /// The operator wants the whole zone fetched now, whatever its serial.
    Retransfer,
    /// The policy or the primaries are different from now on; what was in flight is void.
    Changed(Policy),
    /// A primary answered the SOA query.
    Probed(Attempt, SoaTimers),
    /// A complete, checked zone is at hand but not yet visible.
    Fetched(Attempt, SoaTimers),
    /// The fetched version is durable and visible.
    Installed(Attempt, SoaTimers),
    /// The fetched version could not be made durable; what was held is held.
    NotInstalled(Attempt),
    /// The attempt ended without news.
    Failed(Attempt),
    /// The attempt ended without news, and cost a transfer or the promise of one. The same is
    /// likely to come again, so each such attempt in a row waits longer.
    InVain(Attempt),
    /// A primary holds what we hold, though another has announced more. Good for EXPIRE; the
    /// attempt goes on.
    Agreed(Attempt),
    /// Changes will not do any more, only the whole zone.
    WholeNeeded(Attempt),
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Query the SOA.
    Probe(Attempt),
    /// Fetch the zone; `since` names the version we hold, `None` asks for all of it.
    Transfer {
        /// Number to report back with.
        attempt: Attempt,
        /// Base version for a diff.
        since: Option<Serial>,
    },
    /// The attempt in flight took longer than it may: nobody waits for it any more.
    GiveUp,
    /// Make the fetched version durable, then visible.
    Install(Attempt, SoaTimers),
    /// A primary offered a serial that is not newer than ours: `SERIAL_OLDER`.
    ReportOlder {
        /// What the primary has.
        offered: Serial,
        /// What we hold.
        held: Serial,
    },
    /// A primary confirmed the version we hold.
    Confirmed,
    /// Stop answering for the zone.
    Expire,
}

/// First wait before we know any SOA; doubled after each failure.
const FIRST_RETRY: Seconds = Seconds(5);
/// Longest wait before we know any SOA.
const FIRST_RETRY_MAX: Seconds = Seconds(600);
/// Shortest time between two questions caused by NOTIFY; doubled after each failure.
const NOTIFY_PACE: Seconds = Seconds(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting {
        until: Mono,
    },
    InFlight {
        attempt: Attempt,
        give_up_at: Mono,
    },
    /// Local work: it ends with an event or with the process, so nothing to give up.
    Installing {
        attempt: Attempt,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    soa: SoaTimers,
    expires_at: Mono,
    expired: bool,
}

/// What waits for its turn while an attempt is in flight or a NOTIFY came too soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Nothing,
    Notified,
    Refresh,
    Retransfer,
}

/// One zone's refresh state. A value: compare it, print it, store it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    policy: Policy,
    held: Option<Held>,
    phase: Phase,
    wanted: Wanted,
    /// The newest proven serial of the NOTIFY that waits.
    announced: Option<Serial>,
    /// Before this, a NOTIFY waits.
    notify_ready_at: Mono,
    /// The attempt in flight was asked for by the operator and may bring the serial we have.
    forced: bool,
    /// A fault of ours stopped the work; only the operator takes it up again.
    frozen: bool,
    attempts: u32,
    failures_in_a_row: u32,
    /// Of these, how many brought what could not be taken.
    in_vain_in_a_row: u32,
}

impl Refresh {
    /// A zone we hold no data for; due at once.
    #[must_use]
    pub const fn new(policy: Policy, now: Mono) -> Self {
        Self {
            policy,
            held: None,
            phase: Phase::Waiting { until: now },
            wanted: Wanted::Nothing,
            announced: None,
            notify_ready_at: Mono(0),
            forced: false,
            frozen: false,
            attempts: 0,
            failures_in_a_row: 0,
            in_vain_in_a_row: 0,
        }
    }

    /// A zone found on disk: served until `expires_at` unless a primary confirms it before, and
    /// due for a question at `refresh_at`.
    #[must_use]
    pub const fn restore(
        policy: Policy,
        soa: SoaTimers,
        expires_at: Mono,
        refresh_at: Mono,
    ) -> Self {
        let mut zone = Self::new(policy, refresh_at);
        zone.held = Some(Held { soa, expires_at, expired: false });
        zone
    }

    /// Advances the zone by one event. Total: every event is legal in every state.
    #[must_use]
    pub fn step(mut self, event: Event, now: Mono) -> (Self, Vec<Action>) {
        let mut out = Vec::new();
        if self.expire_by(now) {
            out.push(Action::Expire); // I2, before anything else can distract us
        }
        match event {
            Event::Notified(announced) => self.on_notified(announced),
            Event::Refresh => self.on_commanded(Wanted::Refresh),
            Event::Retransfer => self.on_commanded(Wanted::Retransfer),
            Event::Changed(policy) => self.on_changed(policy),
            Event::Probed(n, soa) if self.awaits(n) => self.on_probed(soa, now, &mut out),
            Event::Fetched(n, soa) if self.awaits(n) => self.on_fetched(n, soa, now, &mut out),
            Event::WholeNeeded(n) if self.awaits(n) => self.transfer(None, now, &mut out),
            Event::Agreed(n) if self.awaits(n) => self.on_agreed(now, &mut out),
            Event::Failed(n) if self.awaits(n) => self.wait_retry(now),
            Event::InVain(n) if self.awaits(n) => self.back_off(now),
            Event::Installed(n, soa) if self.installs(n) => self.settle(soa, now),
            Event::NotInstalled(n) if self.installs(n) => self.wait_retry(now),
            Event::Probed(..) | Event::Fetched(..) | Event::WholeNeeded(_) => {} // I4: too late
            Event::Agreed(_) | Event::Failed(_) | Event::InVain(_) => {}
            Event::Installed(..) | Event::NotInstalled(_) | Event::Tick => {}
        }
        self.on_timers(now, &mut out); // time passes with every event, not only with ticks
        self.check_invariants(now);
        (self, out)
    }

    /// A fault of ours stopped the work for this zone, somewhere between two lines: what is in
    /// flight is void, and nothing new is begun until the operator says so. I7
    pub const fn freeze(&mut self) {
        self.frozen = true;
        if let Phase::InFlight { .. } = self.phase {
            self.phase = Phase::Waiting { until: Mono::NEVER };
        }
    }

    /// Whether the zone expires now. It has then been noticed: no step says it again.
    #[must_use]
    pub fn expire_by(&mut self, now: Mono) -> bool {
        let Some(held) = self.held.as_mut().filter(|held| !held.expired) else { return false };
        held.expired = held.expires_at <= now;
        held.expired
    }

    /// When [`Event::Tick`] is due.
    #[must_use]
    pub fn deadline(&self) -> Mono {
        let phase = match self.phase {
            _ if self.frozen => Mono::NEVER,
            Phase::Waiting { until } => until.min(self.wanted_at()),
            Phase::InFlight { give_up_at, .. } => give_up_at,
            Phase::Installing { .. } => Mono::NEVER,
        };
        match self.held {
            Some(held) if !held.expired => phase.min(held.expires_at),
            Some(_) | None => phase,
        }
    }

    /// When the primaries are asked next; `None` while they are being asked, and while frozen.
    #[must_use]
    pub fn next_refresh(&self) -> Option<Mono> {
        match self.phase {
            _ if self.frozen => None,
            Phase::Waiting { until } => Some(until.min(self.wanted_at())),
            Phase::InFlight { .. } | Phase::Installing { .. } => None,
        }
    }

    /// Whether queries for the zone may be answered from the held version.
    #[must_use]
    pub fn serves(&self) -> bool {
        self.held.is_some_and(|held| !held.expired)
    }

    /// Serial of the held version, served or not.
    #[must_use]
    pub fn serial(&self) -> Option<Serial> {
        self.held.map(|held| held.soa.serial)
    }

    /// When answers stop, or stopped, without confirmation; `None` while nothing is held.
    #[must_use]
    pub fn expires_at(&self) -> Option<Mono> {
        self.held.map(|held| held.expires_at)
    }

    /// The held version's timers as received and as followed.
    #[must_use]
    pub fn timers(&self) -> Option<Timers> {
        self.held.map(|held| self.policy.bounds.apply(held.soa))
    }

    /// Attempts that failed since the last success.
    #[must_use]
    pub const fn failures_in_a_row(&self) -> u32 {
        self.failures_in_a_row
    }

    /// Whether the work is stopped by [`Refresh::freeze`].
    #[must_use]
    pub const fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// Whether the attempt in flight may bring the serial we have.
    #[must_use]
    pub const fn is_forced(&self) -> bool {
        self.forced
    }

    /// The attempt in flight.
    #[must_use]
    pub const fn in_flight(&self) -> Option<Attempt> {
        match self.phase {
            Phase::InFlight { attempt, .. } => Some(attempt),
            Phase::Waiting { .. } | Phase::Installing { .. } => None,
        }
    }

    /// The attempt whose version is being installed.
    #[must_use]
    pub const fn installing(&self) -> Option<Attempt> {
        match self.phase {
            Phase::Installing { attempt } => Some(attempt),
            Phase::Waiting { .. } | Phase::InFlight { .. } => None,
        }
    }

    /// Whether an answer to this attempt would count.
    #[must_use]
    pub fn awaits(&self, answered: Attempt) -> bool {
        self.in_flight() == Some(answered)
    }

    /// The attempt that was begun last.
    #[cfg(test)]
    pub(crate) const fn last_attempt(&self) -> Attempt {
        Attempt(self.attempts)
    }

    fn installs(&self, ended: Attempt) -> bool {
        self.installing() == Some(ended)
    }

    /// The safety net when something is in flight; the wishes and the clock when nothing is.
    fn on_timers(&mut self, now: Mono, out: &mut Vec<Action>) {
        if self.frozen {
            return;
        }
        if let Phase::InFlight { give_up_at, .. } = self.phase
            && give_up_at <= now
        {
            out.push(Action::GiveUp);
            self.wait_retry(now);
        }
        match self.phase {
            Phase::Waiting { .. } if self.wanted_at() <= now => self.grant(now, out),
            Phase::Waiting { until } if until <= now => self.ask(now, out),
            Phase::InFlight { .. } if self.wanted == Wanted::Retransfer => self.grant(now, out),
            Phase::Waiting { .. } | Phase::InFlight { .. } | Phase::Installing { .. } => {}
        }
    }

    /// RFC 1996 §4.4: once is enough; the operator's wishes go before a primary's.
    fn want(&mut self, wish: Wanted) {
        self.wanted = self.wanted.max(wish);
    }

    /// What a fault left half done in a frozen zone is not built upon: all of it is fetched.
    fn on_commanded(&mut self, wish: Wanted) {
        let was_frozen = std::mem::replace(&mut self.frozen, false);
        self.want(if was_frozen { Wanted::Retransfer } else { wish });
    }

    /// Of several serials the last counts: it was sent last, and no order is sure among lies.
    fn on_notified(&mut self, announced: Option<Serial>) {
        self.announced = announced;
        self.want(Wanted::Notified);
    }

    /// When the wish that waits may be granted.
    const fn wanted_at(&self) -> Mono {
        match self.wanted {
            Wanted::Nothing => Mono::NEVER,
            Wanted::Notified => self.notify_ready_at, // I5
            Wanted::Refresh | Wanted::Retransfer => Mono(0),
        }
    }

    fn grant(&mut self, now: Mono, out: &mut Vec<Action>) {
        match std::mem::replace(&mut self.wanted, Wanted::Nothing) {
            Wanted::Nothing => {}
            Wanted::Notified => {
                let pace = doubled(NOTIFY_PACE, self.failures_in_a_row, FIRST_RETRY_MAX);
                self.notify_ready_at = now.plus(pace);
                match (self.announced.take(), self.held) {
                    (Some(announced), Some(Held { soa, expired: false, .. }))
                        if announced.is_newer_than(soa.serial) =>
                    {
                        self.transfer(Some(soa.serial), now, out);
                    }
                    _ => self.ask(now, out),
                }
            }
            Wanted::Refresh => self.ask(now, out),
            Wanted::Retransfer => {
                self.transfer(None, now, out);
                self.forced = true;
            }
        }
    }

    /// New primaries may have what the old ones had not, so they are asked at once; for the whole
    /// zone, if that is what the operator waits for.
    fn on_changed(&mut self, policy: Policy) {
        self.policy = policy;
        self.failures_in_a_row = 0;
        self.in_vain_in_a_row = 0;
        let mut wish = Wanted::Refresh;
        if let Phase::InFlight { .. } = self.phase {
            self.phase = Phase::Waiting { until: Mono::NEVER };
            wish = if self.forced { Wanted::Retransfer } else { wish };
        }
        self.on_commanded(wish);
    }

    /// What one primary announced another may not have: that one proves our copy, as it would if
    /// the first were not there. Else a primary that announces and never delivers would expire us.
    fn on_agreed(&mut self, now: Mono, out: &mut Vec<Action>) {
        if let Some(held) = &mut self.held
            && !held.expired
        {
            held.expires_at = later(now, held.soa.expire);
            out.push(Action::Confirmed);
        }
    }

    fn on_probed(&mut self, soa: SoaTimers, now: Mono, out: &mut Vec<Action>) {
        match self.held {
            Some(held) if !held.expired && soa.serial == held.soa.serial => {
                self.settle(held.soa, now); // the timers of the version we hold, not of an answer
                out.push(Action::Confirmed);
            }
            Some(held) if !held.expired && soa.serial.is_newer_than(held.soa.serial) => {
                self.transfer(Some(held.soa.serial), now, out);
            }
            Some(held) if !held.expired => self.refuse_older(soa.serial, held, now, out),
            // Expired or empty: any version is better than none, whatever its serial.
            Some(_) | None => self.transfer(None, now, out),
        }
    }

    /// Asked before the version is visible: the primary may have gone back since the probe (I3).
    fn on_fetched(&mut self, attempt: Attempt, soa: SoaTimers, now: Mono, out: &mut Vec<Action>) {
        match self.held {
            Some(held) if !held.expired && soa.serial == held.soa.serial && !self.forced => {
                self.settle(held.soa, now);
                out.push(Action::Confirmed);
            }
            Some(held)
                if !held.expired
                    && soa.serial != held.soa.serial
                    && !soa.serial.is_newer_than(held.soa.serial) =>
            {
                self.refuse_older(soa.serial, held, now, out);
            }
            Some(_) | None => {
                self.phase = Phase::Installing { attempt };
                out.push(Action::Install(attempt, soa));
            }
        }
    }

    /// The primary went backwards: no progress, and no proof that our copy is current.
    fn refuse_older(&mut self, offered: Serial, held: Held, now: Mono, out: &mut Vec<Action>) {
        out.push(Action::ReportOlder { offered, held: held.soa.serial });
        self.wait_retry(now);
    }

    /// Our copy was confirmed or replaced: both clocks restart. A kept wish is granted next.
    fn settle(&mut self, soa: SoaTimers, now: Mono) {
        let effective = self.policy.bounds.apply(soa).effective;
        self.held = Some(Held { soa, expires_at: later(now, soa.expire), expired: false });
        let wait_ms = later(now, effective.refresh).since_ms(now);
        let early_ms = self.chance_ms(wait_ms);
        self.phase = Phase::Waiting { until: now.plus_ms(wait_ms.saturating_sub(early_ms).max(1)) };
        self.forced = false;
        self.failures_in_a_row = 0;
        self.in_vain_in_a_row = 0;
    }

    /// Asks for news: the SOA when we hold a live copy, the zone itself when we do not.
    fn ask(&mut self, now: Mono, out: &mut Vec<Action>) {
        if self.serves() {
            let attempt = self.begin(now);
            out.push(Action::Probe(attempt));
        } else {
            self.transfer(None, now, out);
        }
    }

    fn transfer(&mut self, since: Option<Serial>, now: Mono, out: &mut Vec<Action>) {
        let attempt = self.begin(now);
        out.push(Action::Transfer { attempt, since });
    }

    const fn begin(&mut self, now: Mono) -> Attempt {
        self.attempts = self.attempts.wrapping_add(1);
        let attempt = Attempt(self.attempts);
        self.forced = false;
        self.phase = Phase::InFlight { attempt, give_up_at: later(now, self.policy.attempt_limit) };
        attempt
    }

    /// A failed attempt is tried again at RETRY, also when a NOTIFY began it.
    fn wait_retry(&mut self, now: Mono) {
        let retry = match self.timers() {
            Some(timers) => timers.effective.retry,
            None => doubled(FIRST_RETRY, self.failures_in_a_row, FIRST_RETRY_MAX),
        };
        self.wait_after_failure(retry, now);
    }

    /// What was fetched and could not be taken is likely to be the same again: RETRY, and twice as
    /// long with each such attempt, up to REFRESH.
    fn back_off(&mut self, now: Mono) {
        let Some(Timers { effective, .. }) = self.timers() else {
            return self.wait_retry(now); // these waits double anyway
        };
        let wait = doubled(effective.retry, self.in_vain_in_a_row, effective.refresh);
        self.in_vain_in_a_row = self.in_vain_in_a_row.saturating_add(1);
        self.wait_after_failure(wait, now);
    }

    /// A NOTIFY that came while the attempt ran is kept: it may tell of what the attempt could not
    /// see. It waits longer with each failure, but no longer than it would be without it.
    fn wait_after_failure(&mut self, wait: Seconds, now: Mono) {
        let wait_ms = later(now, wait).since_ms(now);
        let until = now.plus_ms(wait_ms.saturating_add(self.chance_ms(wait_ms)));
        self.forced = false;
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let pace = doubled(NOTIFY_PACE, self.failures_in_a_row, FIRST_RETRY_MAX);
        self.notify_ready_at = now.plus(pace.min(wait));
        self.phase = Phase::Waiting { until };
    }

    /// A number from 0 to the policy's share of `wait_ms`: the same for the same seed and attempt.
    fn chance_ms(&self, wait_ms: u64) -> u64 {
        let share = u64::from(self.policy.jitter_percent.min(100));
        let most = (wait_ms / 100).saturating_mul(share);
        mix(self.policy.seed ^ u64::from(self.attempts)).checked_rem(most).unwrap_or(0)
    }

    /// Reads only; compiled out of release builds.
    fn check_invariants(&self, now: Mono) {
        debug_assert!(self.deadline() > now, "I1: {:?} is not after {now:?}", self.deadline());
        debug_assert!(!self.serves() || !self.is_past_expiry(now), "I2: served past expiry");
    }

    fn is_past_expiry(&self, now: Mono) -> bool {
        self.held.is_some_and(|held| held.expires_at <= now)
    }
}

/// At least one second on, so that a zero timer cannot spin (I1).
const fn later(now: Mono, wait: Seconds) -> Mono {
    now.plus(if wait.0 == 0 { Seconds(1) } else { wait })
}

/// `first`, doubled `times` over, `most` at the most.
fn doubled(first: Seconds, times: u32, most: Seconds) -> Seconds {
    let factor = 1_u32.checked_shl(times.min(31)).unwrap_or(u32::MAX);
    Seconds(first.0.saturating_mul(factor)).min(most)
}

/// SplitMix64's output function: neighbours in, strangers out.
const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
