//! What the rules find and we keep, each with its reason. One that nothing needs any more is a fault of its own.

use super::{Finding, Rule};

/// One thing that is kept.
struct Exception {
    rule: Rule,
    /// Where: a file, or a folder with `/` at its end.
    path: &'static str,
    /// Part of what is found.
    what: &'static str,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        rule: Rule::Word,
        path: "crates/wire/src/lib.rs",
        what: "`master`",
        reason: "RFC 1035 §5 calls the format so, and there is no other word for it",
    },
    Exception {
        rule: Rule::Word,
        path: "crates/server/src/config.rs",
        what: "`Info`",
        reason: "the level's name in every log there is",
    },
    Exception {
        rule: Rule::Word,
        path: "crates/server/src/http/export.rs",
        what: "`Context`",
        reason: "the standard library's type, in the place where we name a type of our own",
    },
];

/// The findings that no exception covers, and the exceptions that cover none.
pub(crate) fn judge(findings: Vec<Finding>) -> Vec<Finding> {
    judge_by(EXCEPTIONS, findings)
}

fn judge_by(exceptions: &[Exception], findings: Vec<Finding>) -> Vec<Finding> {
    let is_stale = |exception: &&Exception| !findings.iter().any(|found| exception.covers(found));
    let mut left: Vec<Finding> = exceptions
        .iter()
        .filter(is_stale)
        .map(|stale| {
            let what = format!(
                "nothing is found here any more for which `{}` is the reason",
                stale.reason
            );
            Finding::new(Rule::Stale, stale.path, 0, &what)
        })
        .collect();
    let open = |found: &Finding| !exceptions.iter().any(|exception| exception.covers(found));
    left.extend(findings.into_iter().filter(open));
    left
}

impl Exception {
    fn covers(&self, found: &Finding) -> bool {
        let is_there = if self.path.ends_with('/') {
            found.path.starts_with(self.path)
        } else {
            found.path == self.path
        };
        found.rule == self.rule
            && found.rule.may_be_excepted()
            && is_there
            && found.what.contains(self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_LENGTH: Exception =
        Exception { rule: Rule::Length, path: "crates/a/", what: "700 lines", reason: "one table" };

    #[test]
    fn exception_covers_what_it_names_and_nothing_else() {
        let found = |rule, path, what| Finding::new(rule, path, 0, what);
        let length = found(Rule::Length, "crates/a/b.rs", "700 lines: where is the seam?");
        let other = found(Rule::Length, "crates/b/b.rs", "700 lines: where is the seam?");
        assert_eq!(judge_by(&[OF_LENGTH], vec![length, other.clone()]), [other]);
    }

    #[test]
    fn exception_that_nothing_needs_is_found() {
        let stale = judge_by(&[OF_LENGTH], vec![]);
        assert_eq!(stale.len(), 1, "{stale:?}");
        assert!(stale[0].rule == Rule::Stale && stale[0].what.contains("one table"), "{stale:?}");
    }

    #[test]
    fn no_exception_helps_a_file_that_is_too_long() {
        let too_long = Finding::new(Rule::TooLong, "crates/a/b.rs", 0, "1100 lines");
        let exception = Exception { rule: Rule::TooLong, what: "", ..OF_LENGTH };
        assert!(judge_by(&[exception], vec![too_long.clone()]).contains(&too_long));
    }
}
