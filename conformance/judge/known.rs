//! What peers are known to fail, and whether it is what they fail now.

use super::Outcome;
use super::bed::Against;
use std::fmt::Write as _;

const RECORD: &str = include_str!("../peers.toml");

/// A failure of a peer, as recorded.
struct Known {
    section: String,
    claim: String,
}

/// True if a server is known not to take a zone at all. (This is not tried: it would be a long wait.)
pub(super) fn refuses(against: Against, apex: &str) -> bool {
    let refused = entries("refused");
    refused.iter().any(|e| text(e, "peer") == against.name() && text(e, "zone") == apex)
}

/// What is to be reported of claims that were made: failures nobody recorded, and records of what no
/// longer fails. Empty if all is well.
pub(super) fn compare(against: Against, rfc: u16, made: &[Outcome]) -> String {
    let known = known(against, rfc);
    let mut report = String::new();
    for Outcome { section, claim, wrong } in made {
        let is_known = known.iter().any(|known| known.section == *section && known.claim == *claim);
        let what = match (wrong, is_known) {
            (Some(what), false) => what,
            (None, true) => "recorded as a failure in peers.toml, but it holds",
            (Some(_), true) | (None, false) => continue,
        };
        let _infallible = write!(report, "\n\nRFC {rfc} §{section}: {claim}\n    {what}");
    }
    report
}

/// What is recorded of a server and a standard. Of us there is never anything.
fn known(against: Against, rfc: u16) -> Vec<Known> {
    let failures = entries("failure");
    failures
        .iter()
        .filter(|entry| text(entry, "peer") == against.name())
        .filter(|entry| entry.get("rfc").and_then(toml::Value::as_integer) == Some(rfc.into()))
        .map(|entry| Known { section: text(entry, "section"), claim: text(entry, "claim") })
        .collect()
}

/// RFC, section and claim of each record.
#[cfg(test)]
pub(super) fn all() -> Vec<(i64, String, String)> {
    let rfc = |entry: &toml::Value| entry.get("rfc").and_then(toml::Value::as_integer);
    let failures = entries("failure").into_iter();
    failures.map(|e| (rfc(&e).unwrap_or(0), text(&e, "section"), text(&e, "claim"))).collect()
}

/// The tables of the record that have this name: each of a peer, and with what it does.
fn entries(kind: &str) -> Vec<toml::Value> {
    let record: toml::Table = RECORD.parse().expect("peers.toml");
    let entries = record.get(kind).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    for entry in &entries {
        let peer = text(entry, "peer");
        assert!(["nsd", "knot", "named"].contains(&peer.as_str()), "peers.toml: peer {peer}");
        assert!(!text(entry, "version").is_empty(), "peers.toml: which {peer}?");
        assert!(!text(entry, "does").is_empty(), "peers.toml: what does {peer} do?");
    }
    entries
}

fn text(entry: &toml::Value, key: &str) -> String {
    let value = entry.get(key).and_then(toml::Value::as_str);
    value.unwrap_or_else(|| panic!("peers.toml: an entry without {key}")).to_owned()
}
