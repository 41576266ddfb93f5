//! Reads master files, record by record.
//!
//! Pure.
//!
//! Standards: RFC 1035 §5.1 · RFC 2308 §4 · RFC 3597 §5.
//!
//! Invariants: I1 texts nest at most [`DEPTH_MAX`] deep and are at most [`INCLUDES_MAX`] in all.
//! I2 after an error nothing more is read. I3 `$GENERATE` makes at most [`GENERATED_MAX`] records in all.
//!
//! Not here: words and quotes (`words`), rdata of each type (`rdata::parse`), where included files come from (`server`).

use super::MasterError;
use super::directive::{self, Directive};
use super::generate::Generator;
use crate::codes::{Class, Rrtype};
use crate::name::Name;
use crate::rdata::words::{Entry, Lexer, Span, TextError, TextFault, Word, Words, unexpected};
use crate::rdata::{Soa, parse_name, parse_words};
use crate::record::{Record, RecordRef};
use crate::ttl::Ttl;
use std::borrow::Cow;

/// Gives the text of a file that `$INCLUDE` names, or says why not. It is the caller's duty to keep
/// the path, which is whatever the text says, inside a folder meant for it (threat 22).
pub type Include<'i> = &'i mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// Texts inside texts.
const DEPTH_MAX: usize = 10;
/// Texts in all, so that files that include each other end soon.
const INCLUDES_MAX: usize = 1_000;

/// Records that `$GENERATE` makes in all, so that a short text does not stand for days of work.
const GENERATED_MAX: u32 = 1_000_000;

/// Reads records one by one; also an iterator, which copies each.
pub struct Reader<'t> {
    /// The text being read is the last one.
    texts: Vec<Text<'t>>,
    include: Include<'t>,
    includes_left: usize,
    generated_left: u32,
    spans: Vec<Span>,
    rdata: Vec<u8>,
    defaults: Defaults,
}

/// One text and how far it has been read.
struct Text<'t> {
    /// As `$INCLUDE` names it; empty for the first.
    file: String,
    octets: Cow<'t, [u8]>,
    lexer: Lexer,
    origin: Name,
    /// Owner of the last record, for lines that start with white space.
    owner: Option<Name>,
    /// The `$GENERATE` that is being carried out.
    generator: Option<Generator>,
}

/// What stands between the owner of a record and its rdata.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) rrtype: Rrtype,
    pub(super) class: Class,
    pub(super) ttl: Ttl,
}

/// What a record that does not say has.
#[derive(Clone, Copy)]
struct Defaults {
    /// From `$TTL`.
    ttl: Option<Ttl>,
    /// Of the last record that says (RFC 1035 §5.1).
    last_ttl: Option<Ttl>,
    class: Class,
}

impl<'t> Reader<'t> {
    /// Starts at the top of `text`. Until it says `$ORIGIN`, relative names end in `origin`.
    #[must_use]
    pub fn new(text: &'t [u8], origin: Name, include: Include<'t>) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text); // some editors sign with it
        let first = Text {
            file: String::new(),
            octets: Cow::Borrowed(text),
            lexer: Lexer::new(),
            origin,
            owner: None,
            generator: None,
        };
        Self {
            texts: vec![first],
            include,
            includes_left: INCLUDES_MAX,
            generated_left: GENERATED_MAX,
            spans: Vec::new(),
            rdata: Vec::new(),
            defaults: Defaults { ttl: None, last_ttl: None, class: Class::IN },
        }
    }

    /// The next record, `None` at the end.
    ///
    /// # Errors
    /// At the first thing that is not as it should be; then the reader is at its end.
    pub fn next_record(&mut self) -> Result<Option<RecordRef<'_>>, MasterError> {
        let Head { rrtype, class, ttl } = match self.read_record() {
            Ok(Some(head)) => head,
            Ok(None) => return Ok(None),
            Err(error) => {
                let file = self.texts.last().map_or("", |text| &text.file);
                let error = MasterError::new(file, error);
                self.texts.clear();
                return Err(error);
            }
        };
        let owner = self.texts.last().and_then(|text| match &text.generator {
            Some(generator) => Some(generator.owner()),
            None => text.owner.as_ref().map(Name::as_ref),
        });
        let rdata = &self.rdata;
        Ok(owner.map(|owner| RecordRef { owner, rrtype, class, ttl, rdata }))
    }

    /// Leaves owner and rdata in `self`, returns the rest.
    fn read_record(&mut self) -> Result<Option<Head>, TextError> {
        while let Some(text) = self.texts.last_mut() {
            self.rdata.clear();
            if let Some(generator) = &mut text.generator {
                let line = generator.line();
                if let Some(made) = generator.next(&mut self.rdata) {
                    self.generated_left = self.generated_left.checked_sub(1).ok_or_else(|| {
                        unexpected(line, "one more record by $GENERATE", GENERATED_EXPECTED)
                    })?;
                    return made.map(Some);
                }
                text.generator = None;
            }
            let Some(entry) = text.lexer.entry(&text.octets, &mut self.spans)? else {
                self.texts.pop();
                continue;
            };
            let words = Words::new(&text.octets, &self.spans, entry.line);
            let Some(word) = directive_word(&words, entry) else {
                return read_words(text, &mut self.defaults, &self.spans, entry, &mut self.rdata)
                    .map(Some);
            };
            let mut rest = words;
            rest.next();
            let directive = directive::parse(word, rest.clone(), text.origin.as_ref())?;
            match directive {
                Directive::Origin(origin) => text.origin = origin,
                Directive::Ttl(ttl) => self.defaults.ttl = Some(ttl),
                Directive::Include { path, origin } => self.include(path, origin, entry.line)?,
                Directive::Generate => {
                    let defaults = &mut self.defaults;
                    let head = |words: &mut Words<'_>| read_whole_head(words, defaults);
                    text.generator = Some(Generator::parse(rest, text.origin.as_ref(), head)?);
                }
            }
        }
        Ok(None)
    }

    fn include(&mut self, path: String, origin: Option<Name>, line: u32) -> Result<(), TextError> {
        let depth = self.texts.len();
        let Some(text) = self.texts.last() else { return Ok(()) };
        let refuse = |path: &str, reason: String| TextError {
            line,
            fault: TextFault::Include { path: path.to_owned(), reason },
        };
        if depth > DEPTH_MAX {
            return Err(refuse(&path, format!("includes nest more than {DEPTH_MAX} deep")));
        }
        self.includes_left = self
            .includes_left
            .checked_sub(1)
            .ok_or_else(|| refuse(&path, format!("more than {INCLUDES_MAX} files are included")))?;
        let octets = (self.include)(&path).map_err(|reason| refuse(&path, reason))?;
        let origin = origin.unwrap_or_else(|| text.origin.clone());
        // RFC 1035 §5.1: origin and owner of this text are its own again afterwards.
        let owner = text.owner.clone();
        let (octets, lexer, generator) = (Cow::Owned(octets), Lexer::new(), None);
        self.texts.push(Text { file: path, octets, lexer, origin, owner, generator });
        Ok(())
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Record, MasterError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_record();
        next.map(|record| record.map(|record| record.to_record())).transpose()
    }
}

/// The first word, if it makes the line a directive.
fn directive_word<'t>(words: &Words<'t>, entry: Entry) -> Option<Word<'t>> {
    words.peek().filter(|word| !entry.indented && !word.quoted && word.raw.starts_with(b"$"))
}

fn read_words(
    text: &mut Text<'_>,
    defaults: &mut Defaults,
    spans: &[Span],
    entry: Entry,
    rdata: &mut Vec<u8>,
) -> Result<Head, TextError> {
    let mut words = Words::new(&text.octets, spans, entry.line);
    if !entry.indented {
        text.owner = Some(parse_name(words.expect("an owner")?, text.origin.as_ref())?);
    } else if text.owner.is_none() {
        return Err(unexpected(entry.line, "white space", "an owner, for there is none above"));
    }
    let (ttl, class, rrtype) = read_head(&mut words)?;
    defaults.learn(ttl, class);
    parse_words(rrtype, words, text.origin.as_ref(), rdata)?;
    let ttl = ttl
        .or(defaults.ttl)
        .or(defaults.last_ttl)
        .or_else(|| negative_ttl(rrtype, rdata))
        .ok_or_else(|| unexpected(entry.line, "a record without a ttl", NO_TTL))?;
    defaults.last_ttl = Some(ttl);
    Ok(Head { rrtype, class: defaults.class, ttl })
}

/// The head of records whose rdata is not known yet.
fn read_whole_head(words: &mut Words<'_>, defaults: &mut Defaults) -> Result<Head, TextError> {
    let (ttl, class, rrtype) = read_head(words)?;
    defaults.learn(ttl, class);
    let ttl = ttl.or(defaults.ttl).or(defaults.last_ttl);
    let ttl = ttl.ok_or_else(|| unexpected(words.line(), "records without a ttl", NO_TTL))?;
    defaults.last_ttl = Some(ttl);
    Ok(Head { rrtype, class: defaults.class, ttl })
}

impl Defaults {
    /// What a record says holds for those after it that do not (RFC 1035 §5.1).
    fn learn(&mut self, ttl: Option<Ttl>, class: Option<Class>) {
        self.class = class.unwrap_or(self.class);
        self.last_ttl = ttl.or(self.last_ttl);
    }
}

const GENERATED_EXPECTED: &str = "1000000 of them at most, in files that include others in all";
const NO_TTL: &str = "a ttl in it, in a record above, or $TTL";

/// Ttl and class in either order, each at most once, then the type (RFC 1035 §5.1).
fn read_head(words: &mut Words<'_>) -> Result<(Option<Ttl>, Option<Class>, Rrtype), TextError> {
    let (mut ttl, mut class) = (None, None);
    loop {
        let word = words.expect(RRTYPE)?;
        let text = word.plain().ok_or_else(|| word.unexpected(RRTYPE))?;
        if ttl.is_none() && text.starts_with(|first: char| first.is_ascii_digit()) {
            ttl = Some(directive::parse_ttl(word)?);
            continue;
        }
        let found_class = text.parse().ok().filter(|class| !is_meta_class(*class));
        if class.is_none() && found_class.is_some() {
            class = found_class;
            continue;
        }
        let rrtype: Option<Rrtype> = text.parse().ok();
        return match rrtype.filter(|rrtype| !rrtype.is_meta()) {
            Some(rrtype) => Ok((ttl, class, rrtype)),
            None => Err(word.unexpected(RRTYPE)),
        };
    }
}

const RRTYPE: &str = "the type of a record, after its ttl and class if it has them";

/// Classes that only questions and updates have; their words are types too, or nothing.
const fn is_meta_class(class: Class) -> bool {
    matches!(class, Class::NONE | Class::ANY)
}

/// An SOA that comes first and has no ttl takes its last field, as before RFC 2308.
fn negative_ttl(rrtype: Rrtype, rdata: &[u8]) -> Option<Ttl> {
    if rrtype != Rrtype::SOA {
        return None;
    }
    Soa::parse(rdata).ok().map(|soa| Ttl::from_wire(soa.negative_ttl))
}
