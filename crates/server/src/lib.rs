//! The daemon: sockets, tasks, the clock, configuration and the HTTP API.
//!
//! It performs what the pure crates decide, and decides nothing itself.

pub mod config;
pub mod demo;
mod http;
mod log;
