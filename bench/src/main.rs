//! Measures understudy beside its peers, in one run on the same two CPUs. The judge is CPU time per
//! unit of work, and the ratio to the best peer; times in a noisy room come second.
//!
//! `cargo xtask bench first` builds both and runs this.

mod answers;
mod batch;
mod changes;
mod cpu;
mod first;
mod question;
mod registry;
mod replay;
mod report;
mod servers;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `bench --understudy PATH first [--json PATH] [--quick]`; `bench reflector PORT` is the limit that
/// answers are compared with, run by ourselves.
fn run() -> Result<()> {
    let (mut understudy, mut json, mut quick, mut words) = (None, None, false, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(word) = arguments.next() {
        match word.as_str() {
            "--understudy" => understudy = arguments.next().map(PathBuf::from),
            "--json" => json = arguments.next().map(PathBuf::from),
            "--quick" => quick = true,
            _ => words.push(word),
        }
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["reflector", port] => batch::reflect(port.parse().context("a port")?),
        ["first"] => {
            let understudy = understudy.context("--understudy PATH is missing")?;
            first::run(&understudy, json.as_deref(), quick)
        }
        other => bail!("no such bench: {}; there is: first", other.join(" ")),
    }
}
