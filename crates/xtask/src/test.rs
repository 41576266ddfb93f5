//! `cargo xtask test`: all that must hold, in the order in which it is cheapest to find out.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::{deny, fuzz, layers, ledger, rfc_map, setup, shell, tidy};

/// How long the demos of the test run last. Long enough for a few edits of the zone.
const DEMO_SECONDS: &str = "15";

/// What is built for the tests, the same each time, so that it is built once.
const EVERYTHING: [&str; 3] =
    ["--workspace", "--features", "understudy/differential,understudy/faults,store/simulated"];

/// Whom the claims of `conformance/` judge, if this variable says so.
const AGAINST: &str = "CONFORMANCE_AGAINST";
/// Whose failures are recorded in `conformance/peers.toml`: the record is to stay true.
const PEERS: [&str; 3] = ["nsd", "knot", "named"];

pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    setup::run()?;
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    layers::run()?;
    rfc_map::run(rfc_map::Act::Check)?;
    ledger::run()?;
    tidy::run()?;
    deny::run()?;
    lint()?;
    shell::run(&mut many_at_a_time(tests(&EVERYTHING)))?;
    for peer in PEERS {
        println!("\nwhat {peer} makes of the standards, beside what is recorded of it:");
        shell::run(tests(&EVERYTHING).args(["--test", "conformance"]).env(AGAINST, peer))?;
    }
    shell::run(shell::cargo().args(["test", "--doc", "--quiet"]).args(EVERYTHING))?;
    let understudy = built("debug")?;
    shell::run(demo(&understudy).args(["--primary", "named"]))?;
    shell::run(&mut demo(&understudy))?;
    shell::run(&mut scale())?;
    fuzz::run(&[])?;
    println!("\nall of it passed, in {:.1} minutes", started.elapsed().as_secs_f64() / 60.0);
    Ok(())
}

fn lint() -> Result<()> {
    let everything = ["--workspace", "--all-targets", "--all-features"];
    let bench = ["--manifest-path", "bench/Cargo.toml"];
    let fuzz = ["--manifest-path", "fuzz/Cargo.toml"];
    for selection in [&everything[..], &bench[..], &fuzz[..]] {
        let mut clippy = shell::cargo();
        clippy.arg("clippy").args(selection).args(["--quiet", "--", "-D", "warnings"]);
        shell::run(&mut clippy)?;
    }
    Ok(())
}

/// Most tests that take long wait for other processes, so more of them run than there are processors.
fn many_at_a_time(mut tests: Command) -> Command {
    if has_nextest() {
        let processors = available_parallelism().map_or(1, NonZero::get);
        tests.args(["--test-threads", &processors.saturating_mul(2).to_string()]);
    }
    tests
}

/// The test runner: nextest where it is installed, else cargo's own.
fn tests(selection: &[&str]) -> Command {
    let mut command = shell::cargo();
    if has_nextest() {
        command.args(["nextest", "run", "--no-fail-fast"]).args(selection);
    } else {
        command.args(["test", "--no-fail-fast", "--tests"]).args(selection);
    }
    command
}

/// What takes minutes and a release build; one after the other, or they would measure each other.
fn scale() -> Command {
    let mut command = tests(&["--release", "-p", "understudy", "--features", "scale", "scale::"]);
    if !has_nextest() {
        command.args(["--", "--test-threads", "1"]); // nextest is told so by its own settings
    }
    command
}

fn has_nextest() -> bool {
    shell::find("cargo-nextest").is_some()
}

fn demo(understudy: &Path) -> Command {
    let mut command = Command::new(understudy);
    command.args(["demo", "--seconds", DEMO_SECONDS]);
    command
}

/// The program as the tests built it.
fn built(profile: &str) -> Result<PathBuf> {
    let metadata = layers::metadata(&["--no-deps"])?;
    let folder = metadata["target_directory"].as_str().context("cargo names no target folder")?;
    Ok(PathBuf::from(folder).join(profile).join("understudy"))
}
