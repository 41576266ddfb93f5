//! Tells code from comments and from texts in quotes, line by line, so that a rule about names does not read
//! comments and a rule about comments does not read code.
//!
//! As much of Rust's grammar as that takes: nested comments, raw and escaped texts, characters beside
//! lifetimes. What stands in another's place is blank, so columns stay what they were.

/// One line, three times, each as long as the line: what the others hold is blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) code: String,
    pub(crate) comment: String,
    pub(crate) text: String,
}

/// What the letter at hand belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Code,
    /// To the end of the line.
    LineComment,
    /// So many are open.
    BlockComment(u32),
    /// In quotes, where a backslash escapes.
    Text,
    /// Until a quote with so many `#` behind it.
    RawText(usize),
}

/// The lines of a source file.
pub(crate) fn lines(source: &str) -> Vec<Line> {
    let mut part = Part::Code;
    source
        .lines()
        .map(|line| {
            if part == Part::LineComment {
                part = Part::Code;
            }
            split(line, &mut part)
        })
        .collect()
}

/// Splits one line; `part` is what it begins in, and then what it ends in.
fn split(line: &str, part: &mut Part) -> Line {
    let letters: Vec<char> = line.chars().collect();
    let mut out = Line::default();
    let mut at = 0;
    while at < letters.len() {
        let (taken, belongs, next) = take(&letters, at, *part);
        for &letter in &letters[at..at + taken] {
            out.push(letter, belongs);
        }
        *part = next;
        at += taken;
    }
    out
}

/// How many letters go together, what they belong to, and what comes after them.
fn take(letters: &[char], at: usize, part: Part) -> (usize, Part, Part) {
    let rest = &letters[at..];
    match part {
        Part::Code => take_code(letters, at),
        Part::LineComment => (rest.len(), Part::LineComment, Part::LineComment),
        Part::BlockComment(open) => match rest {
            ['*', '/', ..] if open == 1 => (2, part, Part::Code),
            ['*', '/', ..] => (2, part, Part::BlockComment(open - 1)),
            ['/', '*', ..] => (2, part, Part::BlockComment(open + 1)),
            _ => (1, part, part),
        },
        Part::Text => match rest {
            ['\\', _, ..] => (2, part, part),
            ['"', ..] => (1, Part::Code, Part::Code),
            _ => (1, part, part),
        },
        Part::RawText(hashes) => {
            let closes = rest.first() == Some(&'"') && starts_with_hashes(&rest[1..], hashes);
            if closes { (1 + hashes, Part::Code, Part::Code) } else { (1, part, part) }
        }
    }
}

fn take_code(letters: &[char], at: usize) -> (usize, Part, Part) {
    let rest = &letters[at..];
    match rest {
        ['/', '/', ..] => (rest.len(), Part::LineComment, Part::LineComment),
        ['/', '*', ..] => (2, Part::BlockComment(1), Part::BlockComment(1)),
        ['"', ..] => (1, Part::Code, raw_before(letters, at).map_or(Part::Text, Part::RawText)),
        ['\'', ..] => match character(rest) {
            1 => (1, Part::Code, Part::Code),
            length => (length, Part::Text, Part::Code),
        },
        _ => (1, Part::Code, Part::Code),
    }
}

/// If the quote at `at` opens a raw text: with how many `#`.
fn raw_before(letters: &[char], at: usize) -> Option<usize> {
    let hashes = letters[..at].iter().rev().take_while(|letter| **letter == '#').count();
    let mut before = letters[..at - hashes].iter().rev();
    let is_raw = before.next() == Some(&'r');
    let first = before.next().copied();
    let begins = |letter: Option<char>| letter.is_none_or(|letter| !is_of_name(letter));
    let marked = matches!(first, Some('b' | 'c')) && begins(before.next().copied());
    (is_raw && (begins(first) || marked)).then_some(hashes)
}

fn starts_with_hashes(letters: &[char], hashes: usize) -> bool {
    letters.len() >= hashes && letters[..hashes].iter().all(|letter| *letter == '#')
}

/// The length of a character in quotes; one for a lifetime, whose quote stands alone.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, more @ ..] => {
            more.iter().position(|letter| *letter == '\'').map_or(1, |end| end + 4)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

pub(crate) fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

impl Line {
    fn push(&mut self, letter: char, part: Part) {
        let at = match part {
            Part::Code => 0,
            Part::LineComment | Part::BlockComment(_) => 1,
            Part::Text | Part::RawText(_) => 2,
        };
        for (index, out) in
            [&mut self.code, &mut self.comment, &mut self.text].into_iter().enumerate()
        {
            out.push(if index == at { letter } else { ' ' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &[[&str; 3]]) {
        let found = lines(source);
        let trimmed: Vec<_> = found
            .iter()
            .map(|line| [line.code.trim(), line.comment.trim(), line.text.trim()])
            .collect();
        assert_eq!(trimmed, expected, "{source}");
    }

    #[test]
    fn comments_texts_and_code_are_told_apart() {
        check(
            r#"let a = "b // c"; // d "e""#,
            &[[r#"let a = "      ";"#, r#"// d "e""#, "b // c"]],
        );
        check(r#"f("a\"b", '"')"#, &[[r#"f("    ",    )"#, "", r#"a\"b   '"'"#]]);
        check("fn f<'a>(it: &'a str) {}", &[["fn f<'a>(it: &'a str) {}", "", ""]]);
        check(
            r"['\'','\u{1b}','\\'] // x",
            &[["[    ,        ,    ]", "// x", r"'\'' '\u{1b}' '\\'"]],
        );
    }

    #[test]
    fn what_goes_over_lines_goes_on_in_the_next() {
        check(
            "a /* b\nc /* d */ e\n*/ f",
            &[["a", "/* b", ""], ["", "c /* d */ e", ""], ["f", "*/", ""]],
        );
        check(
            "x(\"a\nb // c\") // d\ny",
            &[["x(\"", "", "a"], ["\")", "// d", "b // c"], ["y", "", ""]],
        );
        check("// a\nb", &[["", "// a", ""], ["b", "", ""]]);
    }

    #[test]
    fn raw_texts_end_where_as_many_signs_follow_as_opened_them() {
        check(r##"r#"a "b" \"# + c"##, &[[r##"r#"       "# + c"##, "", r#"a "b" \"#]]);
        check(r#"br"a\" + b"#, &[[r#"br"  " + b"#, "", r"a\"]]);
        check(r#"for"a\"b""#, &[[r#"for"    ""#, "", r#"a\"b"#]]);
    }

    #[test]
    fn columns_stay_what_they_were() {
        let source = "let é = \"ü\"; // ö";
        for line in lines(source) {
            for part in [&line.code, &line.comment, &line.text] {
                assert_eq!(part.chars().count(), source.chars().count());
            }
        }
    }
}
