//! What must hold for any octets, one module a fuzz target, together with those that judge.
//!
//! Pure: octets in, a panic out if a promise is broken. Nothing here knows the engine, so the same
//! bodies run as ordinary tests over the committed corpora (`replay/`).

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a panic is how a target tells of a broken promise"
)]

pub mod commit_log;
pub mod configuration;
pub mod protocol;
