//! What a zone remembers of its own doing, for its status. Decides nothing.

use crate::config::Zone;
use crate::event::NotifySeen;
use api::Action;
use proto::code::{Code, Fault};
use proto::time::UnixSeconds;
use std::collections::BTreeMap;
use std::mem::{replace, take};
use std::net::{IpAddr, SocketAddr};
use wire::serial::Serial;

/// Something that worked.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) at: UnixSeconds,
    pub(crate) action: Action,
    pub(crate) primary: Option<SocketAddr>,
    pub(crate) serial: Option<Serial>,
    pub(crate) bytes: u64,
    pub(crate) records: u64,
    pub(crate) elapsed_ms: u64,
}

/// Something that did not.
#[derive(Clone, Debug)]
pub(crate) struct Missed {
    pub(crate) at: UnixSeconds,
    pub(crate) action: Action,
    pub(crate) primary: Option<SocketAddr>,
    pub(crate) serial: Option<Serial>,
    pub(crate) fault: Fault,
}

/// When something worked, and what it brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Success {
    pub(crate) at: UnixSeconds,
    pub(crate) serial: Option<Serial>,
}

/// How one action last went at one primary.
pub(super) struct Ends {
    pub(super) action: Action,
    pub(super) success: Option<Success>,
    pub(super) failure: Option<Box<Missed>>,
}

/// How each action last went at one primary. Every zone has this, so it has room for what happened and no more.
#[derive(Default)]
pub(super) struct PrimaryRecord {
    pub(super) serial: Option<Serial>,
    /// One for each action that was ever tried, in their order.
    pub(super) actions: Vec<Ends>,
}

impl PrimaryRecord {
    fn succeeded(&mut self, action: Action, success: Success) {
        self.ends_of(action, |ends| ends.success = Some(success));
    }

    fn failed(&mut self, missed: Missed) {
        self.ends_of(missed.action, |ends| ends.failure = Some(Box::new(missed)));
    }

    fn ends_of(&mut self, action: Action, note: impl FnOnce(&mut Ends)) {
        let known = self.actions.binary_search_by_key(&action, |ends| ends.action);
        let at = known.unwrap_or_else(|at| {
            self.actions.reserve_exact(1);
            self.actions.insert(at, Ends { action, success: None, failure: None });
            at
        });
        if let Some(ends) = self.actions.get_mut(at) {
            note(ends);
        }
    }
}

/// The memory of one zone.
pub(crate) struct Record {
    /// The newest serial that a primary named.
    pub(super) offered: Option<Serial>,
    pub(super) last_success: Option<Done>,
    pub(super) last_failure: Option<Box<Missed>>,
    /// The last failure has not been overcome yet.
    pub(super) failing: bool,
    pub(super) last_notify: Option<Box<(NotifySeen, Option<Fault>)>>,
    pub(super) notify_refused: BTreeMap<Code, u64>,
    pub(super) primaries: Box<[PrimaryRecord]>,
    addresses: Box<[SocketAddr]>,
}

impl Record {
    /// Nothing has happened yet.
    pub(super) fn new(config: &Zone) -> Self {
        let mut record = Self {
            offered: None,
            last_success: None,
            last_failure: None,
            failing: false,
            last_notify: None,
            notify_refused: BTreeMap::new(),
            primaries: Box::default(),
            addresses: Box::default(),
        };
        record.on_changed(config);
        record
    }

    /// What was known of primaries that stay is kept.
    pub(super) fn on_changed(&mut self, config: &Zone) {
        let mut known: BTreeMap<SocketAddr, PrimaryRecord> =
            take(&mut self.addresses).into_iter().zip(take(&mut self.primaries)).collect();
        self.addresses = config.primaries.iter().map(|primary| primary.address).collect();
        self.primaries =
            self.addresses.iter().map(|at| known.remove(at).unwrap_or_default()).collect();
    }

    /// A primary answered as it should.
    pub(super) fn succeeded(&mut self, primary: usize, done: Done) {
        self.offered = done.serial;
        if let Some(record) = self.primaries.get_mut(primary) {
            record.serial = done.serial;
            record.succeeded(done.action, Success { at: done.at, serial: done.serial });
        }
        self.last_success = Some(done);
    }

    /// A step failed: kept, and shown until overcome.
    pub(super) fn failed(&mut self, missed: Missed) {
        let index = self.addresses.iter().position(|known| Some(*known) == missed.primary);
        if let Some(record) = index.and_then(|index| self.primaries.get_mut(index)) {
            record.failed(missed.clone());
        }
        self.last_failure = Some(Box::new(missed));
        self.failing = true;
    }

    /// The copy was confirmed or replaced. Gives the failure that is over by that.
    pub(super) fn overcome(&mut self) -> Option<Code> {
        let was_failing = replace(&mut self.failing, false);
        self.last_failure.as_ref().filter(|_| was_failing).map(|missed| missed.fault.code)
    }

    /// A NOTIFY was accepted.
    pub(super) fn notified(&mut self, seen: NotifySeen) {
        self.offered = seen.serial.or(self.offered);
        let (at, from, serial) = (seen.at, seen.from, seen.serial);
        if let Some((_, record)) = self.primary_at(from) {
            record.succeeded(Action::Notify, Success { at, serial });
        }
        self.last_notify = Some(Box::new((seen, None)));
    }

    /// A NOTIFY was refused: counted and shown.
    pub(super) fn notify_refused(&mut self, seen: NotifySeen, fault: Fault) {
        let count = self.notify_refused.entry(fault.code).or_default();
        *count = count.saturating_add(1);
        let (at, from, serial) = (seen.at, seen.from, seen.serial);
        if let Some((primary, record)) = self.primary_at(from) {
            let (action, primary) = (Action::Notify, Some(primary));
            let missed = Missed { at, action, primary, serial, fault: fault.clone() };
            record.failed(missed);
        }
        self.last_notify = Some(Box::new((seen, Some(fault))));
    }

    /// The primary that sends from this address, whatever its port.
    fn primary_at(&mut self, from: IpAddr) -> Option<(SocketAddr, &mut PrimaryRecord)> {
        let index = self.addresses.iter().position(|known| known.ip() == from)?;
        Some((*self.addresses.get(index)?, self.primaries.get_mut(index)?))
    }
}
