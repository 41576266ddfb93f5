//! Versions as pages for disks, and back.
//!
//! Pure.
//!
//! Pages are written as they lie in memory, so reading them back takes no record apart and sorts nothing. Their frame on
//! disk has a checksum; what is checked here is that they make a version: an honest checksum over a page
//! from a faulty writer must not make lookups go wrong.
//!
//! Pages of format 1 had NSEC3 among the names. They are read like any others, and what they hold is built anew.
//!
//! Invariants: I1 a version from pages has the invariants of one that was built: order, marks of occlusion,
//! flags, counts, apex. Not checked: the inside of rdata, which readers treat as doubtful anyway.
//!
//! Not here: files, checksums, compression (`store`).

use crate::builder::Builder;
use crate::check::{self, CheckError, Limits};
use crate::edit::{Seen, record_octets};
use crate::key::{self, Side};
use crate::merge::tree_of;
use crate::octets::Octets;
use crate::page::{Page, PageView, RawLeaf, Tail};
use crate::rrset::{Place, Rrset, compare_rdata};
use crate::run::LEAVES_MAX;
use crate::version::{Counts, Version};
use core::cmp::Ordering;
use std::sync::Arc;
use wire::codes::{Class, Rrtype};
use wire::name::{NAME_OCTETS_MAX, Name, NameBuf};
use wire::record::RecordRef;

/// Why pages make no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A page is not what [`Version::pages`] gives out, or not in its place.
    #[error("page {index} is malformed")]
    Malformed {
        /// Its place, from 0.
        index: usize,
    },
    /// The pages hold no acceptable version.
    #[error(transparent)]
    Check(#[from] CheckError),
}

impl Version {
    /// Its pages in canonical order, in the layout [`crate::PAGE_FORMAT`]; each of some kilobytes, few larger.
    pub fn pages(&self) -> impl Iterator<Item = &[u8]> {
        self.tree().pages()
    }

    /// The version that these pages came from. Copies each page and checks it; see I1.
    ///
    /// # Errors
    /// When the pages are not a whole version.
    pub fn from_pages<'a>(
        apex: Name,
        pages: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, PageError> {
        let mut review = Review::new(&apex);
        let mut checked = Vec::new();
        for (index, octets) in pages.into_iter().enumerate() {
            review.page(octets).ok_or(PageError::Malformed { index })?;
            checked.push(Page(Arc::from(octets)));
        }
        let (counts, order) = (review.counts, review.order);
        let version = Self::new(apex, tree_of(checked), counts)?;
        match order {
            Order::Present => Ok(version),
            Order::OfFormat1 => Ok(version.rebuilt()?),
        }
    }

    /// Its records, built into a version anew.
    fn rebuilt(&self) -> Result<Self, CheckError> {
        let (mut builder, mut owner) =
            (Builder::new(self.apex().to_name(), NO_LIMITS), NameBuf::new());
        for (leaf, rrset) in self.rrsets() {
            leaf.owner(&mut owner);
            let (owner, rrtype, ttl) = (owner.as_ref(), rrset.rrtype(), rrset.ttl());
            for rdata in rrset.rdatas() {
                builder.push(RecordRef { owner, rrtype, class: Class::IN, ttl, rdata })?;
            }
        }
        builder.finish()
    }
}

/// What was accepted once is accepted again, whatever the limits are today.
const NO_LIMITS: Limits = Limits {
    records_max: u64::MAX,
    bytes_max: u64::MAX,
    rrset_records_max: u32::MAX,
    rrset_bytes_max: u32::MAX,
    types_per_name_max: u16::MAX,
};

/// Where pages have NSEC3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Aside, if any.
    Present,
    /// Some among the names.
    OfFormat1,
}

/// What is known of the leaves so far.
struct Review<'a> {
    apex: &'a Name,
    counts: Counts,
    /// Key of the last leaf, and of the one looked at.
    last_key: Vec<u8>,
    key: Vec<u8>,
    /// Key and label count of the topmost cut or DNAME that the last leaf is or lies under.
    occluder: Vec<u8>,
    occluder_labels: u8,
    order: Order,
}

impl<'a> Review<'a> {
    const fn new(apex: &'a Name) -> Self {
        Self {
            apex,
            counts: Counts {
                names: 0,
                records: 0,
                size_bytes: 0,
                cuts: 0,
                wildcards: 0,
                cname_conflicts: 0,
            },
            last_key: Vec::new(),
            key: Vec::new(),
            occluder: Vec::new(),
            occluder_labels: 0,
            order: Order::Present,
        }
    }

    /// `None` if the page is not acceptable as the next.
    fn page(&mut self, octets: &[u8]) -> Option<()> {
        let page = PageView::parse(octets)?;
        if !(1..=LEAVES_MAX).contains(&page.leaf_count()) {
            return None;
        }
        for index in 0..page.leaf_count() {
            self.leaf(&page.leaf(index)?)?;
        }
        Some(())
    }

    fn leaf(&mut self, leaf: &RawLeaf<'_>) -> Option<()> {
        self.key.clear();
        leaf.key.push_to(&mut self.key);
        let room = NAME_OCTETS_MAX.checked_sub(self.apex.as_wire().len())?;
        let is_first = self.counts.names == 0;
        let in_order = if is_first { self.key.is_empty() } else { self.last_key < self.key };
        if !in_order || !leaf.key.is_head_padded() || !key::is_key(&self.key, room) {
            return None;
        }
        let seen = self.rrsets(leaf.tail.rrsets)?;
        let labels = if self.occluder_labels > 0 && self.key.starts_with(&self.occluder) {
            self.occluder_labels
        } else {
            0
        };
        let expected = Tail {
            flags: seen.flags(&self.key),
            occluder_labels: labels,
            case: leaf.tail.case,
            rrsets: leaf.tail.rrsets,
        };
        let same_marks = labels == leaf.tail.occluder_labels;
        if !same_marks
            || leaf.tail.case.len() > self.key.len()
            || seen.types.max(seen.signatures) == 0
        {
            return None;
        }
        if leaf.tail_octets.first() != Some(&expected.all_flags()) {
            return None;
        }
        self.counts.add_leaf(&expected);
        if labels == 0 {
            let occludes = expected.flags.occludes();
            self.occluder.clear();
            self.occluder.extend_from_slice(if occludes { &self.key } else { &[] });
            self.occluder_labels = u8::try_from(key::label_count(&self.occluder)).ok()?;
        }
        core::mem::swap(&mut self.last_key, &mut self.key);
        Some(())
    }

    fn rrsets(&mut self, octets: &[u8]) -> Option<Seen> {
        let (mut seen, mut rest, mut last) = (Seen::default(), Octets(octets), None);
        let each = record_octets(self.apex, &self.key);
        while !rest.is_empty() {
            let rrset = Rrset::read(&mut rest)?;
            let place = rrset.place();
            if last.is_some_and(|last| last >= place) || !self.may_hold(&rrset) {
                return None;
            }
            let rdata_octets = records(&rrset, place)?;
            seen.note(place, rrset.count());
            let count = u64::from(rrset.count());
            let size = count.checked_mul(each)?.checked_add(rdata_octets)?;
            self.counts.records = self.counts.records.checked_add(count)?;
            self.counts.size_bytes = self.counts.size_bytes.checked_add(size)?;
            last = Some(place);
        }
        Some(seen)
    }

    /// Whether rrsets of this type belong at this name.
    fn may_hold(&mut self, rrset: &Rrset<'_>) -> bool {
        let rrtype = match rrset.covered() {
            Some(Rrtype::RRSIG) => return false,
            Some(covered) => covered,
            None => rrset.rrtype(),
        };
        let misplaced_soa = rrset.rrtype().0 == Rrtype::SOA.0 && !self.key.is_empty();
        match (Side::of(rrset.place()), Side::of_key(&self.key)) {
            (Side::Names, Side::Names) | (Side::Aside, Side::Aside) => {}
            (Side::Aside, Side::Names) => self.order = Order::OfFormat1,
            (Side::Names, Side::Aside) => return false,
        }
        !rrtype.is_meta() && !misplaced_soa
    }
}

/// Octets of all rdata, if the records are as many as they should be, in order, and of their place.
fn records(rrset: &Rrset<'_>, place: Place) -> Option<u64> {
    let (mut count, mut octets, mut last) = (0_u32, 0_u64, None);
    for rdata in rrset.rdatas() {
        let ascends = |last| compare_rdata(rrset.rrtype(), last, rdata) == Ordering::Less;
        if rdata.len() > usize::from(u16::MAX) || !last.is_none_or(ascends) {
            return None;
        }
        if place.is_signatures() && check::covered(rdata) != rrset.covered() {
            return None;
        }
        octets = octets.checked_add(crate::rrset::octets_of(rdata))?;
        count = count.checked_add(1)?;
        last = Some(rdata);
    }
    (count > 0 && count == rrset.count() && rrset.is_spent()).then_some(octets)
}

#[cfg(test)]
mod tests;
