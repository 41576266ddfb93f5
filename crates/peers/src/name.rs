//! Names as octets, their case kept.

use std::fmt;

/// A domain name as the octets of its wire form, uncompressed, with the root's zero at its end.
/// Equal only in the same case; [`Name::folded`] is for names that need not be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// A name from its text, absolute with or without the dot at its end; `\.` and `\046` are
    /// octets inside a label. Sizes are not checked: a test may want to send what is too long.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (mut labels, mut label) = (Vec::new(), Vec::new());
        let mut rest = text.bytes();
        while let Some(octet) = rest.next() {
            match octet {
                b'.' => labels.push(std::mem::take(&mut label)),
                b'\\' => label.push(escaped(&mut rest)),
                _ => label.push(octet),
            }
        }
        labels.push(label);
        Self::from_labels(labels.iter().filter(|label| !label.is_empty()).map(Vec::as_slice))
    }

    /// A name from its labels, without the root's.
    pub fn from_labels<'l>(labels: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut octets = Vec::new();
        for label in labels {
            octets.push(u8::try_from(label.len()).expect("a label of a length that fits"));
            octets.extend(label);
        }
        octets.push(0);
        Self(octets)
    }

    /// The octets of the wire form.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// The labels from the left, without the root's.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (&len, after) = rest.split_first()?;
            let (label, after) = after.split_at_checked(usize::from(len))?;
            rest = after;
            (len != 0).then_some(label)
        })
    }

    /// The same in lower case.
    #[must_use]
    pub fn folded(&self) -> Self {
        let labels: Vec<Vec<u8>> = self.labels().map(<[u8]>::to_ascii_lowercase).collect();
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }

    /// Whether it is `apex` or below it, in any case.
    #[must_use]
    pub fn is_in(&self, apex: &Self) -> bool {
        let (own, apex) = (self.folded(), apex.folded());
        let (own, apex): (Vec<_>, Vec<_>) = (own.labels().collect(), apex.labels().collect());
        own.ends_with(&apex)
    }

    /// The name one label shorter, `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let len = usize::from(self.0[0]);
        (len > 0).then(|| Self(self.0[1 + len..].to_vec()))
    }

    /// One label more, to the left.
    #[must_use]
    pub fn child(&self, label: &[u8]) -> Self {
        Self::from_labels(std::iter::once(label).chain(self.labels()))
    }

    /// Reads a name of a message, following pointers; `at` moves behind what it occupies. `None` if
    /// it is cut, too long, loops, or has a label of an unknown type. With it, whether there was a
    /// pointer.
    pub(crate) fn read(message: &[u8], at: &mut usize) -> Option<(Self, bool)> {
        let (mut octets, mut here, mut is_compressed) = (Vec::new(), *at, false);
        loop {
            let len = *message.get(here)?;
            let end = here + 1 + usize::from(len);
            match len >> 6 {
                0 => octets.extend(message.get(here..end)?),
                3 => {
                    let target =
                        usize::from(len & 0x3f) << 8 | usize::from(*message.get(here + 1)?);
                    if !is_compressed {
                        *at = here + 2;
                    }
                    is_compressed = true;
                    if target >= here {
                        return None; // only what came before may be pointed to
                    }
                    here = target;
                    continue;
                }
                _ => return None,
            }
            if octets.len() > 255 {
                return None;
            }
            if len == 0 {
                if !is_compressed {
                    *at = end;
                }
                return Some((Self(octets), is_compressed));
            }
            here = end;
        }
    }
}

/// The octet that `\` stands before: three digits, or any other character for itself.
fn escaped(rest: &mut std::str::Bytes<'_>) -> u8 {
    let first = rest.next().expect("something after a backslash");
    if !first.is_ascii_digit() {
        return first;
    }
    let digits = [first, rest.next().unwrap_or(b'x'), rest.next().unwrap_or(b'x')];
    let number = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok());
    number.expect("three digits after a backslash, at most 255")
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() == 1 {
            return f.write_str(".");
        }
        for label in self.labels() {
            for &octet in label {
                match octet {
                    b'.' | b'\\' | b'"' | b';' | b'(' | b')' | b'@' | b'$' => {
                        write!(f, "\\{}", char::from(octet))?;
                    }
                    b'!'..=b'~' => write!(f, "{}", char::from(octet))?,
                    _ => write!(f, "\\{octet:03}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_octets_say_the_same() {
        for text in [".", "a.", "Mixed.Case.example.", "a\\.b.example.", "\\000\\255.x.", "a\\@b."]
        {
            assert_eq!(Name::new(text).to_string(), text);
        }
        assert_eq!(Name::new("a\\.b.c").octets(), b"\x03a.b\x01c\0");
        assert_eq!(Name::new("example").to_string(), "example.");
    }

    #[test]
    fn names_are_in_themselves_and_in_what_is_above_them() {
        let apex = Name::new("Example.");
        assert!(Name::new("example.").is_in(&apex) && Name::new("a.b.EXAMPLE.").is_in(&apex));
        assert!(!Name::new("anexample.").is_in(&apex) && !Name::new(".").is_in(&apex));
        assert!(Name::new("x.").is_in(&Name::new(".")));
        assert_eq!(Name::new("a.b.").parent(), Some(Name::new("b.")));
        assert_eq!(Name::new("b.").child(b"a"), Name::new("a.b."));
    }

    #[test]
    fn pointers_are_followed_back_only() {
        let message = b"\x01a\0\x01B\xc0\x00\xc0\x06";
        let mut at = 3;
        let (name, is_compressed) = Name::read(message, &mut at).unwrap();
        assert_eq!((name, is_compressed, at), (Name::new("B.a."), true, 7));
        let mut at = 7;
        assert!(Name::read(b"\x01a\0\x01B\xc0\x07\xc0\x07", &mut at).is_none());
    }
}
