//! Modules of the core open with what they are for, what they touch, and what is elsewhere.

use super::source::{Source, Tree};
use super::{Finding, Rule};

/// A module of so many lines has a neighbour that it is mistaken for: it says what is not in it.
const LINES_WITHOUT_BOUNDARY_MAX: usize = 250;
/// The paragraphs that may follow the purpose, in this order.
const PARAGRAPHS: [&str; 3] = ["Standards:", "Invariants:", "Not here:"];

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let modules = tree.sources.iter().filter(|source| source.is_core() && is_module(source));
    modules.flat_map(faults).collect()
}

/// Not tests, and not programs beside the library.
fn is_module(source: &Source) -> bool {
    !source.is_of_tests() && source.path.split('/').nth(2) == Some("src")
}

fn faults(source: &Source) -> Vec<Finding> {
    let header = source.header();
    let finding = |what: &str| Finding::new(Rule::Header, &source.path, 0, what);
    if header.is_empty() {
        return vec![finding(
            "no header: purpose, what it touches, standards, invariants, not here",
        )];
    }
    let paragraphs: Vec<String> =
        header.split(|line| line.is_empty()).map(|lines| lines.join(" ")).collect();
    let mut faults = Vec::new();
    if paragraphs.first().is_none_or(|purpose| !purpose.ends_with(['.', ':'])) {
        faults.push(finding("the header's first paragraph is no sentence"));
    }
    if !says_what_it_touches(&paragraphs) {
        faults.push(finding("the header says neither `Pure` nor `Touches`"));
    }
    let order: Vec<_> = PARAGRAPHS.iter().filter_map(|name| place(&paragraphs, name)).collect();
    // In the middle of another paragraph the RFC map would not find it.
    for name in PARAGRAPHS {
        if paragraphs.iter().any(|paragraph| paragraph.contains(&format!(" {name}"))) {
            faults.push(finding(&format!("`{name}` begins a paragraph of its own")));
        }
    }
    if !order.is_sorted() {
        faults.push(finding("the header's order is: standards, invariants, not here"));
    }
    let long = source.lines_of_code().len() > LINES_WITHOUT_BOUNDARY_MAX;
    if long && place(&paragraphs, "Not here:").is_none() {
        faults.push(finding("a module of this length says what is `Not here:`"));
    }
    faults
}

fn says_what_it_touches(paragraphs: &[String]) -> bool {
    paragraphs.iter().any(|paragraph| {
        paragraph.starts_with("Pure")
            || paragraph.starts_with("Touches")
            || paragraph.contains(" Pure")
            || paragraph.contains(" Touches")
    })
}

/// Which paragraph begins with this word.
fn place(paragraphs: &[String], name: &str) -> Option<usize> {
    paragraphs.iter().position(|paragraph| paragraph.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, header: &str, expected: &[&str]) {
        let found = faults(&Source::new(path, header));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.what.contains(expected), "{found:?}");
        }
    }

    const PATH: &str = "crates/zone/src/a.rs";

    #[test]
    fn whole_header_is_good_and_no_header_is_not() {
        check(
            PATH,
            "//! What it is.\n//!\n//! Pure.\n//!\n//! Standards: RFC 1.\n//!\n//! Not here: b.\n",
            &[],
        );
        check(PATH, "//! What it is. Touches: nothing but\n//! disks.\n", &[]);
        check(PATH, "use a;\n", &["no header"]);
    }

    #[test]
    fn each_missing_part_is_told() {
        check(PATH, "//! What it is.\n", &["neither"]);
        check(PATH, "//! What it is\n//!\n//! Pure.\n", &["no sentence"]);
        check(
            PATH,
            "//! It. Pure.\n//!\n//! Not here: b.\n//!\n//! Standards: RFC 1.\n",
            &["order"],
        );
        check(PATH, "//! It. Pure. Not here: b.\n", &["of its own"]);
        check(PATH, &format!("//! It. Pure.\n{}", "a;\n".repeat(250)), &["Not here"]);
    }

    #[test]
    fn headers_are_asked_of_modules_of_the_core_only() {
        let of = |path| {
            findings(&Tree { sources: vec![Source::new(path, "use a;\n")], documents: vec![] })
                .len()
        };
        assert_eq!(of("crates/sim/src/world.rs"), 1);
        for path in ["crates/server/src/a.rs", "crates/sim/src/tests.rs", "crates/zone/tests/a.rs"]
        {
            assert_eq!(of(path), 0, "{path}");
        }
    }
}
