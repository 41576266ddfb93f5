//! Owners as keys whose octet order is the canonical order of names.
//!
//! Pure.
//!
//! A key is the owner relative to the apex: labels right to left, lower-cased, each ended by 0x00. Inside a
//! label 0x00 is written 01 01 and 0x01 is written 01 02. The key of the apex is empty.
//!
//! NSEC3 and its signatures stand aside: their key is 0x00 and then the key of the owner. So all of them lie between
//! the apex and every other name, in canonical order, and are no names to whoever looks for names.
//!
//! Standards: RFC 4034 §6.1 (canonical order) · RFC 4343 §3 (case).
//!
//! Invariants, for keys of one side: I1 comparing keys as octet strings is comparing owners in canonical order. I2 a name
//! is at or under another exactly if its key starts with the other's. I3 0x00 stands only at the end of a label and
//! in front of what stands aside, so counting zeros counts labels.
//!
//! Not here: what a page keeps of a key (`page`).

use crate::octets::Octets;
use crate::rrset::Place;
use wire::codes::Rrtype;
use wire::name::{LABEL_OCTETS_MAX, LABELS_MAX, NAME_OCTETS_MAX};

/// No key is longer: 254 octets of a name, each doubled at worst.
pub(crate) const KEY_OCTETS_MAX: usize = 512;

/// What the keys of all leaves that stand aside start with; no label is empty, so no other key does.
pub(crate) const ASIDE: &[u8] = &[0];

/// No key aside is as high, and no other but the apex's is lower.
pub(crate) const ASIDE_END: &[u8] = &[1];

/// Where records of an owner lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Among the names of the zone.
    Names,
    /// NSEC3 and its signatures: their owners are hashes, and no names (RFC 5155 §7.2.8).
    Aside,
}

impl Side {
    pub(crate) fn of(place: Place) -> Self {
        if place.base() == Rrtype::NSEC3 { Self::Aside } else { Self::Names }
    }

    pub(crate) fn of_key(key: &[u8]) -> Self {
        if key.starts_with(ASIDE) { Self::Aside } else { Self::Names }
    }
}

/// The key that the owner of a key has among names.
pub(crate) fn owner_part(key: &[u8]) -> &[u8] {
    key.strip_prefix(ASIDE).unwrap_or(key)
}

/// A key on the stack.
pub(crate) struct KeyBuf {
    length: usize,
    octets: [u8; KEY_OCTETS_MAX],
}

impl KeyBuf {
    /// The key of the apex.
    pub(crate) const fn new() -> Self {
        Self { length: 0, octets: [0; KEY_OCTETS_MAX] }
    }

    /// The key of an owner given its labels in front of the apex, in wire form without a root.
    pub(crate) fn of(labels: &[u8]) -> Self {
        let mut key = Self::new();
        key.set(Side::Names, labels);
        key
    }

    /// Makes this the key of another owner. Returns whether the owner has upper-case letters.
    pub(crate) fn set(&mut self, side: Side, labels: &[u8]) -> bool {
        self.length = 0;
        match side {
            Side::Names => {}
            Side::Aside => self.push(ASIDE),
        }
        let mut upper = false;
        for label in Backwards::new(labels) {
            upper |= self.push_label(label);
        }
        upper
    }

    /// Adds a label below. Returns whether it has upper-case letters.
    pub(crate) fn push_label(&mut self, label: &[u8]) -> bool {
        let (mut upper, mut low) = (0_u64, 0_u64);
        let room = self.octets.get_mut(self.length..).unwrap_or_default();
        let (words, rest) = label.as_chunks::<8>();
        let (word_places, rest_place) =
            room.split_at_mut_checked(words.as_flattened().len()).unwrap_or_default();
        for (place, word) in word_places.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            let word = u64::from_ne_bytes(*word);
            upper |= capitals(word);
            low |= below_two(word);
            *place = (word | (capitals(word) >> 2)).to_ne_bytes();
        }
        for (place, octet) in rest_place.iter_mut().zip(rest) {
            upper |= u64::from(octet.is_ascii_uppercase());
            low |= u64::from(*octet < 2);
            *place = octet.to_ascii_lowercase();
        }
        if low == 0 {
            self.length = self.length.saturating_add(label.len()).min(KEY_OCTETS_MAX);
        } else {
            label.iter().for_each(|octet| self.push_escaped(octet.to_ascii_lowercase()));
        }
        self.push_octet(0);
        upper != 0
    }

    /// Keeps the uppermost `labels` labels below the apex.
    pub(crate) fn truncate(&mut self, labels: usize) {
        self.length = end_of_labels(self.as_slice(), labels);
    }

    /// The first so many octets.
    pub(crate) fn first(&self, octets: usize) -> &[u8] {
        self.as_slice().get(..octets).unwrap_or_default()
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }

    fn push_escaped(&mut self, octet: u8) {
        match octet {
            0 => self.push(&[1, 1]),
            1 => self.push(&[1, 2]),
            other => self.push_octet(other),
        }
    }

    fn push_octet(&mut self, octet: u8) {
        if let Some(place) = self.octets.get_mut(self.length) {
            *place = octet;
            self.length = self.length.saturating_add(1);
        }
    }

    /// Appends octets of a key as they are; what does not fit is left out.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        let end = self.length.saturating_add(octets.len());
        if let Some(room) = self.octets.get_mut(self.length..end) {
            room.copy_from_slice(octets);
            self.length = end;
        }
    }
}

/// The top bit of each octet that is a capital letter.
const fn capitals(word: u64) -> u64 {
    let low_bits = word & repeat(0x7f);
    let from_a = low_bits.wrapping_add(repeat(0x80 - b'A'));
    let above_z = low_bits.wrapping_add(repeat(0x7f - b'Z'));
    (from_a ^ above_z) & !word & repeat(0x80)
}

/// Not zero if an octet is 0 or 1.
const fn below_two(word: u64) -> u64 {
    word.wrapping_sub(repeat(2)) & !word & repeat(0x80)
}

const fn repeat(octet: u8) -> u64 {
    u64::from_ne_bytes([octet; 8])
}

/// The first eight octets as a number, zeros where there are fewer: decides most comparisons.
pub(crate) fn head(key: &[u8]) -> u64 {
    if let Some(octets) = key.first_chunk() {
        return u64::from_be_bytes(*octets);
    }
    let mut octets = [0; 8];
    octets.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(octets)
}

/// Labels below the apex of a key among names.
pub(crate) fn label_count(key: &[u8]) -> usize {
    key.iter().filter(|octet| **octet == 0).count()
}

/// Length of the longest string that both start with.
pub(crate) fn octets_in_common(a: &[u8], b: &[u8]) -> usize {
    let (a_words, b_words) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    let words = a_words.iter().zip(b_words).take_while(|(a, b)| a == b).count();
    let start = words.saturating_mul(8);
    let (a, b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    a.iter().zip(b).take_while(|(a, b)| a == b).count().saturating_add(start)
}

/// Length of the part of a key that holds its uppermost `labels` labels; the whole if it has fewer.
pub(crate) fn end_of_labels(key: &[u8], labels: usize) -> usize {
    match labels.checked_sub(1) {
        None => 0,
        Some(earlier) => key
            .iter()
            .enumerate()
            .filter(|(_, octet)| **octet == 0)
            .nth(earlier)
            .map_or(key.len(), |(at, _)| at.saturating_add(1)),
    }
}

/// Whether a label of the key is the asterisk: the name or one above it is a wildcard (RFC 4592 §2.1.1).
pub(crate) fn has_asterisk(key: &[u8]) -> bool {
    key.contains(&b'*') && key.split(|octet| *octet == 0).any(|label| label == b"*")
}

/// Whether these octets are the key, on either side, of an owner with at most so many octets beside those of the apex.
pub(crate) fn is_key(key: &[u8], relative_octets_max: usize) -> bool {
    let (mut rest, mut label, mut octets) = (Octets(owner_part(key)), 0_usize, 0_usize);
    while let Some(octet) = rest.octet() {
        octets = octets.saturating_add(1);
        match octet {
            0 if !(1..=LABEL_OCTETS_MAX).contains(&label) => return false,
            0 => {
                label = 0;
                continue;
            }
            1 if !matches!(rest.octet(), Some(1 | 2)) => return false,
            b'A'..=b'Z' => return false,
            1..=u8::MAX => {}
        }
        label = label.saturating_add(1);
    }
    label == 0 && octets <= relative_octets_max
}

/// Octets that the owner takes in wire form beside those of the apex.
pub(crate) fn relative_octets(key: &[u8]) -> usize {
    let key = owner_part(key);
    if !key.contains(&1) {
        // A label's length octet takes the place of its zero.
        return key.len();
    }
    let (mut octets, mut rest) = (0_usize, Octets(key));
    while let Some(octet) = rest.octet() {
        octets = octets.saturating_add(1);
        if octet == 1 {
            rest.octet();
        }
    }
    octets
}

/// One bit an octet of the key, set where the owner as received has an upper-case letter. `labels` as for
/// [`KeyBuf::of`].
pub(crate) fn case_bits(labels: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let mut at = 0_usize;
    for label in Backwards::new(labels) {
        for octet in label {
            if octet.is_ascii_uppercase() {
                let index = start.saturating_add(at >> 3);
                out.resize(out.len().max(index.saturating_add(1)), 0);
                if let Some(bits) = out.get_mut(index) {
                    *bits |= 0x80 >> (at & 7);
                }
            }
            at = at.saturating_add(if *octet <= 1 { 2 } else { 1 });
        }
        at = at.saturating_add(1);
    }
}

/// Writes the labels of a key in wire form without a root; returns how many octets. `None` if it is no key.
pub(crate) fn write_labels(
    key: &[u8],
    case: &[u8],
    out: &mut [u8; NAME_OCTETS_MAX],
) -> Option<usize> {
    let key = owner_part(key);
    let length = relative_octets(key);
    let (mut label_end, mut at) = (length, 0_usize);
    while at < key.len() {
        let label = key.get(at..)?;
        let label = label.get(..label.iter().position(|octet| *octet == 0)?)?;
        let octets = relative_octets(label);
        let mut to = label_end.checked_sub(octets)?;
        label_end = to.checked_sub(1)?;
        *out.get_mut(label_end)? =
            u8::try_from(octets).ok().filter(|length| matches!(length, 1..=63))?;
        let mut rest = Octets(label);
        while let Some(octet) = rest.octet() {
            let upper = case.get(at >> 3).is_some_and(|bits| bits & (0x80 >> (at & 7)) != 0);
            let octet = match octet {
                1 => {
                    at = at.checked_add(1)?;
                    rest.octet()?.checked_sub(1).filter(|octet| *octet <= 1)?
                }
                octet if upper => octet.to_ascii_uppercase(),
                octet => octet,
            };
            *out.get_mut(to)? = octet;
            to = to.checked_add(1)?;
            at = at.checked_add(1)?;
        }
        at = at.checked_add(1)?;
    }
    (label_end == 0).then_some(length)
}

/// Labels from right to left.
struct Backwards<'a> {
    labels: &'a [u8],
    /// Where each label starts, leftmost first.
    starts: [u8; LABELS_MAX],
    left: usize,
}

impl<'a> Backwards<'a> {
    fn new(labels: &'a [u8]) -> Self {
        let (mut starts, mut at, mut left) = ([0; LABELS_MAX], 0_usize, 0_usize);
        while let Some(length) = labels.get(at) {
            let (Some(slot), Ok(start)) = (starts.get_mut(left), u8::try_from(at)) else { break };
            *slot = start;
            left = left.saturating_add(1);
            at = at.saturating_add(1).saturating_add(usize::from(*length));
        }
        Self { labels, starts, left }
    }
}

impl<'a> Iterator for Backwards<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let start = usize::from(*self.starts.get(self.left)?);
        let mut rest = Octets(self.labels.get(start..)?);
        let length = rest.octet()?;
        rest.take(usize::from(length))
    }
}

#[cfg(test)]
mod tests;
