//! A place among the records of a version, to go on from later.
//!
//! Pure.
//!
//! Who sends a version in pieces holds it and a cursor, and borrows nothing in between. Going on costs one way
//! down the tree and, within one owner, a look at the rrsets and records that were taken already.
//!
//! Invariants: I1 a walk in any number of pieces gives each record once, in the order of a walk in one piece.
//!
//! Not here: what is done with the records, which of them come first.

use crate::owners::OwnerKey;
use crate::version::Version;
use core::ops::ControlFlow;
use wire::codes::Class;
use wire::name::NameBuf;
use wire::record::RecordRef;

/// Before the record that comes next. Good for the version it was made with, or one of the same content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    owner: OwnerKey,
    /// Rrsets of the owner that were taken whole.
    rrsets: usize,
    /// Records of the next rrset that were taken.
    records: usize,
}

impl Default for Cursor {
    fn default() -> Self {
        Self::START
    }
}

impl Cursor {
    /// Before the first record.
    pub const START: Self = Self { owner: OwnerKey::APEX, rrsets: 0, records: 0 };
}

impl Version {
    /// Gives records in canonical order of their owners, then by type, from the cursor on, until one is not taken.
    ///
    /// Returns [`ControlFlow::Break`] with what `take` said of that record, which the cursor is then before. Behind the last
    /// record the cursor is at the start again.
    pub fn walk_from<B>(
        &self,
        cursor: &mut Cursor,
        mut take: impl FnMut(RecordRef<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut name = NameBuf::new();
        let from = core::mem::take(cursor);
        let (mut rrsets_taken, mut records_taken) = (from.rrsets, from.records);
        for owner in self.owners_from(&from.owner) {
            owner.name(&mut name);
            let first = core::mem::take(&mut rrsets_taken);
            for (number, (_, rrset)) in owner.rrsets().enumerate().skip(first) {
                let first = core::mem::take(&mut records_taken);
                for (record, rdata) in rrset.rdatas().enumerate().skip(first) {
                    let (rrtype, class, ttl) = (rrset.rrtype(), Class::IN, rrset.ttl());
                    let found = RecordRef { owner: name.as_ref(), rrtype, class, ttl, rdata };
                    if let ControlFlow::Break(word) = take(found) {
                        *cursor = Cursor { owner: owner.key(), rrsets: number, records: record };
                        return ControlFlow::Break(word);
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
