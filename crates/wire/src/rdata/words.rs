//! Words of records as people write them, and what is wrong with them.
//!
//! Pure; the words of one record are kept as places in the text, so reading allocates nothing for
//! each.
//!
//! Standards: RFC 1035 §5.1 (parentheses, quotes, comments, escapes) · RFC 9460 §2.1 (`key="value"`
//! is one word).
//!
//! Not here: what words mean (`parse`, `master`).

use super::RdataError;
use crate::codes::Rrtype;

/// Why text could not be read, and on which line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct TextError {
    /// Where it stands.
    pub line: u32,
    /// What is wrong there.
    pub fault: TextFault,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// One thing stands where another should.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// A word between backquotes, cut when long, or a description.
        found: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// The words are well formed, their meaning is not.
    #[error("the rdata breaks the rules of {rrtype}: {rule}")]
    Rdata {
        /// Type of the record.
        rrtype: Rrtype,
        /// Which rule.
        rule: RdataError,
    },
    /// `$INCLUDE` found nothing that it may read.
    #[error("cannot include `{}`: {reason}", .path.escape_debug())]
    Include {
        /// As written.
        path: String,
        /// What the caller says.
        reason: String,
    },
}

/// A word and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'t> {
    /// As written, without the quotes around it; escapes are still in.
    pub(crate) raw: &'t [u8],
    /// Whether it stood between quotes; then it is never `@`, a number or a keyword.
    pub(crate) quoted: bool,
    /// Its line.
    pub(crate) line: u32,
}

impl Word<'_> {
    /// The word, if it is plain text: not quoted, and readable.
    pub(crate) fn plain(&self) -> Option<&str> {
        if self.quoted { None } else { std::str::from_utf8(self.raw).ok() }
    }

    /// Says that something else should stand here.
    pub(crate) fn unexpected(&self, expected: &'static str) -> TextError {
        unexpected(self.line, self.shown(), expected)
    }

    fn shown(&self) -> String {
        const SHOWN_MAX: usize = 40;
        let mut shown = String::from("`");
        for &octet in self.raw.iter().take(SHOWN_MAX) {
            match octet {
                0x20..=0x7e => shown.push(char::from(octet)),
                // Threat 22: nothing from a zone steers a terminal or forges a line of a log.
                0..=0x1f | 0x7f..=0xff => shown.push_str(&format!("\\x{octet:02x}")),
            }
        }
        shown.push_str(if self.raw.len() > SHOWN_MAX { "…`" } else { "`" });
        shown
    }
}

/// Says that something else should stand at `line`.
pub(crate) fn unexpected(line: u32, found: impl Into<String>, expected: &'static str) -> TextError {
    TextError { line, fault: TextFault::Unexpected { found: found.into(), expected } }
}

/// Place of a word in its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: usize,
    end: usize,
    quoted: bool,
    line: u32,
}

/// The words of one record that have not been read yet.
#[derive(Clone, Debug)]
pub(crate) struct Words<'t> {
    text: &'t [u8],
    spans: &'t [Span],
    /// Line of the last word read, for errors about what is missing.
    line: u32,
}

impl<'t> Words<'t> {
    /// The words at `spans` of `text`.
    pub(crate) fn new(text: &'t [u8], spans: &'t [Span], line: u32) -> Self {
        Self { text, spans, line }
    }

    /// The next word, which stays.
    pub(crate) fn peek(&self) -> Option<Word<'t>> {
        let span = self.spans.first()?;
        let raw = self.text.get(span.start..span.end)?;
        Some(Word { raw, quoted: span.quoted, line: span.line })
    }

    /// The next word.
    pub(crate) fn next(&mut self) -> Option<Word<'t>> {
        let word = self.peek()?;
        self.spans = self.spans.get(1..).unwrap_or_default();
        self.line = word.line;
        Some(word)
    }

    /// The next word, or an error that says what is missing.
    pub(crate) fn expect(&mut self, expected: &'static str) -> Result<Word<'t>, TextError> {
        let line = self.line;
        self.next().ok_or_else(|| unexpected(line, END_OF_RECORD, expected))
    }

    /// Checks that no word is left.
    pub(crate) fn expect_end(&self) -> Result<(), TextError> {
        self.peek().map_or(Ok(()), |word| Err(word.unexpected(END_OF_RECORD)))
    }

    /// Line of the last word read.
    pub(crate) const fn line(&self) -> u32 {
        self.line
    }
}

const END_OF_RECORD: &str = "the end of the record";

/// Splits a text into records and these into words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer {
    at: usize,
    line: u32,
}

/// What is known of an entry besides its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Line of its first word.
    pub(crate) line: u32,
    /// Whether its line starts with white space, which repeats the last owner.
    pub(crate) indented: bool,
}

impl Lexer {
    /// Starts at the top of a text.
    pub(crate) const fn new() -> Self {
        Self { at: 0, line: 1 }
    }

    /// Replaces `spans` by the words of the next entry; `None` at the end of the text.
    pub(crate) fn entry(
        &mut self,
        text: &[u8],
        spans: &mut Vec<Span>,
    ) -> Result<Option<Entry>, TextError> {
        spans.clear();
        let mut open: Vec<u32> = Vec::new(); // lines of the parentheses not yet closed
        let mut indented = false;
        let mut line_start = self.at;
        while let Some(&octet) = text.get(self.at) {
            if self.at == line_start && spans.is_empty() && open.is_empty() {
                indented = matches!(octet, b' ' | b'\t');
            }
            match octet {
                b'\n' => {
                    self.advance(1);
                    self.line = self.line.saturating_add(1);
                    if open.is_empty() && !spans.is_empty() {
                        break;
                    }
                    line_start = self.at;
                }
                b' ' | b'\t' | b'\r' => self.advance(1),
                b';' => self.skip_comment(text),
                b'(' => {
                    open.push(self.line);
                    self.advance(1);
                }
                b')' => {
                    open.pop().ok_or_else(|| unexpected(self.line, "`)`", "`(` before it"))?;
                    self.advance(1);
                }
                b'"' => spans.push(self.quoted(text)?),
                _ => spans.push(self.bare(text)?),
            }
        }
        if let Some(line) = open.first() {
            return Err(unexpected(*line, "`(` that is never closed", "`)`"));
        }
        Ok(spans.first().map(|first| Entry { line: first.line, indented }))
    }

    fn advance(&mut self, octets: usize) {
        self.at = self.at.saturating_add(octets);
    }

    fn skip_comment(&mut self, text: &[u8]) {
        let rest = text.get(self.at..).unwrap_or_default();
        self.advance(rest.iter().position(|octet| *octet == b'\n').unwrap_or(rest.len()));
    }

    fn quoted(&mut self, text: &[u8]) -> Result<Span, TextError> {
        self.advance(1);
        let start = self.at;
        self.skip_to_closing_quote(text)?;
        let span = Span { start, end: self.at, quoted: true, line: self.line };
        self.advance(1);
        Ok(span)
    }

    /// Stops at the quote that closes the one before.
    fn skip_to_closing_quote(&mut self, text: &[u8]) -> Result<(), TextError> {
        loop {
            match text.get(self.at) {
                Some(b'"') => return Ok(()),
                Some(b'\\') if text.get(self.at.saturating_add(1)) != Some(&b'\n') => {
                    self.advance(2);
                }
                Some(b'\n') => return Err(unexpected(self.line, "the end of the line", "`\"`")),
                Some(_) => self.advance(1),
                None => return Err(unexpected(self.line, "the end of the text", "`\"`")),
            }
        }
    }

    fn bare(&mut self, text: &[u8]) -> Result<Span, TextError> {
        let start = self.at;
        let mut before = b' ';
        while let Some(&octet) = text.get(self.at) {
            match octet {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')' => break,
                b'"' if before == b'=' => {
                    self.advance(1);
                    self.skip_to_closing_quote(text)?;
                    self.advance(1);
                }
                b'"' => break,
                b'\\' if text.get(self.at.saturating_add(1)).is_some_and(|next| *next != b'\n') => {
                    self.advance(2);
                }
                _ => self.advance(1),
            }
            before = octet;
        }
        Ok(Span { start, end: self.at.min(text.len()), quoted: false, line: self.line })
    }
}

/// Appends what a character-string says: escapes replaced by what they stand for.
pub(crate) fn unescape_into(word: Word<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
    let mut rest = word.raw;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        if octet != b'\\' {
            out.push(octet);
            continue;
        }
        let (octet, after) = unescape(rest)
            .ok_or_else(|| word.unexpected("`\\` before a character or three digits up to 255"))?;
        out.push(octet);
        rest = after;
    }
    Ok(())
}

/// What stands after a backslash, and what follows it.
fn unescape(rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', after @ ..] => {
            let digits = [*a, *b, *c];
            let number = std::str::from_utf8(&digits).ok()?.parse().ok()?;
            Some((number, after))
        }
        [b'0'..=b'9', ..] | [] => None,
        [octet, after @ ..] => Some((*octet, after)),
    }
}

/// A span of time: seconds, or numbers with units (`1h30m`), as RFC 2308 §4 and every server read
/// it; `None` if it is neither or does not fit.
pub(crate) fn seconds(text: &str) -> Option<u32> {
    if !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit()) {
        return text.parse().ok();
    }
    let mut total = 0_u32;
    let mut rest = text;
    while !rest.is_empty() {
        let unit_at = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (digits, unit) = rest.split_at_checked(unit_at)?;
        let unit_seconds = match unit.bytes().next()?.to_ascii_lowercase() {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        let number: u32 = digits.parse().ok()?;
        total = total.checked_add(number.checked_mul(unit_seconds)?)?;
        rest = unit.get(1..)?;
    }
    (!text.is_empty()).then_some(total)
}
