//! What tests over the wire stand on: real name servers and `understudy` itself as child processes
//! on free loopback ports in temporary folders, and an independent client that asks them.
//!
//! For tests only, so what fails here fails the test. It imports nothing of ours: what judges a
//! program must not repeat its mistakes.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test stands on either works or fails the test"
)]

pub mod ask;
pub mod daemon;
pub mod key;
pub mod knot;
pub mod message;
pub mod name;
pub mod named;
pub mod nsd;
pub mod pdns;
pub mod ports;
pub mod primary;
pub mod program;
pub mod records;
pub mod scripted;
pub mod secondary;
pub mod sign;
pub mod wait;
pub mod yadifa;
