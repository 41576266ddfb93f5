//! Many zones' machines in one task: events in, steps, actions out, one timer queue.
//!
//! A shard decides nothing: `proto::follow` says what is to be done for each zone, and the shard has
//! it done. It never waits for a primary, the disk or a reader. A fault of ours in one zone's step
//! freezes that zone, and costs the others nothing.

mod downstream;
mod driver;
mod lines;
mod record;
mod view;

pub(crate) use driver::{Restored, Shared, ZoneDriver, saved, soa_timers};
pub(crate) use lines::Lines;
pub(crate) use record::{Done, Missed};

use crate::clock::Clock;
use crate::config::Zone;
use crate::event::{DriverEvent, InstallEnd};
use crate::export::Held;
use crate::ledger::Ledger;
use api::{ZoneItem, ZoneView};
use proto::code::{Code, Fault};
use proto::time::Mono;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use store::Timers;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use zone::ZoneId;

/// Messages that may wait for a shard. A NOTIFY that finds the queue full is not acknowledged,
/// so its primary sends it again; everybody else waits.
const INBOX_SIZE: usize = 4_096;

/// How often confirmations are written to disk. Losing one batch makes EXPIRE at most this much
/// earlier.
const SAVE_EVERY_MS: u64 = 2_000;

/// What a shard can be told.
pub(crate) enum Message {
    /// Something happened to a zone.
    Event(ZoneId, DriverEvent),
    /// A zone is new, or its settings are.
    Put(Box<ZoneDriver>),
    /// Settings of a zone changed.
    Change(ZoneId, Arc<Zone>),
    /// The settings were read again, whether or not they changed.
    Reloaded,
    /// A zone is gone.
    Remove(ZoneId),
    /// Everything about one zone.
    View(ZoneId, oneshot::Sender<Option<ZoneView>>),
    /// The version held of a zone, if there is one.
    Held(ZoneId, oneshot::Sender<Option<Held>>),
    /// All zones as lines of a list, in the order of their ids.
    List(oneshot::Sender<Vec<ZoneItem>>),
    /// Save what must be saved, then end.
    Stop,
}

/// What a message may displace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// It may take the last place.
    News,
    /// Anybody can send it, so it leaves half of the places to the rest.
    Gossip,
}

/// The way to a shard.
#[derive(Clone)]
pub(crate) struct ShardInbox(pub mpsc::Sender<Message>);

impl ShardInbox {
    /// Waits for room. A shard that has ended takes the message and does nothing with it.
    pub(crate) async fn send(&self, message: Message) {
        drop(self.0.send(message).await);
    }

    /// From a thread of its own: waits for room.
    pub(crate) fn tell(&self, message: Message) {
        drop(self.0.blocking_send(message)); // a shard that has ended needs no news
    }

    /// From a thread that must not wait: false when there is no room.
    pub(crate) fn offer(&self, message: Message, urgency: Urgency) -> bool {
        let has_room = match urgency {
            Urgency::News => true,
            Urgency::Gossip => self.0.capacity() > INBOX_SIZE / 2,
        };
        has_room && self.0.try_send(message).is_ok()
    }
}

/// An inbox and what reads it.
pub(crate) fn channel() -> (ShardInbox, mpsc::Receiver<Message>) {
    let (sender, receiver) = mpsc::channel(INBOX_SIZE);
    (ShardInbox(sender), receiver)
}

/// The zones of one shard.
pub(crate) struct Shard {
    clock: Clock,
    inbox: mpsc::Receiver<Message>,
    ledger: Ledger,
    zones: BTreeMap<ZoneId, Box<ZoneDriver>>,
    /// (deadline, zone), one entry a zone.
    due: BTreeSet<(Mono, ZoneId)>,
    /// Zones whose timers on disk are behind.
    unsaved: BTreeSet<ZoneId>,
    save_at: Mono,
    /// By how much the date was ahead when deadlines were last written as dates.
    date_ahead_s: u64,
    /// The batch of deadlines that the ledger has not taken yet.
    saving: Option<JoinHandle<()>>,
}

impl Shard {
    /// No zones yet.
    pub(crate) fn new(clock: Clock, inbox: mpsc::Receiver<Message>, ledger: Ledger) -> Self {
        Self {
            clock,
            inbox,
            ledger,
            zones: BTreeMap::new(),
            due: BTreeSet::new(),
            unsaved: BTreeSet::new(),
            save_at: Mono::NEVER,
            date_ahead_s: clock.date_ahead_s(),
            saving: None,
        }
    }

    /// Runs until [`Message::Stop`].
    pub(crate) async fn run(mut self) {
        loop {
            let next = self.due.first().map_or(Mono::NEVER, |(at, _)| *at).min(self.save_at);
            let message = tokio::select! {
                biased;
                message = self.inbox.recv() => message,
                () = tokio::time::sleep_until(self.clock.instant(next)) => {
                    self.on_time();
                    continue;
                }
            };
            match message {
                None | Some(Message::Stop) => break,
                Some(message) => self.on_message_guarded(message),
            }
            self.on_time(); // a flood of messages must not keep a zone from expiring
        }
        if let Some(saving) = self.saving.take() {
            drop(saving.await);
        }
        self.save_guarded();
        if let Some(saving) = self.saving.take() {
            drop(saving.await);
        }
    }

    /// A fault in one message must not end the shard: other zones live here.
    fn on_message_guarded(&mut self, message: Message) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.on_message(message))) {
            let found = said(&*panic);
            tracing::error!(found, "a fault of ours: one message to the zones was lost");
        }
    }

    fn save_guarded(&mut self) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.save())) {
            let found = said(&*panic);
            tracing::error!(
                found,
                "a fault of ours: deadlines were not saved; zones may expire early"
            );
        }
    }

    fn on_message(&mut self, message: Message) {
        match message {
            Message::Event(id, event) => self.step(id, event),
            Message::Put(driver) => {
                let id = driver.id();
                self.forget(id);
                self.zones.insert(id, driver);
                self.step(id, DriverEvent::Tick);
            }
            Message::Change(id, config) => self.step(id, DriverEvent::Changed(config)),
            Message::Reloaded => {
                let frozen = self.zones.values().filter(|zone| zone.is_frozen());
                for id in frozen.map(|zone| zone.id()).collect::<Vec<_>>() {
                    self.step(id, DriverEvent::Thaw);
                }
            }
            Message::Remove(id) => self.forget(id),
            Message::View(id, reply) => {
                drop(reply.send(self.zones.get(&id).map(|zone| zone.view(self.clock))));
            }
            Message::Held(id, reply) => {
                drop(reply.send(self.zones.get(&id).and_then(|zone| zone.held(self.clock))));
            }
            Message::List(reply) => {
                drop(reply.send(self.zones.values().map(|zone| zone.item(self.clock)).collect()));
            }
            Message::Stop => {}
        }
    }

    fn on_time(&mut self) {
        let now = self.clock.now();
        while let Some(&(at, id)) = self.due.first()
            && at <= now
        {
            self.step(id, DriverEvent::Tick);
        }
        self.watch_date(now);
        if self.save_at <= now {
            self.save_guarded();
        }
    }

    /// Deadlines are dates on disk. After somebody has set the clock, as at boot on a machine whose
    /// own was wrong, a restart would misread them: they are written anew.
    fn watch_date(&mut self, now: Mono) {
        /// A restart may misread deadlines by as much.
        const DATE_SET_S: u64 = 60;
        let ahead_s = self.clock.date_ahead_s();
        if ahead_s.abs_diff(self.date_ahead_s) < DATE_SET_S {
            return;
        }
        tracing::info!(
            before_s = self.date_ahead_s,
            after_s = ahead_s,
            "the date was set; deadlines on disk follow it"
        );
        self.date_ahead_s = ahead_s;
        for (id, zone) in &mut self.zones {
            zone.on_date_set();
            if zone.take_unsaved() {
                self.unsaved.insert(*id);
                self.save_at = now;
            }
        }
    }

    /// One event for one zone. A panic in it freezes that zone at its last good version.
    fn step(&mut self, id: ZoneId, event: DriverEvent) {
        let Some(zone) = self.zones.get_mut(&id) else { return };
        self.due.remove(&(zone.deadline(), id));
        let now = self.clock.now();
        let end = event.install_end();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| zone.on_event(event, now))) {
            freeze(zone, end, &*panic, now);
        }
        self.due.insert((zone.deadline(), id));
        if zone.take_unsaved() {
            self.unsaved.insert(id);
            self.save_at = self.save_at.min(now.plus_ms(SAVE_EVERY_MS));
        }
    }

    fn forget(&mut self, id: ZoneId) {
        if let Some(mut zone) = self.zones.remove(&id) {
            zone.abandon_job();
            self.due.remove(&(zone.deadline(), id));
            self.unsaved.remove(&id);
        }
    }

    /// Hands deadlines to the ledger. A disk that is behind keeps nobody waiting: the rest is
    /// handed over when it has caught up.
    fn save(&mut self) {
        if self.saving.as_ref().is_some_and(|saving| !saving.is_finished()) {
            self.save_at = self.clock.now().plus_ms(SAVE_EVERY_MS);
            return;
        }
        self.save_at = Mono::NEVER;
        let ids = std::mem::take(&mut self.unsaved);
        let rows: Vec<(ZoneId, Timers)> = ids
            .iter()
            .filter_map(|id| Some((*id, self.zones.get(id)?.timers_to_save(self.clock)?)))
            .collect();
        if !rows.is_empty() {
            tracing::debug!(zones = rows.len(), "deadlines go to disk");
            let ledger = self.ledger.clone();
            self.saving = Some(tokio::task::spawn_blocking(move || ledger.save_timers(rows)));
        }
    }
}

/// Whatever the fault left half done, the zone's machine is stopped before anything else is tried.
fn freeze(zone: &mut ZoneDriver, end: Option<InstallEnd>, panic: &(dyn Any + Send), now: Mono) {
    let fault = Fault::new(Code::InternalFault).with("found", said(panic));
    if catch_unwind(AssertUnwindSafe(|| zone.freeze(end, fault, now))).is_err() {
        tracing::error!(zone = %zone.name(), "a frozen zone has another fault of ours");
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}
