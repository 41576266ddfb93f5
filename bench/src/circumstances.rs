//! The machine, the programs and the commit that figures belong to.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::servers::find;

/// Where and of what: figures mean nothing without.
#[must_use]
pub fn circumstances() -> Value {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let nsd = find("nsd").map(|nsd| first_line(Command::new(nsd).arg("-v")));
    json!({
        "commit": commit(),
        "nsd": nsd.unwrap_or_default(),
        "cpu": model,
        "cpus": cpus.lines().filter(|line| line.starts_with("processor")).count(),
        "kernel": kernel.trim(),
        "taken": first_line(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%MZ"])),
    })
}

/// The commit, and whether the crates differ from it.
fn commit() -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let git =
        |arguments: &[&str]| first_line(Command::new("git").args(["-C", root]).args(arguments));
    let commit = git(&["rev-parse", "--short", "HEAD"]);
    let is_changed = !git(&["status", "--porcelain", "--", "crates", "Cargo.lock"]).is_empty();
    if is_changed { format!("{commit}, changed") } else { commit }
}

/// What a program says first, wherever it says it.
fn first_line(command: &mut Command) -> String {
    let Ok(output) = command.output() else { return String::new() };
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned()
}

/// Processes that wanted to run in the last minute: above 0.5, somebody else was at work.
#[must_use]
pub fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}
