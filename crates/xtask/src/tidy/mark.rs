//! What does not belong into a repository: what was left for later, and where and how one of us works.

use super::source::Tree;
use super::{Finding, Rule};

/// Later never comes: what is to be done is done, or stands in the list of what is planned.
const FOR_LATER: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
/// Folders of one person's machine.
const PLACES: [&str; 3] = ["/home/", "/root/", "/Users/"];
/// What only those know who were there.
const OCCASIONS: [&str; 1] = ["ticket"];

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| !source.path.contains("/tidy/")) {
        for (at, line) in source.lines.iter().enumerate() {
            let all = format!("{} {}", line.comment, line.text);
            findings
                .extend(marks(&all).map(|what| Finding::new(Rule::Mark, &source.path, at, what)));
        }
    }
    for document in &tree.documents {
        for (at, line) in document.text.lines().enumerate() {
            findings
                .extend(marks(line).map(|what| Finding::new(Rule::Mark, &document.path, at, what)));
        }
    }
    findings
}

fn marks(line: &str) -> impl Iterator<Item = &'static str> {
    let lower = line.to_lowercase();
    let words: Vec<String> =
        line.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned).collect();
    let left = FOR_LATER.into_iter().filter(move |mark| words.iter().any(|word| word == mark));
    let places = PLACES.into_iter().filter({
        let line = line.to_owned();
        move |place| line.contains(place)
    });
    left.chain(places).chain(OCCASIONS.into_iter().filter(move |occasion| lower.contains(occasion)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_as_words_and_places_as_paths() {
        for (line, expected) in [
            ("// TODO: later", &["TODO"][..]),
            ("see the Ticket, in /home/me/x", &["/home/", "ticket"]),
            ("TODOS, fixme and hacks", &[]),
            ("served from /var/lib", &[]),
        ] {
            assert_eq!(marks(line).collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
