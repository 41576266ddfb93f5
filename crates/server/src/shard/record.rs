//! What a zone remembers of its own doing, for its status. Decides nothing.

use super::downstream::DownstreamRecord;
use crate::config::Zone;
use crate::event::{DownstreamSeen, NotifySeen};
use api::Action;
use proto::code::{Code, Fault};
use proto::time::UnixSeconds;
use std::collections::BTreeMap;
use std::mem::replace;
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
    /// Index of the primary in the settings.
    primary: u16,
    pub(super) action: Action,
    pub(super) success: Option<Success>,
    pub(super) failure: Option<Box<Missed>>,
}

/// The memory of one zone. Every zone has this, so it has room for what happened and no more.
#[derive(Default)]
pub(crate) struct Record {
    /// The newest serial that a primary named.
    pub(super) offered: Option<Serial>,
    pub(super) last_failure: Option<Box<Missed>>,
    /// The last failure has not been overcome yet.
    pub(super) failing: bool,
    pub(super) last_notify: Option<Box<(NotifySeen, Option<Fault>)>>,
    notify_refused: BTreeMap<Code, u64>,
    /// `None` while nobody asked for a transfer.
    pub(super) downstream: Option<Box<DownstreamRecord>>,
    /// One for each action that was ever tried at a primary. Those that worked last come last.
    ends: Vec<Ends>,
}

impl Record {
    /// What was known of primaries that stay is kept.
    pub(super) fn on_changed(&mut self, old: &Zone, new: &Zone) {
        let address =
            |ends: &Ends| old.primaries.get(usize::from(ends.primary)).map(|at| at.address);
        self.ends.retain_mut(|ends| {
            let stays = address(ends).and_then(|address| index_of(new, address));
            ends.primary = stays.unwrap_or(ends.primary);
            stays.is_some()
        });
    }

    /// A primary answered as it should.
    pub(super) fn succeeded(&mut self, config: &Zone, done: &Done) {
        self.offered = done.serial;
        if let Some(primary) = done.primary.and_then(|address| index_of(config, address)) {
            let success = Success { at: done.at, serial: done.serial };
            self.worked(primary, done.action, success);
        }
    }

    /// A step failed: kept, and shown until overcome.
    pub(super) fn failed(&mut self, config: &Zone, missed: Missed) {
        if let Some(primary) = missed.primary.and_then(|address| index_of(config, address)) {
            self.ends_of(primary, missed.action).failure = Some(Box::new(missed.clone()));
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
    pub(super) fn notified(&mut self, config: &Zone, seen: NotifySeen) {
        self.offered = seen.serial.or(self.offered);
        if let Some(primary) = sender(config, seen.from) {
            let success = Success { at: seen.at, serial: seen.serial };
            self.worked(primary, Action::Notify, success);
        }
        self.last_notify = Some(Box::new((seen, None)));
    }

    /// A NOTIFY was refused: counted and shown.
    pub(super) fn notify_refused(&mut self, config: &Zone, seen: NotifySeen, fault: Fault) {
        let count = self.notify_refused.entry(fault.code).or_default();
        *count = count.saturating_add(1);
        if let Some(index) = sender(config, seen.from) {
            let (at, action, serial) = (seen.at, Action::Notify, seen.serial);
            let primary = config.primaries.get(usize::from(index)).map(|primary| primary.address);
            let missed = Missed { at, action, primary, serial, fault: fault.clone() };
            self.ends_of(index, action).failure = Some(Box::new(missed));
        }
        self.last_notify = Some(Box::new((seen, Some(fault))));
    }

    /// Somebody asked for a transfer.
    pub(super) fn downstream(&mut self, seen: DownstreamSeen) {
        self.downstream.get_or_insert_default().note(seen);
    }

    /// NOTIFY that was refused, by reason.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (Code, u64)> {
        self.notify_refused.iter().map(|(code, count)| (*code, *count))
    }

    /// The last question that was answered as it should be, and by which primary of the settings.
    pub(super) fn last_success(&self) -> Option<(usize, Action, Success)> {
        self.answers().next()
    }

    /// The serial that a primary answered last.
    pub(super) fn serial_at(&self, primary: usize) -> Option<Serial> {
        self.answers().find(|(by, ..)| *by == primary).and_then(|(.., success)| success.serial)
    }

    /// How each action last went at a primary of the settings.
    pub(super) fn ends_at(&self, primary: usize) -> impl Iterator<Item = &Ends> {
        self.ends.iter().filter(move |ends| usize::from(ends.primary) == primary)
    }

    /// Answers of primaries, the newest first. A NOTIFY answers nothing.
    fn answers(&self) -> impl Iterator<Item = (usize, Action, Success)> {
        let asked = self.ends.iter().rev().filter(|ends| ends.action != Action::Notify);
        asked.filter_map(|ends| Some((ends.primary.into(), ends.action, ends.success?)))
    }

    fn worked(&mut self, primary: u16, action: Action, success: Success) {
        self.ends_of(primary, action).success = Some(success);
        let newest = |ends: &Ends| (ends.primary, ends.action) == (primary, action);
        self.ends.sort_by_key(newest);
    }

    fn ends_of(&mut self, primary: u16, action: Action) -> &mut Ends {
        let known = |ends: &Ends| (ends.primary, ends.action) == (primary, action);
        let at = self.ends.iter().position(known).unwrap_or_else(|| {
            self.ends.reserve_exact(1);
            // In front: what has not worked is not the newest that did.
            self.ends.insert(0, Ends { primary, action, success: None, failure: None });
            0
        });
        &mut self.ends[at]
    }
}

/// More primaries than this has no zone.
fn index_of(config: &Zone, address: SocketAddr) -> Option<u16> {
    let index = config.primaries.iter().position(|primary| primary.address == address);
    index.and_then(|index| u16::try_from(index).ok())
}

/// The primary that sends from this address, whatever its port.
fn sender(config: &Zone, from: IpAddr) -> Option<u16> {
    let index = config.primaries.iter().position(|primary| primary.address.ip() == from);
    index.and_then(|index| u16::try_from(index).ok())
}

#[cfg(test)]
mod tests;
