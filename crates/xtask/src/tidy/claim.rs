//! A test's name is a claim, and the test can refute it.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::is_of_name;
use super::source::{Source, Tree};
use super::{Finding, Rule};

/// A claim has a subject, a verb and something to say.
const WORDS_MIN: usize = 3;
/// By these a test falls.
const REFUTES: [&str; 9] = [
    "assert",
    "panic!",
    "unreachable!",
    ".unwrap()",
    ".unwrap_err()",
    ".expect(",
    ".expect_err(",
    "bail!",
    "?;",
];
/// What is true whatever the code does.
const EMPTY: [&str; 3] = ["assert!(true", "|| true)", "assert!(!false"];

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let refuting = refuting(&tree.sources);
    tree.sources.iter().flat_map(|source| faults(source, &refuting)).collect()
}

fn faults(source: &Source, refuting: &BTreeSet<(String, String)>) -> Vec<Finding> {
    let mut faults = Vec::new();
    for test in source.functions.iter().filter(|function| function.is_test()) {
        let mut fault =
            |what: &str| faults.push(Finding::new(Rule::Claim, &source.path, test.at, what));
        if test.name.split('_').filter(|word| !word.is_empty()).count() < WORDS_MIN {
            fault(&format!("`{}` is no claim", test.name));
        }
        if !refuting.contains(&(place(source), test.name.clone())) {
            fault(&format!("`{}` cannot fail", test.name));
        }
        if let Some(empty) = EMPTY.iter().find(|empty| test.body.contains(*empty)) {
            fault(&format!("`{}` asserts `{empty}`, which holds anyway", test.name));
        }
        if test.attributes.iter().any(|attribute| attribute == "ignore") {
            fault(&format!("`{}` is ignored without a reason", test.name));
        }
    }
    faults
}

/// Functions by which a test can fail: themselves, or by another of them that they call. Names are told
/// apart by crate, which is as exact as it must be.
fn refuting(sources: &[Source]) -> BTreeSet<(String, String)> {
    let mut calls: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut refuting = BTreeSet::new();
    for source in sources {
        for function in &source.functions {
            let key = (place(source), function.name.clone());
            if REFUTES.iter().any(|word| function.body.contains(word))
                || function.attributes.iter().any(|attribute| attribute.starts_with("should_panic"))
            {
                refuting.insert(key.clone());
            }
            calls.entry(key).or_default().extend(called(&function.body));
        }
    }
    loop {
        let names: BTreeSet<&str> =
            refuting.iter().map(|(_, name): &(_, String)| name.as_str()).collect();
        let more: Vec<_> = calls
            .iter()
            .filter(|(key, _)| !refuting.contains(*key))
            .filter(|((place, _), called)| {
                called.iter().any(|name| {
                    refuting.contains(&(place.clone(), name.clone())) || is_elsewhere(name, &names)
                })
            })
            .map(|(key, _)| key.clone())
            .collect();
        if more.is_empty() {
            return refuting;
        }
        refuting.extend(more);
    }
}

/// What tests of one crate borrow from another: `peers` and the judges of `fuzz` are called across crates.
fn is_elsewhere(name: &str, refuting: &BTreeSet<&str>) -> bool {
    name.contains('_') && refuting.contains(name)
}

fn called(body: &str) -> impl Iterator<Item = String> {
    let before = body.split('(').map(|piece| piece.trim_end_matches("::<>").trim_end());
    before.filter_map(|piece| {
        let start = piece.rfind(|letter: char| !is_of_name(letter)).map_or(0, |at| at + 1);
        let name = piece.get(start..)?;
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// The crate, or the folder of what is outside the crates.
fn place(source: &Source) -> String {
    let first = source.path.split('/').next().unwrap_or_default();
    source.of_crate().unwrap_or(first).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let tree =
            Tree { sources: vec![Source::new("crates/a/src/lib.rs", source)], documents: vec![] };
        let found = findings(&tree);
        assert_eq!(found.len(), expected.len(), "{source}\n{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.what.contains(expected), "{found:?}");
        }
    }

    #[test]
    fn test_that_asserts_or_calls_what_asserts_is_good() {
        check("#[test]\nfn one_is_one() { assert_eq!(one(), 1); }", &[]);
        check(
            "#[test]\nfn one_is_one() { f(1); }\nfn f(a: u8) { g(a) }\nfn g(a: u8) { h(a).unwrap(); }",
            &[],
        );
        check("#[test]\n#[should_panic = \"x\"]\nfn two_is_not_one() { f(1); }", &[]);
    }

    #[test]
    fn test_that_cannot_fail_is_found() {
        check("#[test]\nfn one_is_one() { f(1); }\nfn f(a: u8) {}", &["cannot fail"]);
        check("#[test]\nfn one_is_one() { assert!(true); }", &["holds anyway"]);
        check("#[test]\nfn one_is_one() { assert!(a == b || true); }", &["holds anyway"]);
    }

    #[test]
    fn name_that_claims_nothing_and_silence_without_reason_are_found() {
        check("#[test]\nfn basic() { assert!(a); }", &["no claim"]);
        check("#[test]\n#[ignore]\nfn one_is_one() { assert!(a); }", &["ignored"]);
        check("#[test]\n#[ignore = \"an hour\"]\nfn one_is_one() { assert!(a); }", &[]);
        check("fn basic() {}", &[]);
    }
}
