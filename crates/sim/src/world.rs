//! A daemon, its primaries, the network between them, and time: one step after the other.
//!
//! Touches nothing. A world is a function of its seed and of what is done to it.
//!
//! Invariants: W1 after every step the judge looks at what is served. W2 one step does one thing, and
//! the daemon may end between any two.
//!
//! Not here: what goes wrong of itself (`storm`), what scripts make of it (`script`).

use crate::asking::Heard;
use crate::boot;
use crate::clock::{Clock, True};
use crate::dice::Dice;
use crate::disk::{Disk, Stop};
use crate::downstream::{self, Pulled};
use crate::edition::{Edition, is_after};
use crate::instance::Instance;
use crate::judge::{Found, Judge, Violation};
use crate::lie::Lie;
use crate::note::{Note, What};
use crate::primary::Over;
use crate::seen::{Fault, Seen};
use crate::settings::Settings;
use crate::source::{Plan, Source};
use crate::weather::Weather;
use proto::follow;
use proto::primaries::Ask;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Something on its way.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// A request reaches a primary.
    Request { zone: usize, primary: usize, conversation: u64, over: Over, octets: Vec<u8> },
    /// Something reaches the daemon for one of its conversations.
    Hear { zone: usize, conversation: u64, heard: Heard, told: Told },
    /// The same octets reach it again and again.
    Again { zone: usize, conversation: u64, octets: Arc<Vec<u8>>, every_ms: u64 },
    /// A NOTIFY reaches it.
    Notify { source: IpAddr, octets: Vec<u8> },
    /// A daemon starts.
    Start,
    /// A NOTIFY is sent, and then more of them.
    Flood { zone: usize, primary: usize, left: u64, every_ms: u64 },
    /// The daemon ends.
    End { stop: Stop },
    /// The operator wants a zone fetched as a whole.
    Retransfer { zone: usize },
    /// Something goes wrong of itself.
    Mischief,
}

/// What a message says, known to the world alone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    /// The serial that it vouches for, when it is honest and complete with this.
    pub(crate) vouches_for: Option<u32>,
    /// The untruth in it.
    pub(crate) lie: Option<Lie>,
}

/// How many steps one moment may take.
const STEPS_AT_ONCE: u64 = 5_000;

/// The world.
pub struct World {
    /// Its clocks.
    pub clock: Clock,
    /// Its chance.
    pub dice: Dice,
    /// How bad it is.
    pub weather: Weather,
    /// The disk of its one machine.
    pub disk: Disk,
    /// What is outside of the daemon, by zone.
    pub sources: Vec<Source>,
    /// What it went through.
    pub seen: Seen,
    /// What the daemon did, and when.
    pub notes: Vec<(True, Note)>,
    /// Steps so far.
    pub steps: u64,
    /// Longest time that one line of the committing thread takes.
    pub slowness_ms: u64,
    pub(crate) settings: Vec<Settings>,
    pub(crate) instance: Option<Instance>,
    pub(crate) judge: Judge,
    pub(crate) is_stormy: bool,
    queue: BTreeMap<(True, u64), Happening>,
    sequence: u64,
    boots: u64,
    steps_at_once: u64,
    /// The last question of each zone, to recognise what follows it.
    asked: BTreeMap<usize, (u32, Ask, usize)>,
}

impl World {
    /// A calm world with these zones, whose daemon has not started.
    #[must_use]
    pub fn new(seed: u64, plans: Vec<Plan>) -> Self {
        let mut dice = Dice::new(seed);
        let built = plans.into_iter().enumerate().map(|(zone, plan)| plan.build(zone));
        let (sources, settings): (Vec<_>, Vec<_>) = built.unzip();
        let mut world = Self {
            clock: Clock::new(),
            disk: Disk::new(dice.throw()),
            weather: Weather::CALM,
            judge: Judge::new(sources.len()),
            seen: Seen::default(),
            notes: Vec::new(),
            steps: 0,
            slowness_ms: 20,
            sources,
            settings,
            instance: None,
            is_stormy: false,
            queue: BTreeMap::new(),
            sequence: 0,
            boots: 0,
            steps_at_once: 0,
            asked: BTreeMap::new(),
            dice,
        };
        (0..world.sources.len()).for_each(|zone| world.tell_judge(zone));
        world
    }

    /// Lets everything happen that is due before a moment, and time pass until then.
    ///
    /// # Errors
    /// When the daemon breaks a law.
    pub fn run_until(&mut self, end: True) -> Result<(), Violation> {
        while let Some(at) = self.next_at().filter(|at| *at < end) {
            self.step(at)?;
        }
        self.clock.advance_to(end);
        Ok(())
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// As [`World::run_until`].
    pub fn run_for_s(&mut self, span_s: u64) -> Result<(), Violation> {
        self.run_until(self.clock.true_now().plus_s(span_s))
    }

    /// Lets exactly one thing happen; false when nothing is left to happen.
    ///
    /// # Errors
    /// When the daemon breaks a law.
    pub fn step_once(&mut self) -> Result<bool, Violation> {
        match self.next_at() {
            Some(at) => self.step(at).map(|()| true),
            None => Ok(false),
        }
    }

    fn next_at(&self) -> Option<True> {
        let queued = self.queue.first_key_value().map(|((at, _), _)| *at);
        let due = self.instance.as_ref().map(|instance| instance.due_at(&self.clock));
        let next = queued.into_iter().chain(due).min()?;
        (next != True::NEVER).then_some(next)
    }

    fn step(&mut self, at: True) -> Result<(), Violation> {
        self.count_step(at)?;
        // What the step before left behind was served until just now, so it must be good until then.
        self.clock.advance_to(True(at.0.saturating_sub(1)));
        self.look()?;
        self.clock.advance_to(at);
        let is_queued = self.queue.first_key_value().is_some_and(|((queued, _), _)| *queued <= at);
        if is_queued && let Some((_, happening)) = self.queue.pop_first() {
            self.happen(happening)?;
        } else if let Some(instance) = &mut self.instance {
            instance.wake(&self.clock, &mut self.disk);
        }
        self.after_step()
    }

    /// What every step ends with, also those that are taken from outside.
    fn after_step(&mut self) -> Result<(), Violation> {
        self.hear_notes()?;
        self.look()?;
        self.fulfil_wishes();
        if self.disk.is_cut() && self.instance.is_some() {
            self.seen.fault(Fault::CutInCommit);
            self.end(Stop::PowerCut);
            let wait_ms = self.dice.between(1, 120_000);
            self.queue_in(wait_ms, Happening::Start);
        }
        Ok(())
    }

    fn count_step(&mut self, at: True) -> Result<(), Violation> {
        self.steps = self.steps.saturating_add(1);
        self.steps_at_once = if at > self.clock.true_now() { 0 } else { self.steps_at_once + 1 };
        if self.steps_at_once > STEPS_AT_ONCE {
            let what = "steps follow one another without time passing (J7)".to_owned();
            return Err(Violation { zone: 0, at, what });
        }
        Ok(())
    }

    fn happen(&mut self, happening: Happening) -> Result<(), Violation> {
        match happening {
            Happening::Request { zone, primary, conversation, over, octets } => {
                self.at_primary((zone, primary), conversation, (&octets, over));
            }
            Happening::Hear { zone, conversation, heard, told } => {
                self.at_daemon(zone, conversation, heard, told);
            }
            Happening::Again { zone, conversation, octets, every_ms } => {
                if self.conversation(zone) == Some(conversation) {
                    let heard = Heard::Octets(octets.to_vec());
                    self.at_daemon(zone, conversation, heard, Told::default());
                    let again = Happening::Again { zone, conversation, octets, every_ms };
                    self.queue_in(every_ms, again);
                }
            }
            Happening::Notify { source, octets } => {
                if let Some(instance) = &mut self.instance {
                    instance.on_notify(&octets, source, &self.clock);
                }
            }
            Happening::Start => self.start()?,
            Happening::Flood { zone, primary, left, every_ms } => {
                self.on_flood((zone, primary), left, every_ms);
            }
            Happening::End { stop } => self.end(stop),
            Happening::Retransfer { zone } => self.command(zone, follow::Event::Retransfer)?,
            Happening::Mischief => self.on_mischief()?,
        }
        Ok(())
    }

    pub(crate) fn queue_in(&mut self, wait_ms: u64, happening: Happening) {
        let at = self.clock.true_now().plus_ms(wait_ms);
        self.sequence = self.sequence.wrapping_add(1);
        self.queue.insert((at, self.sequence), happening);
    }

    fn conversation(&self, zone: usize) -> Option<u64> {
        self.instance.as_ref()?.conversation(zone)
    }

    fn at_daemon(&mut self, zone: usize, conversation: u64, heard: Heard, told: Told) {
        if self.conversation(zone) != Some(conversation) {
            if !matches!(heard, Heard::Closed) {
                self.seen.fault(Fault::TooLate);
            }
            return;
        }
        if let Some(serial) = told.vouches_for {
            self.judge.vouched(zone, serial, self.clock.true_now());
        }
        if let Some(lie) = told.lie {
            self.seen.lie(lie);
            self.notes.push((self.clock.true_now(), Note { zone, what: What::Lied(lie) }));
        }
        if let Some(instance) = &mut self.instance {
            instance.hear(zone, conversation, heard, &self.clock);
        }
    }

    /// Starts a daemon, if none runs. A disk that fails makes it try again later.
    ///
    /// # Errors
    /// When it serves at once what it may not.
    pub fn start(&mut self) -> Result<(), Violation> {
        if self.instance.is_some() {
            return Ok(());
        }
        self.clock.start_daemon();
        self.boots = self.boots.wrapping_add(1);
        let wall = self.clock.wall().0;
        let mut saved = self.settings.iter().filter_map(|zone| self.disk.deadlines(zone.id));
        if saved.any(|saved| wall < saved.confirmed_at) {
            self.seen.fault(Fault::StartedInThePast);
        }
        let dice = Dice::new(self.dice.throw());
        match boot::start(&self.disk, &self.settings, &self.clock, (self.boots << 32, dice)) {
            Ok(mut instance) => {
                instance.slowness_ms = self.slowness_ms;
                self.instance = Some(instance);
                self.judge.started(&self.clock);
                self.after_step()?;
                for zone in 0..self.sources.len() {
                    if let Some(serial) = self.serving(zone) {
                        self.pull(zone, serial)?;
                    }
                }
                Ok(())
            }
            Err(_) => {
                if self.disk.is_cut() {
                    self.disk.restart(Stop::PowerCut);
                }
                self.queue_in(10_000, Happening::Start);
                Ok(())
            }
        }
    }

    /// Starts a daemon some time from now.
    pub fn start_in_ms(&mut self, wait_ms: u64) {
        self.queue_in(wait_ms, Happening::Start);
    }

    /// Ends the daemon, if one runs.
    pub fn end(&mut self, stop: Stop) {
        let Some(mut instance) = self.instance.take() else { return };
        if instance.is_installing() {
            self.seen.fault(Fault::EndedInInstall);
        }
        if stop == Stop::Told {
            instance.stop(&self.clock, &mut self.disk);
        } else if instance.has_unsaved() {
            self.seen.fault(Fault::DeadlinesLost);
        }
        self.seen.fault(match stop {
            Stop::Told => Fault::Stopped,
            Stop::Killed => Fault::Killed,
            Stop::PowerCut => Fault::PowerCut,
        });
        let unwritten = instance.unwritten();
        drop(instance);
        self.disk.restart(stop);
        self.judge.ended(&unwritten, self.clock.true_now());
    }

    /// Whether a daemon runs.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        self.instance.is_some()
    }

    /// Serial that the daemon serves for a zone.
    #[must_use]
    pub fn serving(&self, zone: usize) -> Option<u32> {
        match &*self.instance.as_ref()?.served(zone)? {
            zone::ZoneState::Serving(version) => Some(version.serial().0),
            zone::ZoneState::Expired | zone::ZoneState::NotLoaded => None,
        }
    }

    /// Serial that is served, or was when the daemon ended, as the judge saw it.
    #[must_use]
    pub fn judge_serving(&self, zone: usize) -> Option<u32> {
        self.judge.serving(zone)
    }

    /// The newest edition of a zone.
    #[must_use]
    pub fn newest(&self, zone: usize) -> &Arc<Edition> {
        let publisher = &self.sources[zone].publisher;
        publisher.edition(publisher.newest())
    }

    /// Tells the judge what was published last.
    pub fn tell_judge(&mut self, zone: usize) {
        let newest = self.newest(zone).clone();
        self.judge.published(zone, &newest);
    }

    /// Does something to the daemon from outside, if it runs.
    ///
    /// # Errors
    /// When the daemon breaks a law about it.
    pub fn touch(&mut self, touch: impl FnOnce(&mut Instance, &Clock)) -> Result<(), Violation> {
        if let Some(instance) = &mut self.instance {
            touch(instance, &self.clock);
        }
        self.after_step()
    }

    /// The operator wants something of a zone.
    ///
    /// # Errors
    /// When the daemon breaks a law about it.
    pub fn command(&mut self, zone: usize, command: follow::Event) -> Result<(), Violation> {
        self.touch(|instance, clock| instance.command(zone, command, clock))
    }

    fn look(&mut self) -> Result<(), Violation> {
        for zone in 0..self.sources.len() {
            let state = self.instance.as_ref().and_then(|instance| instance.served(zone));
            let Some(state) = state else { continue };
            let follow = self.instance.as_ref().and_then(|instance| instance.follow(zone));
            let held = follow.and_then(|follow| follow.serial()).map(|serial| serial.0);
            let found = self.judge.look(zone, (&state, held), &self.clock)?;
            let Found::Published { serial, is_older } = found else { continue };
            if is_older {
                self.seen.fault(Fault::OlderTaken);
            }
            let id = self.settings[zone].id;
            let is_asked = self.dice.happens(100) && !self.disk.is_cut();
            if is_asked && !self.disk.keeps(id, serial) {
                let what = format!("serial {serial} is visible, and not durable (J5)");
                return Err(Violation { zone, at: self.clock.true_now(), what });
            }
            if self.dice.happens(200) {
                self.pull(zone, serial)?;
            }
        }
        Ok(())
    }

    /// A secondary of the daemon transfers what is served, whole and since some edition.
    fn pull(&mut self, zone: usize, serial: u32) -> Result<(), Violation> {
        let Some(instance) = &self.instance else { return Ok(()) };
        let publisher = &self.sources[zone].publisher;
        let some = self.dice.pick(&publisher.serials()).copied();
        let wall = self.clock.wall();
        for base in [None, some.and_then(|some| publisher.of_serial(some))] {
            let apex = &publisher.edition(0).apex;
            let pulled = downstream::pull(&instance.table, apex, base, wall);
            let is_good = match &pulled {
                Ok(Pulled::NoNews(told)) => {
                    *told == serial && base.is_some_and(|base| !is_after(serial, base.serial))
                }
                Ok(Pulled::Changed(all)) => {
                    self.seen.fault(Fault::ChangesPassedOn);
                    self.judge.is_published(zone, serial, all)
                }
                Ok(Pulled::Whole(all)) => self.judge.is_published(zone, serial, all),
                Err(_) => false,
            };
            if !is_good {
                let since = base.map(|base| base.serial);
                let why = pulled.err().unwrap_or_else(|| "another content".to_owned());
                let what = format!("serial {serial} since {since:?} is passed on as {why} (J1)");
                return Err(Violation { zone, at: self.clock.true_now(), what });
            }
        }
        Ok(())
    }

    fn hear_notes(&mut self) -> Result<(), Violation> {
        let Some(instance) = &mut self.instance else { return Ok(()) };
        let now = self.clock.true_now();
        for note in std::mem::take(&mut instance.notes) {
            self.judge.hear(note, now)?;
            self.remember(note);
            self.notes.push((now, note));
        }
        Ok(())
    }

    fn remember(&mut self, Note { zone, what }: Note) {
        // Just when an answer is on its way within the daemon, so that it comes too late.
        if self.is_stormy && matches!(what, What::Ended) && self.dice.happens(10) {
            let wait_ms = self.dice.below(self.slowness_ms);
            self.queue_in(wait_ms, Happening::Retransfer { zone });
        }
        if self.is_stormy && matches!(what, What::NotInstalled) && self.dice.happens(300) {
            self.fall_twice();
        }
        let fault = match what {
            What::Expired => Fault::Expired,
            What::Older { .. } => Fault::OlderRefused,
            What::NothingNew { .. } => Fault::NothingNew,
            What::GaveUp => Fault::GaveUp,
            What::NotAwaited => Fault::NotAwaited,
            What::Abandoned => Fault::Abandoned,
            What::CommittedTogether => Fault::CommittedTogether,
            What::NotInstalled => Fault::NotInstalled,
            What::NotifyRefused => Fault::NotifyRefused,
            What::Committing { is_diff: true, .. } => Fault::DiffInstalled,
            What::Asked { ask, primary, attempt } => {
                let before = self.asked.insert(zone, (attempt, ask, primary));
                let is_fallback = matches!(before, Some((same, Ask::Ixfr(_), of))
                    if same == attempt && of == primary && ask == Ask::Axfr);
                if !is_fallback {
                    return;
                }
                Fault::WholeAfterChanges
            }
            What::Ended
            | What::Answered(_)
            | What::Failed(_)
            | What::Committing { is_diff: false, .. }
            | What::Installed { .. }
            | What::Confirmed
            | What::Notified
            | What::Lied(_) => return,
        };
        self.seen.fault(fault);
    }
}
