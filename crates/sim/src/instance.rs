//! The daemon of the world: real machines, log and table, driven in the order in which `server`
//! drives them.
//!
//! Touches nothing: the clock is given, the network is asked by wishes, the disk is the world's.
//!
//! Invariants: N1 one step does one thing, so that the world may end between any two. N2 it decides
//! nothing that `server` does not decide.
//!
//! Not here: restarts (`boot`), the committing thread (`committing`), one question (`asking`).

use crate::asking::{Asking, Ended, Heard, Next, Question};
use crate::clock::{Clock, True};
use crate::committing::{Change, Committing, News, Request};
use crate::dice::Dice;
use crate::disk::{Disk, row};
use crate::note::{Note, What};
use crate::settings::Settings;
use proto::follow::{Action, Answer, Event, Follow};
use proto::notify::{self, Outcome};
use proto::primaries::Step;
use proto::refresh::{Attempt, SoaTimers};
use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use proto::xfr::inbound::Fetched;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use store::Timers;
use store::simulated::Log;
use zone::{History, Table, Version, ZoneId, ZoneState};

/// How often confirmations are handed over to be written.
const SAVE_EVERY_MS: u64 = 2_000;
/// How long they then wait for company.
const GATHER_MS: u64 = 2_000;

/// Longest way of news from the committing thread to a machine.
const NEWS_MS: u64 = 200;
/// Longest way of an answer from the task that asked to a machine.
pub const DIALLED_MS: u64 = 3_000;

/// What the daemon wants of the network.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Place of the zone.
    pub zone: usize,
    /// The world's number of the primary.
    pub primary: usize,
    /// Number of the conversation.
    pub conversation: u64,
    /// What is wanted.
    pub want: Want,
}

/// One thing wanted of the network.
#[derive(Clone, Debug)]
pub enum Want {
    /// A datagram is sent.
    Send(Vec<u8>),
    /// A connection.
    Connect,
    /// Octets are sent on it.
    Write(Vec<u8>),
}

/// One zone of the daemon.
pub(crate) struct Followed {
    pub(crate) settings: Settings,
    pub(crate) follow: Follow,
    pub(crate) version: Option<Version>,
    pub(crate) confirmed_at: Option<UnixSeconds>,
    asking: Option<(u64, Asking)>,
    fetched: Option<Fetched>,
}

impl Followed {
    pub(crate) const fn new(
        settings: Settings,
        follow: Follow,
        version: Option<Version>,
        confirmed_at: Option<UnixSeconds>,
    ) -> Self {
        Self { settings, follow, version, confirmed_at, asking: None, fetched: None }
    }

    fn timers_to_save(&self, clock: &Clock) -> Option<Timers> {
        let refresh_at = self.follow.next_refresh().map_or(UnixSeconds(0), |at| clock.wall_at(at));
        let expires_at = clock.wall_at(self.follow.expires_at()?);
        Some(row(self.follow.serial()?, self.confirmed_at?, expires_at, refresh_at))
    }
}

/// What waits for a zone's machine.
#[derive(Debug)]
enum Mail {
    /// A commit has ended.
    Committed(News),
    /// A question has, maybe one that nobody waits for any more.
    Dialled { zone: usize, attempt: Attempt, step: Step, ended: Ended },
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Tick(usize),
    Silence(usize),
    Mail,
    Commit,
    Save,
    Write,
}

/// A daemon that runs.
pub struct Instance {
    pub(crate) table: Table,
    log: Log,
    pub(crate) zones: Vec<Followed>,
    committing: Committing,
    commit_at: True,
    inbox: BTreeMap<(True, u64), Mail>,
    mails: u64,
    unsaved: BTreeSet<usize>,
    save_at: True,
    gathered: BTreeMap<ZoneId, Timers>,
    write_at: True,
    conversations: u64,
    dice: Dice,
    /// Longest time that one line of the committing thread takes.
    pub slowness_ms: u64,
    /// What it wants of the network.
    pub wishes: Vec<Wish>,
    /// What it did.
    pub notes: Vec<Note>,
}

impl Instance {
    pub(crate) fn new(
        table: Table,
        log: Log,
        zones: Vec<Followed>,
        (boot, dice): (u64, Dice),
    ) -> Self {
        Self {
            table,
            log,
            zones,
            committing: Committing::idle(),
            commit_at: True::NEVER,
            inbox: BTreeMap::new(),
            mails: 0,
            unsaved: BTreeSet::new(),
            save_at: True::NEVER,
            gathered: BTreeMap::new(),
            write_at: True::NEVER,
            conversations: boot,
            dice,
            slowness_ms: 20,
            wishes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// What is served for a zone.
    #[must_use]
    pub fn served(&self, zone: usize) -> Option<Arc<ZoneState>> {
        let id = self.zones.get(zone)?.settings.id;
        self.table.slot(id).map(|slot| Arc::clone(&slot.state()))
    }

    /// The zone's settings.
    #[must_use]
    pub fn settings(&self, zone: usize) -> Option<&Settings> {
        self.zones.get(zone).map(|zone| &zone.settings)
    }

    /// The machine of a zone, to look at.
    #[must_use]
    pub fn follow(&self, zone: usize) -> Option<&Follow> {
        self.zones.get(zone).map(|zone| &zone.follow)
    }

    /// When something is to be done without anything happening from outside.
    #[must_use]
    pub fn due_at(&self, clock: &Clock) -> True {
        self.due(clock).map_or(True::NEVER, |(at, _)| at)
    }

    /// Does the one thing that is due first, if it is due.
    pub fn wake(&mut self, clock: &Clock, disk: &mut Disk) {
        let Some((_, due)) = self.due(clock).filter(|(at, _)| *at <= clock.true_now()) else {
            return;
        };
        match due {
            Due::Tick(zone) => self.step(zone, Event::Tick, clock),
            Due::Silence(zone) => {
                let conversation = self.conversation(zone).unwrap_or(0);
                self.hear(zone, conversation, Heard::Silence, clock);
            }
            Due::Mail => match self.inbox.pop_first() {
                Some((_, Mail::Committed(news))) => self.on_news(news, clock),
                Some((_, Mail::Dialled { zone, attempt, step, ended })) => {
                    self.on_dialled(zone, (attempt, step), ended, clock);
                }
                None => {}
            },
            Due::Commit => self.commit_line(clock, disk),
            Due::Save => self.hand_over(clock),
            Due::Write => self.write_deadlines(disk),
        }
    }

    /// Takes what the network brings for a conversation; nothing, when it is over.
    pub fn hear(&mut self, zone: usize, conversation: u64, heard: Heard, clock: &Clock) {
        let id = self.fresh_id();
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let Some((_, asking)) =
            followed.asking.as_mut().filter(|(known, _)| *known == conversation)
        else {
            return;
        };
        let next = asking.hear(heard, id, clock.true_now(), clock.wall());
        self.carry_on(zone, next, clock);
    }

    /// Number of the conversation that a zone has now.
    #[must_use]
    pub fn conversation(&self, zone: usize) -> Option<u64> {
        self.zones.get(zone)?.asking.as_ref().map(|(conversation, _)| *conversation)
    }

    /// Takes a NOTIFY from the network.
    pub fn on_notify(&mut self, message: &[u8], source: IpAddr, clock: &Clock) {
        let keys = self.zones.iter().flat_map(|zone| &zone.settings.upstreams);
        let keys = Keyring::new(keys.filter_map(|upstream| upstream.key.clone()));
        let senders = |apex: wire::name::NameRef<'_>| {
            let of_apex = |zone: &&Followed| zone.settings.apex.as_ref() == apex;
            self.zones.iter().find(of_apex).map(|zone| zone.settings.senders())
        };
        let verdict = notify::inbound(message, source, &keys, senders, clock.wall());
        match verdict.outcome {
            Outcome::Accepted(seen) => {
                let of_apex = |zone: &Followed| zone.settings.apex == seen.apex;
                let Some(zone) = self.zones.iter().position(of_apex) else { return };
                let upstreams = &self.zones[zone].settings.upstreams;
                let from = upstreams.iter().position(|known| known.address == source);
                let proven = seen.serial.filter(|_| seen.key.is_some());
                self.notes.push(Note { zone, what: What::Notified });
                self.step(zone, Event::Notified { from, proven }, clock);
            }
            Outcome::Refused(_) => self.notes.push(Note { zone: 0, what: What::NotifyRefused }),
            Outcome::Ignored => {}
        }
    }

    /// The operator wants something of a zone.
    pub fn command(&mut self, zone: usize, command: Event, clock: &Clock) {
        self.step(zone, command, clock);
    }

    /// The settings of a zone are others from now on.
    pub fn change(&mut self, zone: usize, settings: Settings, clock: &Clock) {
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let (policy, primaries) = (settings.policy(), settings.upstreams.len());
        followed.settings = settings;
        followed.asking = None;
        followed.fetched = None;
        self.step(zone, Event::Changed { policy, primaries }, clock);
    }

    /// Whether a version is somewhere between its commit and the news of it.
    #[must_use]
    pub fn is_installing(&self) -> bool {
        self.committing.is_busy() || !self.inbox.is_empty()
    }

    /// Whether a confirmation is not written down yet.
    #[must_use]
    pub fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty() || !self.gathered.is_empty()
    }

    /// Zones with deadlines that the disk has not taken yet.
    #[must_use]
    pub fn unwritten(&self) -> Vec<usize> {
        let is_gathered = |zone: &Followed| self.gathered.contains_key(&zone.settings.id);
        self.zones
            .iter()
            .enumerate()
            .filter(|(_, zone)| is_gathered(zone))
            .map(|(at, _)| at)
            .collect()
    }

    /// Compacts the log if that is due.
    pub fn compact(&self) -> bool {
        matches!(self.log.compact_if_due(), Ok(Some(_)))
    }

    /// Saves what must be saved, as a daemon does that is told to stop.
    pub fn stop(&mut self, clock: &Clock, disk: &mut Disk) {
        self.hand_over(clock);
        self.write_deadlines(disk);
    }

    fn due(&self, clock: &Clock) -> Option<(True, Due)> {
        let ticks =
            self.zones.iter().enumerate().map(|(zone, followed)| {
                (clock.true_at(followed.follow.deadline()), Due::Tick(zone))
            });
        let silences = self.zones.iter().enumerate().filter_map(|(zone, followed)| {
            followed.asking.as_ref().map(|(_, asking)| (asking.patient_until, Due::Silence(zone)))
        });
        let mail = self.inbox.first_key_value().map(|((at, _), _)| (*at, Due::Mail));
        let commit = self.committing.is_busy().then_some((self.commit_at, Due::Commit));
        let own = [(self.save_at, Due::Save), (self.write_at, Due::Write)];
        let all = ticks.chain(silences).chain(mail).chain(commit).chain(own);
        all.filter(|(at, _)| *at != True::NEVER).min_by_key(|(at, _)| *at)
    }

    /// One event for one zone's machine, and what it wants done about it.
    fn step(&mut self, zone: usize, event: Event, clock: &Clock) {
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let actions = followed.follow.step(event, clock.now());
        for action in actions {
            self.perform(zone, action, clock);
        }
        if let Some(followed) = self.zones.get_mut(zone) {
            followed.fetched = None; // what was not installed in its own step is dropped
        }
    }

    fn perform(&mut self, zone: usize, action: Action, clock: &Clock) {
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let what = match action {
            Action::Ask { attempt, step } => return self.ask(zone, attempt, step, clock),
            Action::Install { attempt, soa } => return self.install(zone, attempt, soa, clock),
            Action::Abandon => {
                followed.asking = None;
                What::Abandoned
            }
            Action::GaveUp { .. } => {
                followed.asking = None;
                What::GaveUp
            }
            Action::Confirmed => {
                followed.confirmed_at = Some(clock.wall());
                self.save_soon(zone, clock);
                What::Confirmed
            }
            Action::Older { offered, held, .. } => What::Older { offered: offered.0, held: held.0 },
            Action::NothingNew { offered, .. } => What::NothingNew { offered: offered.0 },
            Action::Expired => {
                self.table.publish(followed.settings.id, ZoneState::Expired);
                What::Expired
            }
        };
        self.notes.push(Note { zone, what });
    }

    fn ask(&mut self, zone: usize, attempt: Attempt, step: Step, clock: &Clock) {
        let id = self.fresh_id();
        self.conversations = self.conversations.wrapping_add(1);
        let conversation = self.conversations;
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let Some(upstream) = followed.settings.upstreams.get(step.primary) else { return };
        let question = Question {
            apex: followed.settings.apex.clone(),
            attempt,
            step,
            key: upstream.key.clone(),
            held: followed.version.clone(),
            limits: followed.settings.limits(),
            patience: followed.settings.patience,
        };
        let (primary, ask) = (upstream.primary, step.ask);
        self.notes.push(Note { zone, what: What::Asked { ask, primary, attempt: attempt.0 } });
        let (asking, next) = Asking::begin(question, id, clock.true_now(), clock.wall());
        followed.asking = Some((conversation, asking));
        self.carry_on(zone, next, clock);
    }

    fn carry_on(&mut self, zone: usize, next: Next, clock: &Clock) {
        let want = match next {
            Next::Wait => return,
            Next::Send(octets) => Want::Send(octets),
            Next::Connect => Want::Connect,
            Next::Write(octets) => Want::Write(octets),
            Next::Ended(ended) => return self.on_ended(zone, ended, clock),
        };
        let Some(followed) = self.zones.get(zone) else { return };
        let Some((conversation, asking)) = &followed.asking else { return };
        let (_, step) = asking.asked();
        let Some(upstream) = followed.settings.upstreams.get(step.primary) else { return };
        let (primary, conversation) = (upstream.primary, *conversation);
        self.wishes.push(Wish { zone, primary, conversation, want });
    }

    fn on_ended(&mut self, zone: usize, ended: Ended, clock: &Clock) {
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let Some((_, asking)) = followed.asking.take() else { return };
        let (attempt, step) = asking.asked();
        self.notes.push(Note { zone, what: What::Ended });
        self.mail(Mail::Dialled { zone, attempt, step, ended }, clock);
    }

    fn on_dialled(
        &mut self,
        zone: usize,
        (attempt, step): (Attempt, Step),
        ended: Ended,
        clock: &Clock,
    ) {
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let is_awaited = followed.follow.awaits(attempt, step);
        let (what, event) = match ended {
            Ended::Answered(answer, fetched) => {
                let held = followed.version.as_ref();
                followed.fetched = fetched.map(|fetched| remembering(*fetched, held));
                (What::Answered(answer), Event::Answered { attempt, step, answer })
            }
            Ended::Unusable(remedy, code) => {
                let answer = Answer::Unusable(remedy);
                (What::Failed(code), Event::Answered { attempt, step, answer })
            }
            Ended::Failed(remedy, code) => {
                (What::Failed(code), Event::AskFailed { attempt, step, remedy })
            }
        };
        self.notes.push(Note { zone, what: if is_awaited { what } else { What::NotAwaited } });
        self.step(zone, event, clock);
    }

    fn install(&mut self, zone: usize, attempt: Attempt, soa: SoaTimers, clock: &Clock) {
        let Some(followed) = self.zones.get_mut(zone) else { return };
        let change = match followed.fetched.take() {
            Some(Fetched::Whole(version)) => Change::Whole(version),
            Some(Fetched::Diffs { version, diffs }) => Change::Diffs(diffs, version),
            Some(Fetched::UpToDate(_) | Fetched::PrimaryBehind(_)) | None => {
                return self.step(zone, Event::NotInstalled { attempt }, clock);
            }
        };
        let is_diff = matches!(change, Change::Diffs(..));
        self.notes.push(Note { zone, what: What::Committing { serial: soa.serial.0, is_diff } });
        let id = followed.settings.id;
        if !self.committing.is_busy() {
            self.commit_at = clock.true_now();
        }
        self.committing.push(Request { zone, id, change, attempt, soa });
    }

    fn commit_line(&mut self, clock: &Clock, disk: &mut Disk) {
        if self.committing.writes_together() {
            self.notes.push(Note { zone: 0, what: What::CommittedTogether });
        }
        let news = self.committing.step(&self.log, disk, &self.table, clock);
        self.commit_at = clock.true_now().plus_ms(self.dice.below(self.slowness_ms));
        if let Some(news) = news {
            self.mail(Mail::Committed(news), clock);
        }
    }

    /// Soon; what another thread sends may come before.
    fn mail(&mut self, mail: Mail, clock: &Clock) {
        let longest_ms = match &mail {
            Mail::Committed(_) => NEWS_MS,
            Mail::Dialled { .. } => DIALLED_MS,
        };
        let wait_ms = self.dice.below(self.slowness_ms.min(longest_ms));
        self.mails = self.mails.wrapping_add(1);
        self.inbox.insert((clock.true_now().plus_ms(wait_ms), self.mails), mail);
    }

    fn on_news(&mut self, news: News, clock: &Clock) {
        let News { zone, attempt, soa, installed } = news;
        let Some(followed) = self.zones.get_mut(zone) else { return };
        match installed {
            Some(version) => {
                followed.version = Some(version.clone());
                followed.confirmed_at = Some(clock.wall());
                self.notes.push(Note { zone, what: What::Installed { serial: soa.serial.0 } });
                self.save_soon(zone, clock);
                self.step(zone, Event::Installed { attempt, soa }, clock);
                // The version before may have expired between publication and the news of it.
                if let Some(followed) = self.zones.get(zone).filter(|zone| zone.follow.serves()) {
                    self.table.publish(followed.settings.id, ZoneState::Serving(version));
                }
            }
            None => {
                self.notes.push(Note { zone, what: What::NotInstalled });
                self.step(zone, Event::NotInstalled { attempt }, clock);
            }
        }
    }

    fn save_soon(&mut self, zone: usize, clock: &Clock) {
        self.unsaved.insert(zone);
        self.save_at = self.save_at.min(clock.true_now().plus_ms(SAVE_EVERY_MS));
    }

    fn hand_over(&mut self, clock: &Clock) {
        self.save_at = True::NEVER;
        for zone in std::mem::take(&mut self.unsaved) {
            let Some(followed) = self.zones.get(zone) else { continue };
            let row = followed.timers_to_save(clock);
            self.gathered.extend(row.map(|row| (followed.settings.id, row)));
        }
        self.write_at = self.write_at.min(clock.true_now().plus_ms(GATHER_MS));
    }

    /// What the disk refuses goes with the next batch.
    fn write_deadlines(&mut self, disk: &mut Disk) {
        self.write_at = True::NEVER;
        if disk.save(&self.log, &self.gathered) {
            self.gathered.clear();
        }
    }

    fn fresh_id(&mut self) -> u16 {
        (self.dice.throw() & 0xffff) as u16
    }
}

/// What was fetched, with the diffs behind those of the version before, for those who transfer from us.
fn remembering(fetched: Fetched, held: Option<&Version>) -> Fetched {
    match fetched {
        Fetched::Whole(version) if held.map(Version::serial) == Some(version.serial()) => {
            Fetched::Whole(version.with_reused_serial())
        }
        Fetched::Diffs { version, diffs } => {
            let history = held.map_or(&History::NONE, |held| held.history());
            let version = version.with_history(history, diffs.iter().cloned().map(Arc::new));
            Fetched::Diffs { version, diffs }
        }
        Fetched::Whole(_) | Fetched::UpToDate(_) | Fetched::PrimaryBehind(_) => fetched,
    }
}
