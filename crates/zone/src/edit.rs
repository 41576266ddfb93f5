//! What changes do to the rrsets of one name.
//!
//! Pure.
//!
//! Standards: RFC 2181 §5 (one ttl, no duplicates) · RFC 5936 §2.2 (an AXFR may repeat records) ·
//! RFC 1995 §4 (diffs are exact).
//!
//! Not here: which names change (`merge`).

use crate::batch::{Batch, Change, Group, Op};
use crate::check::CheckError;
use crate::key::{self, Side};
use crate::merge::Pass;
use crate::octets::Octets;
use crate::page::{Flags, RawLeaf, Tail};
use crate::rrset::{Place, Rrset, compare_rdata, octets_of, put_rrset};
use core::cmp::Ordering;
use wire::codes::Rrtype;
use wire::name::{NAME_OCTETS_MAX, Name, NameBuf};
use wire::ttl::Ttl;

/// Octets of a record beside owner and rdata.
const RECORD_OVERHEAD: u64 = 10;

/// Octets of a record beside rdata in an answer, its owner a pointer.
const ANSWER_OVERHEAD: u64 = 12;

/// How changes and what is held become a new rrset.
pub(crate) trait Rule {
    /// Why they may not.
    type Error: From<CheckError>;

    /// Makes the changes in the order they were pushed. `draft` is in canonical order before and after.
    ///
    /// # Errors
    /// When a change is against the rule.
    fn combine<'p>(
        draft: &mut Draft<'p, '_>,
        ops: &[Op],
        batch: &'p Batch,
        owner: Owner<'_>,
    ) -> Result<(), Self::Error>;
}

/// An rrset on its way.
pub(crate) struct Draft<'p, 'v> {
    pub(crate) place: Place,
    /// `None` while it is empty.
    pub(crate) ttl: Option<Ttl>,
    pub(crate) rdatas: &'v mut Vec<&'p [u8]>,
}

impl Draft<'_, '_> {
    /// The lowest of the ttls of its records (RFC 2181 §5.2).
    pub(crate) fn lower_ttl(&mut self, ttl: Ttl) {
        self.ttl = Some(self.ttl.map_or(ttl, |held| held.min(ttl)));
    }
}

/// For messages only: the name that a key stands for.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'k> {
    pub(crate) apex: &'k Name,
    pub(crate) key: &'k [u8],
    pub(crate) case: &'k [u8],
}

impl Owner<'_> {
    pub(crate) fn to_name(self) -> Name {
        let (mut labels, mut name) = ([0; NAME_OCTETS_MAX], NameBuf::new());
        let length = key::write_labels(self.key, self.case, &mut labels).unwrap_or(0);
        match name.join(labels.get(..length).unwrap_or_default(), self.apex.as_ref()) {
            Ok(()) => name.as_ref().to_name(),
            Err(_) => self.apex.clone(),
        }
    }
}

/// Records come in any order and any number of times; all that matters is that they are there.
pub(crate) struct Union;

impl Rule for Union {
    type Error = CheckError;

    fn combine<'p>(
        draft: &mut Draft<'p, '_>,
        ops: &[Op],
        batch: &'p Batch,
        _: Owner<'_>,
    ) -> Result<(), CheckError> {
        for op in ops {
            draft.lower_ttl(op.ttl);
            draft.rdatas.push(batch.rdata(op));
        }
        let rrtype = draft.place.rrtype();
        let compare = |a: &&[u8], b: &&[u8]| compare_rdata(rrtype, a, b);
        if !draft.rdatas.is_sorted_by(|a, b| compare(a, b) == Ordering::Less) {
            draft.rdatas.sort_by(compare);
            draft.rdatas.dedup_by(|a, b| compare(a, b) == Ordering::Equal);
        }
        Ok(())
    }
}

/// What is seen of a name's content while it is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) types: u32,
    pub(crate) signatures: u32,
    flags: u8,
    cnames: u32,
    /// Types that may not stand beside a CNAME.
    others: u32,
}

impl Seen {
    pub(crate) fn note(&mut self, place: Place, count: u32) {
        if place.is_signatures() {
            self.signatures = self.signatures.saturating_add(1);
            return;
        }
        self.types = self.types.saturating_add(1);
        match place.base() {
            Rrtype::CNAME => self.cnames = count,
            // RFC 4034 §2.5 and RFC 2181 §10.1: these are about the name, not of it.
            Rrtype::NSEC | Rrtype::KEY => {}
            Rrtype::NS => {
                self.flags |= Flags::CUT;
                self.others = self.others.saturating_add(1);
            }
            Rrtype::DNAME => {
                self.flags |= Flags::DNAME;
                self.others = self.others.saturating_add(1);
            }
            _ => self.others = self.others.saturating_add(1),
        }
    }

    pub(crate) fn flags(self, key: &[u8]) -> Flags {
        let mut flags = self.flags;
        if key.is_empty() {
            // The NS of the apex cut nothing off (RFC 1034 §4.2.1).
            flags &= !Flags::CUT;
        }
        if self.cnames > 0 {
            flags |= Flags::CNAME;
        }
        if self.cnames > 1 || (self.cnames > 0 && self.others > 0) {
            flags |= Flags::CNAME_CONFLICT;
        }
        // A hash has no asterisk, and an owner that is none must not count as a wildcard.
        if Side::of_key(key) == Side::Names && key::has_asterisk(key) {
            flags |= Flags::ASTERISK;
        }
        Flags(flags)
    }
}

impl<R: Rule> Pass<'_, R> {
    /// Puts the leaf that changes make of a name into the run, if any record is left.
    ///
    /// # Errors
    /// When a change is against the rule, or the result against a limit.
    pub(crate) fn edit<'p>(
        &mut self,
        old: Option<&RawLeaf<'p>>,
        group: &Group<'p>,
        rdatas: &mut Vec<&'p [u8]>,
    ) -> Result<(), R::Error>
    where
        Self: 'p,
    {
        self.occlusion.settle(&self.run);
        self.run.keys.extend_from_slice(group.key);
        let start = self.run.open_tail();
        let mut tail = Tail {
            flags: Flags::default(),
            occluder_labels: self.occlusion.labels_for(group.key),
            case: old.map_or(group.case, |old| old.tail.case),
            rrsets: &[],
        };
        tail.write_head(&mut self.run.tails);
        let seen = self.edit_rrsets(old, group, rdatas)?;
        tail.flags = seen.flags(group.key);
        let types = seen.types.max(seen.signatures);
        if types > u32::from(self.limits.types_per_name_max) {
            let (owner, limit) = (self.owner(group).to_name(), self.limits.types_per_name_max);
            return Err(CheckError::TooManyTypes { owner, types, limit }.into());
        }
        let old_tail = old.map(|old| &old.tail);
        let new_tail = (types > 0).then_some(&tail);
        self.count(old_tail, new_tail);
        let occludes = |tail: Option<&Tail<'_>>| tail.is_some_and(Tail::occludes_others);
        if occludes(old_tail) != occludes(new_tail) {
            self.occlusion.doubt(group.key);
        }
        if types > 0 {
            tail.correct_flags(&mut self.run.tails, start);
            self.run.end_leaf();
        } else {
            self.run.drop_leaf();
        }
        Ok(())
    }

    fn edit_rrsets<'p>(
        &mut self,
        old: Option<&RawLeaf<'p>>,
        group: &Group<'p>,
        rdatas: &mut Vec<&'p [u8]>,
    ) -> Result<Seen, R::Error>
    where
        Self: 'p,
    {
        let (mut seen, mut ops) = (Seen::default(), group.ops);
        let mut rest = Octets(old.map_or(&[], |old| old.tail.rrsets));
        loop {
            let (mut after, before) = (rest, rest.0);
            let held = Rrset::read(&mut after);
            let place = match (&held, ops.first()) {
                (None, None) => return Ok(seen),
                (Some(held), Some(op)) if held.place() >= op.place => op.place,
                (None, Some(op)) => op.place,
                (Some(held), Some(_) | None) => {
                    let octets = before.len().saturating_sub(after.0.len());
                    let copy = before.get(..octets).unwrap_or_default();
                    self.run.tails.extend_from_slice(copy);
                    seen.note(held.place(), held.count());
                    rest = after;
                    continue;
                }
            };
            let held = held.filter(|held| held.place() == place);
            if held.is_some() {
                rest = after;
            }
            let count = ops.iter().take_while(|op| op.place == place).count();
            let (these, others) = ops.split_at_checked(count).unwrap_or((ops, &[]));
            ops = others;
            let count = self.edit_rrset(held.as_ref(), (place, these), group, rdatas)?;
            if count > 0 {
                seen.note(place, count);
            }
        }
    }

    /// Returns how many records the rrset has then.
    fn edit_rrset<'p>(
        &mut self,
        held: Option<&Rrset<'p>>,
        (place, ops): (Place, &[Op]),
        group: &Group<'p>,
        rdatas: &mut Vec<&'p [u8]>,
    ) -> Result<u32, R::Error>
    where
        Self: 'p,
    {
        rdatas.clear();
        if let Some(held) = held {
            rdatas.extend(held.rdatas());
        }
        let owner = self.owner(group);
        let mut draft = Draft { place, ttl: held.map(Rrset::ttl), rdatas };
        R::combine(&mut draft, ops, self.batch, owner)?;
        let Draft { ttl, rdatas, .. } = draft;
        let records = u32::try_from(rdatas.len()).unwrap_or(u32::MAX);
        let octets = rdatas.iter().fold(0_u64, |sum, rdata| sum.saturating_add(octets_of(rdata)));
        self.check_rrset(place, records, octets, owner)?;
        let each = record_octets(self.apex, group.key);
        if let Some(held) = held {
            let count = u64::from(held.count());
            let size = count.saturating_mul(each).saturating_add(held.rdata_octets());
            self.counts.records = self.counts.records.saturating_sub(count);
            self.counts.size_bytes = self.counts.size_bytes.saturating_sub(size);
        }
        if let Some(ttl) = ttl.filter(|_| records > 0) {
            let count = u64::from(records);
            let size = count.saturating_mul(each).saturating_add(octets);
            self.counts.records = self.counts.records.saturating_add(count);
            self.counts.size_bytes = self.counts.size_bytes.saturating_add(size);
            put_rrset(&mut self.run.tails, place, ttl, rdatas);
        }
        Ok(records)
    }

    fn check_rrset(
        &self,
        place: Place,
        records: u32,
        octets: u64,
        owner: Owner<'_>,
    ) -> Result<(), CheckError> {
        let (rrtype, limits) = (place.rrtype(), self.limits);
        if records > limits.rrset_records_max {
            let (owner, limit) = (owner.to_name(), limits.rrset_records_max);
            return Err(CheckError::RrsetTooManyRecords { owner, rrtype, records, limit });
        }
        let bytes = u64::from(records).saturating_mul(ANSWER_OVERHEAD).saturating_add(octets);
        if bytes > u64::from(limits.rrset_bytes_max) {
            let (owner, limit) = (owner.to_name(), limits.rrset_bytes_max);
            return Err(CheckError::RrsetTooLarge { owner, rrtype, bytes, limit });
        }
        Ok(())
    }

    /// Neither is there when a chain of diffs adds a name and takes it away again.
    fn count(&mut self, old: Option<&Tail<'_>>, new: Option<&Tail<'_>>) {
        if let Some(old) = old {
            self.counts.subtract_leaf(old);
        }
        if let Some(new) = new {
            self.counts.add_leaf(new);
        }
    }

    fn owner<'k>(&'k self, group: &Group<'k>) -> Owner<'k> {
        Owner { apex: self.apex, key: group.key, case: group.case }
    }
}

/// Octets of a record of this owner in wire form, rdata left out.
pub(crate) fn record_octets(apex: &Name, key: &[u8]) -> u64 {
    let relative = u64::try_from(key::relative_octets(key)).unwrap_or(u64::MAX);
    octets_of(apex.as_wire()).saturating_add(relative).saturating_add(RECORD_OVERHEAD)
}

/// Changes of an rrset up to which each is made by itself, and moves the records behind it.
const FEW_OPS: usize = 64;

/// A diff says exactly what is there and what is not.
pub(crate) struct Exact;

impl Rule for Exact {
    type Error = crate::ApplyError;

    fn combine<'p>(
        draft: &mut Draft<'p, '_>,
        ops: &[Op],
        batch: &'p Batch,
        owner: Owner<'_>,
    ) -> Result<(), crate::ApplyError> {
        let rrtype = draft.place.rrtype();
        if ops.len() > FEW_OPS {
            return combine_many(draft, ops, batch, owner);
        }
        for op in ops {
            let rdata = batch.rdata(op);
            let found = draft.rdatas.binary_search_by(|held| compare_rdata(rrtype, held, rdata));
            match (op.change, found) {
                (Change::Add, Err(at)) => {
                    draft.rdatas.insert(at, rdata);
                    draft.lower_ttl(op.ttl);
                }
                (Change::Remove, Ok(at)) => {
                    draft.rdatas.remove(at);
                    if draft.rdatas.is_empty() {
                        draft.ttl = None;
                    }
                }
                (Change::Add, Ok(_)) => {
                    let owner = owner.to_name();
                    return Err(crate::ApplyError::AddExisting { owner, rrtype });
                }
                (Change::Remove, Err(_)) => {
                    let owner = owner.to_name();
                    return Err(crate::ApplyError::DeleteMissing { owner, rrtype });
                }
            }
        }
        Ok(())
    }
}

/// The same for many changes, in one pass: an rrset far above its limit must not cost the square of its size before it
/// is refused (threat 14).
fn combine_many<'p>(
    draft: &mut Draft<'p, '_>,
    ops: &[Op],
    batch: &'p Batch,
    owner: Owner<'_>,
) -> Result<(), crate::ApplyError> {
    let rrtype = draft.place.rrtype();
    let mut sorted: Vec<(&'p [u8], Change)> =
        ops.iter().map(|op| (batch.rdata(op), op.change)).collect();
    sorted.sort_by(|(a, _), (b, _)| compare_rdata(rrtype, a, b));
    let held = core::mem::take(draft.rdatas);
    let mut left = held.len();
    let mut held = held.into_iter().peekable();
    for group in sorted.chunk_by(|(a, _), (b, _)| compare_rdata(rrtype, a, b) == Ordering::Equal) {
        let Some((first, _)) = group.first() else { continue };
        let before = |rdata: &&[u8]| compare_rdata(rrtype, rdata, first) == Ordering::Less;
        while let Some(rdata) = held.next_if(before) {
            draft.rdatas.push(rdata);
        }
        let same = |rdata: &&[u8]| compare_rdata(rrtype, rdata, first) == Ordering::Equal;
        let mut record = held.next_if(same);
        for (rdata, change) in group {
            record = match (change, record) {
                (Change::Add, None) => Some(*rdata),
                (Change::Remove, Some(_)) => None,
                (Change::Add, Some(_)) => {
                    let owner = owner.to_name();
                    return Err(crate::ApplyError::AddExisting { owner, rrtype });
                }
                (Change::Remove, None) => {
                    let owner = owner.to_name();
                    return Err(crate::ApplyError::DeleteMissing { owner, rrtype });
                }
            };
        }
        draft.rdatas.extend(record);
    }
    draft.rdatas.extend(held);
    for op in ops {
        match op.change {
            Change::Add => {
                left = left.saturating_add(1);
                draft.lower_ttl(op.ttl);
            }
            Change::Remove => {
                left = left.saturating_sub(1);
                if left == 0 {
                    draft.ttl = None;
                }
            }
        }
    }
    Ok(())
}
