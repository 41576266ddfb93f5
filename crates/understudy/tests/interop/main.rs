//! Real name servers as primaries, `understudy serve` as their secondary, and questions over UDP
//! and TCP as anyone would ask them. A missing peer fails the test: `cargo xtask setup`.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test stands on either works or fails the test"
)]

mod checker;
mod clocks;
mod disks;
mod export;
mod failures;
mod hostile;
#[cfg(feature = "faults")]
mod isolation;
mod lifetime;
mod malformed;
mod outbound;
mod primaries;
mod questions;
mod reload;
mod scripted;
mod transfers;
mod tsig;

#[cfg(feature = "scale")]
mod scale;
