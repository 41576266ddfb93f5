//! `cargo xtask fuzz [target] [--seconds n] [--keep]`: the fuzz targets, as many at a time as there
//! are processors.
//!
//! No sanitizer: the code is safe, so what there is to find are panics, overflows, broken promises and
//! endless loops. That builds with the toolchain of the workspace; nightly is not needed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::{layers, shell};

/// What drives the engine; the version that our arguments are written for.
const CARGO_FUZZ: &str = "0.13.2";
/// How targets are built. Told of every comparison, the engine runs a third as many inputs; the words that it would
/// learn from them are in the dictionaries.
const INSTRUMENTS: [&str; 3] = ["--sanitizer", "none", "--no-trace-compares"];
/// Longest time for a target when nobody says how long, in seconds. On two processors it takes a quarter of this.
const SECONDS_MAX: u32 = 120;
/// Longest input the engine makes up, in octets: room for many records, and quick to run.
const INPUT_OCTETS_MAX: u32 = 1_500;
/// Longest time for one input, in seconds; all of them take below a millisecond.
const INPUT_SECONDS_MAX: u32 = 10;

/// Inputs of a committed corpus.
const INPUTS_MAX: usize = 300;

/// What is asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
struct Wish<'w> {
    target: Option<&'w str>,
    /// To look for news so long. Without it the same inputs are made up each time, or CI would judge luck.
    seconds: Option<u32>,
    keep: bool,
}

pub(crate) fn run(words: &[&str]) -> Result<()> {
    let wish = Wish::parse(words)?;
    let targets = targets(wish.target)?;
    shell::need_cargo_tool("fuzz", CARGO_FUZZ)?;
    shell::run(shell::cargo().args(["fuzz", "build"]).args(INSTRUMENTS))?;
    let work = work_folder()?;
    let findings = run_all(&targets, &work, wish.seconds)?;
    if findings > 0 {
        bail!("{findings} of the fuzz targets found something");
    }
    if wish.keep {
        targets.iter().try_for_each(|target| keep(target, &work))?;
    }
    Ok(())
}

/// Each processor takes the next target when it is done with one. Gives how many found something.
fn run_all(targets: &[String], work: &Path, seconds: Option<u32>) -> Result<u32> {
    let waiting = Mutex::new(targets.iter());
    let take_turns = || {
        let mut findings = 0_u32;
        let next = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
        while let Some(target) = next() {
            findings = findings.saturating_add(Run::start(target, work, seconds)?.finish()?);
        }
        anyhow::Ok(findings)
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| scope.spawn(take_turns))
            .collect();
        let found = workers.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| bail!("a thread that ran fuzz targets panicked"))
        });
        found.sum()
    })
}

/// Inputs that a target takes half a minute for, or somewhat less.
fn inputs_of(target: &str) -> u32 {
    match target {
        "message" | "notify" => 3_000_000,
        "answer" => 1_500_000,
        "master_file" | "outbound" => 250_000,
        "tsig" => 150_000,
        "commit_log" | "inbound" => 70_000,
        "configuration" => 35_000,
        _ => 40_000,
    }
}

/// Where a target's corpus is replayed.
fn replay_of(target: &str) -> &'static str {
    match target {
        "commit_log" => "store --features simulated",
        "configuration" => "server",
        _ => "proto",
    }
}

impl<'w> Wish<'w> {
    fn parse(words: &[&'w str]) -> Result<Self> {
        let mut wish = Self { target: None, seconds: None, keep: false };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            match word {
                "--keep" => wish.keep = true,
                "--seconds" => {
                    let seconds = words.next().context("--seconds wants a number")?;
                    wish.seconds = Some(seconds.parse().context("--seconds wants a number")?);
                }
                target if wish.target.is_none() && !target.starts_with('-') => {
                    wish.target = Some(target);
                }
                _ => bail!("`{word}` is not understood: fuzz [target] [--seconds n] [--keep]"),
            }
        }
        Ok(wish)
    }
}

/// One target while the engine works on it.
struct Run {
    target: String,
    engine: Child,
    log: PathBuf,
}

impl Run {
    fn start(target: &str, work: &Path, seconds: Option<u32>) -> Result<Self> {
        let found = work.join(target);
        fs::create_dir_all(&found)?;
        let log = work.join(format!("{target}.log"));
        let output = File::create(&log).context("cannot write the log of a fuzz target")?;
        let mut command = engine(target, &[&found, &corpus(target)]);
        command.arg(format!("-max_total_time={}", seconds.unwrap_or(SECONDS_MAX)));
        if seconds.is_none() {
            command.args(["-seed=1".to_owned(), format!("-runs={}", inputs_of(target))]);
        }
        println!("\n──▶ fuzz {target} (log: {})", log.display());
        let engine = command.stdout(output.try_clone()?).stderr(output).spawn()?;
        Ok(Self { target: target.to_owned(), engine, log })
    }

    /// Prints what came of it. One if something was found, else none.
    fn finish(mut self) -> Result<u32> {
        let status = self.engine.wait()?;
        let log = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        if status.success() {
            let summary = log.lines().find(|line| line.contains("DONE")).unwrap_or("no summary");
            println!("    {}: nothing found; {}", self.target, summary.replace('\t', " "));
            return Ok(0);
        }
        let told = log.lines().position(|line| line.contains("panicked at")).unwrap_or(0);
        log.lines().skip(told).for_each(|line| eprintln!("{line}"));
        eprintln!(
            "\nfuzz target {} found something; its input is named above. To see it again:",
            self.target
        );
        eprintln!(
            "    cp <input> fuzz/corpus/{}/ && cargo test --test corpora -p {}",
            self.target,
            replay_of(&self.target)
        );
        Ok(1)
    }
}

/// Makes the committed corpus the smallest that reaches all that was ever reached, or nearly all.
fn keep(target: &str, work: &Path) -> Result<()> {
    let (found, corpus) = (work.join(target), corpus(target));
    let smallest = work.join(format!("{target}.smallest"));
    fs::create_dir_all(&smallest)?;
    // Edges, not how often each was passed: the corpus is to be small enough to be committed.
    let mut merge = engine(target, &[&smallest, &found, &corpus]);
    shell::run(merge.args(["-set_cover_merge=1", "-use_counters=0"]))?;
    fs::remove_dir_all(&corpus)?;
    fs::create_dir(&corpus)?;
    for input in first_written(&smallest)?.iter().take(INPUTS_MAX) {
        fs::copy(smallest.join(input), corpus.join(input))?;
    }
    fs::remove_dir_all(&smallest)?;
    Ok(())
}

/// Names of the files in a folder, oldest first: the engine begins with those that reach most.
fn first_written(folder: &Path) -> Result<Vec<OsString>> {
    let mut inputs = Vec::new();
    for input in fs::read_dir(folder)? {
        let input = input?;
        inputs.push((input.metadata()?.modified()?, input.file_name()));
    }
    inputs.sort();
    Ok(inputs.into_iter().map(|(_, name)| name).collect())
}

/// The engine on a target with folders of inputs; more arguments are the engine's.
fn engine(target: &str, folders: &[&Path]) -> Command {
    let mut command = shell::cargo();
    command.args(["fuzz", "run"]).args(INSTRUMENTS).arg(target).args(folders).arg("--");
    command.arg(format!("-max_len={INPUT_OCTETS_MAX}"));
    command.arg(format!("-timeout={INPUT_SECONDS_MAX}"));
    let words = shell::root().join("fuzz/dictionaries").join(target);
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    command
}

/// The names of all targets, or the one asked for.
fn targets(wanted: Option<&str>) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(shell::root().join("fuzz/targets"))? {
        let path = entry?.path();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        targets.extend(name.filter(|name| wanted.is_none_or(|wanted| wanted == name)));
    }
    targets.sort();
    if targets.is_empty() {
        bail!("there is no fuzz target `{}`", wanted.unwrap_or_default());
    }
    Ok(targets)
}

fn corpus(target: &str) -> PathBuf {
    shell::root().join("fuzz/corpus").join(target)
}

/// Where inputs are kept that were found on this machine.
fn work_folder() -> Result<PathBuf> {
    let metadata = layers::metadata(&["--no-deps"])?;
    let folder = metadata["target_directory"].as_str().context("cargo names no target folder")?;
    Ok(Path::new(folder).join("fuzz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_wish_come_in_any_order() {
        let wish = |words: &[&'static str]| Wish::parse(words).unwrap();
        assert_eq!(wish(&[]), Wish { target: None, seconds: None, keep: false });
        let all = Wish { target: Some("answer"), seconds: Some(5), keep: true };
        assert_eq!(wish(&["--seconds", "5", "answer", "--keep"]), all);
        assert_eq!(wish(&["answer", "--keep", "--seconds", "5"]), all);
        for wrong in [&["--seconds"][..], &["--seconds", "x"], &["a", "b"], &["--kept"]] {
            assert!(Wish::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_target_is_known_and_has_a_corpus() {
        let known = targets(None).unwrap();
        assert!(known.iter().all(|target| corpus(target).is_dir()), "{known:?}");
        assert_eq!(targets(Some("answer")).unwrap(), ["answer"]);
        assert!(targets(Some("question")).is_err());
    }
}
