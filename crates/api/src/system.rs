//! The instance as a whole.

use crate::{Timestamp, ZoneState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// `GET /v1/system`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemView {
    /// Version of the program.
    pub version: String,
    /// When the daemon started.
    pub started_at: Timestamp,
    /// Seconds since then.
    pub uptime_s: u64,
    /// Number of zones in each state; states without zones are left out.
    pub zones: BTreeMap<ZoneState, u64>,
    /// Where queries are answered.
    pub listeners: Vec<Listener>,
    /// Queries since start by outcome (`answered`, `nxdomain`, `refused`, `dropped`, …).
    pub queries: BTreeMap<String, u64>,
    /// The configuration file in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_path: Option<String>,
    /// The folder that holds what survives a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<String>,
}

/// One open socket for queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Address and port.
    pub address: SocketAddr,
    /// UDP or TCP.
    pub transport: Transport,
}

/// How a query travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Streams with length prefixes.
    Tcp,
}

/// `GET /v1/health`: 200 when `ready`, else 503.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// True when the listeners answer and recovery from disk is over.
    pub ready: bool,
    /// Why not, in one sentence; absent when ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /v1/reload`: what the new `understudy.toml` changed.
///
/// Problems: 422 `config.invalid`; then nothing has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReloadReport {
    /// Zones that are new.
    pub zones_added: u64,
    /// Zones whose settings differ.
    pub zones_changed: u64,
    /// Zones that are gone and no longer answered.
    pub zones_removed: u64,
    /// Zones left exactly as they were.
    pub zones_unchanged: u64,
    /// Settings that differ but only take effect at the next start, such as `server.listen`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restart_needed: Vec<String>,
    /// What the operator should know although it works, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}
