//! Where the names of a message can be found again.
//!
//! Pure; a table of fixed size, no allocation.
//!
//! Standards: RFC 1035 §4.1.4 (pointers of fourteen bits) · RFC 4343 §4 (case is kept).
//!
//! Invariants: C1 a place stands for one suffix: its label, then the suffix at `parent`. So a name
//! is found by looking its labels up from the right, comparing one label at a time. C2 a lookup
//! touches [`PROBES`] places at most. C3 a full table costs octets, never time or correctness.
//!
//! Not here: which names may be compressed.

use super::{Full, Out};
use crate::message::HEADER_OCTETS;
use crate::name::NameRef;

/// Places for suffixes; a power of two.
const PLACES: usize = 128;
/// Places looked at for one suffix.
const PROBES: usize = 8;
/// Offsets from here on do not fit a pointer.
const POINTERS_END: u16 = 0x4000;
/// Stands for the root, at which no name of a message starts: a header is there.
const ROOT: u16 = 0;

/// When octets that differ in case only are the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// In the question: owners are echoed as asked.
    AsAsked,
    /// Nowhere: rdata is what the zone says.
    Exact,
}

/// One suffix; `at` is zero in an empty place.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Where its label starts.
    at: u16,
    /// Where the suffix after its label starts, or [`ROOT`].
    parent: u16,
}

/// Suffixes of the names written so far.
#[derive(Debug)]
pub(super) struct Compressor {
    places: [Place; PLACES],
    /// The question is entered when the first other name comes.
    knows_question: bool,
}

/// How much of a name is there already.
struct Found {
    /// Labels that are not: the first ones.
    missing: usize,
    /// Where the others start, or [`ROOT`].
    at: u16,
}

impl Compressor {
    pub(super) const fn new() -> Self {
        Self { places: [Place { at: 0, parent: 0 }; PLACES], knows_question: false }
    }

    /// Writes a name that is not the root; `qname_len` is zero when there is no question.
    pub(super) fn write(
        &mut self,
        out: &mut Out<'_>,
        qname_len: usize,
        name: NameRef<'_>,
        case: Case,
    ) -> Result<(), Full> {
        let question_end = HEADER_OCTETS.wrapping_add(qname_len);
        if !self.knows_question && qname_len > 1 {
            self.knows_question = true;
            let end = question_end.min(out.len);
            let asked = out.octets.get(HEADER_OCTETS..end).unwrap_or(&[]);
            if let Ok(qname) = NameRef::from_wire(asked) {
                self.enter(qname, HEADER_OCTETS, &Found { missing: usize::MAX, at: ROOT });
            }
        }
        let same_until = match case {
            Case::AsAsked => question_end,
            Case::Exact => 0,
        };
        let found = self.find(out, name, same_until);
        let start = out.len;
        let known = name.without_first(found.missing);
        let literal = name.wire_len().wrapping_sub(known.wire_len());
        out.write(name.as_wire().get(..literal).unwrap_or(&[]))?;
        match found.at {
            ROOT => out.write(&[0])?,
            at => out.write(&(0xc000 | at).to_be_bytes())?,
        }
        self.enter(name, start, &found);
        Ok(())
    }

    /// Forgets names that start at `len` or later.
    pub(super) fn forget_from(&mut self, len: usize) {
        for place in &mut self.places {
            if usize::from(place.at) >= len {
                *place = Place::default();
            }
        }
    }

    /// Looks the labels up from the right; below `same_until` case does not matter.
    fn find(&self, out: &Out<'_>, name: NameRef<'_>, same_until: usize) -> Found {
        let (starts, count) = name.label_starts();
        let mut found = Found { missing: count, at: ROOT };
        for &start in starts.iter().take(count).rev() {
            let label = name.label_at(start);
            let Some(at) = self.look_up(out, label, found.at, same_until) else { break };
            found = Found { missing: found.missing.wrapping_sub(1), at };
        }
        found
    }

    fn look_up(&self, out: &Out<'_>, label: &[u8], parent: u16, same_until: usize) -> Option<u16> {
        probes(label, parent)
            .filter_map(|index| self.places.get(index))
            .filter(|place| place.at != ROOT && place.parent == parent)
            .find(|place| {
                let at = usize::from(place.at);
                let Some((&length, rest)) = out.from(at).split_first() else { return false };
                let Some(there) = rest.get(..usize::from(length)) else { return false };
                there == label || (at < same_until && there.eq_ignore_ascii_case(label))
            })
            .map(|place| place.at)
    }

    /// Enters the first labels of a name written at `start`, as far as they were missing.
    fn enter(&mut self, name: NameRef<'_>, start: usize, found: &Found) {
        let (starts, count) = name.label_starts();
        let mut parent = found.at;
        for &label_start in starts.iter().take(count.min(found.missing)).rev() {
            let at = start.wrapping_add(usize::from(label_start));
            // Too far for a pointer, and so no parent for the labels before it.
            let Some(at) = u16::try_from(at).ok().filter(|&at| at < POINTERS_END) else { return };
            let label = name.label_at(label_start);
            let free = probes(label, parent)
                .find(|&index| self.places.get(index).is_some_and(|place| place.at == ROOT));
            let Some(place) = free.and_then(|index| self.places.get_mut(index)) else { return };
            *place = Place { at, parent };
            parent = at;
        }
    }
}

/// Indices at which a suffix may stand. Letters of either case lead to the same ones.
fn probes(label: &[u8], parent: u16) -> impl Iterator<Item = usize> {
    let seed = u32::from(parent).wrapping_mul(0x9e37_79b1);
    let hash = label
        .iter()
        .fold(seed, |hash, &octet| (hash ^ u32::from(octet | 0x20)).wrapping_mul(0x0100_0193));
    let first = (hash ^ (hash >> 15)) as usize;
    (0..PROBES).map(move |step| first.wrapping_add(step) % PLACES)
}
