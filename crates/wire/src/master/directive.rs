//! Lines that start with `$`.
//!
//! Pure.
//!
//! Standards: RFC 1035 §5.1 (`$ORIGIN`, `$INCLUDE`) · RFC 2308 §4 (`$TTL`).
//!
//! Not here: what a line of `$GENERATE` says (`generate`).

use crate::name::{Name, NameRef};
use crate::rdata::parse_name;
use crate::rdata::words::{TextError, Word, Words, seconds, unescape_into};
use crate::ttl::Ttl;

/// What a line that starts with `$` asks for.
#[derive(Debug)]
pub(super) enum Directive {
    /// Relative names end in this from here on.
    Origin(Name),
    /// Records without a ttl have this one from here on.
    Ttl(Ttl),
    /// Read another text here; its relative names end in `origin`, if given.
    Include { path: String, origin: Option<Name> },
    /// Make the records that the rest of the line stands for.
    Generate,
}

/// Reads the words after `word`, which starts with `$`.
pub(super) fn parse(
    word: Word<'_>,
    mut words: Words<'_>,
    origin: NameRef<'_>,
) -> Result<Directive, TextError> {
    let directive = match word.plain().map(str::to_ascii_uppercase).as_deref() {
        Some("$ORIGIN") => Directive::Origin(parse_name(words.expect("the new origin")?, origin)?),
        Some("$TTL") => Directive::Ttl(parse_ttl(words.expect(TTL)?)?),
        Some("$INCLUDE") => {
            let mut path = Vec::new();
            unescape_into(words.expect(PATH)?, &mut path)?;
            let path = String::from_utf8(path).map_err(|_| word.unexpected(PATH))?;
            let origin = words.next().map(|word| parse_name(word, origin)).transpose()?;
            Directive::Include { path, origin }
        }
        Some("$GENERATE") => return Ok(Directive::Generate),
        Some(_) | None => {
            return Err(word.unexpected("$ORIGIN, $TTL, $INCLUDE, $GENERATE, or `\\$` in an owner"));
        }
    };
    words.expect_end()?;
    Ok(directive)
}

const PATH: &str = "the name of a file in UTF-8";
pub(super) const TTL: &str = "a ttl up to 2147483647 seconds";

/// A ttl, with units or without.
pub(super) fn parse_ttl(word: Word<'_>) -> Result<Ttl, TextError> {
    let field = word.plain().and_then(seconds);
    // RFC 2181 §8: 31 bits; on paper a larger one is a mistake, not zero.
    let in_range = field.filter(|seconds| *seconds <= i32::MAX.unsigned_abs());
    in_range.map(Ttl::from_wire).ok_or_else(|| word.unexpected(TTL))
}
