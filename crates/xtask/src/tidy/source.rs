//! What the rules read: our sources and documents, each with its place in the repository.

use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::function::{self, Function};
use super::lexer::{self, Line};

/// Folders and files that are ours, from the root of the repository.
const OURS: [&str; 10] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "bench",
    "conformance",
    "crates",
    "docs",
    "fuzz",
];
/// Folders of what was built, found or given.
const NOT_OURS: [&str; 3] = ["target", "corpus", "artifacts"];

/// The crates whose modules say what they keep in a header: the pure ones, and those that are judged by them.
pub(crate) const CORE: [&str; 5] = ["wire", "zone", "proto", "store", "sim"];

/// One source file.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the root, with `/` between folders.
    pub(crate) path: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) functions: Vec<Function>,
}

/// One document.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All that the rules read.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) sources: Vec<Source>,
    pub(crate) documents: Vec<Document>,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for path in OURS {
            tree.add(root, path)?;
        }
        Ok(tree)
    }

    fn add(&mut self, root: &Path, path: &str) -> Result<()> {
        let place = root.join(path);
        if place.is_dir() {
            let mut names = Vec::new();
            for entry in fs::read_dir(&place).with_context(|| path.to_owned())? {
                names.push(entry?.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            for name in names.iter().filter(|name| !NOT_OURS.contains(&name.as_str())) {
                self.add(root, &format!("{path}/{name}"))?;
            }
        } else if path.ends_with(".rs") {
            self.sources.push(Source::new(path, &read(&place)?));
        } else if path.ends_with(".md") {
            self.documents.push(Document { path: path.to_owned(), text: read(&place)? });
        }
        Ok(())
    }
}

fn read(place: &Path) -> Result<String> {
    fs::read_to_string(place).with_context(|| format!("cannot read {}", place.display()))
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let lines = lexer::lines(text);
        let functions = function::functions(&lines);
        Self { path: path.to_owned(), lines, functions }
    }

    /// The crate it belongs to, unless it lies outside `crates/`.
    pub(crate) fn of_crate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    pub(crate) fn is_core(&self) -> bool {
        self.of_crate().is_some_and(|name| CORE.contains(&name))
    }

    /// Whether the whole file is there for tests.
    pub(crate) fn is_of_tests(&self) -> bool {
        self.path.starts_with("conformance/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
    }

    /// The lines of the module of tests at its end: none if it has none, or if the module is a file of its own.
    pub(crate) fn tests_inside(&self) -> Range<usize> {
        let opens = self.lines.iter().position(|line| line.code.trim() == "mod tests {");
        opens.map_or(self.lines.len(), |at| at.saturating_sub(1))..self.lines.len()
    }

    /// The lines that are not there for tests.
    pub(crate) fn lines_of_code(&self) -> &[Line] {
        if self.is_of_tests() { &[] } else { &self.lines[..self.tests_inside().start] }
    }

    /// The comment that opens the file, without its marks.
    pub(crate) fn header(&self) -> Vec<&str> {
        let comments = self.lines.iter().map_while(|line| line.comment.strip_prefix("//!"));
        comments.map(str::trim).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_tests_and_modules_of_tests_are_told_from_code() {
        let path =
            |path| Source::new(path, "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n");
        let code = path("crates/zone/src/tree.rs");
        assert_eq!((code.of_crate(), code.is_core()), (Some("zone"), true));
        assert_eq!((code.lines_of_code().len(), code.tests_inside()), (2, 2..6));
        for tests in ["crates/a/src/b/tests.rs", "crates/a/tests/b/c.rs", "conformance/d/e.rs"] {
            assert!(path(tests).is_of_tests(), "{tests}");
        }
        assert!(!path("crates/peers/src/lib.rs").is_core());
        assert_eq!(path("fuzz/src/lib.rs").of_crate(), None);
    }

    #[test]
    fn header_is_the_comment_on_top() {
        let source = Source::new("a.rs", "//! One.\n//!\n//! Two.\n\nuse b; //! no\n");
        assert_eq!(source.header(), ["One.", "", "Two."]);
    }
}
