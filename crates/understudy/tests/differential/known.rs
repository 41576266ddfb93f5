//! The committed list of differences, `differences.txt`, and what a run says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::run::Found;
use crate::subject::Kind;

const LIST: &str = include_str!("differences.txt");

/// A kind of differences between our answers and a peer's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub(crate) peer: String,
    pub(crate) zones: String,
    /// Type and place of what was asked.
    pub(crate) question: String,
    pub(crate) what: String,
}

/// Whether an entry must occur in the run, or only may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// The zones are the same each time: what is listed occurs.
    Exact,
    /// Few or random zones: what occurs is listed.
    Listed,
}

/// How the list names the zones of a run. An entry for a kind of zones is one for others too.
pub(crate) fn zones(kind: Kind, strictness: Strictness) -> String {
    match strictness {
        Strictness::Exact => kind.text().to_owned(),
        Strictness::Listed => format!("{OTHER}{}", kind.text()),
    }
}

const OTHER: &str = "other ";

/// What is wrong with the list after a run over zones of one kind, as text to paste from; empty if
/// nothing is.
pub(crate) fn faults(
    kind: Kind,
    found: &BTreeMap<Difference, Found>,
    strictness: Strictness,
) -> String {
    let mut entries = entries(LIST);
    let (mut unlisted, mut text) = (BTreeMap::new(), String::new());
    for (difference, found) in found {
        if !entries.iter_mut().any(|entry| entry.takes(difference)) {
            unlisted.insert(difference, found);
        }
    }
    if !unlisted.is_empty() {
        text.push_str("\nnot in differences.txt:\n\n");
        text.push_str(&pasteable(&unlisted));
    }
    if strictness == Strictness::Exact {
        for entry in entries.iter().filter(|entry| entry.columns[1].admits(kind.text())) {
            for alternative in entry.unused() {
                let _infallible =
                    writeln!(text, "differences.txt:{}: never occurs: {alternative}", entry.line);
            }
        }
    }
    text
}

/// One entry of the list.
struct Entry {
    /// Where it stands.
    line: usize,
    /// Peers, zones, question, difference.
    columns: [Column; 4],
    reason: String,
}

/// Alternatives of which one must fit, and which of them did.
struct Column {
    alternatives: Vec<String>,
    used: BTreeSet<usize>,
}

impl Column {
    fn new(text: &str, separator: &str) -> Self {
        let alternatives = text.split(separator).map(|part| part.trim().to_owned()).collect();
        Self { alternatives, used: BTreeSet::new() }
    }

    fn position(&self, text: &str) -> Option<usize> {
        let fixed = text.strip_prefix(OTHER);
        self.alternatives.iter().position(|pattern| {
            fits(pattern, text) || fixed.is_some_and(|text| fits(pattern, text))
        })
    }

    fn admits(&self, text: &str) -> bool {
        self.position(text).is_some()
    }
}

impl Entry {
    /// Whether the difference is one of this entry's; if so it is noted which alternatives fitted.
    fn takes(&mut self, difference: &Difference) -> bool {
        let Difference { peer, zones, question, what } = difference;
        let texts = [peer, zones, question, what];
        let positions: Vec<Option<usize>> =
            self.columns.iter().zip(texts).map(|(column, text)| column.position(text)).collect();
        if positions.iter().any(Option::is_none) {
            return false;
        }
        for (column, position) in self.columns.iter_mut().zip(positions) {
            column.used.extend(position);
        }
        true
    }

    /// Alternatives that fitted nothing; of the zones each kind has a run of its own.
    fn unused(&self) -> Vec<&str> {
        let columns = [&self.columns[0], &self.columns[2], &self.columns[3]];
        columns
            .into_iter()
            .flat_map(|column| column.alternatives.iter().enumerate().map(move |at| (column, at)))
            .filter(|(column, (position, _))| !column.used.contains(position))
            .map(|(_, (_, alternative))| alternative.as_str())
            .collect()
    }
}

/// Whether a text is what the pattern says, in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|text| {
            (0..=text.len()).any(|at| text.is_char_boundary(at) && fits(rest, &text[at..]))
        }),
    }
}

fn entries(list: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (line, text) in (1..).zip(list.lines()) {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(reason) = text.strip_prefix("    ") {
            let entry = entries.last_mut().expect("an entry before its reason");
            entry.reason.push_str(reason);
            entry.reason.push(' ');
            continue;
        }
        let columns: Vec<&str> = text.split(" | ").collect();
        let [peers, zones, question, what] = columns[..] else {
            panic!("differences.txt:{line}: four columns with | between");
        };
        let columns = [
            Column::new(peers, ", "),
            Column::new(zones, ", "),
            Column::new(question, ", "),
            Column::new(what, " / "),
        ];
        entries.push(Entry { line, columns, reason: String::new() });
    }
    entries
}

/// The differences as entries without reasons; those that differ in peers or questions only are one.
fn pasteable(found: &BTreeMap<&Difference, &Found>) -> String {
    let mut peers: BTreeMap<(&str, &str, &str), (BTreeSet<&str>, &Found)> = BTreeMap::new();
    for (Difference { peer, zones, question, what }, found) in found {
        let entry = peers.entry((what, zones, question)).or_insert((BTreeSet::new(), found));
        entry.0.insert(peer);
    }
    let mut questions: BTreeMap<(&str, &str, String), BTreeMap<&str, &Found>> = BTreeMap::new();
    for ((what, zones, question), (peers, found)) in peers {
        let peers = peers.into_iter().collect::<Vec<_>>().join(", ");
        questions.entry((what, zones, peers)).or_default().insert(question, found);
    }
    let mut text = String::new();
    for ((what, zones, peers), questions) in questions {
        let all = questions.keys().copied().collect::<Vec<_>>().join(", ");
        let _infallible = writeln!(text, "{peers} | {zones} | {all} | {what}");
        for (question, Found { times, example, replies: [ours, theirs] }) in questions {
            let _infallible = writeln!(
                text,
                "    {question}: {times} times, first {example}\n        we: {ours}\n        they: {theirs}"
            );
        }
    }
    text
}

#[test]
fn list_is_sorted_and_each_entry_says_why_by_a_standard() {
    let entries = entries(LIST);
    for Entry { line, reason, .. } in &entries {
        assert!(reason.contains("RFC "), "differences.txt:{line}: no RFC says so");
    }
    let lines: Vec<&str> = LIST.lines().filter(|line| line.contains(" | ")).collect();
    let sorted = lines.windows(2).find(|pair| pair[0] > pair[1]);
    assert_eq!(sorted, None, "differences.txt is sorted by its lines");
}

#[test]
fn patterns_fit_what_they_say() {
    for (pattern, text, does_fit) in [
        ("ANY at name", "ANY at name", true),
        ("ANY at *", "ANY at below cut", true),
        ("* at *cut", "DS at signed cut", true),
        ("* at cut", "DS at signed cut", false),
        ("ANY*", "ANY", true),
    ] {
        assert_eq!(fits(pattern, text), does_fit, "{pattern}: {text}");
    }
}
