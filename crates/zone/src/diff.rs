//! One step from a serial to the next: what goes and what comes.
//!
//! Pure.
//!
//! Standards: RFC 1995 §4 (difference sequences; the SOA is replaced in each).
//!
//! Not here: applying one (`apply`), finding one (`compare`).

use crate::octets::Octets;
use core::ops::{ControlFlow, Range};
use wire::codes::{Class, Rrtype};
use wire::name::NameRef;
use wire::record::RecordRef;
use wire::serial::Serial;
use wire::ttl::Ttl;

/// First octet of an encoded diff. Another number is another layout.
pub const DIFF_FORMAT: u8 = 1;

/// One step between serials. Both lists contain the SOA: the old one goes, the new one comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    from: Serial,
    to: Serial,
    removed: Records,
    added: Records,
}

impl Diff {
    /// An empty step.
    #[must_use]
    pub fn new(from: Serial, to: Serial) -> Self {
        Self { from, to, removed: Records::default(), added: Records::default() }
    }

    /// The serial it starts from.
    #[must_use]
    pub const fn from(&self) -> Serial {
        self.from
    }

    /// The serial it leads to.
    #[must_use]
    pub const fn to(&self) -> Serial {
        self.to
    }

    /// Changes where it leads: an IXFR tells the removals before it tells the next serial.
    pub const fn lead_to(&mut self, to: Serial) {
        self.to = to;
    }

    /// What goes. The ttl is written down but a record goes whatever its ttl.
    #[must_use]
    pub const fn removed(&self) -> &Records {
        &self.removed
    }

    /// What comes.
    #[must_use]
    pub const fn added(&self) -> &Records {
        &self.added
    }

    /// Adds a record to those that go. Its class is taken to be IN.
    pub fn remove(&mut self, record: RecordRef<'_>) {
        self.removed.push(record);
    }

    /// Adds a record to those that come. Its class is taken to be IN.
    pub fn add(&mut self, record: RecordRef<'_>) {
        self.added.push(record);
    }

    /// Octets it takes in memory and, nearly, encoded.
    #[must_use]
    pub const fn size_bytes(&self) -> usize {
        self.removed.octets.len().saturating_add(self.added.octets.len())
    }

    /// Octets that its records take in messages at most: names are not compressed.
    #[must_use]
    pub const fn wire_bytes(&self) -> u64 {
        self.removed.wire_bytes.saturating_add(self.added.wire_bytes)
    }

    /// Appends it in a form for disks.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(DIFF_FORMAT);
        out.extend_from_slice(&self.from.0.to_be_bytes());
        out.extend_from_slice(&self.to.0.to_be_bytes());
        for records in [&self.removed, &self.added] {
            let octets = u64::try_from(records.octets.len()).unwrap_or(u64::MAX);
            out.extend_from_slice(&octets.to_be_bytes());
            out.extend_from_slice(&records.octets);
        }
    }

    /// Reads what [`Self::encode`] wrote, exactly.
    ///
    /// # Errors
    /// When the octets are anything else.
    pub fn decode(octets: &[u8]) -> Result<Self, DiffError> {
        let mut rest = Octets(octets);
        match rest.octet() {
            Some(DIFF_FORMAT) => {}
            Some(format) => return Err(DiffError::Format { format }),
            None => return Err(DiffError::Truncated),
        }
        let from = Serial(rest.u32().ok_or(DiffError::Truncated)?);
        let to = Serial(rest.u32().ok_or(DiffError::Truncated)?);
        let removed = Records::decode(&mut rest)?;
        let added = Records::decode(&mut rest)?;
        if rest.is_empty() {
            Ok(Self { from, to, removed, added })
        } else {
            Err(DiffError::TrailingOctets { octets: rest.0.len() })
        }
    }
}

/// Why octets are no diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// Written by another release.
    #[error("diff has format {format}, this release reads {DIFF_FORMAT}")]
    Format {
        /// What it says.
        format: u8,
    },
    /// The octets end before the diff does.
    #[error("diff is cut off")]
    Truncated,
    /// The diff ends before the octets do.
    #[error("{octets} octets follow the diff")]
    TrailingOctets {
        /// How many.
        octets: usize,
    },
    /// A record is no record.
    #[error("record {index} of a list is malformed")]
    Malformed {
        /// Its place in the list, from 0.
        index: u32,
    },
}

/// Records in the order they were pushed, in one piece of memory.
#[derive(Clone, Debug, Default)]
pub struct Records {
    count: u32,
    /// For each: length of the owner or 0 for "as before", owner, type, ttl, length of rdata, rdata.
    octets: Vec<u8>,
    /// Where the last owner lies.
    last_owner: usize,
    /// Octets of all records in uncompressed wire form.
    wire_bytes: u64,
}

impl Records {
    /// How many.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// None at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// From the first pushed to the last.
    #[must_use]
    pub fn iter(&self) -> RecordsIter<'_> {
        RecordsIter { rest: Octets(&self.octets), owner: &[0] }
    }

    /// Gives records in order from a place on, until one is not taken.
    ///
    /// Returns [`ControlFlow::Break`] with what `take` said of that record, which the place is then before.
    pub fn walk_from<B>(
        &self,
        place: &mut RecordsPlace,
        mut take: impl FnMut(RecordRef<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let rest = self.octets.get(place.at..).unwrap_or_default();
        let owner = self.octets.get(place.owner.clone()).unwrap_or_default();
        let mut iter = RecordsIter { rest: Octets(rest), owner };
        loop {
            let at = self.octets.len().saturating_sub(iter.rest.0.len());
            let Some(record) = iter.read() else {
                *place = RecordsPlace { at, owner: 0..0 };
                return ControlFlow::Continue(());
            };
            if let ControlFlow::Break(word) = take(record) {
                place.at = at;
                return ControlFlow::Break(word);
            }
            let start = at.saturating_add(1);
            match self.octets.get(at).copied().map_or(0, usize::from) {
                0 => {}
                octets => place.owner = start..start.saturating_add(octets),
            }
        }
    }

    fn push(&mut self, record: RecordRef<'_>) {
        let RecordRef { owner, rrtype, class: _, ttl, rdata } = record;
        let wire = owner.as_wire();
        let last = self.octets.get(self.last_owner..).unwrap_or_default();
        if self.count > 0 && last.starts_with(wire) {
            self.octets.push(0);
        } else {
            self.octets.push(u8::try_from(wire.len()).unwrap_or(u8::MAX));
            self.last_owner = self.octets.len();
            self.octets.extend_from_slice(wire);
        }
        self.octets.extend_from_slice(&rrtype.0.to_be_bytes());
        self.octets.extend_from_slice(&ttl.as_secs().to_be_bytes());
        // Longer rdata cannot come from a message.
        let rdata = rdata.get(..usize::from(u16::MAX)).unwrap_or(rdata);
        self.octets.extend_from_slice(&crate::octets::short(rdata.len()).to_be_bytes());
        self.octets.extend_from_slice(rdata);
        self.count = self.count.saturating_add(1);
        self.wire_bytes = self.wire_bytes.saturating_add(wire_bytes(record));
    }

    fn decode(rest: &mut Octets<'_>) -> Result<Self, DiffError> {
        let (high, low) = rest.u32().zip(rest.u32()).ok_or(DiffError::Truncated)?;
        let octets = (u64::from(high) << 32) | u64::from(low);
        let octets = usize::try_from(octets).ok().and_then(|octets| rest.take(octets));
        let octets = octets.ok_or(DiffError::Truncated)?;
        let mut iter = RecordsIter { rest: Octets(octets), owner: &[] };
        let (mut count, mut all_bytes) = (0_u32, 0_u64);
        while !iter.rest.is_empty() {
            let record = iter.read().ok_or(DiffError::Malformed { index: count })?;
            count = count.saturating_add(1);
            all_bytes = all_bytes.saturating_add(wire_bytes(record));
        }
        let last_owner = octets.len(); // the next push writes its owner in full
        Ok(Self { count, octets: octets.to_vec(), last_owner, wire_bytes: all_bytes })
    }
}

/// Octets of a record in uncompressed wire form.
fn wire_bytes(record: RecordRef<'_>) -> u64 {
    let names_and_rdata = record.owner.wire_len().saturating_add(record.rdata.len());
    u64::try_from(names_and_rdata.saturating_add(10)).unwrap_or(u64::MAX)
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.iter().eq(other)
    }
}

impl Eq for Records {}

/// A place among [`Records`], to go on from later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordsPlace {
    at: usize,
    /// Where the owner of the record before lies.
    owner: Range<usize>,
}

/// See [`Records::iter`].
#[derive(Clone, Debug)]
pub struct RecordsIter<'a> {
    rest: Octets<'a>,
    owner: &'a [u8],
}

impl<'a> RecordsIter<'a> {
    fn read(&mut self) -> Option<RecordRef<'a>> {
        match self.rest.octet()? {
            0 => {}
            length => self.owner = self.rest.take(usize::from(length))?,
        }
        let owner = NameRef::from_wire(self.owner).ok()?;
        let rrtype = Rrtype(self.rest.u16()?);
        let ttl = Ttl::from_wire(self.rest.u32()?);
        let length = self.rest.u16()?;
        let rdata = self.rest.take(usize::from(length))?;
        Some(RecordRef { owner, rrtype, class: Class::IN, ttl, rdata })
    }
}

impl<'a> Iterator for RecordsIter<'a> {
    type Item = RecordRef<'a>;

    fn next(&mut self) -> Option<RecordRef<'a>> {
        self.read()
    }
}

impl<'a> IntoIterator for &'a Records {
    type Item = RecordRef<'a>;
    type IntoIter = RecordsIter<'a>;

    fn into_iter(self) -> RecordsIter<'a> {
        self.iter()
    }
}
