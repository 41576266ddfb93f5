//! Domain names: owned, borrowed, and on the stack.
//!
//! Pure.
//!
//! Standards: RFC 1035 §2.3.4 (sizes), §3.1 (labels), §4.1.4 (compression), §5.1 (text) ·
//! RFC 4343 (case is kept and ignored) · RFC 4034 §6.1 (canonical order) · RFC 9267 §2 (pointers).
//!
//! Invariants: N1 a name is 1..=255 octets of wire form, labels of 1..=63 octets, the root's empty
//! label last and nowhere else. N2 equality, hash and order ignore ASCII case and nothing else.
//! N3 reading a compressed name ends: each pointer leads to before the place it was read for.
//!
//! Not here: writing compressed names (`builder`).

mod buf;
mod text;

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

pub use buf::NameBuf;

/// Longest name in wire form, root included (RFC 1035 §2.3.4).
pub const NAME_OCTETS_MAX: usize = 255;
/// Longest label, without its length octet.
pub const LABEL_OCTETS_MAX: usize = 63;
/// Most labels a name can have, the root not counted.
pub const LABELS_MAX: usize = 127;

/// Why octets or text are no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The octets end before the name does.
    #[error("name is cut off")]
    Truncated,
    /// Octets follow the root label.
    #[error("octets follow the name")]
    TrailingOctets,
    /// More than 255 octets in all.
    #[error("name is longer than 255 octets")]
    TooLong,
    /// A label of more than 63 octets.
    #[error("label is longer than 63 octets")]
    LabelTooLong,
    /// Two dots in a row, or a dot in front.
    #[error("label is empty")]
    EmptyLabel,
    /// A length octet starting with 01 or 10, or a pointer where none may be.
    #[error("label of unknown kind")]
    BadLabelKind,
    /// A pointer that does not lead back, or leads into the header (RFC 9267 §2).
    #[error("compression pointer does not lead to an earlier name")]
    BadPointer,
    /// A backslash that is not followed by a character or by 000..=255.
    #[error("escape is not a backslash with a character or three digits up to 255")]
    BadEscape,
}

/// An owned name, case as received. Clones share its octets: an apex is known in many places.
#[derive(Clone)]
pub struct Name(Arc<[u8]>);

/// A borrowed name in uncompressed wire form; everything that only reads is here.
#[derive(Clone, Copy)]
pub struct NameRef<'a>(&'a [u8]);

impl Name {
    /// The name of the root zone, `.`.
    #[must_use]
    pub fn root() -> Self {
        NameRef::ROOT.to_name()
    }

    /// Takes exactly one uncompressed name.
    ///
    /// # Errors
    /// Whatever breaks N1, or octets left over.
    pub fn from_wire(wire: &[u8]) -> Result<Self, NameError> {
        NameRef::from_wire(wire).map(NameRef::to_name)
    }

    /// Puts one label in front of `parent`.
    ///
    /// # Errors
    /// When the label is empty or too long, or the whole is.
    pub fn child(label: &[u8], parent: NameRef<'_>) -> Result<Self, NameError> {
        let mut buf = NameBuf::new();
        buf.assign(parent);
        buf.push_front(label)?;
        Ok(buf.as_ref().to_name())
    }

    /// Borrows it, which is how to read it.
    #[must_use]
    pub fn as_ref(&self) -> NameRef<'_> {
        NameRef(&self.0)
    }

    /// Wire form, root octet included.
    #[must_use]
    pub fn as_wire(&self) -> &[u8] {
        &self.0
    }

    /// Wire form in lower case.
    #[must_use]
    pub fn to_lower_case(&self) -> Self {
        Self(self.0.to_ascii_lowercase().into())
    }
}

impl<'a> NameRef<'a> {
    /// The name of the root zone, `.`.
    pub const ROOT: NameRef<'static> = NameRef(&[0]);

    /// Takes exactly one uncompressed name.
    ///
    /// # Errors
    /// Whatever breaks N1, or octets left over.
    pub fn from_wire(wire: &'a [u8]) -> Result<Self, NameError> {
        let (name, rest) = Self::split_from(wire)?;
        if rest.is_empty() { Ok(name) } else { Err(NameError::TrailingOctets) }
    }

    /// Takes one uncompressed name off the front; also returns what follows it.
    ///
    /// # Errors
    /// Whatever breaks N1; a compression pointer is [`NameError::BadLabelKind`].
    pub fn split_from(wire: &'a [u8]) -> Result<(Self, &'a [u8]), NameError> {
        let mut at = 0_usize;
        loop {
            let length = *wire.get(at).ok_or(NameError::Truncated)?;
            at = at.wrapping_add(1).wrapping_add(usize::from(length));
            if usize::from(length) > LABEL_OCTETS_MAX {
                return Err(NameError::BadLabelKind);
            }
            if at > NAME_OCTETS_MAX {
                return Err(NameError::TooLong);
            }
            if length == 0 {
                let (name, rest) = wire.split_at_checked(at).ok_or(NameError::Truncated)?;
                return Ok((Self(name), rest));
            }
        }
    }

    /// Takes octets that were checked to be one name (N1) when they came in. Of any others whatever is read here may be
    /// wrong; nothing panics or runs on.
    #[must_use]
    pub const fn from_checked_wire(wire: &'a [u8]) -> Self {
        Self(wire)
    }

    /// Wire form, root octet included.
    #[must_use]
    pub const fn as_wire(self) -> &'a [u8] {
        self.0
    }

    /// Octets of the wire form, 1..=255.
    #[must_use]
    pub const fn wire_len(self) -> usize {
        self.0.len()
    }

    /// An owned copy.
    #[must_use]
    pub fn to_name(self) -> Name {
        Name(self.0.into())
    }

    /// True for `.` alone.
    #[must_use]
    pub const fn is_root(self) -> bool {
        self.0.len() <= 1
    }

    /// True if the leftmost label is `*` (RFC 4592 §2.1.1).
    #[must_use]
    pub fn is_wildcard(self) -> bool {
        self.0.starts_with(b"\x01*")
    }

    /// Labels, the root not counted: 0..=127.
    #[must_use]
    pub fn label_count(self) -> usize {
        self.labels().count()
    }

    /// Labels from left to right, the root left out.
    #[must_use]
    pub const fn labels(self) -> Labels<'a> {
        Labels(self.0)
    }

    /// The name without its leftmost label; `None` for the root.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let mut labels = self.labels();
        labels.next().map(|_| Self(labels.0))
    }

    /// The rightmost `labels` labels; the whole name when it has no more than that.
    #[must_use]
    pub fn ancestor(self, labels: usize) -> Self {
        self.without_first(self.label_count().saturating_sub(labels))
    }

    /// The name without its `labels` leftmost labels; the root when it has no more than that.
    #[must_use]
    pub fn without_first(self, labels: usize) -> Self {
        let mut rest = self.labels();
        for _ in 0..labels {
            rest.next();
        }
        Self(rest.0)
    }

    /// True if this is `zone` or lies below it.
    #[must_use]
    pub fn is_at_or_under(self, zone: NameRef<'_>) -> bool {
        self.relative_to(zone).is_some()
    }

    /// The labels in front of `zone`, in wire form without a root; empty at `zone` itself.
    ///
    /// `None` when the name is not at or under `zone`.
    #[must_use]
    pub fn relative_to(self, zone: NameRef<'_>) -> Option<&'a [u8]> {
        let front = self.0.len().checked_sub(zone.0.len())?;
        let (prefix, suffix) = self.0.split_at_checked(front)?;
        if !same_ignoring_case(suffix, zone.0) {
            return None;
        }
        // Equal octets are an ancestor only when they start at a label of ours.
        let mut at = 0_usize;
        while let Some(&length) = prefix.get(at) {
            at = at.wrapping_add(1).wrapping_add(usize::from(length));
        }
        (at == front).then_some(prefix)
    }

    /// How many rightmost labels both names share, the root not counted.
    #[must_use]
    pub fn common_labels(self, other: NameRef<'_>) -> usize {
        let (ours, theirs) = (self.label_count(), other.label_count());
        let mine = self.without_first(ours.saturating_sub(theirs)).labels();
        let yours = other.without_first(theirs.saturating_sub(ours)).labels();
        let mut shared = 0_usize;
        for (a, b) in mine.zip(yours) {
            shared = if a.eq_ignore_ascii_case(b) { shared.wrapping_add(1) } else { 0 };
        }
        shared
    }

    /// Equality of names (N2), spelled out where it matters.
    #[must_use]
    pub fn eq_ignore_case(self, other: NameRef<'_>) -> bool {
        // Length octets are at most 63 and so are never taken for letters.
        same_ignoring_case(self.0, other.0)
    }

    /// Where the labels start, leftmost first, and how many there are.
    fn label_starts(self) -> ([u8; LABELS_MAX], usize) {
        let mut starts = [0_u8; LABELS_MAX];
        let (mut at, mut count) = (0_u8, 0_usize);
        while let Some(&length) = self.0.get(usize::from(at))
            && length != 0
            && let Some(start) = starts.get_mut(count)
        {
            *start = at;
            at = at.wrapping_add(1).wrapping_add(length);
            count = count.wrapping_add(1);
        }
        (starts, count)
    }

    /// The label whose length octet stands at `start`.
    fn label_at(self, start: u8) -> &'a [u8] {
        self.0.get(usize::from(start)..).and_then(|rest| Labels(rest).next()).unwrap_or(&[])
    }
}

/// Labels of a name from left to right; see [`NameRef::labels`].
#[derive(Clone, Debug)]
pub struct Labels<'a>(&'a [u8]);

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&length, rest) = self.0.split_first()?;
        if length == 0 {
            return None;
        }
        let (label, rest) = rest.split_at_checked(usize::from(length))?;
        self.0 = rest;
        Some(label)
    }
}

impl PartialEq for NameRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.eq_ignore_case(*other)
    }
}

impl Eq for NameRef<'_> {}

impl PartialOrd for NameRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NameRef<'_> {
    /// RFC 4034 §6.1: label by label from the right, as lower-case octets, a missing label first.
    fn cmp(&self, other: &Self) -> Ordering {
        let ((ours, our_count), (theirs, their_count)) =
            (self.label_starts(), other.label_starts());
        let mine = ours.iter().take(our_count).rev();
        let yours = theirs.iter().take(their_count).rev();
        for (&a, &b) in mine.zip(yours) {
            let (a, b) = (self.label_at(a), other.label_at(b));
            match cmp_ignore_case(a, b) {
                Ordering::Equal => {}
                unequal @ (Ordering::Less | Ordering::Greater) => return unequal,
            }
        }
        our_count.cmp(&their_count)
    }
}

impl Hash for NameRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut lower = [0_u8; NAME_OCTETS_MAX];
        if let Some(lower) = lower.get_mut(..self.0.len()) {
            lower.copy_from_slice(self.0);
            lower.make_ascii_lowercase();
            state.write(lower);
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_ref().cmp(&other.as_ref())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl fmt::Debug for NameRef<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Eight octets a step: every query compares its name at least twice.
fn same_ignoring_case(a: &[u8], b: &[u8]) -> bool {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks(), b.as_chunks());
    let lower = |word: &[u8; 8]| lower_case(u64::from_ne_bytes(*word));
    a.len() == b.len()
        && a_words.iter().zip(b_words).all(|(a, b)| a == b || lower(a) == lower(b))
        && (a_rest == b_rest || a_rest.eq_ignore_ascii_case(b_rest))
}

/// Each octet in lower case.
const fn lower_case(word: u64) -> u64 {
    const fn each(octet: u8) -> u64 {
        u64::from_ne_bytes([octet; 8])
    }
    let seven_bits = word & each(0x7f);
    let from_a = seven_bits.wrapping_add(each(0x80 - b'A'));
    let above_z = seven_bits.wrapping_add(each(0x7f - b'Z'));
    // The top bit of each octet that is a capital letter, moved to where the cases differ.
    word | (((from_a ^ above_z) & !word & each(0x80)) >> 2)
}

fn cmp_ignore_case(a: &[u8], b: &[u8]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        if a != b {
            match a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()) {
                Ordering::Equal => {}
                unequal @ (Ordering::Less | Ordering::Greater) => return unequal,
            }
        }
    }
    a.len().cmp(&b.len())
}

#[cfg(test)]
mod tests;
