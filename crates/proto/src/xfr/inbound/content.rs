//! The records of a transfer in their order: which form it has, and where it ends.
//!
//! ```text
//! AXFR       SOA  record…  SOA
//! IXFR       SOA                                     up to date, or the primary is behind
//!            SOA  record…  SOA                       the whole zone instead
//!            SOA  ( SOA removed…  SOA added… )…  SOA
//! ```
//!
//! Pure.
//!
//! Standards: RFC 5936 §2.2 (AXFR) · RFC 1995 §4 (IXFR).
//!
//! Not here: the messages that records come in (`inbound`), and whether their changes fit the version that is held (`zone`).

use super::{Fetched, Limits, Progress, XfrError};
use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::rdata::Soa;
use wire::record::{Record, RecordRef};
use wire::serial::Serial;
use zone::{Builder, CheckError, Diff, Version};

/// Changes of this size are taken whatever the size of the zone.
const DIFFS_BYTES_FREE: u64 = 64 << 10;

/// What has been understood so far.
#[derive(Debug)]
pub(super) struct Content {
    apex: Name,
    limits: Limits,
    /// Base of an IXFR; `None` in an AXFR.
    held: Option<Version>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Nothing has come.
    Empty,
    /// The opening SOA of an IXFR has come; the next record tells the form.
    Opened(Opening),
    /// A whole zone is coming.
    Whole(Opening, Box<Builder>),
    /// A whole zone has come.
    WholeClosed(Box<Builder>),
    /// Changes are coming.
    Diffs(Opening, Box<Chain>),
    /// Changes have come.
    DiffsClosed(Box<Chain>),
}

/// The SOA that opens a transfer, and must close it.
#[derive(Debug)]
struct Opening {
    record: Record,
    serial: Serial,
}

/// Steps from the held version.
#[derive(Debug)]
struct Chain {
    held: Version,
    diffs: Vec<Diff>,
    /// The step in progress.
    current: Diff,
    part: Part,
    /// Octets of finished steps.
    bytes: u64,
}

/// Which list of a step the next record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Removed,
    Added,
}

impl Content {
    pub(super) const fn axfr(apex: Name, limits: Limits) -> Self {
        Self { apex, limits, held: None, stage: Stage::Empty }
    }

    pub(super) fn ixfr(held: Version, limits: Limits) -> Self {
        Self { apex: held.apex().to_name(), limits, held: Some(held), stage: Stage::Empty }
    }

    /// Whether what comes is a whole zone, as far as is known.
    pub(super) const fn is_whole(&self) -> bool {
        match self.stage {
            Stage::Whole(..) | Stage::WholeClosed(_) => true,
            Stage::Empty | Stage::Opened(_) | Stage::Diffs(..) | Stage::DiffsClosed(_) => false,
        }
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, record: RecordRef<'_>) -> Result<(), XfrError> {
        let soa = self.apex_soa(record)?;
        // The two stages that see most records stay where they are.
        if soa.is_none() {
            match &mut self.stage {
                Stage::Whole(_, builder) => return Ok(builder.push(record)?),
                Stage::Diffs(_, chain) => return chain.take(record, &self.limits),
                Stage::Empty | Stage::Opened(_) | Stage::WholeClosed(_) | Stage::DiffsClosed(_) => {
                }
            }
        }
        let stage = core::mem::replace(&mut self.stage, Stage::Empty);
        self.stage = self.next_stage(stage, record, soa)?;
        Ok(())
    }

    /// What the answer amounts to when a message ends here.
    pub(super) fn end_of_message(&self) -> Progress {
        let is_complete = match &self.stage {
            Stage::WholeClosed(_) | Stage::DiffsClosed(_) => true,
            // A single SOA that is no news is the whole answer. One that is news may be the first
            // of a primary that sends one record a message, so that more may come.
            Stage::Opened(opening) => !self.is_news(opening.serial),
            Stage::Empty | Stage::Whole(..) | Stage::Diffs(..) => false,
        };
        if is_complete { Progress::Complete } else { Progress::More }
    }

    /// Whether only the first record of an IXFR is there, which may be all that comes.
    pub(super) const fn is_only_opened(&self) -> bool {
        match self.stage {
            Stage::Opened(_) => true,
            Stage::Empty
            | Stage::Whole(..)
            | Stage::Diffs(..)
            | Stage::WholeClosed(_)
            | Stage::DiffsClosed(_) => false,
        }
    }

    /// Octets that are kept of what has come.
    pub(super) fn held_bytes(&self) -> u64 {
        match &self.stage {
            Stage::Whole(_, builder) | Stage::WholeClosed(builder) => builder.size_bytes(),
            Stage::Diffs(_, chain) | Stage::DiffsClosed(chain) => chain.size_bytes(),
            Stage::Empty | Stage::Opened(_) => 0,
        }
    }

    pub(super) fn finish(self, records: u64) -> Result<Fetched, XfrError> {
        match (self.stage, self.held) {
            (Stage::WholeClosed(builder), _) => Ok(Fetched::Whole(builder.finish()?)),
            (Stage::DiffsClosed(chain), _) => {
                let Chain { held, diffs, .. } = *chain;
                let version = held.apply(&diffs, &self.limits.zone)?;
                Ok(Fetched::Diffs { version, diffs })
            }
            (Stage::Opened(Opening { serial, .. }), Some(held)) => {
                if serial == held.serial() {
                    Ok(Fetched::UpToDate(serial))
                } else if serial.is_newer_than(held.serial()) {
                    // RFC 1995 §2: news in a single SOA means "ask in another way".
                    Err(XfrError::Unclosed { records })
                } else {
                    Ok(Fetched::PrimaryBehind(serial))
                }
            }
            (Stage::Empty | Stage::Opened(_) | Stage::Whole(..) | Stage::Diffs(..), _) => {
                Err(XfrError::Unclosed { records })
            }
        }
    }

    fn is_news(&self, serial: Serial) -> bool {
        self.held.as_ref().is_none_or(|held| serial.is_newer_than(held.serial()))
    }

    /// The serial, if the record is the SOA of the zone.
    fn apex_soa(&self, record: RecordRef<'_>) -> Result<Option<Serial>, XfrError> {
        if record.rrtype != Rrtype::SOA {
            return Ok(None);
        }
        if record.owner != self.apex.as_ref() {
            let (owner, apex) = (record.owner.to_name(), self.apex.clone());
            return Err(CheckError::SoaBelowApex { owner, apex }.into());
        }
        let (owner, rrtype) = (&self.apex, record.rrtype);
        if record.class != Class::IN {
            let (owner, class) = (owner.clone(), record.class);
            return Err(CheckError::WrongClass { owner, rrtype, class }.into());
        }
        let soa = Soa::parse(record.rdata).map_err(|error| XfrError::BadRdata {
            owner: owner.clone(),
            rrtype,
            error,
        })?;
        Ok(Some(soa.serial))
    }

    fn next_stage(
        &self,
        stage: Stage,
        record: RecordRef<'_>,
        soa: Option<Serial>,
    ) -> Result<Stage, XfrError> {
        match (stage, soa) {
            (Stage::Empty, Some(serial)) => self.open(record, serial),
            (Stage::Empty, None) => {
                let found = Some((record.owner.to_name(), record.rrtype));
                Err(XfrError::NoOpeningSoa { found })
            }
            // RFC 1995 §4: the second record tells the form.
            (Stage::Opened(opening), Some(serial)) if serial != opening.serial => {
                self.begin_diffs(opening, record, serial)
            }
            (Stage::Opened(opening), soa) => {
                let whole = self.begin_whole(opening)?;
                self.next_stage(whole, record, soa)
            }
            (Stage::Whole(opening, builder), Some(serial)) => {
                opening.check_closing(record, serial)?;
                Ok(Stage::WholeClosed(builder))
            }
            (Stage::Whole(opening, mut builder), None) => {
                builder.push(record)?;
                Ok(Stage::Whole(opening, builder))
            }
            (Stage::Diffs(opening, chain), Some(serial)) => {
                chain.turn(opening, record, serial, &self.limits)
            }
            (Stage::Diffs(opening, mut chain), None) => {
                chain.take(record, &self.limits)?;
                Ok(Stage::Diffs(opening, chain))
            }
            (Stage::WholeClosed(_) | Stage::DiffsClosed(_), _) => {
                let (owner, rrtype) = (record.owner.to_name(), record.rrtype);
                Err(XfrError::AfterEnd { owner, rrtype })
            }
        }
    }

    fn open(&self, record: RecordRef<'_>, serial: Serial) -> Result<Stage, XfrError> {
        let opening = Opening { record: record.to_record(), serial };
        match self.held {
            Some(_) => Ok(Stage::Opened(opening)),
            None => self.begin_whole(opening),
        }
    }

    fn begin_whole(&self, opening: Opening) -> Result<Stage, XfrError> {
        let mut builder = Box::new(Builder::new(self.apex.clone(), self.limits.zone));
        builder.push(opening.record.as_ref())?;
        Ok(Stage::Whole(opening, builder))
    }

    fn begin_diffs(
        &self,
        opening: Opening,
        record: RecordRef<'_>,
        found: Serial,
    ) -> Result<Stage, XfrError> {
        // Only an IXFR waits for its second record, and an IXFR has a base.
        let Some(held) = self.held.clone() else {
            return Err(XfrError::NoOpeningSoa { found: None });
        };
        let (offered, serial) = (opening.serial, held.serial());
        if !offered.is_newer_than(serial) {
            return Err(XfrError::NotNewer { offered, held: serial });
        }
        if found != serial {
            return Err(XfrError::BaseMismatch { found, held: serial });
        }
        let mut current = Diff::new(found, offered);
        current.remove(record);
        let chain = Chain { held, diffs: Vec::new(), current, part: Part::Removed, bytes: 0 };
        Ok(Stage::Diffs(opening, Box::new(chain)))
    }
}

impl Opening {
    /// RFC 5936 §2.2: the closing SOA is the opening one again; names may differ in case.
    fn check_closing(&self, record: RecordRef<'_>, closed: Serial) -> Result<(), XfrError> {
        if closed != self.serial {
            return Err(XfrError::SerialChanged { opened: self.serial, closed });
        }
        let same = self.record.rdata.as_ref() == record.rdata
            || match (Soa::parse(&self.record.rdata), Soa::parse(record.rdata)) {
                (Ok(a), Ok(b)) => {
                    let numbers =
                        |soa: &Soa<'_>| (soa.refresh, soa.retry, soa.expire, soa.negative_ttl);
                    (a.mname, a.rname) == (b.mname, b.rname) && numbers(&a) == numbers(&b)
                }
                _ => false,
            };
        if same { Ok(()) } else { Err(XfrError::SoaChanged { serial: closed }) }
    }
}

impl Chain {
    fn take(&mut self, record: RecordRef<'_>, limits: &Limits) -> Result<(), XfrError> {
        if record.class != Class::IN {
            let (owner, rrtype, class) = (record.owner.to_name(), record.rrtype, record.class);
            return Err(CheckError::WrongClass { owner, rrtype, class }.into());
        }
        match self.part {
            Part::Removed => self.current.remove(record),
            Part::Added => self.current.add(record),
        }
        let bytes = self.size_bytes();
        let zone_bytes = self.held.size_bytes().max(DIFFS_BYTES_FREE).min(limits.zone.bytes_max);
        if bytes > zone_bytes {
            return Err(XfrError::DiffsTooLarge { bytes, zone_bytes });
        }
        Ok(())
    }

    /// Octets of all steps so far.
    fn size_bytes(&self) -> u64 {
        let current = u64::try_from(self.current.size_bytes()).unwrap_or(u64::MAX);
        self.bytes.saturating_add(current)
    }

    /// A SOA ends one list and opens another, or closes the transfer.
    fn turn(
        mut self: Box<Self>,
        opening: Opening,
        record: RecordRef<'_>,
        serial: Serial,
        limits: &Limits,
    ) -> Result<Stage, XfrError> {
        match self.part {
            Part::Removed => {
                self.turn_to_added(&opening, serial)?;
                if serial == opening.serial {
                    // The SOA that comes last is the one that was offered: not one like it.
                    opening.check_closing(record, serial)?;
                }
            }
            Part::Added => {
                self.end_step(limits)?;
                if self.current.to() == opening.serial {
                    opening.check_closing(record, serial)?;
                    return Ok(Stage::DiffsClosed(self));
                }
                self.begin_step(&opening, serial)?;
            }
        }
        self.take(record, limits)?;
        Ok(Stage::Diffs(opening, self))
    }

    /// I3: each step goes forward on the circle from the held serial, and none beyond the offer.
    fn turn_to_added(&mut self, opening: &Opening, to: Serial) -> Result<(), XfrError> {
        let held = self.held.serial();
        let (from, offered) = (self.current.from(), opening.serial);
        let (at, next) = (from.steps_from(held), to.steps_from(held));
        if next <= at || next > offered.steps_from(held) {
            return Err(XfrError::Astray { from, to, offered });
        }
        self.current.lead_to(to);
        self.part = Part::Added;
        Ok(())
    }

    fn end_step(&mut self, limits: &Limits) -> Result<(), XfrError> {
        let limit = limits.diffs_max;
        if u32::try_from(self.diffs.len()).unwrap_or(u32::MAX) >= limit {
            return Err(XfrError::TooManyDiffs { limit });
        }
        let size = u64::try_from(self.current.size_bytes()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(size);
        let next = Diff::new(self.current.from(), self.current.to());
        self.diffs.push(core::mem::replace(&mut self.current, next));
        Ok(())
    }

    fn begin_step(&mut self, opening: &Opening, found: Serial) -> Result<(), XfrError> {
        let ended = self.current.to();
        if found != ended {
            return Err(XfrError::Gap { ended, found });
        }
        self.current = Diff::new(found, opening.serial);
        self.part = Part::Removed;
        Ok(())
    }
}
