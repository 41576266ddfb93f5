//! Real name servers as primaries, `understudy serve` as their secondary, and questions over UDP
//! and TCP as anyone would ask them. A missing peer fails the test: `cargo xtask setup`.

mod harness;

mod failures;
mod lifetime;
mod reload;
mod transfers;
mod tsig;

#[cfg(feature = "scale")]
mod scale;
