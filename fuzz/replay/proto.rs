//! Every committed input of the fuzz targets, as ordinary tests: no engine, no special toolchain.
//!
//! A finding becomes a test by being copied into the corpus of its target.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a panic is how a target tells of a broken promise"
)]

pub mod corpus;
#[path = "../src/protocol/mod.rs"]
pub mod protocol;

use corpus::{CORPUS, replay, sorted};
use protocol::{answer, inbound, master_file, message, notify, outbound, tsig, zone};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Threats 15–18, 21 and 35, with whatever else the fuzzer came upon.
#[test]
fn messages_keep_their_promises() -> io::Result<()> {
    replay("message", message::run)
}

/// Threats 35–39.
#[test]
fn answers_keep_their_promises() -> io::Result<()> {
    replay("answer", answer::run)
}

/// Threat 22.
#[test]
fn master_files_keep_their_promises() -> io::Result<()> {
    replay("master_file", master_file::run)
}

/// Threats 14, 18–20 and 36.
#[test]
fn zones_keep_their_promises() -> io::Result<()> {
    replay("zone", zone::run)
}

/// Threat 1, Threat 2, Threat 3, Threat 4, Threat 5, Threat 6, Threat 7, Threat 9, Threat 10 and Threat 14.
#[test]
fn transfers_keep_their_promises() -> io::Result<()> {
    replay("inbound", inbound::run)
}

/// Threats 26 and 27.
#[test]
fn notify_messages_keep_their_promises() -> io::Result<()> {
    replay("notify", notify::run)
}

/// Threat 13 and 34.
#[test]
fn transfers_to_others_keep_their_promises() -> io::Result<()> {
    replay("outbound", outbound::run)
}

/// Threat 29, Threat 30 and Threat 31.
#[test]
fn signatures_keep_their_promises() -> io::Result<()> {
    replay("tsig", tsig::run)
}

#[test]
fn no_corpus_is_left_out() -> io::Result<()> {
    let folders = sorted(Path::new(CORPUS))?;
    let names: Vec<_> = folders.iter().filter_map(|folder| folder.file_name()).collect();
    let here =
        ["answer", "inbound", "master_file", "message", "notify", "outbound", "tsig", "zone"];
    let elsewhere = ["commit_log", "configuration"]; // in `store` and `server`
    let all = here.iter().chain(&elsewhere).collect::<BTreeSet<_>>();
    assert!(names.iter().eq(all), "{names:?}");
    Ok(())
}
