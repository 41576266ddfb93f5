//! Files that are too long to be read at once, and tests that hide the code they judge.

use super::source::{Source, Tree};
use super::{Finding, Rule};

/// Nothing is longer; no reason helps.
const LINES_MAX: usize = 1_000;
/// What is longer needs a reason why it has no seam.
const LINES_WITHOUT_REASON_MAX: usize = 600;
/// Longer tests get a file of their own.
const TESTS_INSIDE_MAX: usize = 150;

pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    tree.sources.iter().flat_map(faults).collect()
}

fn faults(source: &Source) -> Vec<Finding> {
    let finding = |rule, what: String| Finding::new(rule, &source.path, 0, &what);
    let (lines, tests) = (source.lines.len(), source.tests_inside().len());
    let mut faults = Vec::new();
    if lines > LINES_MAX {
        faults.push(finding(
            Rule::TooLong,
            format!("{lines} lines; no file has more than {LINES_MAX}"),
        ));
    } else if lines > LINES_WITHOUT_REASON_MAX {
        faults.push(finding(Rule::Length, format!("{lines} lines: where is the seam?")));
    }
    if tests > TESTS_INSIDE_MAX {
        faults.push(finding(
            Rule::Length,
            format!("{tests} lines of tests: they want their own file"),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: usize, tests: usize, expected: &[Rule]) {
        let body = "    x;\n".repeat(tests.saturating_sub(3));
        let inside = if tests == 0 {
            String::new()
        } else {
            format!("#[cfg(test)]\nmod tests {{\n{body}}}\n")
        };
        let source = Source::new("a.rs", &format!("{}{inside}", "x;\n".repeat(code)));
        let found: Vec<_> = faults(&source).into_iter().map(|finding| finding.rule).collect();
        assert_eq!(found, expected, "{code} and {tests} lines");
    }

    #[test]
    fn long_files_need_a_reason_and_very_long_ones_are_split() {
        check(600, 0, &[]);
        check(601, 0, &[Rule::Length]);
        check(1_000, 0, &[Rule::Length]);
        check(1_001, 0, &[Rule::TooLong]);
    }

    #[test]
    fn long_tests_want_a_file_of_their_own() {
        check(10, 150, &[]);
        check(10, 151, &[Rule::Length]);
    }
}
