//! What must hold for any octets, one module a fuzz target.
//!
//! Pure: octets in, a panic out if a promise is broken. Nothing here knows the engine, so the same
//! bodies run as ordinary tests over the committed corpora (`replay.rs`).

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a panic is how a target tells of a broken promise"
)]

pub mod answer;
pub mod content;
pub mod inbound;
pub mod judge;
pub mod letters;
pub mod master_file;
pub mod message;
pub mod notify;
pub mod parsed;
pub mod proof;
pub mod received;
pub mod signature;
pub mod spelled;
pub mod truth;
pub mod tsig;
pub mod walk;
pub mod world;
pub mod zone;
