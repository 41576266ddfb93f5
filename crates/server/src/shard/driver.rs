//! One zone: performs the actions of its machine, and keeps what the operator should know.
//!
//! `proto::follow` decides; nothing here does.

use super::lines::{self, Lines};
use super::record::{Done, Missed, Record};
use super::{Message, ShardInbox};
use crate::clock::Clock;
use crate::commit::{Change, CommitRequest, Committer};
use crate::config::{Zone, ZoneName};
use crate::dial::{Dialler, Progress, Question};
use crate::event::{
    DialFailed, DialResult, Dialled, DownstreamSeen, DriverEvent, InstallEnd, NotifySeen,
};
use crate::faults::{self, Spot};
use crate::ledger::Ledger;
use api::Action;
use proto::code::{Code, Fault};
use proto::follow::{self, Answer, Event, Follow};
use proto::primaries::{Ask, Step};
use proto::refresh::{Attempt, Policy, Saved, SoaTimers};
use proto::time::{Mono, Seconds, UnixSeconds};
use proto::xfr::inbound::Fetched;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::Timers;
use tokio::task::AbortHandle;
use wire::name::Name;
use wire::serial::Serial;
use zone::{History, Table, Version, ZoneId, ZoneState};

/// What all zones of a shard share.
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
    shared: Arc<Shared>,
    pub(super) follow: Follow,
    pub(super) job: Option<Box<Job>>,
    pub(super) version: Option<Version>,
    unsaved: bool,
    /// No step is taken before: a fault of ours that comes back must not make us spin.
    rests_until: Mono,
    confirmed: Option<Confirmed>,
    /// How the version came that is being installed.
    brought: Option<Box<Done>>,
    /// The installation that was begun last: its end will be told.
    handed_over: Option<Attempt>,
    pub(super) record: Record,
}

/// When a primary last confirmed what is held.
#[derive(Clone, Copy)]
enum Confirmed {
    /// In an earlier run, at this date.
    Before(UnixSeconds),
    /// In this run. Its date is another one when somebody sets the clock.
    Here(Mono),
}

impl Confirmed {
    fn date(self, clock: Clock) -> UnixSeconds {
        match self {
            Self::Before(date) => date,
            Self::Here(at) => clock.wall_at(at),
        }
    }
}

/// A zone as the disk gave it back.
pub(crate) struct Restored {
    /// The held version.
    pub(crate) version: Version,
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
        shared: Arc<Shared>,
        restored: Option<Restored>,
    ) -> Self {
        let now = shared.clock.now();
        let (policy, primaries) = (policy(&config, id), config.primaries.len());
        let follow = match &restored {
            Some(held) => {
                let soa = soa_timers(&held.version);
                Follow::restore(policy, primaries, soa, held.expires_at, now)
            }
            None => Follow::new(policy, primaries, now),
        };
        Self {
            id,
            follow,
            record: Record::default(),
            name,
            config,
            shared,
            job: None,
            confirmed: restored.as_ref().map(|held| Confirmed::Before(held.confirmed_at)),
            version: restored.map(|held| held.version),
            unsaved: false,
            rests_until: Mono(0),
            brought: None,
            handed_over: None,
        }
    }

    /// Whether [`ZoneDriver::freeze`] stopped its work.
    pub(crate) const fn is_frozen(&self) -> bool {
        self.follow.is_frozen()
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
        self.follow.deadline().max(self.rests_until)
    }

    /// Whether timers changed since the last call.
    pub(crate) fn take_unsaved(&mut self) -> bool {
        std::mem::take(&mut self.unsaved)
    }

    /// A fault of ours left a step half done: no more work for this zone, until the operator says
    /// so. What is held is served until it expires, and the end of an installation still counts.
    pub(crate) fn freeze(&mut self, end: Option<InstallEnd>, fault: Fault, now: Mono) {
        let action = match (&end, &self.job) {
            (Some(_), _) => Action::Install,
            (None, Some(job)) => action_of(job.step.ask),
            (None, None) => Action::Soa,
        };
        self.halt(end, now);
        self.fail(action, None, fault);
    }

    fn halt(&mut self, end: Option<InstallEnd>, now: Mono) {
        /// Between two steps of a zone in which each fails.
        const REST_MS: u64 = 1_000;
        self.rests_until = now.plus_ms(REST_MS);
        let was_frozen = self.follow.is_frozen();
        self.follow.freeze();
        self.abandon_job();
        // Before anything that could fail once more.
        if self.follow.expires_at().is_some_and(|at| at <= now) {
            self.shared.table.publish(self.id, ZoneState::Expired);
        }
        match end {
            Some(InstallEnd { attempt, soa, version: Some(version) }) => {
                self.version = Some(version);
                self.confirmed = Some(Confirmed::Here(now));
                self.unsaved = true;
                self.step(Event::Installed { attempt, soa }, now);
                self.publish_again();
            }
            Some(InstallEnd { attempt, version: None, .. }) => {
                self.step(Event::NotInstalled { attempt }, now);
            }
            None => self.step(self.end_nobody_will_tell().unwrap_or(Event::Tick), now),
        }
        if !was_frozen {
            lines::frozen(&self.name.apex, self.follow.serial());
        }
    }

    /// The fault may have come before the version was in other hands, and then with it.
    fn end_nobody_will_tell(&self) -> Option<Event> {
        let attempt = self.follow.installing()?;
        (self.handed_over != Some(attempt)).then_some(Event::NotInstalled { attempt })
    }

    /// Ends what is in flight; nothing of it comes back.
    pub(crate) fn abandon_job(&mut self) {
        if let Some(job) = self.job.take() {
            job.task.abort();
        }
    }

    /// Somebody set the clock: dates that were written by it are wrong.
    pub(crate) const fn on_date_set(&mut self) {
        if let Some(Confirmed::Here(_)) = self.confirmed {
            self.unsaved = true;
        }
    }

    /// What must survive a restart; `None` while nothing is held.
    pub(crate) fn timers_to_save(&self, clock: Clock) -> Option<Timers> {
        Some(Timers {
            serial: self.follow.serial()?,
            confirmed_at: self.confirmed?.date(clock).0,
            expires_at: clock.wall_at(self.follow.expires_at()?).0,
            refresh_at: self.follow.next_refresh().map_or(0, |at| clock.wall_at(at).0),
        })
    }

    /// The one entry: every event is legal at any time.
    pub(crate) fn on_event(&mut self, event: DriverEvent, now: Mono) {
        faults::trip(Spot::Step, self.name.apex.as_ref());
        match event {
            DriverEvent::Tick => self.step(Event::Tick, now),
            DriverEvent::Notified(seen) => self.on_notified(seen, now),
            DriverEvent::NotifyRefused(seen, fault) => self.on_notify_refused(seen, fault, now),
            DriverEvent::Downstream(seen) => self.on_downstream(*seen, now),
            DriverEvent::Refresh => self.step(Event::Refresh, now),
            DriverEvent::Retransfer => self.step(Event::Retransfer, now),
            DriverEvent::Thaw if self.follow.is_frozen() => self.step(Event::Refresh, now),
            DriverEvent::Thaw => {}
            DriverEvent::Changed(config) => self.on_changed(config, now),
            DriverEvent::Dialled(attempt, step, result) => {
                self.on_dialled(attempt, step, *result, now);
            }
            DriverEvent::Installed(attempt, soa, result) => {
                self.on_installed(attempt, soa, result, now);
            }
        }
    }

    fn step(&mut self, event: Event, now: Mono) {
        self.step_with(event, None, now);
    }

    /// A version that is not installed in the step that it came in is of no use.
    fn step_with(&mut self, event: Event, mut fetched: Option<Change>, now: Mono) {
        let was_frozen = self.follow.is_frozen();
        let actions = self.follow.step(event, now);
        if was_frozen && !self.follow.is_frozen() {
            lines::thawed(&self.name.apex);
        }
        for action in actions {
            self.perform(action, &mut fetched, now);
        }
    }

    fn perform(&mut self, action: follow::Action, fetched: &mut Option<Change>, now: Mono) {
        match action {
            follow::Action::Ask { attempt, step } => self.dial(attempt, step),
            follow::Action::Abandon => self.abandon_job(),
            follow::Action::GaveUp { step } => {
                self.abandon_job();
                let fault = Fault::new(Code::TotalTimeout)
                    .with("found", "no end within the attempt's limit");
                self.fail(action_of(step.ask), self.address_of(step), fault);
            }
            follow::Action::Install { attempt, soa } => {
                self.install(attempt, soa, fetched.take(), now);
            }
            follow::Action::Confirmed => {
                self.confirmed = Some(Confirmed::Here(now));
                self.unsaved = true;
                self.overcome();
            }
            follow::Action::Older { step, offered, held } => {
                let fault = Fault::new(Code::SerialOlder)
                    .with("serial_primary", offered.0)
                    .with("serial_held", held.0);
                self.fail(action_of(step.ask), self.address_of(step), fault);
            }
            follow::Action::NothingNew { step, offered } => {
                let fault = Fault::new(Code::SerialOlder)
                    .with("serial_primary", offered.0)
                    .with("found", "a newer serial was announced than is transferred");
                self.fail(action_of(step.ask), self.address_of(step), fault);
            }
            follow::Action::Expired => self.expire(),
        }
    }

    fn expire(&mut self) {
        self.shared.table.publish(self.id, ZoneState::Expired);
        let mut fault = Fault::new(Code::ZoneExpired);
        if self.follow.is_frozen() {
            fault = fault.with("found", "the zone is frozen by a fault of understudy");
        }
        self.fail(Action::Soa, None, fault);
    }

    fn address_of(&self, step: Step) -> Option<SocketAddr> {
        self.config.primaries.get(step.primary).map(|primary| primary.address)
    }

    /// Asks one primary; the answer comes back as [`DriverEvent::Dialled`].
    fn dial(&mut self, attempt: Attempt, step: Step) {
        let Some(primary) = self.config.primaries.get(step.primary) else { return };
        let question = Question {
            apex: self.name.apex.clone(),
            primary: primary.clone(),
            ask: step.ask,
            held: self.version.clone(),
            limits: self.config.limits,
        };
        let progress = Arc::new(Progress::default());
        let (id, inbox) = (self.id, self.shared.inbox.clone());
        let reply = move |result| async move {
            let event = DriverEvent::Dialled(attempt, step, Box::new(result));
            inbox.send(Message::Event(id, event)).await;
        };
        let task = self.shared.dialler.spawn(question, progress.clone(), reply);
        let (started_at, started_ms) = (self.shared.clock.wall(), self.shared.clock.now());
        self.job = Some(Box::new(Job { step, started_at, started_ms, progress, task }));
    }

    fn on_dialled(&mut self, attempt: Attempt, step: Step, result: DialResult, now: Mono) {
        if !self.follow.awaits(attempt, step) {
            return;
        }
        let job = self.job.take();
        match result {
            Ok(Dialled::Soa(soa)) => {
                self.succeed(step, soa.serial, job);
                self.step(Event::Answered { attempt, step, answer: Answer::Soa(soa) }, now);
            }
            Ok(Dialled::Transferred(fetched)) => {
                let held = self.version.as_ref().map(Version::serial);
                let (answer, serial, change) = read(fetched, held, self.history());
                self.succeed(step, serial, job);
                self.step_with(Event::Answered { attempt, step, answer }, change, now);
            }
            Err(DialFailed { fault, action, remedy }) => {
                self.fail(action, self.address_of(step), fault);
                let came = job.is_some_and(|job| job.progress.records.load(Ordering::Relaxed) > 0);
                let event = if came {
                    Event::Answered { attempt, step, answer: Answer::Unusable(remedy) }
                } else {
                    Event::AskFailed { attempt, step, remedy }
                };
                self.step(event, now);
            }
        }
    }

    /// What is remembered of how the version held came about; `None` while nobody may transfer it.
    fn history(&self) -> Option<&History> {
        let held = self.version.as_ref().map_or(&History::NONE, |held| held.history());
        (!self.config.transfer.is_empty()).then_some(held)
    }

    /// Hands the version in hand to the disk; what is served changes when it is durable.
    fn install(&mut self, attempt: Attempt, soa: SoaTimers, fetched: Option<Change>, now: Mono) {
        let Some(change) = fetched else {
            return self.step(Event::NotInstalled { attempt }, now);
        };
        faults::trip(Spot::Install, self.name.apex.as_ref());
        let (zone, inbox) = (self.id, self.shared.inbox.clone());
        self.handed_over = Some(attempt);
        self.shared.committer.commit(CommitRequest { zone, change, attempt, soa, inbox });
    }

    fn on_installed(
        &mut self,
        attempt: Attempt,
        soa: SoaTimers,
        result: Result<Version, Fault>,
        now: Mono,
    ) {
        match result {
            Ok(version) => {
                lines::installed(&self.name.apex, &version, self.brought.take().as_deref());
                free(self.version.replace(version));
                self.confirmed = Some(Confirmed::Here(now));
                self.unsaved = true;
                if !self.follow.is_frozen() {
                    self.overcome();
                }
                self.step(Event::Installed { attempt, soa }, now);
                self.publish_again();
            }
            Err(fault) => {
                let is_ours = fault.code == Code::InternalFault;
                self.fail(Action::Install, None, fault);
                if is_ours {
                    // It would come back with each commit of this version.
                    self.halt(Some(InstallEnd { attempt, soa, version: None }), now);
                } else {
                    self.step(Event::NotInstalled { attempt }, now);
                }
            }
        }
    }

    /// The version before this one may have expired between the publication of this one and the
    /// news of it.
    fn publish_again(&self) {
        if let Some(version) = self.version.as_ref().filter(|_| self.follow.serves()) {
            self.shared.table.publish(self.id, ZoneState::Serving(version.clone()));
        }
    }

    fn on_notified(&mut self, seen: NotifySeen, now: Mono) {
        let from = seen.from;
        let proven = seen.serial.filter(|_| seen.key.is_some());
        lines::notified(&self.name.apex, &seen);
        self.record.notified(&self.config, seen);
        let from = self.config.primaries.iter().position(|known| known.address.ip() == from);
        self.step(Event::Notified { from, proven }, now);
    }

    fn on_notify_refused(&mut self, seen: NotifySeen, fault: Fault, now: Mono) {
        self.shared.lines.notify_refused((self.id, &self.name.apex), &seen, &fault, now);
        self.record.notify_refused(&self.config, seen, fault);
    }

    fn on_downstream(&mut self, seen: DownstreamSeen, now: Mono) {
        self.shared.lines.downstream((self.id, &self.name.apex), &seen, now);
        self.record.downstream(seen);
    }

    fn on_changed(&mut self, config: Arc<Zone>, now: Mono) {
        self.record.on_changed(&self.config, &config);
        let (policy, primaries) = (policy(&config, self.id), config.primaries.len());
        self.config = config;
        self.step(Event::Changed { policy, primaries }, now);
    }

    /// A primary answered as it should.
    fn succeed(&mut self, step: Step, serial: Serial, job: Option<Box<Job>>) {
        let (at, action) = (self.shared.clock.wall(), action_of(step.ask));
        let (primary, serial) = (self.address_of(step), Some(serial));
        let (bytes, records, started_ms) = match job.as_deref() {
            Some(&Job { ref progress, started_ms, .. }) => (
                progress.bytes.load(Ordering::Relaxed),
                progress.records.load(Ordering::Relaxed),
                started_ms,
            ),
            None => (0, 0, self.shared.clock.now()),
        };
        let elapsed_ms = self.shared.clock.now().since_ms(started_ms);
        let done = Done { at, action, primary, serial, bytes, records, elapsed_ms };
        self.shared.ledger.record_done(self.id, &done);
        self.record.succeeded(&self.config, &done);
        self.brought = (action != Action::Soa).then(|| Box::new(done));
    }

    fn fail(&mut self, action: Action, primary: Option<SocketAddr>, fault: Fault) {
        let (at, serial) = (self.shared.clock.wall(), self.follow.serial());
        let missed = Missed { at, action, primary, serial, fault };
        self.shared.ledger.record_missed(self.id, &missed);
        let now = self.shared.clock.now();
        self.shared.lines.failed((self.id, &self.name.apex), &missed, now);
        self.record.failed(&self.config, missed);
    }

    fn overcome(&mut self) {
        if let Some(code) = self.record.overcome() {
            self.shared.lines.overcome(self.id, code);
        }
    }
}

/// What a transfer says, the serial it says it of, and what may be installed of it in the place of `held`; with the
/// diffs behind those of `history`, if they are to be remembered.
fn read(
    fetched: Fetched,
    held: Option<Serial>,
    history: Option<&History>,
) -> (Answer, Serial, Option<Change>) {
    match fetched {
        Fetched::Whole(mut version) => {
            let soa = soa_timers(&version);
            if history.is_some() && held == Some(soa.serial) {
                version = version.with_reused_serial();
            }
            (Answer::Version(soa), soa.serial, Some(Change::Whole(version)))
        }
        Fetched::Diffs { mut version, diffs } => {
            let soa = soa_timers(&version);
            if let Some(history) = history {
                version = version.with_history(history, diffs.iter().cloned().map(Arc::new));
            }
            (Answer::Version(soa), soa.serial, Some(Change::Diffs(diffs, version)))
        }
        Fetched::UpToDate(serial) => (Answer::UpToDate(serial), serial, None),
        Fetched::PrimaryBehind(serial) => (Answer::Behind(serial), serial, None),
    }
}

/// Of a large version there may be much to free: not while other zones wait.
fn free(old: Option<Version>) {
    const LARGE_RECORDS: u64 = 1_000;
    if let Some(old) = old.filter(|old| old.record_count() >= LARGE_RECORDS) {
        drop(tokio::task::spawn_blocking(move || drop(old)));
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

/// What the disk holds of a zone's deadlines, as it is read after a restart.
pub(crate) const fn saved(timers: Timers) -> Saved {
    Saved {
        serial: timers.serial,
        confirmed_at: UnixSeconds(timers.confirmed_at),
        expires_at: UnixSeconds(timers.expires_at),
    }
}

/// The zone's part of the settings, as the refresh machine wants it.
fn policy(config: &Zone, id: ZoneId) -> Policy {
    /// Keeps the zones of one primary from asking it all at once, for ever.
    const JITTER_PERCENT: u8 = 10;
    Policy {
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
