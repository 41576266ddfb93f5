//! `cargo xtask tidy`: what a reviewer would find by reading alone, found without one.
//!
//! Each rule is a function from what was read to what it found. What is kept all the same stands in `exception`, with its
//! reason.

mod arm;
mod claim;
mod exception;
mod function;
mod header;
mod length;
mod lexer;
mod mark;
mod source;
mod standard;
mod threat;
mod word;

use std::fmt;

use anyhow::{Result, bail};

use crate::{flips, shell};
use source::Tree;

/// What is asked of every file. The name of the rule is what an exception names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    Header,
    Length,
    TooLong,
    Word,
    Standard,
    Claim,
    Threat,
    Mark,
    Arm,
    Flip,
    Stale,
}

impl Rule {
    const fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Length | Self::TooLong => "length",
            Self::Word => "word",
            Self::Standard => "standard",
            Self::Claim => "claim",
            Self::Threat => "threat",
            Self::Mark => "mark",
            Self::Arm => "arm",
            Self::Flip => "flip",
            Self::Stale => "exception",
        }
    }

    /// Whether a reason helps.
    const fn may_be_excepted(self) -> bool {
        match self {
            Self::TooLong | Self::Threat | Self::Flip | Self::Stale => false,
            Self::Header
            | Self::Arm
            | Self::Length
            | Self::Word
            | Self::Standard
            | Self::Claim
            | Self::Mark => true,
        }
    }
}

/// One thing that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    rule: Rule,
    path: String,
    /// From 1; 0 stands for the file as a whole.
    line: usize,
    what: String,
}

impl Finding {
    /// At a line counted from 0, as the rules count them; the first stands for the whole file.
    fn new(rule: Rule, path: &str, at: usize, what: &str) -> Self {
        let line = if at == 0 { 0 } else { at + 1 };
        Self { rule, path: path.to_owned(), line, what: what.to_owned() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {} ({})", self.what, self.rule.name())
    }
}

pub(crate) fn run() -> Result<()> {
    let tree = Tree::read(&shell::root())?;
    let mut found = findings(&tree);
    let flips = flips::faults(&shell::root())?;
    found.extend(flips.iter().map(|(path, what)| Finding::new(Rule::Flip, path, 0, what)));
    let left = exception::judge(found);
    for found in &left {
        eprintln!("tidy: {found}");
    }
    if !left.is_empty() {
        bail!(
            "{} things that a reviewer would send back (CONTRIBUTING.md, How we write)",
            left.len()
        );
    }
    println!("tidy: {} sources and {} documents are", tree.sources.len(), tree.documents.len());
    Ok(())
}

fn findings(tree: &Tree) -> Vec<Finding> {
    let rules = [
        header::findings,
        length::findings,
        word::findings,
        standard::findings,
        claim::findings,
        threat::findings,
        mark::findings,
        arm::findings,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}
