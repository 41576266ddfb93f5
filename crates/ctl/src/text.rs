//! Text from elsewhere, made harmless for a terminal; numbers made readable.

use std::fmt::Write as _;

/// One line: control characters, line ends and characters that turn the direction of text become
/// `\u{…}`.
#[must_use]
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// The same for text that may have several lines.
#[must_use]
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Octets in the largest unit that leaves a whole number, or one digit after the point.
#[must_use]
pub(crate) fn octets(octets: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.into_iter().find(|(size, _)| octets >= *size) {
        None => format!("{octets} B"),
        Some((size, unit)) => {
            let (whole, tenth) = (octets / size, octets % size * 10 / size);
            if whole >= 10 { format!("{whole} {unit}") } else { format!("{whole}.{tenth} {unit}") }
        }
    }
}

/// A number with its noun.
#[must_use]
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `name value, name value`: measured facts in the order of their names.
#[must_use]
pub(crate) fn facts<'f>(
    facts: impl IntoIterator<Item = (&'f String, &'f serde_json::Value)>,
) -> String {
    let mut out = String::new();
    for (name, value) in facts {
        let gap = if out.is_empty() { "" } else { ", " };
        let value = match value {
            serde_json::Value::String(text) => line(text),
            other => line(&other.to_string()),
        };
        // Writing to a string cannot fail.
        let _ = write!(out, "{gap}{} {value}", line(name));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threat 22.
    #[test]
    fn nothing_from_a_zone_reaches_the_terminal_as_a_command() {
        assert_eq!(
            line("a\u{1b}[2J\r\nb\u{9b}c\u{202e}"),
            "a\\u{1b}[2J\\u{d}\\u{a}b\\u{9b}c\\u{202e}"
        );
        assert_eq!(lines("a\nb\u{1b}"), "a\nb\\u{1b}");
        assert_eq!(line("münchen.example."), "münchen.example.");
    }

    #[test]
    fn octets_are_short_and_never_rounded_up() {
        for (number, shown) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (1_536, "1.5 KiB"),
            (10_239, "9.9 KiB"),
            (10_240, "10 KiB"),
            (u64::MAX, "16777215 TiB"),
        ] {
            assert_eq!(octets(number), shown);
        }
    }
}
