//! A zone as the API shows it. Reads only.

use super::downstream::DownstreamRecord;
use super::driver::{ZoneDriver, action_of};
use super::record::{Ends, Missed, Success};
use crate::clock::Clock;
use crate::config::Primary;
use crate::export::Held;
use crate::http::timestamp;
use api::{
    Action, ActionView, ExportState, Failure, LastNotify, PrimaryView, Serials, SoaTimers, Timers,
    Timestamp, TransferKind, TransferView, ZoneItem, ZoneState, ZoneView,
};
use proto::code::Fault;
use proto::refresh;
use proto::time::{Mono, UnixSeconds};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

impl ZoneDriver {
    /// The zone as a line of a list.
    pub(crate) fn item(&self, clock: Clock) -> ZoneItem {
        let serves = self.follow.serves();
        let served = self.version.as_ref().filter(|_| serves);
        let failing = self.record.last_failure.as_ref().filter(|_| self.record.failing);
        ZoneItem {
            id: self.id.0,
            name: self.name.apex.to_string(),
            view: self.name.view.to_string(),
            state: self.state(clock.now()),
            serial: Serials {
                primary: self.record.offered.map(|serial| serial.0),
                held: self.version.as_ref().map(|version| version.serial().0),
                served: served.map(|version| version.serial().0),
            },
            records: served.map_or(0, |version| version.record_count()),
            size_bytes: served.map_or(0, |version| version.size_bytes()),
            last_success_at: self.record.last_success().map(|(.., success)| stamp(success.at)),
            failure_code: failing.map(|missed| missed.fault.code.as_str().to_owned()),
            expires_at: self.follow.expires_at().map(|at| stamp(clock.wall_at(at))),
        }
    }

    /// Everything but the digest.
    pub(crate) fn view(&self, clock: Clock) -> ZoneView {
        let primaries = self.config.primaries.iter().enumerate();
        ZoneView {
            item: self.item(clock),
            signed: self.version.as_ref().is_some_and(|version| version.is_signed()),
            last_success: self.last_success(),
            last_failure: self.record.last_failure.as_deref().map(failure),
            next_refresh_at: self.follow.next_refresh().map(|at| stamp(clock.wall_at(at))),
            timers: self.follow.timers().map(|timers| Timers {
                received: soa_timers(timers.received),
                effective: soa_timers(timers.effective),
            }),
            last_notify: self.last_notify(),
            notify_refused: self
                .record
                .refusals()
                .map(|(code, count)| (code.as_str().to_owned(), count))
                .collect(),
            primaries: primaries
                .map(|(index, primary)| self.primary_view(index, primary))
                .collect(),
            downstream: self.record.downstream.as_deref().map(DownstreamRecord::view),
            transfer: self.transfer_view(),
            digest: None,
        }
    }

    /// The version held, whether or not it is served.
    pub(crate) fn held(&self, clock: Clock) -> Option<Held> {
        let serves = self.follow.serves();
        let state = if serves { ExportState::Served } else { ExportState::Expired };
        let version = self.version.clone()?;
        Some(Held { version, state, at: clock.wall(), note: None })
    }

    /// The precedence is that of [`ZoneState`]: the first that applies.
    fn state(&self, now: Mono) -> ZoneState {
        let failing = self.record.failing;
        match (self.version.is_some(), self.follow.serves()) {
            (true, false) => ZoneState::Expired,
            _ if self.follow.is_frozen() => ZoneState::Frozen,
            (false, _) if failing => ZoneState::Failed,
            (false, _) => ZoneState::Loading,
            (true, true) if failing && self.is_in_last_quarter(now) => ZoneState::Expiring,
            (true, true) if failing => ZoneState::Retrying,
            (true, true) => ZoneState::Ok,
        }
    }

    fn is_in_last_quarter(&self, now: Mono) -> bool {
        let (Some(timers), Some(expires_at)) = (self.follow.timers(), self.follow.expires_at())
        else {
            return false;
        };
        expires_at.since_ms(now) < timers.received.expire.as_ms() / 4
    }

    fn last_success(&self) -> Option<api::Success> {
        let (primary, action, success) = self.record.last_success()?;
        Some(success_view(self.config.primaries.get(primary)?, action, success))
    }

    fn primary_view(&self, index: usize, primary: &Primary) -> PrimaryView {
        let action_view = |ends: &Ends| {
            let last_success =
                ends.success.map(|success| success_view(primary, ends.action, success));
            let last_failure = ends.failure.as_deref().map(failure);
            (ends.action, ActionView { last_success, last_failure })
        };
        PrimaryView {
            address: primary.address,
            source: primary.source,
            key: primary.key.as_ref().map(|key| key.name().to_string()),
            serial: self.record.serial_at(index).map(|serial| serial.0),
            actions: self.record.ends_at(index).map(action_view).collect(),
        }
    }

    fn last_notify(&self) -> Option<LastNotify> {
        let (seen, refused) = self.record.last_notify.as_deref()?;
        Some(LastNotify {
            from: seen.from,
            at: stamp(seen.at),
            serial: seen.serial.map(|serial| serial.0),
            key: seen.key.as_ref().map(ToString::to_string),
            verdict: refused.as_ref().map_or("accepted", |fault| fault.code.as_str()).to_owned(),
            facts: refused.as_ref().map(facts).unwrap_or_default(),
        })
    }

    fn transfer_view(&self) -> Option<TransferView> {
        let job = self.job.as_ref()?;
        let kind = match action_of(job.step.ask) {
            Action::Axfr => TransferKind::Axfr,
            Action::Ixfr => TransferKind::Ixfr,
            Action::Soa | Action::Notify | Action::Install => return None,
        };
        Some(TransferView {
            kind,
            primary: self.config.primaries.get(job.step.primary)?.address,
            bytes: job.progress.bytes.load(Ordering::Relaxed),
            records: job.progress.records.load(Ordering::Relaxed),
            started_at: stamp(job.started_at),
        })
    }
}

fn success_view(primary: &Primary, action: Action, success: Success) -> api::Success {
    let Success { at, serial } = success;
    let serial = serial.map(|serial| serial.0);
    api::Success { at: stamp(at), action, primary: Some(primary.address), serial }
}

fn failure(missed: &Missed) -> Failure {
    let Missed { at, action, primary, serial, fault } = missed;
    Failure {
        code: fault.code.as_str().to_owned(),
        at: stamp(*at),
        action: *action,
        primary: *primary,
        serial: serial.map(|serial| serial.0),
        facts: facts(fault),
        cause: fault.code.cause().to_owned(),
        fix: fault.code.fix().to_owned(),
    }
}

pub(super) fn facts(fault: &Fault) -> BTreeMap<String, serde_json::Value> {
    let facts = fault.facts.iter();
    facts.map(|(name, value)| ((*name).to_owned(), number_or_text(value))).collect()
}

/// Programs want numbers as numbers.
fn number_or_text(value: &str) -> serde_json::Value {
    value.parse::<i64>().map_or_else(|_| value.into(), Into::into)
}

const fn soa_timers(timers: refresh::SoaTimers) -> SoaTimers {
    SoaTimers { refresh_s: timers.refresh.0, retry_s: timers.retry.0, expire_s: timers.expire.0 }
}

pub(super) fn stamp(at: UnixSeconds) -> Timestamp {
    timestamp(i64::try_from(at.0).unwrap_or(i64::MAX).saturating_mul(1_000))
}
