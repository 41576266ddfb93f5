//! A version of one page, in one piece of memory: counts, apex and content.
//!
//! Pure.
//!
//! Most zones there are have a dozen records, and a server may have a million of them; so what each takes beside its
//! records matters, and so does how many pieces of memory an answer has to wait for. Figures and alternatives:
//! `docs/adr/0007-a-small-zone-is-one-piece-of-memory.md`.
//!
//! Layout, numbers in the order of the machine, for this never leaves it:
//!
//! ```text
//! u32 serial · u32 ttl of negative answers · u32 records · u32 octets of all records in wire form
//! u8 names · u8 cuts · u8 wildcards · u8 CNAME conflicts · u8 facts · u8 labels of the apex · u8 octets of the apex
//! the apex in wire form · the page
//! ```
//!
//! Invariants: S1 octets come from [`Small::new`] alone, so the apex is a name and the page is one. S2 nothing here
//! ever grows: a change makes the next version from a copy, which is a tree as soon as one page does not hold it.
//!
//! Not here: zones of several pages, or with NSEC3 (`version`).

use crate::version::{Counts, Facts};
use std::sync::Arc;
use wire::name::{Name, NameRef};
use wire::serial::Serial;
use wire::ttl::Ttl;

/// Octets before the apex.
const HEAD_OCTETS: usize = 23;

/// A head that nothing was written to. S1: no version has it.
const NO_HEAD: [u8; HEAD_OCTETS] = [0; HEAD_OCTETS];

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Small(Arc<[u8]>);

impl Small {
    /// A version of this page; `None` if its counts are too large for the head.
    pub(crate) fn new(
        apex: &Name,
        page: &[u8],
        counts: Counts,
        (serial, negative_ttl, facts): (Serial, Ttl, Facts),
    ) -> Option<Self> {
        let apex_labels = u8::try_from(apex.as_ref().label_count()).ok()?;
        let apex = apex.as_wire();
        let whole = HEAD_OCTETS.saturating_add(apex.len()).saturating_add(page.len());
        let mut octets = Vec::with_capacity(whole);
        octets.extend_from_slice(&serial.0.to_ne_bytes());
        octets.extend_from_slice(&negative_ttl.as_secs().to_ne_bytes());
        for count in [counts.records, counts.size_bytes] {
            octets.extend_from_slice(&u32::try_from(count).ok()?.to_ne_bytes());
        }
        for count in [counts.names, counts.cuts, counts.wildcards, counts.cname_conflicts] {
            octets.push(u8::try_from(count).ok()?);
        }
        octets.extend_from_slice(&[facts.0, apex_labels, u8::try_from(apex.len()).ok()?]);
        octets.extend_from_slice(apex);
        octets.extend_from_slice(page);
        Some(Self(octets.into()))
    }

    pub(crate) fn apex(&self) -> NameRef<'_> {
        NameRef::from_checked_wire(self.parts().0)
    }

    pub(crate) fn page(&self) -> &[u8] {
        self.parts().1
    }

    pub(crate) fn serial(&self) -> Serial {
        let [a, b, c, d, ..] = *self.head();
        Serial(u32::from_ne_bytes([a, b, c, d]))
    }

    pub(crate) fn negative_ttl(&self) -> Ttl {
        let [_, _, _, _, a, b, c, d, ..] = *self.head();
        Ttl::from_wire(u32::from_ne_bytes([a, b, c, d]))
    }

    pub(crate) fn counts(&self) -> Counts {
        let [_, _, _, _, _, _, _, _, rest @ ..] = *self.head();
        let [a, b, c, d, e, f, g, h, names, cuts, wildcards, conflicts, ..] = rest;
        Counts {
            names: names.into(),
            records: u32::from_ne_bytes([a, b, c, d]).into(),
            size_bytes: u32::from_ne_bytes([e, f, g, h]).into(),
            cuts: cuts.into(),
            wildcards: wildcards.into(),
            cname_conflicts: conflicts.into(),
        }
    }

    pub(crate) fn has_wildcards(&self) -> bool {
        let [.., wildcards, _, _, _, _] = *self.head();
        wildcards > 0
    }

    pub(crate) fn facts(&self) -> Facts {
        let [.., facts, _, _] = *self.head();
        Facts(facts)
    }

    pub(crate) fn apex_labels(&self) -> usize {
        let [.., labels, _] = *self.head();
        labels.into()
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn holder_count(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    fn head(&self) -> &[u8; HEAD_OCTETS] {
        self.0.first_chunk().unwrap_or(&NO_HEAD)
    }

    /// The apex and the page.
    fn parts(&self) -> (&[u8], &[u8]) {
        let parts = || {
            let (head, rest) = self.0.split_first_chunk::<HEAD_OCTETS>()?;
            let [.., apex_octets] = *head;
            rest.split_at_checked(apex_octets.into())
        };
        parts().unwrap_or((&[0], &[]))
    }
}

#[cfg(test)]
mod tests;
