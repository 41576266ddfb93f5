//! `docs/rfc-map.md`: which module keeps which standard, read from the headers of the modules.
//!
//! A header says `Standards: RFC 1982 §3.2 (order) · RFC 2181 §8`, up to the next empty line. And which
//! sections are asked for over the wire, read from the folders of `conformance/`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell;

const MAP: &str = "docs/rfc-map.md";
const HEAD: &str = "\
# RFC map

Which module keeps which standard, and how many tests judge it; and which sections are claimed over the
wire, in `conformance/`. Written by `cargo xtask rfc-map` from the headers of the modules and the names of the
files; `cargo xtask test` fails if it is out of date. Behaviour with real peers is tested in
`crates/understudy/tests/interop` and `differential`.

| RFC | module | what | tests |
|---|---|---|---|
";

/// What is to be done with the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Write it anew.
    Write,
    /// Fail if it is not what would be written.
    Check,
}

/// A standard as one module keeps it. Sorted by number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    rfc: u32,
    module: String,
    what: String,
    tests: String,
}

pub(crate) fn run(act: Act) -> Result<()> {
    let path = shell::root().join(MAP);
    let text = map()?;
    match act {
        Act::Write => fs::write(&path, text).with_context(|| format!("cannot write {MAP}")),
        Act::Check if fs::read_to_string(&path).is_ok_and(|found| found == text) => Ok(()),
        Act::Check => bail!("{MAP} is out of date; run: cargo xtask rfc-map"),
    }
}

fn map() -> Result<String> {
    let mut lines = BTreeSet::new();
    for file in sources(&shell::root().join("crates"))? {
        let text = fs::read_to_string(&file)?;
        for (rfc, what) in standards(&text) {
            lines.insert(Line { rfc, module: module(&file), what, tests: tests_of(&file) });
        }
    }
    lines.extend(conformance(&shell::root().join("conformance"))?);
    let mut map = HEAD.to_owned();
    for Line { rfc, module, what, tests } in lines {
        writeln!(map, "| {rfc} | `{module}` | {what} | {tests} |")?;
    }
    Ok(map)
}

/// A line for each folder `rfc1034`, whose files are named for sections: `s4_3_2.rs`.
fn conformance(folder: &Path) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(rfc) = name.strip_prefix("rfc").and_then(|digits| digits.parse().ok()) else {
            continue;
        };
        let (mut sections, mut claims) = (BTreeSet::new(), 0);
        for file in sources(&path)? {
            sections.extend(section(&file));
            claims += claims_in(&fs::read_to_string(&file)?);
        }
        let what = sections.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ");
        lines.push(Line {
            rfc,
            module: format!("conformance/{name}"),
            what,
            tests: format!("{claims} claims"),
        });
    }
    Ok(lines)
}

/// `s4_3_2.rs` is §4.3.2, with what it is sorted by; `appendix_b.rs` comes after all sections.
fn section(file: &Path) -> Option<(Vec<u32>, String)> {
    let stem = file.file_stem()?.to_string_lossy();
    if let Some(letter) = stem.strip_prefix("appendix_") {
        return Some((vec![u32::MAX], format!("appendix {}", letter.to_uppercase())));
    }
    let numbers: Option<Vec<u32>> =
        stem.strip_prefix('s')?.split('_').map(|number| number.parse().ok()).collect();
    Some((numbers?, format!("§{}", stem.strip_prefix('s')?.replace('_', "."))))
}

fn claims_in(source: &str) -> usize {
    ["section.claim(", "section.holds("].iter().map(|call| source.matches(call).count()).sum()
}

/// All source files of the crates, tests left aside.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("tests") {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    Ok(files)
}

/// The standards that a module's header names, each with what stands after its number.
fn standards(source: &str) -> Vec<(u32, String)> {
    let header = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let paragraph: Vec<&str> = header
        .skip_while(|line| !line.starts_with("Standards:"))
        .take_while(|line| !line.is_empty())
        .collect();
    let text = paragraph.join(" ");
    let mut found = Vec::new();
    for piece in text.split("RFC ").skip(1) {
        let digits = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
        let (number, rest) = piece.split_at(digits);
        let what = rest.trim_matches([' ', '·', ',', '.', ';', ':']);
        if let Ok(rfc) = number.parse() {
            found.push((rfc, what.replace('|', "\\|")));
        }
    }
    found
}

/// `crates/wire/src/name/buf.rs` is `wire::name::buf`.
fn module(file: &Path) -> String {
    let words: Vec<String> = file
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let start = words.iter().rposition(|word| word == "crates").map_or(0, |at| at + 1);
    let parts = words.iter().skip(start).filter(|word| !["src", "lib"].contains(&word.as_str()));
    parts.cloned().collect::<Vec<_>>().join("::")
}

/// How many tests judge a module: its own, or those of the nearest module around it.
fn tests_of(file: &Path) -> String {
    let own = fs::read_to_string(file).map_or(0, |text| tests_in(&text)) + beside(file);
    let around = file.parent().map(|folder| folder.with_extension("rs"));
    match around.filter(|around| around.is_file()) {
        Some(around) if own == 0 => match tests_of(&around) {
            found if found.contains('`') => found,
            found => format!("{found} in `{}`", module(&around)),
        },
        Some(_) | None => own.to_string(),
    }
}

/// Tests in `foo/tests.rs` and `foo/tests/`, for `foo.rs`.
fn beside(file: &Path) -> usize {
    let folder = file.with_extension("");
    let files = [folder.join("tests.rs")].into_iter();
    let more = fs::read_dir(folder.join("tests")).into_iter().flatten().flatten();
    let texts = files
        .chain(more.map(|entry| entry.path()))
        .filter_map(|path| fs::read_to_string(path).ok());
    texts.map(|text| tests_in(&text)).sum()
}

fn tests_in(source: &str) -> usize {
    source.lines().filter(|line| ["#[test]", "#[tokio::test]"].contains(&line.trim())).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_are_read_over_lines_with_what_follows_their_numbers() {
        let source = "//! Purpose.\n//!\n//! Standards: RFC 1034 §4.3.5 (refresh, retry) · RFC 1982\n\
                      //! §3.2 (order), RFC 2181.\n//!\n//! Not here: RFC 9999.\n";
        let expected = [(1034, "§4.3.5 (refresh, retry)"), (1982, "§3.2 (order)"), (2181, "")];
        assert_eq!(standards(source), expected.map(|(rfc, what)| (rfc, what.to_owned())));
    }

    #[test]
    fn files_of_claims_are_named_by_their_sections_and_sorted_by_number() {
        let mut found: Vec<_> =
            ["s10_1.rs", "appendix_b.rs", "s4_3_2.rs", "mod.rs", "s4_10.rs", "spare.rs"]
                .iter()
                .filter_map(|name| section(Path::new(name)))
                .collect();
        found.sort();
        let names: Vec<_> = found.into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["§4.3.2", "§4.10", "§10.1", "appendix B"]);
    }

    #[test]
    fn modules_are_named_as_code_names_them() {
        assert_eq!(module(Path::new("/x/crates/wire/src/name/buf.rs")), "wire::name::buf");
        assert_eq!(module(Path::new("/x/crates/wire/src/lib.rs")), "wire");
    }
}
