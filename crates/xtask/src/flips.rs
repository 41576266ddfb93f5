//! `cargo xtask flips [name | --untried]`: turns rules around, one at a time, and fails if no test notices.
//!
//! Mutants change every place a little; a flip breaks one rule that stands in a standard or in our promises, and
//! `docs/flips.md` says by which test the rule is held. The trials run in a copy of the repository under `target`.

mod list;
mod table;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{layers, shell};
use list::Flip;
use trial::Copy;

/// Which flips are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish<'w> {
    /// Those whose names begin so; all begin with nothing.
    Named(&'w str),
    /// Those of which the table does not say what fell.
    Untried,
}

pub(crate) fn run(words: &[&str]) -> Result<()> {
    let wish = match words {
        [] => Wish::Named(""),
        ["--untried"] => Wish::Untried,
        [name] if !name.starts_with('-') => Wish::Named(name),
        _ => bail!(
            "flips [name | --untried]: those whose names begin so, those that are new, or all"
        ),
    };
    let root = shell::root();
    let flips = list::read(&root)?;
    if let Some((file, what)) = list::faults(&flips, reader(&root)).first() {
        bail!("{file}: {what}");
    }
    let mut fell = table::read(&read(&root, table::PATH).unwrap_or_default());
    let is_wanted = |flip: &&Flip| match wish {
        Wish::Named(name) => flip.id.starts_with(name),
        Wish::Untried => !fell.contains_key(&flip.id),
    };
    let wanted: Vec<&Flip> = flips.iter().filter(is_wanted).collect();
    let write = |fell: &_| {
        fs::write(root.join(table::PATH), table::document(&flips, fell)).context(table::PATH)
    };
    write(&fell)?;
    if wanted.is_empty() && wish == Wish::Untried {
        println!("flips: all of them were tried");
        return Ok(());
    }
    if wanted.is_empty() {
        bail!("there is no such flip");
    }
    let copy = trial::copy(&work_folder()?)?;
    let outcome = try_all(&copy, &wanted, |flip, words| {
        match words {
            Some(words) => fell.insert(flip.id.clone(), words.to_owned()),
            None => fell.remove(&flip.id),
        };
        write(&fell)
    });
    trial::remove(&copy);
    outcome
}

/// Tries each of them, tells what became of it, and fails if some survive.
fn try_all(
    copy: &Copy,
    wanted: &[&Flip],
    mut tell: impl FnMut(&Flip, Option<&str>) -> Result<()>,
) -> Result<()> {
    let mut unheld = Vec::new();
    for flip in wanted {
        let verdict = copy.try_flip(flip).with_context(|| format!("flip `{}`", flip.id))?;
        let words = verdict.in_words();
        tell(flip, words.as_deref())?;
        if words.is_none() {
            unheld.push(flip.id.as_str());
        }
        let words = words.unwrap_or_else(|| format!("SURVIVES: {}", flip.rule));
        println!("{:32} {words}", flip.id);
    }
    if !unheld.is_empty() {
        bail!("no test holds the rules of {}", unheld.join(", "));
    }
    println!("flips: each of {} rules is held by a test", wanted.len());
    Ok(())
}

/// What is wrong with the flips and their table without a trial: seconds, so CI asks for it.
pub(crate) fn faults(root: &Path) -> Result<Vec<(String, String)>> {
    let flips = list::read(root)?;
    let mut faults = list::faults(&flips, reader(root));
    let text = read(root, table::PATH).unwrap_or_default();
    faults.extend(table::fault(&flips, &text).map(|what| (table::PATH.to_owned(), what)));
    Ok(faults)
}

fn reader(root: &Path) -> impl Fn(&str) -> Option<String> {
    |file| read(root, file)
}

fn read(root: &Path, file: &str) -> Option<String> {
    fs::read_to_string(root.join(file)).ok()
}

fn work_folder() -> Result<PathBuf> {
    let metadata = layers::metadata(&["--no-deps"])?;
    let folder = metadata["target_directory"].as_str().context("cargo names no target folder")?;
    Ok(Path::new(folder).join("flips"))
}
