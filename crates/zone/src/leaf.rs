//! One name of a version and its rrsets.
//!
//! Pure; nothing allocates.
//!
//! Not here: how leaves lie in pages (`page`), which leaf answers a question (`lookup`).

use crate::key;
use crate::octets::Octets;
use crate::page::RawLeaf;
use crate::rrset::{Place, Rrset, Rrsets};
use wire::codes::Rrtype;
use wire::name::{NAME_OCTETS_MAX, NameBuf, NameRef};

/// A name that has records, borrowed from its version.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'v> {
    apex: NameRef<'v>,
    raw: RawLeaf<'v>,
}

impl<'v> Leaf<'v> {
    pub(crate) const fn new(apex: NameRef<'v>, raw: RawLeaf<'v>) -> Self {
        Self { apex, raw }
    }

    /// All rrsets by type, each RRSIG rrset right behind the one it signs.
    #[must_use]
    pub const fn rrsets(&self) -> Rrsets<'v> {
        Rrsets(Octets(self.raw.tail.rrsets))
    }

    /// The rrset of a type; for RRSIG use [`Self::rrsigs`], one rrset for each covered type.
    #[must_use]
    pub fn rrset(&self, rrtype: Rrtype) -> Option<Rrset<'v>> {
        self.at(Place::new(rrtype, None))
    }

    /// The signatures over the rrset of a type.
    #[must_use]
    pub fn rrsigs(&self, covered: Rrtype) -> Option<Rrset<'v>> {
        self.at(Place::new(Rrtype::RRSIG, Some(covered)))
    }

    /// Writes its name, case as received.
    pub fn owner(&self, out: &mut NameBuf) {
        let mut labels = [0; NAME_OCTETS_MAX];
        let mut buf = key::KeyBuf::new();
        self.key(&mut buf);
        let length =
            key::write_labels(buf.as_slice(), self.raw.tail.case, &mut labels).unwrap_or(0);
        if out.join(labels.get(..length).unwrap_or_default(), self.apex).is_err() {
            // A page with a key that is no name is refused when it is read back.
            out.assign(self.apex);
        }
    }

    /// Labels of its name, those of the apex included, the root not counted.
    #[must_use]
    pub fn label_count(&self) -> usize {
        self.raw.key.label_count().saturating_add(self.apex.label_count())
    }

    /// The apex of the zone.
    #[must_use]
    pub fn is_apex(&self) -> bool {
        self.raw.key.octet_count() == 0
    }

    /// NS below the apex: a delegation. Inside another one it is only glue or worse; see [`Self::is_occluded`].
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.raw.tail.flags.is_cut()
    }

    /// Has a DNAME.
    #[must_use]
    pub const fn has_dname(&self) -> bool {
        self.raw.tail.flags.has_dname()
    }

    /// Has a CNAME.
    #[must_use]
    pub const fn has_cname(&self) -> bool {
        self.raw.tail.flags.has_cname()
    }

    /// Below a cut or a DNAME other than the apex's: not part of any answer, glue at best.
    #[must_use]
    pub const fn is_occluded(&self) -> bool {
        self.raw.tail.occluder_labels > 0
    }

    /// Whether both are one and the same place in memory.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        core::ptr::eq(self.raw.tail_octets, other.raw.tail_octets)
    }

    /// Writes its key.
    pub(crate) fn key(&self, out: &mut key::KeyBuf) {
        self.raw.key.write_to(out);
    }

    fn at(&self, place: Place) -> Option<Rrset<'v>> {
        for rrset in self.rrsets() {
            match rrset.place().cmp(&place) {
                core::cmp::Ordering::Less => {}
                core::cmp::Ordering::Equal => return Some(rrset),
                core::cmp::Ordering::Greater => return None,
            }
        }
        None
    }
}
