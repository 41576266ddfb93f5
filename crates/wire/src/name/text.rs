//! Names as text.
//!
//! Pure.
//!
//! Standards: RFC 1035 §5.1 (dots, `\X`, `\DDD`) · RFC 4343 §2.1 (escapes).
//!
//! Invariants: what is printed is printable ASCII without white space, and reads back as the same
//! octets.
//!
//! Not here: `@`, `$ORIGIN` and tokens of master files (`master`).

use super::{LABEL_OCTETS_MAX, NAME_OCTETS_MAX, Name, NameError, NameRef};
use core::fmt::{self, Write as _};
use core::str::FromStr;

impl fmt::Display for NameRef<'_> {
    /// Always absolute, with the dot at the end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return out.write_char('.');
        }
        for label in self.labels() {
            for &octet in label {
                match octet {
                    b'"' | b'$' | b'(' | b')' | b'.' | b';' | b'@' => {
                        out.write_char('\\')?;
                        out.write_char(char::from(octet))?;
                    }
                    // NSD takes `\\.` for an escaped dot; `\092.` is clear to all.
                    b'\\' => out.write_str("\\092")?,
                    0x21..=0x7e => out.write_char(char::from(octet))?,
                    _ => write!(out, "\\{octet:03}")?,
                }
            }
            out.write_char('.')?;
        }
        Ok(())
    }
}

impl fmt::Display for Name {
    /// Always absolute, with the dot at the end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_ref(), out)
    }
}

impl FromStr for Name {
    type Err = NameError;

    /// Absolute with or without the dot at the end.
    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text.as_bytes(), NameRef::ROOT)
    }
}

impl Name {
    /// Reads the text form; without a dot at the end it is relative to `origin`.
    ///
    /// Octets above 127 stand for themselves.
    ///
    /// # Errors
    /// On empty text or labels, on what is too long, and on broken escapes.
    pub fn parse(text: &[u8], origin: NameRef<'_>) -> Result<Self, NameError> {
        if text == b"." {
            return Ok(Self::root());
        }
        let mut wire = Vec::with_capacity(text.len().saturating_add(origin.wire_len()).min(256));
        let mut label = Vec::with_capacity(LABEL_OCTETS_MAX);
        let mut rest = text;
        while let Some((&octet, after)) = rest.split_first() {
            rest = after;
            match octet {
                b'.' => push_label(&mut wire, &mut label)?,
                b'\\' => {
                    let (octet, after) = unescape(rest)?;
                    label.push(octet);
                    rest = after;
                }
                _ => label.push(octet),
            }
            // Nothing longer than a name is ever collected, however long the text.
            if label.len() > LABEL_OCTETS_MAX {
                return Err(NameError::LabelTooLong);
            }
        }
        if label.is_empty() && !wire.is_empty() {
            wire.push(0);
        } else {
            push_label(&mut wire, &mut label)?;
            wire.extend_from_slice(origin.as_wire());
        }
        if wire.len() > NAME_OCTETS_MAX {
            return Err(NameError::TooLong);
        }
        Ok(Self(wire.into()))
    }
}

fn push_label(wire: &mut Vec<u8>, label: &mut Vec<u8>) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    wire.push(u8::try_from(label.len()).map_err(|_| NameError::LabelTooLong)?);
    wire.append(label);
    if wire.len() >= NAME_OCTETS_MAX { Err(NameError::TooLong) } else { Ok(()) }
}

/// What stands after a backslash: three digits, or any one octet that is no digit.
fn unescape(text: &[u8]) -> Result<(u8, &[u8]), NameError> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] => {
            let number = [a, b, c].into_iter().fold(0_u16, |number, digit| {
                number.wrapping_mul(10).wrapping_add(u16::from(digit & 0x0f))
            });
            Ok((u8::try_from(number).map_err(|_| NameError::BadEscape)?, rest))
        }
        [b'0'..=b'9', ..] | [] => Err(NameError::BadEscape),
        [octet, rest @ ..] => Ok((*octet, rest)),
    }
}
