//! Changes to records, collected in one piece of memory and sorted once.
//!
//! Pure.
//!
//! Invariants: I1 changes of the same rrset keep the order they were pushed in.
//!
//! Not here: what the changes do (`merge`).

use crate::key::{self, KeyBuf, Side};
use crate::rrset::Place;
use wire::name::Name;
use wire::record::RecordRef;
use wire::ttl::Ttl;

/// Offsets are 32 bits wide; who pushes looks at [`Batch::size_bytes`] long before that.
const OFFSET_MAX: usize = 1 << 31;

/// Whether a record comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Remove,
}

/// One record that comes or goes; key, case bits and rdata lie in the batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Op {
    /// First key octets as a number: decides most comparisons without a look at the key.
    head: u64,
    key_at: u32,
    rdata_at: u32,
    pub(crate) place: Place,
    pub(crate) ttl: Ttl,
    key_octets: u16,
    rdata_octets: u16,
    case_octets: u8,
    pub(crate) change: Change,
}

/// Changes of many records.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Octets of the apex in wire form.
    apex_octets: usize,
    octets: Vec<u8>,
    ops: Vec<Op>,
    /// Owner of the last record pushed: most are followed by another of the same owner.
    owner: Vec<u8>,
    /// Where that record belongs.
    side: Side,
}

/// The changes at one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group<'b> {
    pub(crate) key: &'b [u8],
    pub(crate) case: &'b [u8],
    pub(crate) ops: &'b [Op],
}

impl Batch {
    pub(crate) fn new(apex: &Name) -> Self {
        let apex_octets = apex.as_ref().wire_len();
        let (octets, ops, owner) = (Vec::new(), Vec::new(), Vec::new());
        Self { apex_octets, octets, ops, owner, side: Side::Names }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Memory in use.
    pub(crate) const fn size_bytes(&self) -> usize {
        self.octets.len().saturating_add(self.ops.len().saturating_mul(size_of::<Op>()))
    }

    pub(crate) fn clear(&mut self) {
        self.octets.clear();
        self.ops.clear();
        self.owner.clear();
    }

    /// Adds a change. The owner is at or under the apex, the rdata at most 65,535 octets: `check::record` saw to it.
    pub(crate) fn push(&mut self, record: RecordRef<'_>, change: Change) {
        debug_assert!(self.octets.len() < OFFSET_MAX, "batch of {} octets", self.octets.len());
        let owner = record.owner.as_wire();
        let place = Place::of(record.rrtype, record.rdata);
        let side = Side::of(place);
        let mut op = match self.ops.last() {
            Some(last) if self.owner == owner && self.side == side => *last,
            Some(_) | None => self.push_owner(owner, side),
        };
        op.rdata_at = self.end();
        op.rdata_octets = crate::octets::short(record.rdata.len());
        op.place = place;
        op.ttl = record.ttl;
        op.change = change;
        self.octets.extend_from_slice(record.rdata);
        self.ops.push(op);
    }

    /// Sorts by key, which is the canonical order of owners on each side, then by place.
    pub(crate) fn sort(&mut self) {
        let octets = &self.octets;
        self.ops.sort_by(|a, b| {
            let by_key = || key_of(octets, a).cmp(key_of(octets, b));
            a.head.cmp(&b.head).then_with(by_key).then(a.place.cmp(&b.place))
        });
    }

    pub(crate) fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The changes at the first name, and those behind them.
    pub(crate) fn split_group<'b>(&'b self, ops: &'b [Op]) -> Option<(Group<'b>, &'b [Op])> {
        let first = ops.first()?;
        let key = self.key(first);
        let same = |op: &&Op| op.key_at == first.key_at || self.key(op) == key;
        let (ops, rest) = ops.split_at_checked(ops.iter().take_while(same).count())?;
        let case_at = index(first.key_at).saturating_add(key.len());
        let case = self.slice(case_at, usize::from(first.case_octets));
        Some((Group { key, case, ops }, rest))
    }

    pub(crate) fn key(&self, op: &Op) -> &[u8] {
        key_of(&self.octets, op)
    }

    pub(crate) fn rdata(&self, op: &Op) -> &[u8] {
        self.slice(index(op.rdata_at), usize::from(op.rdata_octets))
    }

    fn push_owner(&mut self, owner: &[u8], side: Side) -> Op {
        self.side = side;
        self.owner.clear();
        self.owner.extend_from_slice(owner);
        let mut buf = KeyBuf::new();
        let labels = owner.get(..owner.len().saturating_sub(self.apex_octets)).unwrap_or_default();
        let upper = buf.set(side, labels);
        let key = buf.as_slice();
        let key_at = self.end();
        self.octets.extend_from_slice(key);
        let case_at = self.octets.len();
        if upper {
            key::case_bits(labels, &mut self.octets);
        }
        let case_octets = self.octets.len().saturating_sub(case_at);
        Op {
            head: key::head(key),
            key_at,
            rdata_at: 0,
            place: Place::default(),
            ttl: Ttl::ZERO,
            key_octets: crate::octets::short(key.len()),
            rdata_octets: 0,
            case_octets: u8::try_from(case_octets).unwrap_or(u8::MAX),
            change: Change::Add,
        }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.octets.len()).unwrap_or(u32::MAX)
    }

    fn slice(&self, start: usize, octets: usize) -> &[u8] {
        self.octets.get(start..start.saturating_add(octets)).unwrap_or_default()
    }
}

fn key_of<'b>(octets: &'b [u8], op: &Op) -> &'b [u8] {
    let start = index(op.key_at);
    octets.get(start..start.saturating_add(usize::from(op.key_octets))).unwrap_or_default()
}

/// An offset; `usize` has 32 bits or more wherever this runs.
fn index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
