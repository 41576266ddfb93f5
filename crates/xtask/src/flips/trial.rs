//! One flip in a copy of the repository, and what the tests make of it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::list::Flip;
use crate::shell;

/// Longest time for the tests of one flip. Some flips make a loop endless, which no test would tell.
const TESTS_MAX: Duration = Duration::from_secs(240);
/// Between two looks at whether they are done.
const PAUSE: Duration = Duration::from_millis(50);

/// A copy of the repository, and where it is built.
#[derive(Debug)]
pub(crate) struct Copy {
    pub(crate) tree: PathBuf,
    pub(crate) build: PathBuf,
    pub(crate) log: PathBuf,
}

/// What the tests made of one flip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// These fell.
    Fell(Vec<String>),
    /// They did not come to an end.
    NeverEnded,
    /// None of them noticed.
    Survived,
}

impl Verdict {
    /// As the table says it; `None` for a flip that survived.
    pub(crate) fn in_words(&self) -> Option<String> {
        match self {
            Self::Fell(tests) => {
                let (first, more) = tests.split_first()?;
                let name = format!("`{first}`");
                Some(if more.is_empty() { name } else { format!("{name} and {} more", more.len()) })
            }
            Self::NeverEnded => Some("`a loop that never ends`".to_owned()),
            Self::Survived => None,
        }
    }
}

impl Copy {
    /// Turns the rule around, runs the tests, and turns it back.
    pub(crate) fn try_flip(&self, flip: &Flip) -> Result<Verdict> {
        let file = self.tree.join(&flip.file);
        let source = fs::read_to_string(&file).with_context(|| flip.file.clone())?;
        fs::write(&file, flip.apply(&source)?)?;
        let verdict = self.judge(flip);
        fs::write(&file, source)?;
        verdict
    }

    fn judge(&self, flip: &Flip) -> Result<Verdict> {
        if !self.run(flip, true)?.is_some_and(|status| status.success()) {
            bail!("it does not build any more, see {}", self.log.display());
        }
        let Some(status) = self.run(flip, false)? else { return Ok(Verdict::NeverEnded) };
        let output = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        let mut fell = fallen(&output);
        let module = flip.module();
        fell.sort_by_key(|name| !name.starts_with(&module)); // the nearest first
        match (status.success(), fell.is_empty()) {
            (true, _) if tests_run(&output) == 0 => bail!("no test has such a name"),
            (true, _) => Ok(Verdict::Survived),
            (false, false) => Ok(Verdict::Fell(fell)),
            (false, true) => bail!("the tests ended as no test ends, see {}", self.log.display()),
        }
    }

    /// The tests of a flip, or only their build. `None` if they took too long and were ended.
    fn run(&self, flip: &Flip, only_build: bool) -> Result<Option<ExitStatus>> {
        let log = File::create(&self.log)?;
        let mut command = tests(flip);
        if only_build {
            command.arg("--no-run");
        } else {
            command.arg("--").args(&flip.tests);
        }
        command.current_dir(&self.tree).env("CARGO_TARGET_DIR", &self.build);
        command.stdout(log.try_clone()?).stderr(log).process_group(0);
        let mut child = command.spawn().context("cannot start cargo")?;
        let started = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if !only_build && started.elapsed() > TESTS_MAX {
                end_group(child.id());
                child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(PAUSE);
        }
    }
}

fn tests(flip: &Flip) -> Command {
    let mut words = flip.package.split(' ');
    let mut command = shell::cargo();
    command.args(["test", "--quiet", "--package"]).args(words.next());
    let target: Vec<&str> = words.collect();
    command.args(if target.is_empty() { vec!["--lib"] } else { target });
    command
}

/// Ends a child and what it started.
fn end_group(leader: u32) {
    shell::succeeds(Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]));
}

/// Names of the tests that fell, as they stand under `failures:`.
fn fallen(output: &str) -> Vec<String> {
    let mut names: Vec<String> = output
        .lines()
        .skip_while(|line| *line != "failures:")
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|name| {
            !name.is_empty()
                && name.chars().all(|letter| letter.is_alphanumeric() || "_:".contains(letter))
        })
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

fn tests_run(output: &str) -> usize {
    let counts = output
        .lines()
        .filter_map(|line| line.strip_prefix("running ")?.split(' ').next()?.parse::<usize>().ok());
    counts.sum()
}

/// A copy of what git knows of the repository, changes that are not committed included.
pub(crate) fn copy(work: &Path) -> Result<Copy> {
    let git = |words: &[&str]| {
        let output = Command::new("git").current_dir(shell::root()).args(words).output()?;
        if !output.status.success() {
            bail!("git {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let tree = work.join("tree");
    let path = tree.to_str().context("a path that is no text")?;
    let is_clean = git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    let commit = if is_clean { "HEAD".to_owned() } else { git(&["stash", "create"])? };
    fs::create_dir_all(work)?;
    if tree.exists() {
        git(&["worktree", "remove", "--force", path])?;
    }
    git(&["worktree", "prune"])?;
    git(&["worktree", "add", "--quiet", "--detach", path, &commit])?;
    Ok(Copy { build: work.join("build"), log: work.join("log"), tree })
}

/// Lets go of the copy; what was built stays, for the next time.
pub(crate) fn remove(copy: &Copy) {
    let mut git = Command::new("git");
    git.current_dir(shell::root()).args(["worktree", "remove", "--force"]).arg(&copy.tree);
    shell::succeeds(&mut git);
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\nrunning 3 tests\n..F\nfailures:\n\n---- a::b stdout ----\n\nthread 'a::b' panicked\n    not a name: 5\n\n\
                          failures:\n    a::b\n    a::c_d\n\ntest result: FAILED. 2 passed; 1 failed\n";

    #[test]
    fn fallen_tests_are_those_that_the_runner_lists() {
        assert_eq!(fallen(OUTPUT), ["a::b", "a::c_d"]);
        assert_eq!(fallen("running 2 tests\ntest result: ok. 2 passed\n"), [""; 0]);
        assert_eq!((tests_run(OUTPUT), tests_run("running 0 tests")), (3, 0));
    }

    #[test]
    fn verdict_names_the_first_test_and_counts_the_others() {
        let fell =
            |names: &[&str]| Verdict::Fell(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(fell(&["a::b"]).in_words().unwrap(), "`a::b`");
        assert_eq!(fell(&["a::b", "c", "d"]).in_words().unwrap(), "`a::b` and 2 more");
        assert_eq!(Verdict::Survived.in_words(), None);
    }
}
