//! `$GENERATE`: one line that stands for many records.
//!
//! Pure. Not in an RFC; the form is that of BIND's manual ("The `$GENERATE` directive"): a range, a
//! template of the owner, the head of a record, and a template of its rdata.
//!
//! Invariants: I1 the steps of a range are finite, and a record is made only when it is asked for.
//! I2 what a template becomes is at most [`DIGITS_MAX`] octets longer for each `$` in it.
//!
//! Not here: the directive's place in a file (`directive`), and reading the records that come of it (`reader`).

use super::reader::Head;
use crate::name::{Name, NameRef};
use crate::rdata::words::{Lexer, Span, TextError, Word, Words, unexpected};
use crate::rdata::{parse_name, parse_words};

/// The greatest number of a range, and the greatest that a template makes of one.
const NUMBER_MAX: u32 = i32::MAX.unsigned_abs();
/// The greatest width of a number.
const DIGITS_MAX: usize = 127;

/// Numbers from a first to a last one, in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// The next one; `None` behind the last.
    next: Option<u32>,
    stop: u32,
    step: u32,
}

impl Range {
    const EXPECTED: &'static str = "a range as `1-9` or `0-100/5`, numbers up to 2147483647";

    fn parse(word: Word<'_>) -> Result<Self, TextError> {
        word.plain().and_then(Self::read).ok_or_else(|| word.unexpected(Self::EXPECTED))
    }

    fn read(text: &str) -> Option<Self> {
        let (ends, step) = text.split_once('/').unwrap_or((text, "1"));
        let (start, stop) = ends.split_once('-')?;
        let (start, stop, step) = (number(start)?, number(stop)?, number(step)?);
        (start <= stop && step > 0).then_some(Self { next: Some(start), stop, step })
    }

    fn advance(&mut self) -> Option<u32> {
        let number = self.next?;
        self.next = number.checked_add(self.step).filter(|next| *next <= self.stop);
        Some(number)
    }
}

fn number(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number <= NUMBER_MAX)
}

/// A directive that is being carried out.
#[derive(Debug)]
pub(super) struct Generator {
    range: Range,
    owner_template: Template,
    rdata_template: Template,
    head: Head,
    origin: Name,
    /// Of the record made last.
    owner: Name,
    /// Where the directive stands.
    line: u32,
    text: Vec<u8>,
    spans: Vec<Span>,
}

impl Generator {
    /// Reads the words after `$GENERATE`; `read_head` reads a ttl, a class and a type.
    pub(super) fn parse(
        mut words: Words<'_>,
        origin: NameRef<'_>,
        read_head: impl FnOnce(&mut Words<'_>) -> Result<Head, TextError>,
    ) -> Result<Self, TextError> {
        let line = words.line();
        let range = Range::parse(words.expect(Range::EXPECTED)?)?;
        let owner = words.expect("a template of an owner")?;
        let owner_template = Template::parse(owner, owner.raw)?;
        let head = read_head(&mut words)?;
        let first = words.expect("a template of an rdata")?;
        let mut rdata = Vec::new();
        match (words.peek(), first.quoted) {
            // One word between quotes: the quotes are around the rdata, not in it.
            (None, true) => push_unquoted(first.raw, &mut rdata),
            (None | Some(_), _) => {
                push_word(first, &mut rdata);
                while let Some(word) = words.next() {
                    rdata.push(b' ');
                    push_word(word, &mut rdata);
                }
            }
        }
        let rdata_template = Template::parse(first, &rdata)?;
        let (text, spans) = (Vec::new(), Vec::new());
        let (origin, owner) = (origin.to_name(), Name::root());
        Ok(Self { range, owner_template, rdata_template, head, origin, owner, line, text, spans })
    }

    /// Owner of the record made last.
    pub(super) fn owner(&self) -> NameRef<'_> {
        self.owner.as_ref()
    }

    /// Where the directive stands.
    pub(super) const fn line(&self) -> u32 {
        self.line
    }

    /// Makes the next record: appends its rdata to `out` and returns its head. `None` behind the last.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> Option<Result<Head, TextError>> {
        let number = self.range.advance()?;
        let made = self.make(number, out);
        Some(made.map_err(|error| TextError { line: self.line, ..error }))
    }

    fn make(&mut self, number: u32, out: &mut Vec<u8>) -> Result<Head, TextError> {
        self.text.clear();
        self.owner_template.expand(number, self.line, &mut self.text)?;
        let word = Word { raw: &self.text, quoted: false, line: self.line };
        self.owner = parse_name(word, self.origin.as_ref())?;
        self.text.clear();
        self.rdata_template.expand(number, self.line, &mut self.text)?;
        let mut lexer = Lexer::new();
        lexer.entry(&self.text, &mut self.spans)?;
        let words = Words::new(&self.text, &self.spans, self.line);
        parse_words(self.head.rrtype, words, self.origin.as_ref(), out)?;
        Ok(self.head)
    }
}

/// A word as it stood in the file.
fn push_word(word: Word<'_>, out: &mut Vec<u8>) {
    let quote: &[u8] = if word.quoted { b"\"" } else { b"" };
    out.extend_from_slice(quote);
    out.extend_from_slice(word.raw);
    out.extend_from_slice(quote);
}

/// The text between quotes: `\"` is a quote that stands in it, other escapes are left for later.
fn push_unquoted(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some((&octet, after)) = rest.split_first() {
        match (octet, after) {
            (b'\\', [b'"', after @ ..]) => {
                out.push(b'"');
                rest = after;
            }
            _ => {
                out.push(octet);
                rest = after;
            }
        }
    }
}

/// A text with places for a number.
#[derive(Debug)]
struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(Vec<u8>),
    Number(Form),
}

impl Template {
    /// `word` is what errors show.
    fn parse(word: Word<'_>, template: &[u8]) -> Result<Self, TextError> {
        let mut parts = Vec::new();
        let mut text = Vec::new();
        let mut rest = template;
        while let Some((&octet, after)) = rest.split_first() {
            rest = after;
            match (octet, after) {
                (b'\\', [escaped, after @ ..]) => {
                    text.extend([octet, *escaped]);
                    rest = after;
                }
                (b'$', [b'$', after @ ..]) => {
                    text.push(b'$');
                    rest = after;
                }
                (b'$', _) => {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    let (form, after) =
                        Form::parse(after).ok_or_else(|| word.unexpected(Form::EXPECTED))?;
                    parts.push(Part::Number(form));
                    rest = after;
                }
                _ => text.push(octet),
            }
        }
        parts.push(Part::Text(text));
        Ok(Self(parts))
    }

    fn expand(&self, number: u32, line: u32, out: &mut Vec<u8>) -> Result<(), TextError> {
        for part in &self.0 {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Number(form) => form.write(number, out).ok_or_else(|| {
                    let found = format!("{number} with an offset of {}", form.offset);
                    unexpected(line, found, "a number from 0 to 2147483647")
                })?,
            }
        }
        Ok(())
    }
}

/// `${offset,width,base}`.
#[derive(Clone, Copy, Debug)]
struct Form {
    offset: i32,
    width: usize,
    base: Base,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    Decimal,
    Octal,
    HexLower,
    HexUpper,
    /// Hex digits from the last to the first with dots between them, as below `ip6.arpa`.
    NibblesLower,
    NibblesUpper,
}

impl Form {
    const EXPECTED: &'static str =
        "`$`, or `${offset,width,base}` with a width up to 127 and one of d, o, x, X, n, N";
    const PLAIN: Self = Self { offset: 0, width: 0, base: Base::Decimal };

    /// Reads what follows a `$`, and returns what follows that.
    fn parse(after: &[u8]) -> Option<(Self, &[u8])> {
        let Some(inside) = after.strip_prefix(b"{") else { return Some((Self::PLAIN, after)) };
        let end = inside.iter().position(|octet| *octet == b'}')?;
        let (inside, after) = inside.split_at_checked(end)?;
        let mut items = std::str::from_utf8(inside).ok()?.split(',');
        let offset = items.next()?.parse().ok()?;
        let width = items.next().map_or(Some(0), number)?;
        let base = items.next().map_or(Some(Base::Decimal), Base::parse)?;
        let width = usize::try_from(width).ok().filter(|width| *width <= DIGITS_MAX)?;
        let form = Self { offset, width, base };
        items.next().is_none().then_some((form, after.get(1..).unwrap_or_default()))
    }

    /// Appends `number` plus the offset; `None` if that is no number of a range.
    fn write(self, number: u32, out: &mut Vec<u8>) -> Option<()> {
        let number = number.checked_add_signed(self.offset).filter(|sum| *sum <= NUMBER_MAX)?;
        let width = self.width;
        let digits = match self.base {
            Base::Decimal => format!("{number:0width$}"),
            Base::Octal => format!("{number:0width$o}"),
            Base::HexLower => format!("{number:0width$x}"),
            Base::HexUpper => format!("{number:0width$X}"),
            Base::NibblesLower => nibbles(&format!("{number:x}"), width),
            Base::NibblesUpper => nibbles(&format!("{number:X}"), width),
        };
        out.extend_from_slice(digits.as_bytes());
        Some(())
    }
}

impl Base {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "d" => Some(Self::Decimal),
            "o" => Some(Self::Octal),
            "x" => Some(Self::HexLower),
            "X" => Some(Self::HexUpper),
            "n" => Some(Self::NibblesLower),
            "N" => Some(Self::NibblesUpper),
            _ => None,
        }
    }
}

/// Hex digits from the last to the first, zeros behind them, dots between all; `width` counts dots too.
/// A width that ends in a dot keeps it, so the name goes on or is absolute.
fn nibbles(digits: &str, width: usize) -> String {
    let mut out = String::new();
    let mut digits = digits.chars().rev().peekable();
    loop {
        out.push(digits.next().unwrap_or('0'));
        if out.len() < width || digits.peek().is_some() {
            out.push('.');
        }
        if out.len() >= width && digits.peek().is_none() {
            return out;
        }
    }
}
