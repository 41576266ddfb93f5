//! Measures understudy beside its peers, in one run on the same two CPUs. The judge is CPU time per
//! unit of work, and the ratio to the best peer; times in a noisy room come second.
//!
//! `cargo xtask bench first` builds both and runs this; `cargo xtask bench small` has many small zones.

mod answers;
mod batch;
mod changes;
mod circumstances;
mod cpu;
mod first;
mod load;
mod many;
mod message;
mod primary;
mod recording;
mod registry;
mod report;
mod servers;
mod small;
mod transfers;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

const FIRST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results/first.json");
const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results/small.json");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `bench --understudy PATH [--quick] first [changes] [transfers] [answers]`, or `small [zones]`;
/// `bench reflector PORT` is the limit that answers are compared with, run by ourselves. Only a full
/// run of all parts goes where results are kept.
fn run() -> Result<()> {
    let (mut understudy, mut is_quick, mut words) = (None, false, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--understudy" => understudy = arguments.next().map(PathBuf::from),
            "--quick" => is_quick = true,
            _ => words.push(word),
        }
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["reflector", port] => batch::reflect(port.parse().context("a port")?),
        ["first", parts @ ..] => {
            let is_all = parts.is_empty() && !is_quick;
            let json = is_all.then_some(Path::new(FIRST));
            first::run(&program(understudy)?, &first::Options { parts, is_quick, json })
        }
        ["small", sizes @ ..] => {
            let sizes: Vec<u32> =
                sizes.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
            let is_all = sizes.is_empty() && !is_quick;
            let json = is_all.then_some(Path::new(SMALL));
            small::run(&program(understudy)?, &small::Options { sizes: &sizes, is_quick, json })
        }
        other => bail!("no such bench: {}; there are: first, small", other.join(" ")),
    }
}

fn program(understudy: Option<PathBuf>) -> Result<PathBuf> {
    let understudy = understudy.context("--understudy PATH is missing")?;
    understudy.canonicalize().context("--understudy")
}
