//! What reaches a zone's driver, and the facts that go with it.

use crate::config::Zone;
use api::Action;
use proto::code::Fault;
use proto::primaries::{Remedy, Step};
use proto::refresh::{Attempt, SoaTimers};
use proto::time::UnixSeconds;
use proto::xfr::inbound::Fetched;
use proto::xfr::outbound::{Form, Sent};
use std::net::IpAddr;
use std::sync::Arc;
use wire::name::Name;
use wire::serial::Serial;
use zone::Version;

/// Something that happened to one zone.
pub(crate) enum DriverEvent {
    /// Its deadline passed, or may have.
    Tick,
    /// A NOTIFY was accepted.
    Notified(NotifySeen),
    /// A NOTIFY was refused.
    NotifyRefused(NotifySeen, Fault),
    /// Somebody asked for a transfer, and it has ended or was refused.
    Downstream(Box<DownstreamSeen>),
    /// The operator wants the primaries asked now.
    Refresh,
    /// The operator wants the whole zone fetched now.
    Retransfer,
    /// The operator has read the settings again: a frozen zone is taken up again.
    Thaw,
    /// Its settings changed.
    Changed(Arc<Zone>),
    /// What was asked of a primary has ended.
    Dialled(Attempt, Step, Box<DialResult>),
    /// The version in hand is durable and visible, or could not be made so.
    Installed(Attempt, SoaTimers, Result<Version, Fault>),
}

impl DriverEvent {
    /// What must be known of the event even if a fault of ours keeps it from being handled.
    pub(crate) fn install_end(&self) -> Option<InstallEnd> {
        match self {
            Self::Installed(attempt, soa, result) => {
                let version = result.as_ref().ok().cloned();
                Some(InstallEnd { attempt: *attempt, soa: *soa, version })
            }
            Self::Tick
            | Self::Notified(_)
            | Self::NotifyRefused(..)
            | Self::Downstream(_)
            | Self::Refresh
            | Self::Retransfer
            | Self::Thaw
            | Self::Changed(_)
            | Self::Dialled(..) => None,
        }
    }
}

/// How an installation ended.
pub(crate) struct InstallEnd {
    /// Its attempt.
    pub attempt: Attempt,
    /// What was to be installed.
    pub soa: SoaTimers,
    /// What is durable and visible now; `None` when nothing is.
    pub version: Option<Version>,
}

/// A NOTIFY, for the status.
#[derive(Clone, Debug)]
pub(crate) struct NotifySeen {
    /// Who sent it.
    pub from: IpAddr,
    /// When it came.
    pub at: UnixSeconds,
    /// The serial in its hint.
    pub serial: Option<Serial>,
    /// The key it was signed with.
    pub key: Option<Name>,
}

/// A transfer to somebody else, or the request for one, for the status.
#[derive(Clone, Debug)]
pub(crate) struct DownstreamSeen {
    /// Who asked.
    pub from: IpAddr,
    /// When it ended.
    pub at: UnixSeconds,
    /// The key of the request, if it was believed.
    pub key: Option<Name>,
    /// What was sent, or why it was not.
    pub end: Result<DownstreamSent, Fault>,
}

/// A transfer that was sent to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DownstreamSent {
    /// The serial it led to.
    pub serial: Serial,
    /// How it looked.
    pub form: Form,
    /// How much it was.
    pub sent: Sent,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// How one question to one primary ended.
pub(crate) type DialResult = Result<Dialled, DialFailed>;

/// What a primary gave.
pub(crate) enum Dialled {
    /// Its SOA.
    Soa(SoaTimers),
    /// A transfer, complete and checked.
    Transferred(Fetched),
}

/// Why a primary gave nothing.
pub(crate) struct DialFailed {
    /// What is shown to the operator.
    pub fault: Fault,
    /// What was tried when it failed.
    pub action: Action,
    /// What to do next.
    pub remedy: Remedy,
}
