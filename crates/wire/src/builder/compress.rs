//! Where the names of a message can be found again.
//!
//! Pure; a table of fixed size, no allocation.
//!
//! Standards: RFC 1035 §4.1.4 (pointers of fourteen bits) · RFC 4343 §4 (case is kept).
//!
//! Invariants: C1 a place stands for one suffix written before, octet for octet: most searches end
//! at the leftmost label of a known name. C2 a search looks at [`PROBES`] places a label and reads
//! back at most [`CANDIDATES`] names. C3 a full table costs octets, never time or correctness.
//!
//! Not here: which names may be compressed; owners the question already shows.

use super::{Full, Out};
use crate::message::HEADER_OCTETS;
use crate::name::{LABELS_MAX, NameRef};

/// Places for suffixes; a power of two.
const PLACES: usize = 128;
/// Places looked at for one suffix.
const PROBES: usize = 8;
/// Names of the message compared with one name before it is written out.
const CANDIDATES: usize = 8;
/// Offsets from here on do not fit a pointer.
const POINTERS_END: usize = 0x4000;

/// One suffix; `at` is zero in an empty place, for no name starts in the header.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Where its leftmost label starts.
    at: u16,
    /// Its length and a part of its hash; unequal tags are unequal suffixes.
    tag: u16,
}

const EMPTY: Place = Place { at: 0, tag: 0 };

/// Suffixes of the names written so far.
#[derive(Debug)]
pub(super) struct Compressor {
    places: [Place; PLACES],
    /// The question is entered when the first other name comes.
    knows_question: bool,
}

/// What the table has for a suffix.
enum Seen {
    /// It starts here.
    At(u16),
    /// Nothing, and this place is free for it.
    Free(usize),
    /// Nothing, and no room.
    Nowhere,
}

impl Compressor {
    pub(super) const fn new() -> Self {
        Self { places: [EMPTY; PLACES], knows_question: false }
    }

    /// Writes a name; `qname_len` is zero when there is no question.
    pub(super) fn write(
        &mut self,
        out: &mut Out<'_>,
        qname_len: usize,
        name: NameRef<'_>,
    ) -> Result<(), Full> {
        if !self.knows_question {
            self.knows_question = true;
            let end = HEADER_OCTETS.wrapping_add(qname_len);
            let asked = out.octets.get(HEADER_OCTETS..end).unwrap_or(&[]);
            self.find_or_enter(out, asked, HEADER_OCTETS);
        }
        let wire = name.as_wire();
        match self.find_or_enter(out, wire, out.len) {
            Some((literal, at)) => {
                out.write(wire.get(..literal).unwrap_or(&[]))?;
                out.write_array((0xc000 | at).to_be_bytes())
            }
            None => out.write(wire),
        }
    }

    /// Forgets names that start at `len` or later.
    #[cold]
    pub(super) fn forget_from(&mut self, len: usize) {
        for place in &mut self.places {
            // The hole may hide other suffixes; that costs octets only (C3).
            if usize::from(place.at) >= len {
                *place = EMPTY;
            }
        }
    }

    /// Finds the longest suffix of `wire` that was written before: how many octets come before it,
    /// and where it is. Enters all longer ones as if the name stood at `start`.
    fn find_or_enter(&mut self, out: &Out<'_>, wire: &[u8], start: usize) -> Option<(usize, u16)> {
        let mut candidates = CANDIDATES;
        let mut before = 0_usize;
        while let Some(suffix) = wire.get(before..)
            && let [length, ..] = suffix
            && *length != 0
        {
            let at = start.wrapping_add(before);
            let (first, tag) = hash(suffix);
            match self.look_up(out, suffix, (first, tag), &mut candidates) {
                Seen::At(at) => return Some((before, at)),
                Seen::Free(index) if at < POINTERS_END => {
                    if let (Some(place), Ok(at)) = (self.places.get_mut(index), u16::try_from(at)) {
                        *place = Place { at, tag };
                    }
                }
                Seen::Free(_) | Seen::Nowhere => {}
            }
            before = before.wrapping_add(1).wrapping_add(usize::from(*length));
        }
        None
    }

    fn look_up(
        &self,
        out: &Out<'_>,
        suffix: &[u8],
        (first, tag): (usize, u16),
        candidates: &mut usize,
    ) -> Seen {
        for step in 0..PROBES {
            let index = first.wrapping_add(step) % PLACES;
            let Some(&place) = self.places.get(index) else { break };
            if place.at == 0 {
                return Seen::Free(index);
            }
            if place.tag == tag {
                let Some(left) = candidates.checked_sub(1) else { break };
                *candidates = left;
                if is_at(out, place.at, suffix) {
                    return Seen::At(place.at);
                }
            }
        }
        Seen::Nowhere
    }
}

/// Whether the name that was written at `at` is `suffix`, octet for octet.
fn is_at(out: &Out<'_>, at: u16, mut suffix: &[u8]) -> bool {
    let mut at = usize::from(at);
    // One round for each label, and one for the pointer that may come before it.
    for _ in 0..=LABELS_MAX {
        if out.octets.get(at..at.wrapping_add(suffix.len())) == Some(suffix) {
            return true; // it ends in the root label, so nothing can follow
        }
        let Some(&length) = out.octets.get(at) else { return false };
        if length >= 0xc0 {
            let low = out.octets.get(at.wrapping_add(1)).copied().unwrap_or(0);
            at = usize::from(u16::from_be_bytes([length & 0x3f, low]));
            continue;
        }
        let end = usize::from(length).wrapping_add(1);
        let Some((label, rest)) = suffix.split_at_checked(end) else { return false };
        if out.octets.get(at..at.wrapping_add(end)) != Some(label) {
            return false;
        }
        (at, suffix) = (at.wrapping_add(end), rest);
    }
    false
}

/// Where to look first, and the tag: made of the length, and of the first label's length and three
/// of its octets, which is enough to tell the names of one message apart.
fn hash(suffix: &[u8]) -> (usize, u16) {
    let &[length, first, ..] = suffix else { return (0, 0) };
    let before_last = suffix.get(usize::from(length).wrapping_sub(1)).copied().unwrap_or(0);
    let last = suffix.get(usize::from(length)).copied().unwrap_or(0);
    // What differs most stands lowest, where the product carries it into every bit above.
    let octets = u32::from_le_bytes([last, before_last, first, length]);
    let [len, ..] = suffix.len().to_le_bytes();
    let mixed = (octets ^ u32::from(len).wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    let [_, part, _, _] = mixed.to_le_bytes();
    ((mixed >> 16) as usize, u16::from_le_bytes([len, part]))
}
