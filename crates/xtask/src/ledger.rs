//! `docs/ledger.md` names the tests that prove what it says. A test that was renamed or removed is found
//! here, not by a reader.
//!
//! In the last column of a table a word between backticks is a path in the repository, or ends in a name: of a
//! test, whole or cut by `…` or `*`, or of a module. What has a space in it is a command.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::shell;

const LEDGER: &str = "docs/ledger.md";
/// Folders with sources whose names the ledger may use.
const SOURCES: [&str; 3] = ["crates", "conformance", "fuzz"];

pub(crate) fn run() -> Result<()> {
    let text = fs::read_to_string(shell::root().join(LEDGER)).context(LEDGER)?;
    let mut names = BTreeSet::new();
    for folder in SOURCES {
        gather(&shell::root().join(folder), &mut names)?;
    }
    let unknown: Vec<&str> = proofs(&text).filter(|proof| !is_known(proof, &names)).collect();
    if !unknown.is_empty() {
        bail!("{LEDGER} names what is not there: {}", unknown.join(", "));
    }
    println!("ledger: every test it names is there");
    Ok(())
}

/// The words between backticks in the last column of each table.
fn proofs(ledger: &str) -> impl Iterator<Item = &str> {
    let cells = ledger.lines().filter_map(|line| line.strip_suffix('|')?.rsplit('|').next());
    let quoted = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    quoted.filter(|word| !word.contains(' '))
}

/// Whether a name begins so, or a path is there.
fn is_known(proof: &str, names: &BTreeSet<String>) -> bool {
    if proof.contains('/') {
        return shell::root().join(proof).exists();
    }
    let proof = proof.trim_end_matches("::*");
    let last = proof.rsplit("::").next().unwrap_or(proof);
    let stem = last.trim_end_matches(['…', '*']);
    if stem == last {
        return names.contains(last);
    }
    names.range(stem.to_owned()..).next().is_some_and(|name| name.starts_with(stem))
}

/// Names of functions, modules and folders below a folder.
fn gather(folder: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        if path.is_dir() {
            gather(&path, names)?;
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            names.extend(functions(&fs::read_to_string(&path)?).map(str::to_owned));
        }
    }
    Ok(())
}

/// Names of the functions that a source defines.
fn functions(source: &str) -> impl Iterator<Item = &str> {
    let after = source.lines().filter_map(|line| Some(line.split_once("fn ")?.1));
    after.filter_map(|rest| rest.split(['(', '<']).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_whole_or_by_how_they_begin() {
        let source = "#[test]\nfn zone_arrives_whole() {}\npub fn other<T>(it: T) {}\n";
        let names: BTreeSet<String> = functions(source).map(str::to_owned).collect();
        for known in ["zone_arrives_whole", "transfers::zone_arrives_…", "zone_*", "other"] {
            assert!(is_known(known, &names), "{known}");
        }
        for unknown in ["zone_arrives", "transfers::zone_leaves_…", "other::*x", "no/such/path"] {
            assert!(!is_known(unknown, &names), "{unknown}");
        }
    }

    #[test]
    fn proofs_are_what_the_last_column_quotes() {
        let ledger = "text with `code`\n| I-1 | a `word` | works | `a::b_…`, `c`; `wire` (`zone list`) |\n|---|---|\n";
        assert_eq!(proofs(ledger).collect::<Vec<_>>(), ["a::b_…", "c", "wire"]);
    }
}
