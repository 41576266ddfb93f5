//! Transfers of a zone to others.

use crate::{Timestamp, TransferKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Transfers of a zone to others since start. An answer that there is no news counts for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownstreamView {
    /// Transfers that were sent to their end.
    pub sent: u64,
    /// The last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sent: Option<DownstreamSent>,
    /// Requests refused and transfers that ended early, by catalogue code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failures: BTreeMap<String, u64>,
    /// The last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<DownstreamFailure>,
}

/// A transfer to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownstreamSent {
    /// Who got it.
    pub to: IpAddr,
    /// The TSIG key that signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// When it ended.
    pub at: Timestamp,
    /// The whole zone, or changes.
    pub kind: TransferKind,
    /// The serial it led to.
    pub serial: u32,
    /// Messages of it.
    pub messages: u64,
    /// Octets of these messages.
    pub bytes: u64,
    /// Records of it.
    pub records: u64,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// A request for a transfer that was refused, or a transfer that ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownstreamFailure {
    /// Who asked.
    pub from: IpAddr,
    /// The TSIG key of the request, if it was believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// When it ended.
    pub at: Timestamp,
    /// Catalogue code, such as `DOWNSTREAM_UNSIGNED`.
    pub code: String,
    /// What was found, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// Why this happens, in plain words.
    pub cause: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
}
