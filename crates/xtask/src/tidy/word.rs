//! One thing, one word: `docs/glossary.md` lists the words that we do not use.
//!
//! Its tables at the end are read here. Those of the first are used nowhere, those of the second in no name. Each
//! row says what is said instead, and in which phrases the word stands for something else. What stands
//! between backticks is somebody else's word and is not looked at; nor are names of tests in the second, for they
//! are sentences.

use super::lexer::is_of_name;
use super::source::{Source, Tree};
use super::{Finding, Rule};

const GLOSSARY: &str = "docs/glossary.md";
const NOWHERE: &str = "## Words that we use nowhere";
const IN_NO_NAME: &str = "## Words that we use in no name";
/// Behind these stands a name that we give.
const DEFINES: [&str; 12] = [
    "fn",
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "const",
    "static",
    "mod",
    "let",
    "mut",
    "macro_rules!",
];

/// One word that is not ours.
#[derive(Debug, PartialEq, Eq)]
struct Forbidden {
    /// In small letters; `get_` stands for names that begin so.
    word: String,
    instead: String,
    /// Phrases in which it stands for something else, as words.
    but: Vec<Vec<String>>,
}

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let Some(glossary) = tree.documents.iter().find(|document| document.path == GLOSSARY) else {
        return vec![Finding::new(Rule::Word, GLOSSARY, 0, "there is no glossary")];
    };
    let (nowhere, in_no_name) = (table(&glossary.text, NOWHERE), table(&glossary.text, IN_NO_NAME));
    let mut findings = Vec::new();
    if nowhere.is_empty() || in_no_name.is_empty() {
        findings.push(Finding::new(
            Rule::Word,
            GLOSSARY,
            0,
            "its tables of words that are not ours are gone",
        ));
    }
    for source in &tree.sources {
        findings.extend(in_names(source, &nowhere, &in_no_name));
        let comments = source.lines.iter().map(|line| line.comment.as_str());
        findings.extend(in_text(&source.path, comments, &nowhere));
    }
    for document in tree.documents.iter().filter(|document| document.path != GLOSSARY) {
        findings.extend(in_text(&document.path, document.text.lines(), &nowhere));
    }
    findings
}

/// The rows of the table under a heading: words, instead, but.
fn table(glossary: &str, heading: &str) -> Vec<Forbidden> {
    let section = glossary.split(heading).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let mut table = Vec::new();
    for row in rows.skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [listed, instead, but] = cells.as_slice() else { continue };
        let but: Vec<_> =
            but.split(',').map(parts_of_text).filter(|phrase| !phrase.is_empty()).collect();
        table.extend(listed.split(',').map(|word| Forbidden {
            word: word.trim().to_lowercase(),
            instead: (*instead).to_owned(),
            but: but.clone(),
        }));
    }
    table
}

fn in_names(source: &Source, nowhere: &[Forbidden], in_no_name: &[Forbidden]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in source.lines.iter().enumerate() {
        let of_test =
            source.functions.iter().any(|function| function.at == at && function.is_test());
        for name in names(&line.code) {
            let lists = if of_test { [nowhere, &[]] } else { [nowhere, in_no_name] };
            let parts: Vec<String> = parts_of_name(&name);
            for forbidden in lists.into_iter().flatten() {
                if !places(&parts, forbidden).is_empty() || begins_so(&name, &parts, forbidden) {
                    let what =
                        format!("`{name}`: not `{}`, but {}", forbidden.word, forbidden.instead);
                    findings.push(Finding::new(Rule::Word, &source.path, at, &what));
                }
            }
        }
    }
    findings
}

/// `get_it` of `get_`, unless the name begins with a phrase.
fn begins_so(name: &str, parts: &[String], forbidden: &Forbidden) -> bool {
    let is_phrase = |phrase: &Vec<String>| parts.starts_with(phrase);
    forbidden.word.ends_with('_')
        && name.starts_with(&forbidden.word)
        && !forbidden.but.iter().any(is_phrase)
}

fn in_text<'l>(
    path: &str,
    lines: impl Iterator<Item = &'l str>,
    words: &[Forbidden],
) -> Vec<Finding> {
    let (mut parts, mut places_of) = (Vec::new(), Vec::new());
    let mut is_fenced = false;
    for (at, line) in lines.enumerate() {
        is_fenced ^= line.trim_start_matches([' ', '/', '!']).starts_with("```");
        let ours: Vec<&str> = line.split('`').step_by(2).collect();
        if !is_fenced {
            let found = parts_of_text(&ours.join(" ` "));
            places_of.extend(found.iter().map(|_| at));
            parts.extend(found);
        }
    }
    let mut findings = Vec::new();
    for forbidden in words {
        for place in places(&parts, forbidden) {
            let what = format!("not `{}`, but {}", parts[place], forbidden.instead);
            findings.push(Finding::new(Rule::Word, path, places_of[place], &what));
        }
    }
    findings
}

/// Where the word stands, its plural too, other than in a phrase that is allowed.
fn places(parts: &[String], forbidden: &Forbidden) -> Vec<usize> {
    let is_it = |part: &String| {
        part.strip_suffix('s').unwrap_or(part) == forbidden.word.as_str() || *part == forbidden.word
    };
    let found = (0..parts.len()).filter(|&at| is_it(&parts[at]));
    found
        .filter(|&at| {
            !forbidden.but.iter().any(|phrase| {
                let first = at.saturating_sub(phrase.len() - 1);
                (first..=at).any(|start| {
                    start + phrase.len() > at
                        && parts.get(start..start + phrase.len()) == Some(phrase)
                })
            })
        })
        .collect()
}

/// Words of a text, in small letters.
fn parts_of_text(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !is_of_name(letter) && letter != '`');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// `data_dir` and `DataDir` are `data`, `dir`.
fn parts_of_name(name: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in name.split('_').filter(|piece| !piece.is_empty()) {
        let is_shout = !piece.chars().any(char::is_lowercase);
        let mut part = String::new();
        for letter in piece.chars() {
            if letter.is_uppercase() && !is_shout && !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            part.extend(letter.to_lowercase());
        }
        parts.push(part);
    }
    parts
}

/// The names that a line of code gives: to items, variables, fields and parameters, variants.
fn names(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = "";
    let mut at = 0;
    let first = code.trim_start().split(|letter| !is_of_name(letter)).next().unwrap_or_default();
    for word in code.split_inclusive(|letter| !is_of_name(letter)) {
        let name = word.trim_end_matches(|letter| !is_of_name(letter));
        at += word.len();
        let behind = &code[at - (word.len() - name.len())..];
        let is_field = behind.starts_with(':') && !behind.starts_with("::");
        let is_variant = name == first
            && name.starts_with(char::is_uppercase)
            && (behind.is_empty()
                || behind.starts_with([',', '('])
                || behind.starts_with(" {")
                || behind.starts_with(" ="));
        if !name.is_empty()
            && (DEFINES.contains(&before) || is_field || is_variant)
            && !DEFINES.contains(&name)
        {
            names.push(name.to_owned());
        }
        if !word.trim().is_empty() {
            before = name;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::source::Document;
    use super::*;

    const WORDS: &str = "# Glossary\n\n## Words that we use nowhere\n\n| not | but | unless |\n|---|---|---|\n\
        | master, slave | primary | master file, hostmaster |\n\n\
        ## Words that we use in no name\n\n| not | but | unless |\n|---|---|---|\n\
        | data, manager | what it holds | no data |\n| get_ | the thing itself | get bit |\n";

    #[track_caller]
    fn check(path: &str, text: &str, expected: &[&str]) {
        let mut tree = Tree::default();
        tree.documents.push(Document { path: GLOSSARY.to_owned(), text: WORDS.to_owned() });
        if path.ends_with(".rs") {
            tree.sources.push(Source::new(path, text));
        } else {
            tree.documents.push(Document { path: path.to_owned(), text: text.to_owned() });
        }
        let found = findings(&tree);
        assert_eq!(found.len(), expected.len(), "{text}\n{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.what.contains(expected), "{found:?}");
        }
    }

    #[test]
    fn names_are_looked_at_part_by_part() {
        check("a.rs", "struct ZoneManager;", &["ZoneManager"]);
        check("a.rs", "fn data_of(all_data: u8) {}", &["data_of", "all_data"]);
        check("a.rs", "enum A {\n    Data(u8),\n    NoData,\n}", &["Data"]);
        check("a.rs", "let no_data = rdata(a.data);", &[]);
        check("a.rs", "fn get_it() {}\nfn forget_it() {}\nfn get_bit() {}", &["get_it"]);
        check("a.rs", "const SLAVES: u8 = 1;", &["SLAVES"]);
    }

    #[test]
    fn names_of_tests_are_sentences() {
        check("a.rs", "#[test]\nfn data_is_kept() {}", &[]);
        check("a.rs", "#[test]\nfn master_is_asked() {}", &["master"]);
    }

    #[test]
    fn text_is_looked_at_over_the_ends_of_lines_and_not_between_backticks() {
        check("a.rs", "// A master\n// file, data, `slave`.\nuse b;", &[]);
        check("a.rs", "/// The Slaves' turn.\nuse b;", &["slaves"]);
        check("a.md", "The master is a master file.\n```\nslave\n```\n", &["master"]);
        check("a.rs", "let a = \"slave\";", &[]);
    }

    #[test]
    fn glossary_without_its_tables_is_found() {
        let documents = vec![Document { path: GLOSSARY.to_owned(), text: "# Glossary".to_owned() }];
        assert_eq!(findings(&Tree { sources: vec![], documents }).len(), 1);
    }
}
