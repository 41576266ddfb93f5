//! The records of a transfer in their order, as many as are taken at a time.
//!
//! ```text
//! SOA                                     the reader is up to date
//! SOA  record…  SOA                       the whole zone
//! SOA  ( SOA removed…  SOA added… )…  SOA
//! ```
//!
//! Pure.
//!
//! Standards: RFC 5936 §2.2 (SOA first and last, and not in between) · RFC 1995 §4 (order of differences).
//!
//! Invariants: a record that is not taken is the first to be offered again.
//!
//! Not here: messages.

use core::ops::ControlFlow;
use std::sync::Arc;
use wire::builder::Full;
use wire::codes::{Class, Rrtype};
use wire::record::RecordRef;
use zone::{Cursor, Diff, Records, RecordsPlace, Version};

/// Takes a record or has no room for it.
pub(super) type Take<'t> = &'t mut dyn FnMut(RecordRef<'_>) -> Result<(), Full>;

/// What is still to be sent.
#[derive(Debug)]
pub(super) struct Content {
    stage: Stage,
    body: Body,
}

/// What stands between the opening SOA and the closing one.
#[derive(Debug)]
enum Body {
    /// Nothing, and nothing closes.
    None,
    /// The whole zone.
    Whole(Cursor),
    /// Diffs in order; the first of them is the next.
    Diffs(std::vec::IntoIter<Arc<Diff>>),
}

#[derive(Debug)]
enum Stage {
    Opening,
    Body,
    Step(Box<Step>),
    Closing,
    Done,
}

/// A diff that is being sent.
#[derive(Debug)]
struct Step {
    diff: Arc<Diff>,
    list: List,
    /// The SOA of the list was sent.
    opened: bool,
    place: RecordsPlace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Removed,
    Added,
}

impl Content {
    pub(super) const fn soa() -> Self {
        Self { stage: Stage::Opening, body: Body::None }
    }

    pub(super) const fn whole() -> Self {
        Self { stage: Stage::Opening, body: Body::Whole(Cursor::START) }
    }

    pub(super) fn diffs(diffs: Vec<Arc<Diff>>) -> Self {
        Self { stage: Stage::Opening, body: Body::Diffs(diffs.into_iter()) }
    }

    /// Octets that all records take at most when nothing of it was sent yet, but for the two SOAs around them.
    pub(super) fn size_bytes(&self, version: &Version) -> u64 {
        match &self.body {
            Body::None => 0,
            Body::Whole(_) => version.size_bytes(),
            Body::Diffs(diffs) => {
                let all = diffs.as_slice().iter();
                all.map(|diff| diff.wire_bytes()).fold(0, u64::saturating_add)
            }
        }
    }

    /// Offers records until one is not taken, or all are.
    pub(super) fn fill(&mut self, version: &Version, take: Take<'_>) -> Result<(), Full> {
        loop {
            self.stage = match &mut self.stage {
                Stage::Opening => {
                    soa(version, take)?;
                    if matches!(self.body, Body::None) { Stage::Done } else { Stage::Body }
                }
                Stage::Body => match &mut self.body {
                    Body::None => Stage::Closing,
                    Body::Whole(cursor) => {
                        whole(version, cursor, take)?;
                        Stage::Closing
                    }
                    Body::Diffs(diffs) => diffs.next().map_or(Stage::Closing, |diff| {
                        let place = RecordsPlace::default();
                        Stage::Step(Box::new(Step {
                            diff,
                            list: List::Removed,
                            opened: false,
                            place,
                        }))
                    }),
                },
                Stage::Step(step) => {
                    step.fill(take)?;
                    Stage::Body
                }
                Stage::Closing => {
                    soa(version, take)?;
                    Stage::Done
                }
                Stage::Done => return Ok(()),
            };
        }
    }
}

impl Step {
    fn fill(&mut self, take: Take<'_>) -> Result<(), Full> {
        if self.list == List::Removed {
            self.fill_list(take)?;
            (self.list, self.opened, self.place) = (List::Added, false, RecordsPlace::default());
        }
        self.fill_list(take)
    }

    /// The SOA of the list, then the rest of it.
    fn fill_list(&mut self, take: Take<'_>) -> Result<(), Full> {
        let records = match self.list {
            List::Removed => self.diff.removed(),
            List::Added => self.diff.added(),
        };
        if !self.opened {
            soa_of(records, take)?;
            self.opened = true;
        }
        let walk = records.walk_from(&mut self.place, |record| match record.rrtype {
            Rrtype::SOA => ControlFlow::Continue(()),
            Rrtype(_) => taken(take(record)),
        });
        given(walk)
    }
}

/// Every record but the SOA, which stands around them.
fn whole(version: &Version, cursor: &mut Cursor, take: Take<'_>) -> Result<(), Full> {
    let walk = version.walk_from(cursor, |record| match record.rrtype {
        Rrtype::SOA => ControlFlow::Continue(()),
        Rrtype(_) => taken(take(record)),
    });
    given(walk)
}

fn soa(version: &Version, take: Take<'_>) -> Result<(), Full> {
    let (leaf, owner) = (version.apex_leaf(), version.apex());
    let Some(soa) = leaf.rrset(Rrtype::SOA) else { return Ok(()) };
    let (rrtype, class, ttl) = (Rrtype::SOA, Class::IN, soa.ttl());
    soa.rdatas().try_for_each(|rdata| take(RecordRef { owner, rrtype, class, ttl, rdata }))
}

/// Each list of a diff that was applied has exactly one SOA.
fn soa_of(records: &Records, take: Take<'_>) -> Result<(), Full> {
    records.iter().find(|record| record.rrtype == Rrtype::SOA).map_or(Ok(()), take)
}

const fn taken(result: Result<(), Full>) -> ControlFlow<Full> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(full) => ControlFlow::Break(full),
    }
}

const fn given(walk: ControlFlow<Full>) -> Result<(), Full> {
    match walk {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(full) => Err(full),
    }
}
