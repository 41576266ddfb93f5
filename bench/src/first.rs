//! The first bench: what the design must be able to reach.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::servers::{Kind, find};
use crate::{answers, changes, report, transfers};

/// Delegations of the large zone, which make 990,003 records.
const DELEGATIONS: u32 = 450_000;

/// Which parts, how large, and where the figures go.
pub struct Options<'a> {
    /// Names of parts; all if empty.
    pub parts: &'a [&'a str],
    /// A tenth of the size and few runs: to see that it works.
    pub is_quick: bool,
    /// File for the figures, if they are to be kept.
    pub json: Option<&'a Path>,
}

/// Runs the parts and reports.
pub fn run(understudy: &Path, options: &Options<'_>) -> Result<()> {
    let started = Instant::now();
    let ours = Kind::Understudy(understudy.to_path_buf());
    let kinds = [&ours, &Kind::Nsd];
    let delegations = if options.is_quick { DELEGATIONS / 10 } else { DELEGATIONS };
    let effort = |few, many| if options.is_quick { few } else { many };
    let wanted = |part| options.parts.is_empty() || options.parts.contains(&part);
    let load_before = load_average();
    let mut rows = Vec::new();
    if wanted("changes") {
        rows.extend(changes::measure(kinds, delegations, effort(1, 5))?);
    }
    if wanted("transfers") {
        rows.extend(transfers::measure(kinds, delegations, effort(1, 5))?);
    }
    if wanted("answers") {
        let length = Duration::from_millis(if options.is_quick { 300 } else { 700 });
        rows.extend(answers::measure(kinds, delegations, effort(3, 9), length)?);
    }
    let mut circumstances = circumstances();
    circumstances["load_before"] = json!(load_before);
    circumstances["seconds"] = json!(started.elapsed().as_secs());
    report::write(&rows, &circumstances, options.json)
}

/// Where and of what: figures mean nothing without.
fn circumstances() -> Value {
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
fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}
