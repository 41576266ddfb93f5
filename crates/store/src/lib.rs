//! What survives a restart: zone content in our own files, the operator's records in SQLite.
//!
//! Touches the disk; no sockets, no clock (moments are arguments), no threads of its own.
//!
//! Invariants: S1 when [`Store::commit`] returns `Ok`, the versions it names survive a power cut.
//! S2 after a commit that failed, the log still recovers to the state before it or after it, and
//! the next commit works as soon as the disk does. S3 a damaged frame costs its zone, not the log;
//! what was lost is named. S4 a file of a newer format is refused, never guessed at.
//! S5 no SQLite write stands between a transferred diff and its publication.
//!
//! Not here: when to transfer, publish or compact; serving. The decisions behind the files are in
//! `docs/adr/0003-commit-log-and-images.md`.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![cfg_attr(
    test,
    expect(clippy::arithmetic_side_effects, reason = "a panic in a test is a finding")
)]

mod chain;
mod check;
mod compact;
mod content;
mod disk;
mod error;
mod format;
mod image;
mod layout;
mod lock;
mod log;
mod meta;
mod read_only;
mod recover;
mod recovery;
mod roll;
mod sealed;
mod segment;
mod shard;
#[cfg(any(test, feature = "simulated"))]
pub mod simulated;
mod standing;
mod store;
mod version;

pub use check::{CheckedZone, Report, check};
pub use compact::Compacted;
pub use error::StoreError;
pub use meta::{HistoryCaps, Meta, Timers, TransferKind, TransferRecord, ZoneRow};
pub use read_only::read_zone;
pub use recovery::{Content, Fault, FaultKind, Loss, RecoveredZone, Recovery, ZoneKey};
pub use store::{Commit, Store, Tuning};
