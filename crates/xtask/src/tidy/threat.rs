//! Each hostile input that we promise to survive has a test that names its number.
//!
//! A test names it in its name, `threat_20_…`, or in its comment, as "Threat 20" or "Threats 3, 4 and 10". What
//! stands at the top of a file counts if the file has tests: it speaks for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::source::{Source, Tree};
use super::{Finding, Rule};

/// Where the promises stand.
const LEDGER: &str = "docs/ledger.md";
const SECTION: &str = "## Hostile inputs";
/// Numbers that there are.
const NUMBERS: RangeInclusive<u32> = 1..=46;
/// What a primary or a disk may do to us: promised whatever the ledger says.
const ALWAYS: [RangeInclusive<u32>; 3] = [1..=14, 29..=31, 46..=46];

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let named = named(&tree.sources);
    let ledger = tree.documents.iter().find(|document| document.path == LEDGER);
    let listed = ledger.map(|ledger| listed(&ledger.text)).unwrap_or_default();
    let mut findings = Vec::new();
    let promised: BTreeSet<u32> = ALWAYS.into_iter().flatten().chain(listed).collect();
    for number in promised.iter().filter(|number| !named.contains_key(number)) {
        let what = format!("no test names `Threat {number}`");
        findings.push(Finding::new(Rule::Threat, LEDGER, 0, &what));
    }
    for (number, (path, at)) in named.iter().filter(|(number, _)| !NUMBERS.contains(number)) {
        findings.push(Finding::new(
            Rule::Threat,
            path,
            *at,
            &format!("there is no threat {number}"),
        ));
    }
    findings
}

/// The numbers in the first column of the ledger's table: `15`, or `1–14`.
fn listed(ledger: &str) -> BTreeSet<u32> {
    let section = ledger.split(SECTION).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    let parts = cells.flat_map(|cell| cell.split(','));
    parts.filter_map(|part| range(part.trim())).flatten().collect()
}

fn range(part: &str) -> Option<RangeInclusive<u32>> {
    let (first, last) = part.split_once('–').unwrap_or((part, part));
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

/// Which numbers tests name, each with the first place.
fn named(sources: &[Source]) -> BTreeMap<u32, (String, usize)> {
    let mut named = BTreeMap::new();
    for source in sources {
        let tests = source.functions.iter().filter(|function| function.is_test());
        let mut add = |numbers: Vec<u32>, at: usize| {
            for number in numbers {
                named.entry(number).or_insert((source.path.clone(), at));
            }
        };
        let mut has_tests = false;
        for test in tests {
            has_tests = true;
            add(in_text(&test.doc), test.at);
            add(in_name(&test.name), test.at);
        }
        if has_tests {
            add(in_text(&source.header().join(" ")), 0);
        }
    }
    named
}

fn in_name(name: &str) -> Vec<u32> {
    let after = name.split("threat_").skip(1);
    after.filter_map(|rest| rest.split('_').next()?.parse().ok()).collect()
}

/// "Threat 5", "Threats 3, 4 and 10", "Threats 1 to 7".
fn in_text(text: &str) -> Vec<u32> {
    text.split("Threat").skip(1).flat_map(list).collect()
}

/// The numbers at the beginning of a text, up to the first word that is no number.
fn list(rest: &str) -> Vec<u32> {
    let rest = rest.strip_prefix('s').unwrap_or(rest).replace('–', " to ");
    let mut numbers: Vec<u32> = Vec::new();
    let mut is_range = false;
    for word in rest.split([' ', ',']).filter(|word| !word.is_empty()) {
        let digits = word.trim_end_matches(['.', ':', ';', ')']);
        match (digits.parse::<u32>(), numbers.last()) {
            (Ok(number), Some(&first)) if is_range => {
                numbers.extend(first.saturating_add(1)..=number)
            }
            (Ok(number), _) => numbers.push(number),
            (Err(_), Some(_)) if ["and", "to", "or"].contains(&word) => {
                is_range = word == "to";
                continue;
            }
            (Err(_), _) => break,
        }
        is_range = false;
        if digits != word {
            break;
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::source::Document;
    use super::*;

    #[test]
    fn numbers_are_read_from_lists_ranges_and_names() {
        for (text, expected) in [
            ("Threat 5.", &[5][..]),
            ("as Threat 29 (CVE-2020-8617): a BADTIME", &[29]),
            ("Threats 3, 4 and 10 in the answer to 9", &[3, 4, 10]),
            ("Threats 1 to 4, 9 and 31, as scripts", &[1, 2, 3, 4, 9, 31]),
            ("Threats 1–3: x", &[1, 2, 3]),
            ("Threat 6: 7 and 8", &[6]),
            ("Threatening 5", &[]),
        ] {
            assert_eq!(in_text(text), expected, "{text}");
        }
        assert_eq!(in_name("threat_20_hashes_no_more"), [20]);
        assert_eq!(in_name("a_threat_of_5"), [0; 0]);
    }

    #[test]
    fn ledger_lists_numbers_and_ranges_in_its_section_only() {
        let ledger = "| 7 | x |\n## Hostile inputs\n\n| no. | a |\n|---|---|\n| 15 | x |\n| 1–3, 9 | y |\n\n## Promises\n| 8 | z |\n";
        assert_eq!(listed(ledger).into_iter().collect::<Vec<_>>(), [1, 2, 3, 9, 15]);
    }

    #[test]
    fn promised_threat_without_a_test_is_found_and_so_is_a_number_that_is_none() {
        let all: String = ALWAYS
            .into_iter()
            .flatten()
            .map(|number| format!("/// Threat {number}.\n#[test]\nfn t_{number}() {{}}\n"))
            .collect();
        let found = |sources: &str| {
            let ledger = format!("{SECTION}\n| 22 | x |\n");
            let documents = vec![Document { path: LEDGER.to_owned(), text: ledger }];
            let sources = vec![Source::new("crates/a/src/tests.rs", sources)];
            let findings = findings(&Tree { sources, documents });
            findings.into_iter().map(|finding| finding.what).collect::<Vec<_>>()
        };
        let helped = format!("{all}/// Threat 22.\nfn no_test() {{}}\n");
        assert_eq!(found(&helped), ["no test names `Threat 22`"]);
        assert_eq!(found(&format!("//! Threat 22.\n{all}")), [""; 0]);
        assert_eq!(found(&format!("//! Threats 22 and 47.\n{all}")), ["there is no threat 47"]);
    }
}
