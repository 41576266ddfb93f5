//! The daemon: sockets, tasks, the clock, configuration and the HTTP API.
//!
//! It performs what the pure crates decide, and decides nothing itself.

pub mod check;
mod clock;
mod commit;
pub mod config;
mod control;
mod daemon;
mod damage;
pub mod demo;
mod dial;
mod event;
pub mod export;
mod faults;
mod http;
mod ledger;
mod log;
mod master_folder;
mod net;
mod shard;

pub use daemon::{Daemon, Error, serve};
pub use http::SocketError;
