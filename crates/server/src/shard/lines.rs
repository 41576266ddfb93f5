//! The log lines of zones: one place names their fields, and thins what repeats.

use super::record::{Done, Missed};
use crate::event::{DownstreamSeen, DownstreamSent, NotifySeen};
use crate::log::{Admission, Thinner};
use proto::code::{Code, Fault};
use proto::time::Mono;
use std::sync::{Arc, Mutex, PoisonError};
use wire::name::Name;
use wire::serial::Serial;
use zone::{Version, ZoneId};

/// What has been said of the zones of a daemon lately.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Mutex<Thinner<(ZoneId, Code)>>>);

impl Lines {
    /// Nothing has been said.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Thinner::new())))
    }

    /// A step towards a primary failed, or the zone expired.
    pub(super) fn failed(&self, zone: (ZoneId, &Name), missed: &Missed, now: Mono) {
        let code = missed.fault.code;
        let Some(left_out) = self.admit(zone.0, code, now) else { return };
        let (name, action, fault) = (zone.1, missed.action.as_str(), &missed.fault);
        let primary = missed.primary.map(|primary| primary.to_string());
        // Users notice: an operator must act.
        if matches!(code, Code::ZoneExpired | Code::InstallFailed | Code::InternalFault) {
            tracing::error!(zone = %name, code = code.as_str(), action, primary, left_out, "{fault}");
        } else {
            tracing::warn!(zone = %name, code = code.as_str(), action, primary, left_out, "{fault}");
        }
    }

    /// What failed with this code works again: the next failure is told at once.
    pub(super) fn overcome(&self, zone: ZoneId, code: Code) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).over(&(zone, code));
    }

    /// A NOTIFY was refused.
    pub(super) fn notify_refused(
        &self,
        zone: (ZoneId, &Name),
        seen: &NotifySeen,
        fault: &Fault,
        now: Mono,
    ) {
        let Some(left_out) = self.admit(zone.0, fault.code, now) else { return };
        let (name, from, code) = (zone.1, seen.from, fault.code.as_str());
        tracing::warn!(zone = %name, code, %from, left_out, "NOTIFY refused: {fault}");
    }

    /// A transfer to somebody ended, or was refused.
    pub(super) fn downstream(&self, zone: (ZoneId, &Name), seen: &DownstreamSeen, now: Mono) {
        let (name, from) = (zone.1, seen.from);
        let fault = match &seen.end {
            Ok(DownstreamSent { serial, form, sent, elapsed_ms }) => {
                let (serial, form, bytes) = (serial.0, form.as_str(), sent.bytes);
                tracing::debug!(zone = %name, %from, serial, form, bytes, elapsed_ms, "transferred to a secondary");
                return;
            }
            Err(fault) => fault,
        };
        let Some(left_out) = self.admit(zone.0, fault.code, now) else { return };
        let code = fault.code.as_str();
        if fault.code == Code::DownstreamUnknownSource {
            // Anybody may ask; that a stranger gets nothing is no trouble.
            tracing::info!(zone = %name, code, %from, left_out, "transfer refused: {fault}");
        } else {
            tracing::warn!(zone = %name, code, %from, left_out, "no transfer to a secondary: {fault}");
        }
    }

    fn admit(&self, zone: ZoneId, code: Code, now: Mono) -> Option<u64> {
        let mut thinner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match thinner.admit(&(zone, code), now) {
            Admission::Written { left_out } => Some(left_out),
            Admission::LeftOut => None,
        }
    }
}

/// A fault of ours stopped the work for a zone; what it was is told by its code.
pub(super) fn frozen(zone: &Name, serial: Option<Serial>) {
    let serial = serial.map(|serial| serial.0);
    tracing::error!(%zone, serial, "frozen: served until it expires, and not refreshed before `understudy zone retransfer` or a reload");
}

/// The operator took a frozen zone up again.
pub(super) fn thawed(zone: &Name) {
    tracing::info!(%zone, "no longer frozen; all of it is fetched");
}

/// A NOTIFY was accepted.
pub(super) fn notified(zone: &Name, seen: &NotifySeen) {
    let (from, serial) = (seen.from, seen.serial.map(|serial| serial.0));
    tracing::debug!(%zone, %from, serial, "NOTIFY accepted");
}

/// A version is served from now on; `how` tells where it came from.
pub(super) fn installed(zone: &Name, version: &Version, how: Option<&Done>) {
    let (serial, records) = (version.serial().0, version.record_count());
    let primary = how.and_then(|done| done.primary).map(|primary| primary.to_string());
    let action = how.map(|done| done.action.as_str());
    let (bytes, elapsed_ms) = (how.map(|done| done.bytes), how.map(|done| done.elapsed_ms));
    tracing::info!(%zone, serial, records, action, primary, bytes, elapsed_ms, "serving a new version");
}
