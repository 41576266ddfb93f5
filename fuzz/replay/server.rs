//! Every committed input of the fuzz target for the configuration, as an ordinary test.

#![expect(clippy::expect_used, reason = "a panic is how a target tells of a broken promise")]

#[path = "../src/configuration.rs"]
pub mod configuration;
pub mod corpus;

use std::io;

#[test]
fn configurations_keep_their_promises() -> io::Result<()> {
    corpus::replay("configuration", configuration::run)
}
