//! Text from elsewhere, made harmless for terminals, journals and eyes.

use std::fmt::{self, Write};

/// Writes text so that it stays on its line and means what it shows: control characters, line
/// separators and characters that turn the direction of text become `\u{…}`.
pub(super) fn write(out: &mut impl Write, text: &str) -> fmt::Result {
    for c in text.chars() {
        if is_unsafe(c) { write!(out, "{}", c.escape_unicode())? } else { out.write_char(c)? }
    }
    Ok(())
}

/// The same in quotes where that is needed to see where the value ends.
pub(super) fn write_value(out: &mut impl Write, text: &str) -> fmt::Result {
    let plain = !text.is_empty() && !text.contains([' ', '"', '\\', '=']);
    if plain {
        return write(out, text);
    }
    out.write_char('"')?;
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.write_str("\\\"")?;
        }
        write(out, part)?;
    }
    out.write_char('"')
}

/// The same for JSON that `serde_json` wrote, which escapes only what JSON must.
pub(super) fn write_json(out: &mut impl Write, json: &str) -> fmt::Result {
    for c in json.chars() {
        // All unsafe characters are in the basic plane, so one escape is enough.
        if is_unsafe(c) { write!(out, "\\u{:04x}", u32::from(c))? } else { out.write_char(c)? }
    }
    Ok(())
}

/// Besides control characters: separators of lines and paragraphs, and the marks, embeddings,
/// overrides and isolates of the bidirectional algorithm.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threat 22.
    #[test]
    fn nothing_leaves_its_line_or_moves_the_cursor() {
        for (text, shown) in [
            ("example.net.", "example.net."),
            ("a\nERROR zone lost", "\"a\\u{a}ERROR zone lost\""),
            ("a\r\u{1b}[2J", "a\\u{d}\\u{1b}[2J"),
            ("\u{9b}31m\u{7f}\0", "\\u{9b}31m\\u{7f}\\u{0}"),
            ("a\u{202e}b\u{2028}c\u{feff}", "a\\u{202e}b\\u{2028}c\\u{feff}"),
            ("two words", "\"two words\""),
            ("a\"b", "\"a\\\"b\""),
            ("a=b", "\"a=b\""),
            ("", "\"\""),
            ("münchen.example.", "münchen.example."),
        ] {
            let mut out = String::new();
            write_value(&mut out, text).unwrap();
            assert_eq!(out, shown);
        }
    }
}
