//! One zone, in a list and in full.

use crate::{DownstreamView, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// `GET /v1/zones?name=&view=&state=&cursor=&limit=`: one page, in the order of ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZonePage {
    /// The zones of this page.
    pub items: Vec<ZoneItem>,
    /// Pass it as `cursor` to read on; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A zone as a line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneItem {
    /// Stable number of the zone on this instance; what URLs use.
    pub id: u32,
    /// Apex in presentation form with the final dot.
    pub name: String,
    /// View that the zone belongs to.
    pub view: String,
    /// The one word for how it is doing.
    pub state: ZoneState,
    /// Serials at the primary, on disk and in answers.
    pub serial: Serials,
    /// Records in the served version; 0 when there is none.
    pub records: u64,
    /// Memory of the served version.
    pub size_bytes: u64,
    /// When a primary last confirmed or delivered the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// Catalogue code of the failure that has not been overcome yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// When answers stop unless a primary confirms the zone before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// How a zone is doing. The first that applies, in this order, is the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZoneState {
    /// Held, but EXPIRE passed without a primary confirming it: queries get SERVFAIL.
    Expired,
    /// A fault of ours stopped its work; its last good version is served until it expires.
    Frozen,
    /// Never held, and the last attempt failed at every primary: queries get SERVFAIL.
    Failed,
    /// Never held, and the first attempt has not ended yet: queries get SERVFAIL.
    Loading,
    /// Served, the last attempt failed, and less than a quarter of EXPIRE is left.
    Expiring,
    /// Served, but the last attempt failed; the next is due at RETRY.
    Retrying,
    /// Served and confirmed.
    Ok,
}

impl ZoneState {
    /// All states, worst first.
    pub const ALL: [Self; 7] = [
        Self::Expired,
        Self::Frozen,
        Self::Failed,
        Self::Loading,
        Self::Expiring,
        Self::Retrying,
        Self::Ok,
    ];

    /// The word in URLs, bodies and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Frozen => "frozen",
            Self::Failed => "failed",
            Self::Loading => "loading",
            Self::Expiring => "expiring",
            Self::Retrying => "retrying",
            Self::Ok => "ok",
        }
    }

    /// True when an operator should look.
    #[must_use]
    pub const fn is_problem(self) -> bool {
        match self {
            Self::Expired | Self::Frozen | Self::Failed | Self::Expiring | Self::Retrying => true,
            Self::Loading | Self::Ok => false,
        }
    }
}

impl std::fmt::Display for ZoneState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The serial in three places; they differ while a change is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serials {
    /// The newest one a primary has named (SOA answer or NOTIFY).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<u32>,
    /// Durable on our disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<u32>,
    /// In our answers; absent when the zone is not served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<u32>,
}

/// `GET /v1/zones/{id}`: everything about one zone. `?digest=true` adds [`ZoneView::digest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneView {
    /// The line of the list.
    #[serde(flatten)]
    pub item: ZoneItem,
    /// True when the served version carries DNSSEC signatures.
    pub signed: bool,
    /// The last time a primary confirmed or delivered the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Success>,
    /// The last failure, also if it has been overcome since (compare the times).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<Failure>,
    /// When the next SOA query to a primary is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_refresh_at: Option<Timestamp>,
    /// SOA timers; absent until a version is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timers: Option<Timers>,
    /// The last NOTIFY that named this zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_notify: Option<LastNotify>,
    /// NOTIFY messages refused since start, by catalogue code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notify_refused: BTreeMap<String, u64>,
    /// Transfers to others since start; absent if none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downstream: Option<DownstreamView>,
    /// The primaries, in the order of the settings.
    pub primaries: Vec<PrimaryView>,
    /// The transfer that runs right now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferView>,
    /// SHA-384 over the served version's canonical form, in hexadecimal. Only when asked for: it
    /// reads the whole zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Something that worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success {
    /// When it ended.
    pub at: Timestamp,
    /// What it was.
    pub action: Action,
    /// The primary that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<SocketAddr>,
    /// The serial it confirmed or delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u32>,
}

/// Something that did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Catalogue code, such as `TSIG_BADTIME`.
    pub code: String,
    /// When it ended.
    pub at: Timestamp,
    /// What was tried.
    pub action: Action,
    /// The primary concerned; absent when it concerns none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<SocketAddr>,
    /// The serial concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u32>,
    /// What was measured, by name with its unit (`skew_s`, `bytes`, `records`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// Why this happens, in plain words.
    pub cause: String,
    /// What to do, ready to paste where possible.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
}

/// What goes on between us and a primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The SOA query.
    Soa,
    /// Incremental transfer.
    Ixfr,
    /// Transfer of the whole zone.
    Axfr,
    /// A NOTIFY received.
    Notify,
    /// Our own work after a transfer: checks, disk.
    Install,
}

impl Action {
    /// The word in bodies and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Soa => "soa",
            Self::Ixfr => "ixfr",
            Self::Axfr => "axfr",
            Self::Notify => "notify",
            Self::Install => "install",
        }
    }
}

/// SOA timers as the primary sent them, and as we follow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timers {
    /// From the SOA record.
    pub received: SoaTimers,
    /// After the bounds of the settings; EXPIRE is never lengthened.
    pub effective: SoaTimers,
}

/// RFC 1035 §3.3.13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoaTimers {
    /// Seconds from a success to the next SOA query.
    pub refresh_s: u32,
    /// Seconds from a failure to the next attempt.
    pub retry_s: u32,
    /// Seconds without confirmation after which answers stop.
    pub expire_s: u32,
}

/// A NOTIFY that named the zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastNotify {
    /// Who sent it.
    pub from: IpAddr,
    /// When it came.
    pub at: Timestamp,
    /// The serial in its SOA hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u32>,
    /// The TSIG key that it was signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `accepted`, or the catalogue code of the refusal.
    pub verdict: String,
    /// What was measured when it was refused, by name with its unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
}

/// One primary of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryView {
    /// Address and port that we ask.
    pub address: SocketAddr,
    /// Our own address towards it, when the settings fix one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<IpAddr>,
    /// Name of the TSIG key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The last serial this primary named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u32>,
    /// Each thing tried with it; absent entries were never tried.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<Action, ActionView>,
}

/// How one action went at one primary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView {
    /// The last time it worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Success>,
    /// The last time it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<Failure>,
}

/// A transfer under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferView {
    /// What was asked for.
    pub kind: TransferKind,
    /// Who sends it.
    pub primary: SocketAddr,
    /// Received so far.
    pub bytes: u64,
    /// Received so far.
    pub records: u64,
    /// When we asked.
    pub started_at: Timestamp,
}

/// What a transfer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferKind {
    /// The whole zone (RFC 5936).
    Axfr,
    /// The changes since the held serial (RFC 1995).
    Ixfr,
}

/// 202 of `POST /v1/zones/{id}/refresh` and `…/retransfer`: the work is queued, not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The zone concerned.
    pub id: u32,
    /// Its apex in presentation form.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_listed_and_sorted_worst_first() {
        assert!(ZoneState::ALL.is_sorted());
        for state in ZoneState::ALL {
            let json = serde_json::to_value(state).unwrap();
            assert_eq!(json, state.as_str(), "one word in Rust, JSON and tables");
        }
    }

    #[test]
    fn actions_have_one_word_in_rust_and_json() {
        for action in [Action::Soa, Action::Ixfr, Action::Axfr, Action::Notify, Action::Install] {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
        }
    }

    #[test]
    fn view_is_flat_and_survives_the_wire_with_everything_unknown_left_out() {
        let view = ZoneView {
            item: ZoneItem {
                id: 7,
                name: "example.net.".into(),
                view: "default".into(),
                state: ZoneState::Loading,
                serial: Serials::default(),
                records: 0,
                size_bytes: 0,
                last_success_at: None,
                failure_code: None,
                expires_at: None,
            },
            signed: false,
            last_success: None,
            last_failure: None,
            next_refresh_at: None,
            timers: None,
            last_notify: None,
            notify_refused: BTreeMap::new(),
            downstream: None,
            primaries: vec![],
            transfer: None,
            digest: None,
        };
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "id": 7, "name": "example.net.", "view": "default", "state": "loading",
                "serial": {}, "records": 0, "size_bytes": 0, "signed": false, "primaries": [],
            })
        );
        assert_eq!(serde_json::from_value::<ZoneView>(json).unwrap(), view);
    }

    #[test]
    fn per_primary_actions_are_keyed_by_their_words() {
        let actions = BTreeMap::from([(Action::Axfr, ActionView::default())]);
        assert_eq!(serde_json::to_value(actions).unwrap(), serde_json::json!({"axfr": {}}));
    }
}
