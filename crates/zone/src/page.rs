//! Immutable pages of neighbouring leaves: one piece of memory each, the same on disk.
//!
//! Pure.
//!
//! Layout, numbers in network order:
//!
//! ```text
//! u16 leaves · u16 octets of the prefix · the prefix, which all keys start with
//! a head for each leaf: four key octets behind the prefix, zeros where the key is shorter, as a number
//!         with its least octet first, so that it can be compared as it lies there
//! u16 for each leaf but the first: where it starts behind these
//! leaves: u8 octets of the key behind the prefix (0xff and u16 from 255 on) · those behind the head ·
//!         flags · u8 labels of the occluder if flagged · u8 octets and case bits if flagged · rrsets
//! ```
//!
//! Invariants: I1 the keys of a page ascend. I2 reading octets that are no page finds nothing, or wrong
//! leaves, but never panics or runs on; [`crate::image`] refuses such pages before a version has them.
//!
//! Not here: which pages make a version (`tree`), writing pages (`run`).

use crate::key::{self, KeyBuf, Side};
use crate::octets::Octets;
use crate::octets::short;
use core::cmp::Ordering;
use core::ops::Range;
use std::sync::Arc;

/// Layout of pages, their rrsets and keys. Another number is another layout.
pub const PAGE_FORMAT: u16 = 2;

/// Octets of a head.
pub(crate) const HEAD_OCTETS: usize = 4;

/// A length octet of this value says that two more follow.
pub(crate) const LONG_SUFFIX: u8 = 0xff;

/// A page, shared by all versions that have it.
#[derive(Clone, Debug)]
pub(crate) struct Page(pub(crate) Arc<[u8]>);

impl Page {
    /// A page without leaves; no tree has one.
    pub(crate) fn empty() -> Self {
        Self(Arc::from([]))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.view().leaf_count() == 0
    }

    pub(crate) fn view(&self) -> PageView<'_> {
        PageView::new(&self.0)
    }
}

/// The parts of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageView<'v> {
    pub(crate) prefix: &'v [u8],
    pub(crate) heads: &'v [[u8; HEAD_OCTETS]],
    /// Where the second leaf starts in the body, and each after it.
    pub(crate) starts: &'v [[u8; 2]],
    pub(crate) body: &'v [u8],
}

impl<'v> PageView<'v> {
    /// A page without leaves if the octets are none.
    pub(crate) fn new(octets: &'v [u8]) -> Self {
        Self::parse(octets).unwrap_or(Self { prefix: &[], heads: &[], starts: &[], body: &[] })
    }

    pub(crate) fn parse(octets: &'v [u8]) -> Option<Self> {
        let mut rest = Octets(octets);
        let leaves = usize::from(rest.u16()?);
        let prefix_octets = usize::from(rest.u16()?);
        let prefix = rest.take(prefix_octets)?;
        let (heads, _) = rest.take(leaves.checked_mul(HEAD_OCTETS)?)?.as_chunks();
        let (starts, _) = rest.take(leaves.checked_sub(1)?.checked_mul(2)?)?.as_chunks();
        Some(Self { prefix, heads, starts, body: rest.0 })
    }

    pub(crate) const fn leaf_count(&self) -> usize {
        self.heads.len()
    }

    pub(crate) fn leaf(&self, index: usize) -> Option<RawLeaf<'v>> {
        let head = Head(u32::from_le_bytes(*self.heads.get(index)?));
        RawLeaf::parse(self.prefix, head, self.body.get(self.range(index))?)
    }

    /// Where a leaf lies in the body.
    pub(crate) fn range(&self, index: usize) -> Range<usize> {
        self.start(index)..self.start(index.saturating_add(1))
    }

    /// Where the leaf of a key is or would be, and the leaf itself if it is there.
    pub(crate) fn find(&self, key: &[u8]) -> (usize, Option<RawLeaf<'v>>) {
        let Some(rest) = key.strip_prefix(self.prefix) else {
            return (if key < self.prefix { 0 } else { self.leaf_count() }, None);
        };
        let wanted = Head::of(rest);
        let mut at = heads_below(self.heads, wanted);
        // Heads mostly differ: of those equal to the wanted one there is one or none.
        while self.heads.get(at) == Some(&wanted.to_octets())
            && let Some(leaf) = self.leaf(at)
        {
            match leaf.key.compare_rest(rest) {
                Ordering::Less => at = at.saturating_add(1),
                Ordering::Equal => return (at, Some(leaf)),
                Ordering::Greater => break,
            }
        }
        (at, None)
    }

    /// Appends the parts of some leaves to the parts of a page with the same prefix.
    pub(crate) fn copy_leaves(
        &self,
        leaves: Range<usize>,
        heads: &mut Vec<u8>,
        starts: &mut Vec<u8>,
        body: &mut Vec<u8>,
    ) {
        let (from, to) = (self.start(leaves.start), self.start(leaves.end));
        for index in leaves.clone() {
            let behind = self.start(index).saturating_sub(from);
            starts.extend_from_slice(&short(body.len().saturating_add(behind)).to_be_bytes());
        }
        heads.extend_from_slice(self.heads.get(leaves).unwrap_or_default().as_flattened());
        body.extend_from_slice(self.body.get(from..to).unwrap_or_default());
    }

    fn start(&self, index: usize) -> usize {
        match index.checked_sub(1) {
            None => 0,
            Some(earlier) => match self.starts.get(earlier) {
                Some(start) => usize::from(u16::from_be_bytes(*start)),
                None => self.body.len(),
            },
        }
    }
}

/// How many heads are less than the wanted one.
///
/// Halving would wait for memory at each step. This looks at every eighth, which asks for all of them at once, and then at
/// eight neighbours.
fn heads_below(heads: &[[u8; HEAD_OCTETS]], wanted: Head) -> usize {
    let below = |head: &[u8; HEAD_OCTETS]| usize::from(u32::from_le_bytes(*head) < wanted.0);
    let (groups, rest) = heads.as_chunks::<8>();
    let whole = groups.iter().map(|[.., last]| below(last)).fold(0, usize::wrapping_add);
    let inside = groups.get(whole).map_or(rest, |group| group.as_slice());
    inside.iter().map(below).fold(whole.wrapping_mul(8), usize::wrapping_add)
}

/// Key octets that decide most comparisons, the first the most significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head(u32);

impl Head {
    /// The head of a key, given what is behind the prefix.
    pub(crate) fn of(rest: &[u8]) -> Self {
        if let Some(octets) = rest.first_chunk() {
            return Self(u32::from_be_bytes(*octets));
        }
        let mut octets = [0; HEAD_OCTETS];
        octets.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Self(u32::from_be_bytes(octets))
    }

    /// As it lies in a page.
    pub(crate) const fn to_octets(self) -> [u8; HEAD_OCTETS] {
        self.0.to_le_bytes()
    }
}

/// A key in the pieces it is stored in: prefix, head, and what is left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyParts<'v> {
    prefix: &'v [u8],
    head: [u8; HEAD_OCTETS],
    /// Octets of the head that are the key's.
    head_octets: usize,
    suffix: &'v [u8],
}

impl<'v> KeyParts<'v> {
    /// A key that is stored in two pieces.
    pub(crate) const fn of_two(prefix: &'v [u8], suffix: &'v [u8]) -> Self {
        Self { prefix, head: [0; HEAD_OCTETS], head_octets: 0, suffix }
    }

    pub(crate) fn pieces(&self) -> [&[u8]; 3] {
        [self.prefix, self.head.get(..self.head_octets).unwrap_or_default(), self.suffix]
    }

    /// Whether the head has zeros behind the end of a short key, as comparing needs.
    pub(crate) fn is_head_padded(&self) -> bool {
        self.head.iter().skip(self.head_octets).all(|octet| *octet == 0)
    }

    pub(crate) fn octet_count(&self) -> usize {
        self.prefix.len().saturating_add(self.head_octets).saturating_add(self.suffix.len())
    }

    pub(crate) fn push_to(&self, out: &mut Vec<u8>) {
        self.pieces().iter().for_each(|piece| out.extend_from_slice(piece));
    }

    pub(crate) fn write_to(&self, out: &mut KeyBuf) {
        self.pieces().iter().for_each(|piece| out.push(piece));
    }

    /// Labels below the apex.
    pub(crate) fn label_count(&self) -> usize {
        let zeros =
            self.pieces().iter().fold(0, |sum, piece| key::label_count(piece).saturating_add(sum));
        zeros.saturating_sub(match self.side() {
            Side::Names => 0,
            Side::Aside => key::ASIDE.len(),
        })
    }

    pub(crate) fn side(&self) -> Side {
        let first = self.pieces().into_iter().find(|piece| !piece.is_empty());
        Side::of_key(first.unwrap_or_default())
    }

    /// Length of the longest string that this and `key` start with.
    pub(crate) fn octets_in_common(&self, key: &[u8]) -> usize {
        let mut shared = 0_usize;
        for piece in self.pieces() {
            let same = key::octets_in_common(piece, key.get(shared..).unwrap_or_default());
            shared = shared.saturating_add(same);
            if same < piece.len() {
                break;
            }
        }
        shared
    }

    /// Whether this is the name with key `above`, or below it.
    pub(crate) fn starts_with(&self, above: &[u8]) -> bool {
        self.octets_in_common(above) == above.len()
    }

    pub(crate) fn compare(&self, key: &[u8]) -> Ordering {
        let mut rest = key;
        for piece in self.pieces() {
            let Some((start, after)) = rest.split_at_checked(piece.len()) else {
                return piece.cmp(rest);
            };
            match piece.cmp(start) {
                Ordering::Equal => rest = after,
                unequal @ (Ordering::Less | Ordering::Greater) => return unequal,
            }
        }
        if rest.is_empty() { Ordering::Equal } else { Ordering::Less }
    }

    /// Compares with a key that starts with the prefix and has the same head, by what is behind the prefix.
    fn compare_rest(&self, rest: &[u8]) -> Ordering {
        let suffix = rest.get(HEAD_OCTETS..).unwrap_or_default();
        self.suffix.cmp(suffix).then_with(|| {
            let octets = self.head_octets.saturating_add(self.suffix.len());
            octets.cmp(&rest.len())
        })
    }
}

/// What a name is, as far as looking others up needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u8);

impl Flags {
    pub(crate) const CUT: u8 = 1;
    pub(crate) const DNAME: u8 = 2;
    pub(crate) const CNAME: u8 = 4;
    /// A CNAME that is not alone.
    pub(crate) const CNAME_CONFLICT: u8 = 8;
    /// It or a name above it has the label `*`.
    pub(crate) const ASTERISK: u8 = 16;
    /// The labels of the occluder follow.
    pub(crate) const OCCLUDED: u8 = 32;
    /// Case bits follow.
    pub(crate) const CASE: u8 = 64;

    pub(crate) const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    pub(crate) const fn is_cut(self) -> bool {
        self.has(Self::CUT)
    }

    pub(crate) const fn has_dname(self) -> bool {
        self.has(Self::DNAME)
    }

    pub(crate) const fn has_cname(self) -> bool {
        self.has(Self::CNAME)
    }

    /// Whether names below are occluded.
    pub(crate) const fn occludes(self) -> bool {
        self.has(Self::CUT | Self::DNAME)
    }
}

/// What a leaf has behind its key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail<'v> {
    pub(crate) flags: Flags,
    /// Labels below the apex of the topmost cut or DNAME above; 0 if there is none.
    pub(crate) occluder_labels: u8,
    pub(crate) case: &'v [u8],
    pub(crate) rrsets: &'v [u8],
}

impl<'v> Tail<'v> {
    pub(crate) fn parse(octets: &'v [u8]) -> Option<Self> {
        let mut rest = Octets(octets);
        let flags = Flags(rest.octet()?);
        let occluder_labels = if flags.has(Flags::OCCLUDED) { rest.octet()? } else { 0 };
        let case = if flags.has(Flags::CASE) {
            let octets = rest.octet()?;
            rest.take(usize::from(octets))?
        } else {
            &[]
        };
        Some(Self { flags, occluder_labels, case, rrsets: rest.0 })
    }

    pub(crate) const fn with_occluder(self, occluder_labels: u8) -> Self {
        Self { occluder_labels, ..self }
    }

    /// 1 if it is a cut that nothing occludes.
    pub(crate) const fn delegations(&self) -> u64 {
        if self.occluder_labels == 0 { self.counts(Flags::CUT) } else { 0 }
    }

    /// 1 if it has the flag.
    pub(crate) const fn counts(&self, flag: u8) -> u64 {
        if self.flags.has(flag) { 1 } else { 0 }
    }

    /// Whether names below are occluded by this one and not by another above it.
    pub(crate) const fn occludes_others(&self) -> bool {
        self.occluder_labels == 0 && self.flags.occludes()
    }

    /// Writes what stands before the rrsets.
    pub(crate) fn write_head(&self, out: &mut Vec<u8>) {
        out.push(self.all_flags());
        if self.occluder_labels > 0 {
            out.push(self.occluder_labels);
        }
        if let Ok(octets @ 1..) = u8::try_from(self.case.len()) {
            out.push(octets);
            out.extend_from_slice(self.case);
        }
    }

    /// Corrects the flags of a head that starts at `start`.
    pub(crate) fn correct_flags(&self, out: &mut [u8], start: usize) {
        if let Some(flags) = out.get_mut(start) {
            *flags = self.all_flags();
        }
    }

    /// The flags, and those that say what follows them.
    pub(crate) const fn all_flags(&self) -> u8 {
        let occluded = if self.occluder_labels > 0 { Flags::OCCLUDED } else { 0 };
        let case = if self.case.is_empty() { 0 } else { Flags::CASE };
        (self.flags.0 & !(Flags::OCCLUDED | Flags::CASE)) | occluded | case
    }
}

/// A leaf as it lies in its page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawLeaf<'v> {
    pub(crate) key: KeyParts<'v>,
    pub(crate) tail: Tail<'v>,
    /// The octets of the tail, to be copied.
    pub(crate) tail_octets: &'v [u8],
}

impl<'v> RawLeaf<'v> {
    /// The apex without any record.
    pub(crate) const fn empty() -> Self {
        let key = KeyParts::of_two(&[], &[]);
        let tail = Tail { flags: Flags(0), occluder_labels: 0, case: &[], rrsets: &[] };
        Self { key, tail, tail_octets: &[0] }
    }

    fn parse(prefix: &'v [u8], head: Head, octets: &'v [u8]) -> Option<Self> {
        let mut rest = Octets(octets);
        let length = match rest.octet()? {
            LONG_SUFFIX => usize::from(rest.u16()?),
            short => usize::from(short),
        };
        let suffix = rest.take(length.saturating_sub(HEAD_OCTETS))?;
        let head = head.0.to_be_bytes();
        let key = KeyParts { prefix, head, head_octets: length.min(HEAD_OCTETS), suffix };
        Some(Self { key, tail: Tail::parse(rest.0)?, tail_octets: rest.0 })
    }
}
