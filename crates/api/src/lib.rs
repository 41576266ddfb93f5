//! The HTTP contract of an `understudy` instance: what `/v1` takes and gives.
//!
//! Plain types with serde; nothing of the daemon's insides appears here, because the contract
//! outlives them. Units are in the names: `_s` seconds, `_bytes` octets. Times are RFC 3339 in
//! UTC. A field that is absent is unknown or does not apply; `null` is never sent.
//!
//! With the feature `client` there is a [`Client`] that speaks to the daemon's control socket.
//!
//! Standards: RFC 9457 (problems) · RFC 3339 (times) · RFC 9110 (status codes) ·
//! RFC 4027 (zones as text).

#[cfg(feature = "client")]
mod client;
mod downstream;
mod export;
mod problem;
mod system;
mod time;
mod zone;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, Export};
pub use downstream::{DownstreamFailure, DownstreamSent, DownstreamView};
pub use export::{EXPORT_CONTENT_TYPE, ExportHead, ExportState};
pub use export::{ZONE_RECORDS, ZONE_SERIAL, ZONE_STATE};
pub use problem::{PROBLEM_CONTENT_TYPE, Problem};
pub use system::{Health, Listener, ReloadReport, SystemView, Transport};
pub use time::Timestamp;
pub use zone::{
    Accepted, Action, ActionView, Failure, LastNotify, PrimaryView, Serials, SoaTimers, Success,
    Timers, TransferKind, TransferView, ZoneItem, ZonePage, ZoneState, ZoneView,
};

/// Where the daemon listens for API requests unless told otherwise.
pub const DEFAULT_SOCKET: &str = "/var/lib/understudy/control.sock";

/// Zones on a page of `GET /v1/zones` when `limit` is absent.
pub const PAGE_DEFAULT: usize = 100;

/// Zones on a page of `GET /v1/zones` at most; a larger `limit` is refused.
pub const PAGE_MAX: usize = 1_000;
