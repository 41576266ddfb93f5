//! `docs/flips.md`: the rules, and by which test each is held. For people; the trials write it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::list::Flip;

pub(crate) const PATH: &str = "docs/flips.md";
const HEAD: &str = "\
# Flips

Rules of ours, each turned around once by `cargo xtask flips`, and the test that fell. Written by it; the texts stand in
`crates/xtask/flips/`. `cargo xtask tidy` sees that each flip still finds its rule in the code and that this table
lists them all. The trials take a quarter of an hour and are run by hand: `cargo xtask flips`, or `cargo xtask flips follow`
for those whose names begin so.

| flip | rule | file | what falls |
|---|---|---|---|
";
/// What stands in the last column of a flip that was not tried.
const UNTRIED: &str = "not tried yet";

/// The document, with what fell where it is known.
pub(crate) fn document(flips: &[Flip], fell: &BTreeMap<String, String>) -> String {
    let mut text = HEAD.to_owned();
    for Flip { id, rule, file, .. } in flips {
        let fell = fell.get(id).map_or(UNTRIED, String::as_str);
        let _ = writeln!(text, "| {id} | {rule} | `{file}` | {fell} |");
    }
    text
}

/// What fell, by flip, as a document says it.
pub(crate) fn read(document: &str) -> BTreeMap<String, String> {
    let rows = document.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.filter_map(|row| {
        let (id, rest) = row.split_once(" | ")?;
        Some((id.to_owned(), rest.rsplit(" | ").next()?.to_owned()))
    });
    cells.filter(|(_, fell)| fell.starts_with('`')).collect()
}

/// What is wrong with the document beside the flips.
pub(crate) fn fault(flips: &[Flip], text: &str) -> Option<String> {
    let fell = read(text);
    if let Some(untried) = flips.iter().find(|flip| !fell.contains_key(&flip.id)) {
        return Some(format!(
            "flip `{}` was never tried: cargo xtask flips {}",
            untried.id, untried.id
        ));
    }
    let is_same = document(flips, &fell) == text;
    (!is_same).then(|| "does not list the flips as they are: cargo xtask flips".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::list::tests::flip;
    use super::*;

    #[test]
    fn document_says_what_was_read_from_it() {
        let flips = [flip("a"), flip("b")];
        let fell = BTreeMap::from([("a".to_owned(), "`x::y` and 2 more".to_owned())]);
        let text = document(&flips, &fell);
        assert_eq!(read(&text), fell);
        assert!(text.contains("| b | one is less than two | `a.rs` | not tried yet |"), "{text}");
    }

    #[test]
    fn document_is_wrong_about_flips_that_are_new_gone_or_otherwise() {
        let fell =
            |ids: &[&str]| ids.iter().map(|id| ((*id).to_owned(), "`x`".to_owned())).collect();
        let text = document(&[flip("a"), flip("b")], &fell(&["a", "b"]));
        assert_eq!(fault(&[flip("a"), flip("b")], &text), None);
        assert!(fault(&[flip("a")], &text).is_some());
        assert!(fault(&[flip("a"), flip("b"), flip("c")], &text).unwrap().contains("flips c"));
        let other = Flip { rule: "else".to_owned(), ..flip("b") };
        assert!(fault(&[flip("a"), other], &text).is_some());
    }
}
