//! One zone: its machines, what they are busy with, and what the operator should know.
//!
//! Performs the actions of `proto::refresh` and `proto::primaries`; both decide, this carries out.

use super::lines::{self, Lines};
use super::record::{Done, Missed, Record};
use super::{Message, ShardInbox};
use crate::clock::Clock;
use crate::commit::{Change, CommitRequest, Committer};
use crate::config::{Zone, ZoneName};
use crate::dial::{Dialler, Progress, Question};
use crate::event::{DialFailed, DialResult, Dialled, DriverEvent, NotifySeen};
use crate::ledger::Ledger;
use api::Action;
use proto::code::{Code, Fault};
use proto::primaries::{Ask, Goal, Primaries, Remedy, Step};
use proto::refresh::{self, Attempt, Refresh, SoaTimers};
use proto::time::{Mono, Seconds, UnixSeconds};
use proto::xfr::inbound::Fetched;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::Timers;
use tokio::task::AbortHandle;
use wire::name::Name;
use zone::{Table, Version, ZoneId, ZoneState};

/// What all zones of a shard share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub clock: Clock,
    pub table: Arc<Table>,
    pub dialler: Dialler,
    pub committer: Committer,
    pub ledger: Ledger,
    pub inbox: ShardInbox,
    pub lines: Lines,
}

/// What a primary is being asked right now.
pub(super) struct Job {
    pub(super) step: Step,
    pub(super) started_at: UnixSeconds,
    started_ms: Mono,
    pub(super) progress: Arc<Progress>,
    task: AbortHandle,
}

/// One zone of a shard.
pub(crate) struct ZoneDriver {
    pub(super) id: ZoneId,
    pub(super) name: ZoneName,
    pub(super) config: Arc<Zone>,
    shared: Shared,
    pub(super) refresh: Refresh,
    primaries: Primaries,
    /// The attempt that the job belongs to.
    attempt: Attempt,
    goal: Goal,
    pub(super) job: Option<Job>,
    /// The job that ended last, for what is remembered of it.
    finished: Option<Job>,
    /// A transfer that waits for the machine's word.
    fetched: Option<Fetched>,
    pub(super) version: Option<Arc<Version>>,
    pub(super) frozen: bool,
    unsaved: bool,
    confirmed_at: Option<UnixSeconds>,
    pub(super) record: Record,
}

/// A zone as the disk gave it back.
pub(crate) struct Restored {
    /// The held version.
    pub(crate) version: Arc<Version>,
    /// When a primary last confirmed it.
    pub(crate) confirmed_at: UnixSeconds,
    /// When it expires.
    pub(crate) expires_at: Mono,
}

impl ZoneDriver {
    /// A zone of the settings, with what the disk held of it.
    pub(crate) fn new(
        id: ZoneId,
        name: ZoneName,
        config: Arc<Zone>,
        shared: Shared,
        restored: Option<Restored>,
    ) -> Self {
        let now = shared.clock.now();
        let policy = policy(&config, id);
        let refresh = match &restored {
            Some(held) => Refresh::restore(policy, soa_timers(&held.version), held.expires_at, now),
            None => Refresh::new(policy, now),
        };
        Self {
            id,
            refresh,
            primaries: Primaries::new(config.primaries.len()),
            record: Record::new(&config),
            name,
            config,
            shared,
            attempt: Attempt(0),
            goal: Goal::Probe,
            job: None,
            finished: None,
            fetched: None,
            confirmed_at: restored.as_ref().map(|held| held.confirmed_at),
            version: restored.map(|held| held.version),
            frozen: false,
            unsaved: false,
        }
    }

    /// Number of the zone.
    pub(crate) const fn id(&self) -> ZoneId {
        self.id
    }

    /// Apex, for logs.
    pub(crate) fn name(&self) -> &Name {
        &self.name.apex
    }

    /// When [`DriverEvent::Tick`] is due.
    pub(crate) fn deadline(&self) -> Mono {
        match (self.frozen, self.refresh.serves()) {
            (false, _) => self.refresh.deadline(),
            (true, true) => self.refresh.expires_at().unwrap_or(Mono::NEVER),
            (true, false) => Mono::NEVER,
        }
    }

    /// Whether timers changed since the last call.
    pub(crate) fn take_unsaved(&mut self) -> bool {
        std::mem::take(&mut self.unsaved)
    }

    /// No more work for this zone; what is held is served until it expires.
    pub(crate) fn freeze(&mut self) {
        self.frozen = true;
        self.abandon_job();
    }

    /// Ends what is in flight; nothing of it comes back.
    pub(crate) fn abandon_job(&mut self) {
        self.fetched = None;
        if let Some(job) = self.job.take() {
            job.task.abort();
        }
    }

    /// What must survive a restart; `None` while nothing is held.
    pub(crate) fn timers_to_save(&self, clock: Clock) -> Option<Timers> {
        Some(Timers {
            serial: self.refresh.serial()?,
            confirmed_at: self.confirmed_at?.0,
            expires_at: clock.wall_at(self.refresh.expires_at()?).0,
            refresh_at: self.refresh.next_refresh().map_or(0, |at| clock.wall_at(at).0),
        })
    }

    /// The one entry: every event is legal at any time.
    pub(crate) fn on_event(&mut self, event: DriverEvent, now: Mono) {
        match event {
            DriverEvent::NotifyRefused(seen, fault) => self.on_notify_refused(seen, fault, now),
            DriverEvent::Changed(config) => self.on_changed(config, now),
            DriverEvent::Installed(attempt, soa, result) => {
                self.on_installed(attempt, soa, result, now);
            }
            _ if self.frozen => self.on_event_while_frozen(now),
            DriverEvent::Tick => self.step(refresh::Event::Tick, now),
            DriverEvent::Notified(seen) => self.on_notified(seen, now),
            DriverEvent::Refresh => self.step(refresh::Event::Refresh, now),
            DriverEvent::Retransfer => self.step(refresh::Event::Retransfer, now),
            DriverEvent::Dialled(attempt, step, result) => {
                let is_current = self.job.as_ref().is_some_and(|job| job.step == step);
                if attempt == self.attempt && is_current {
                    self.finished = self.job.take();
                    self.on_dialled(step, *result, now);
                }
            }
        }
    }

    /// Even a frozen zone must not be served past its expiry.
    fn on_event_while_frozen(&mut self, now: Mono) {
        if self.refresh.expires_at().is_some_and(|at| at <= now) {
            let (refresh, _) = self.refresh.step(refresh::Event::Tick, now);
            self.refresh = refresh;
            self.shared.table.publish(self.id, ZoneState::Expired);
        }
    }

    fn step(&mut self, event: refresh::Event, now: Mono) {
        let (next, actions) = self.refresh.step(event, now);
        self.refresh = next;
        if self.frozen {
            return; // what is held is kept; nothing new is begun
        }
        for action in actions {
            self.perform(action, now);
        }
    }

    /// The machine waits no longer for the primary that is being asked.
    fn give_up(&mut self, now: Mono) {
        let Some(Job { step, .. }) = self.job else { return };
        self.abandon_job();
        let _ = self.primaries.on_failed(step, Remedy::TryNextPrimary, now); // it goes last next time
        let fault =
            Fault::new(Code::TotalTimeout).with("found", "no end within the attempt's limit");
        self.fail(action_of(step.ask), self.address_of(step), fault);
    }

    fn address_of(&self, step: Step) -> Option<SocketAddr> {
        self.config.primaries.get(step.primary).map(|primary| primary.address)
    }

    fn perform(&mut self, action: refresh::Action, now: Mono) {
        match action {
            refresh::Action::Probe(attempt) => self.begin(attempt, Goal::Probe, now),
            refresh::Action::Transfer { attempt, since } => {
                self.begin(attempt, Goal::Transfer { since }, now);
            }
            refresh::Action::GiveUp => self.give_up(now),
            refresh::Action::Install(attempt, soa) => self.install(attempt, soa, now),
            refresh::Action::ReportOlder { offered, held } => {
                self.fetched = None;
                let fault = Fault::new(Code::SerialOlder)
                    .with("serial_primary", offered.0)
                    .with("serial_held", held.0);
                let primary = self.record.last_answer_from();
                self.fail(Action::Soa, primary, fault);
            }
            refresh::Action::Confirmed => {
                self.fetched = None;
                self.confirmed_at = Some(self.shared.clock.wall());
                self.unsaved = true;
                self.overcome();
            }
            refresh::Action::Expire => {
                self.shared.table.publish(self.id, ZoneState::Expired);
                self.fail(Action::Soa, None, Fault::new(Code::ZoneExpired));
            }
        }
    }

    fn begin(&mut self, attempt: Attempt, goal: Goal, now: Mono) {
        self.abandon_job();
        self.attempt = attempt;
        self.goal = goal;
        if let Some(step) = self.primaries.begin(goal, now) {
            self.dial(step);
        }
    }

    /// Asks one primary; the answer comes back as [`DriverEvent::Dialled`].
    fn dial(&mut self, step: Step) {
        let Some(primary) = self.config.primaries.get(step.primary) else { return };
        let question = Question {
            apex: self.name.apex.clone(),
            primary: primary.clone(),
            ask: step.ask,
            held: self.version.clone(),
            limits: self.config.limits,
        };
        let progress = Arc::new(Progress::default());
        let (attempt, id, inbox) = (self.attempt, self.id, self.shared.inbox.clone());
        let reply = move |result| async move {
            let event = DriverEvent::Dialled(attempt, step, Box::new(result));
            inbox.send(Message::Event(id, event)).await;
        };
        let task = self.shared.dialler.spawn(question, progress.clone(), reply);
        let (started_at, started_ms) = (self.shared.clock.wall(), self.shared.clock.now());
        self.job = Some(Job { step, started_at, started_ms, progress, task });
    }

    fn on_dialled(&mut self, step: Step, result: DialResult, now: Mono) {
        match result {
            Ok(Dialled::Soa(soa)) => {
                self.succeed(step, Action::Soa, soa);
                let held = self.refresh.serial().filter(|_| self.refresh.serves());
                let is_behind =
                    held.is_some_and(|held| soa.serial != held && !soa.serial.is_newer_than(held));
                // A primary that is behind us says nothing about the others.
                match is_behind.then(|| self.primaries.ask_next()).flatten() {
                    Some(next) => self.dial(next),
                    None => {
                        self.primaries.on_success(step);
                        self.primaries.on_offered(step.primary);
                        self.step(refresh::Event::Probed(self.attempt, soa), now);
                    }
                }
            }
            Ok(Dialled::Transferred(fetched)) => self.on_transferred(step, fetched, now),
            Err(failed) => self.on_dial_failed(step, failed, now),
        }
    }

    fn on_transferred(&mut self, step: Step, fetched: Fetched, now: Mono) {
        let soa = match (&fetched, &self.version) {
            (Fetched::Whole(version) | Fetched::Diffs { version, .. }, _) => soa_timers(version),
            (Fetched::UpToDate(serial) | Fetched::PrimaryBehind(serial), Some(held)) => {
                SoaTimers { serial: *serial, ..soa_timers(held) }
            }
            (Fetched::UpToDate(_) | Fetched::PrimaryBehind(_), None) => {
                return self.step(refresh::Event::Failed(self.attempt), now);
            }
        };
        self.succeed(step, action_of(step.ask), soa);
        if let Goal::Transfer { since: Some(held) } = self.goal
            && !soa.serial.is_newer_than(held)
        {
            return self.on_nothing_new(step, soa, now);
        }
        self.primaries.on_success(step);
        self.fetched = Some(fetched);
        self.step(refresh::Event::Fetched(self.attempt, soa), now);
    }

    /// A primary has said that there is news, and this one does not have it: no confirmation, for
    /// the news may be real, and no reason to stop asking the others.
    fn on_nothing_new(&mut self, step: Step, soa: SoaTimers, now: Mono) {
        let fault = Fault::new(Code::SerialOlder)
            .with("serial_primary", soa.serial.0)
            .with("found", "a newer serial was announced than is transferred");
        self.fail(action_of(step.ask), self.address_of(step), fault);
        match self.primaries.ask_next() {
            Some(next) => self.dial(next),
            None => self.step(refresh::Event::Failed(self.attempt), now),
        }
    }

    fn on_dial_failed(&mut self, step: Step, failed: DialFailed, now: Mono) {
        let DialFailed { fault, action, remedy } = failed;
        let address = self.address_of(step);
        self.fail(action, address, fault);
        match self.primaries.on_failed(step, remedy, now) {
            Some(next) => self.dial(next),
            None => self.step(refresh::Event::Failed(self.attempt), now),
        }
    }

    /// Hands the version in hand to the disk; what is served changes when it is durable.
    fn install(&mut self, attempt: Attempt, soa: SoaTimers, now: Mono) {
        let change = match self.fetched.take() {
            Some(Fetched::Whole(version)) => Change::Whole(Arc::new(version)),
            Some(Fetched::Diffs { version, diffs }) => Change::Diffs(diffs, Arc::new(version)),
            // The zone expired while a primary said that it has nothing newer: ask for all of it.
            Some(Fetched::UpToDate(_) | Fetched::PrimaryBehind(_)) | None => {
                return self.step(refresh::Event::NotInstalled(attempt), now);
            }
        };
        let (zone, inbox) = (self.id, self.shared.inbox.clone());
        self.shared.committer.commit(CommitRequest { zone, change, attempt, soa, inbox });
    }

    fn on_installed(
        &mut self,
        attempt: Attempt,
        soa: SoaTimers,
        result: Result<Arc<Version>, Fault>,
        now: Mono,
    ) {
        match result {
            Ok(version) => {
                lines::installed(&self.name.apex, &version, self.record.last_success.as_ref());
                let old = self.version.replace(version);
                if let Goal::Transfer { since: None } = self.goal {
                    // Of a zone replaced as a whole there is much to free: not while others wait.
                    drop(tokio::task::spawn_blocking(move || drop(old)));
                }
                self.confirmed_at = Some(self.shared.clock.wall());
                self.unsaved = true;
                self.overcome();
                self.step(refresh::Event::Installed(attempt, soa), now);
                self.publish_again();
            }
            Err(fault) => {
                self.fail(Action::Install, None, fault);
                self.step(refresh::Event::NotInstalled(attempt), now);
            }
        }
    }

    /// The version before this one may have expired between the publication of this one and the
    /// news of it.
    fn publish_again(&self) {
        if let Some(version) = self.version.as_ref().filter(|_| self.refresh.serves()) {
            self.shared.table.publish(self.id, ZoneState::Serving(version.clone()));
        }
    }

    fn on_notified(&mut self, seen: NotifySeen, now: Mono) {
        let from = seen.from;
        let proven = seen.serial.filter(|_| seen.key.is_some());
        lines::notified(&self.name.apex, &seen);
        self.record.notified(seen);
        let sender = self.config.primaries.iter().position(|known| known.address.ip() == from);
        if let Some(primary) = sender {
            self.primaries.on_notified(primary);
        }
        self.step(refresh::Event::Notified(proven), now);
    }

    fn on_notify_refused(&mut self, seen: NotifySeen, fault: Fault, now: Mono) {
        self.shared.lines.notify_refused((self.id, &self.name.apex), &seen, &fault, now);
        self.record.notify_refused(seen, fault);
    }

    /// New settings: what is in flight is void, and the primaries are asked at once.
    fn on_changed(&mut self, config: Arc<Zone>, now: Mono) {
        self.abandon_job();
        self.frozen = false;
        self.primaries = Primaries::new(config.primaries.len());
        self.record.on_changed(&config);
        let policy = policy(&config, self.id);
        self.config = config;
        self.step(refresh::Event::Changed(policy), now);
    }

    fn succeed(&mut self, step: Step, action: Action, soa: SoaTimers) {
        let primary = self.address_of(step);
        let (at, serial) = (self.shared.clock.wall(), Some(soa.serial));
        let (bytes, records, started_ms) = match self.finished.take() {
            Some(Job { progress, started_ms, .. }) => (
                progress.bytes.load(Ordering::Relaxed),
                progress.records.load(Ordering::Relaxed),
                started_ms,
            ),
            None => (0, 0, self.shared.clock.now()),
        };
        let elapsed_ms = self.shared.clock.now().since_ms(started_ms);
        let done = Done { at, action, primary, serial, bytes, records, elapsed_ms };
        self.shared.ledger.record_done(self.id, &done);
        self.record.succeeded(step.primary, done);
    }

    fn fail(&mut self, action: Action, primary: Option<SocketAddr>, fault: Fault) {
        let (at, serial) = (self.shared.clock.wall(), self.refresh.serial());
        let missed = Missed { at, action, primary, serial, fault };
        self.shared.ledger.record_missed(self.id, &missed);
        let now = self.shared.clock.now();
        self.shared.lines.failed((self.id, &self.name.apex), &missed, now);
        self.record.failed(missed);
    }

    fn overcome(&mut self) {
        if let Some(code) = self.record.overcome() {
            self.shared.lines.overcome(self.id, code);
        }
    }
}

/// The action that a question is shown as.
pub(super) const fn action_of(ask: Ask) -> Action {
    match ask {
        Ask::ProbeUdp | Ask::ProbeTcp => Action::Soa,
        Ask::Ixfr(_) => Action::Ixfr,
        Ask::Axfr => Action::Axfr,
    }
}

/// What the refresh machine reads of a version's SOA.
pub(crate) fn soa_timers(version: &Version) -> SoaTimers {
    let soa = version.soa().fields;
    SoaTimers {
        serial: soa.serial,
        refresh: Seconds(soa.refresh),
        retry: Seconds(soa.retry),
        expire: Seconds(soa.expire),
    }
}

/// The zone's part of the settings, as the refresh machine wants it.
fn policy(config: &Zone, id: ZoneId) -> refresh::Policy {
    /// Keeps the zones of one primary from asking it all at once, for ever.
    const JITTER_PERCENT: u8 = 10;
    refresh::Policy {
        bounds: config.bounds,
        attempt_limit: attempt_limit(config),
        jitter_percent: JITTER_PERCENT,
        seed: u64::from(id.0),
    }
}

/// Time for every primary to use all of its own limits: the driver's end an attempt before.
fn attempt_limit(config: &Zone) -> Seconds {
    /// For probes, fall-backs and the wait for a turn, beside each transfer.
    const BESIDE_S: u32 = 600;
    let primaries = u32::try_from(config.primaries.len()).unwrap_or(u32::MAX);
    let each = config.limits.transfer.0.saturating_mul(2).saturating_add(BESIDE_S);
    Seconds(each.saturating_mul(primaries))
}
