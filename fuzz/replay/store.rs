//! Every committed input of the fuzz target for the commit log, as an ordinary test.

#![expect(clippy::expect_used, reason = "a panic is how a target tells of a broken promise")]

#[path = "../src/commit_log.rs"]
pub mod commit_log;
pub mod corpus;

use std::io;

/// Threat 46.
#[test]
fn commit_logs_keep_their_promises() -> io::Result<()> {
    corpus::replay("commit_log", commit_log::run)
}
