//! An RFC that code cites is one that some module says to keep: a reader finds it in `docs/rfc-map.md`.

use std::collections::BTreeSet;

use super::source::Tree;
use super::{Finding, Rule};

/// The document that lists them.
const MAP: &str = "docs/rfc-map.md";

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let map = tree.documents.iter().find(|document| document.path == MAP);
    let known = map.map(|map| listed(&map.text)).unwrap_or_default();
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| source.path.starts_with("crates/")) {
        for (at, line) in source.lines_of_code().iter().enumerate() {
            let unknown = cited(&line.comment).filter(|number| !known.contains(number));
            findings.extend(unknown.map(|number| {
                let what =
                    format!("RFC {number} is cited, but no header names it under `Standards:`");
                Finding::new(Rule::Standard, &source.path, at, &what)
            }));
        }
    }
    findings
}

/// The numbers in the first column of the map.
fn listed(map: &str) -> BTreeSet<u32> {
    map.lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect()
}

fn cited(comment: &str) -> impl Iterator<Item = u32> {
    comment.split("RFC ").skip(1).filter_map(|rest| {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        rest[..digits].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::super::source::{Document, Source};
    use super::*;

    #[test]
    fn cited_standard_that_the_map_lacks_is_found_where_it_is_cited() {
        let map = "| RFC | module |\n|---|---|\n| 1034 | `a` | §4 | 3 |\n".to_owned();
        let source =
            "/// RFC 1034 §4.3, RFC 9999.\nfn a() {}\n#[cfg(test)]\nmod tests {\n// RFC 7\n}\n";
        let tree = Tree {
            sources: vec![Source::new("crates/a/src/lib.rs", source)],
            documents: vec![Document { path: MAP.to_owned(), text: map }],
        };
        let found = findings(&tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains("RFC 9999"), "{found:?}");
    }
}
