//! A match on one of our enums names every variant: one that is added later must not fall into an arm that was
//! written before it.
//!
//! By indentation, as rustfmt writes it: an arm `_ =>` whose neighbours name variants of enums that are ours, and nothing
//! else.

use std::collections::BTreeSet;

use super::lexer::{Line, is_of_name};
use super::source::Tree;
use super::{Finding, Rule};

/// What is in the daemon. Tests and what serves them may look at a few variants only.
const CRATES: [&str; 7] = ["wire", "zone", "proto", "store", "api", "server", "ctl"];

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let ours = || tree.sources.iter().filter(|source| is_in_daemon(source.of_crate()));
    let enums: BTreeSet<&str> = ours().flat_map(|source| defined(&source.lines)).collect();
    let mut findings = Vec::new();
    for source in ours() {
        let lines = source.lines_of_code();
        for at in (0..lines.len()).filter(|at| lines[*at].code.trim_start().starts_with("_ =>")) {
            let named = named_beside(lines, at);
            if !named.is_empty() && named.iter().all(|name| *name == "Self" || enums.contains(name))
            {
                let names = named.into_iter().collect::<Vec<_>>().join(", ");
                let what = format!("`_` hides what is added to {names} later");
                findings.push(Finding::new(Rule::Arm, &source.path, at, &what));
            }
        }
    }
    findings
}

fn is_in_daemon(name: Option<&str>) -> bool {
    name.is_some_and(|name| CRATES.contains(&name))
}

fn defined(lines: &[Line]) -> impl Iterator<Item = &str> {
    lines.iter().filter_map(|line| {
        let rest = line.code.split_once("enum ")?.1;
        rest.split(|letter| !is_of_name(letter)).next()
    })
}

/// The types whose variants are named by the arms above, up to where the match begins.
fn named_beside(lines: &[Line], at: usize) -> BTreeSet<&str> {
    let depth = |line: &Line| line.code.len() - line.code.trim_start().len();
    let inside = lines[..at]
        .iter()
        .rev()
        .take_while(|line| line.code.trim().is_empty() || depth(line) >= depth(&lines[at]));
    let arms = inside.filter(|line| depth(line) == depth(&lines[at]));
    arms.flat_map(|line| types(&line.code)).collect()
}

/// `A` and `B` of `A::C(_) | super::B::D =>`; the whole path where it leads out of our crates.
fn types(arm: &str) -> impl Iterator<Item = &str> {
    let pattern = arm.split(" =>").next().unwrap_or(arm);
    pattern.split('|').filter_map(|alternative| {
        let name = alternative.trim().split(['(', '{']).next()?.trim_end();
        let (path, variant) = name.rsplit_once("::")?;
        let is_variant = name.chars().all(|letter| is_of_name(letter) || letter == ':')
            && variant.starts_with(char::is_uppercase);
        is_variant.then(|| inside(path))
    })
}

/// The last name of a path, unless it begins in somebody else's crate.
fn inside(path: &str) -> &str {
    let first = path.split("::").next().unwrap_or(path);
    let is_theirs = first.starts_with(char::is_lowercase)
        && !["crate", "self", "super"].contains(&first)
        && !CRATES.contains(&first);
    if is_theirs { path } else { path.rsplit("::").next().unwrap_or(path) }
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;

    #[track_caller]
    fn check(path: &str, arms: &str, expected: usize) {
        let text = format!(
            "enum Ours {{\n    A,\n    B,\n}}\nfn f() {{\n    match it {{\n{arms}    }}\n}}\n"
        );
        let tree = Tree { sources: vec![Source::new(path, &text)], documents: vec![] };
        let found = findings(&tree);
        assert_eq!(found.len(), expected, "{text}\n{found:?}");
    }

    const PATH: &str = "crates/zone/src/a.rs";

    #[test]
    fn arm_that_hides_variants_of_ours_is_found() {
        check(PATH, "        Ours::A => 1,\n        _ => 2,\n", 1);
        check(
            PATH,
            "        super::Ours::A { b } | Ours::B => {\n            1\n        }\n        _ => 2,\n",
            1,
        );
        check(PATH, "        Self::A => 1,\n        _ => 2,\n", 1);
    }

    #[test]
    fn arms_of_other_matches_are_left_alone() {
        check(PATH, "        Ours::A => 1,\n        Ours::B => 2,\n", 0);
        check(PATH, "        theirs::Ours::A(b::C) => 1,\n        _ => 2,\n", 0);
        check(PATH, "        Some(Ours::A) => 1,\n        _ => 2,\n", 0);
        check(
            PATH,
            "        Ours::A => match b {\n            1 => 1,\n            _ => 2,\n        },\n",
            0,
        );
        check(PATH, "        Ours::A => 1,\n        _ if late => 2,\n        Ours::B => 3,\n", 0);
        check("crates/sim/src/a.rs", "        Ours::A => 1,\n        _ => 2,\n", 0);
    }
}
