//! A received message, read in place.
//!
//! Pure.
//!
//! Standards: RFC 1035 §4.1 (header, sections) · RFC 6895 §2.1 (flags) · RFC 6891 §6.1.1 (one OPT) ·
//! RFC 8945 §5.1 (one TSIG, last).
//!
//! Invariants: only octets that were bounds-checked are read; a walk ends at the first fault and
//! names it; nothing is allocated but by [`RecordView::rdata_into`].
//!
//! Not here: queries on the fast path (`query`), what rdata means (`rdata`).

mod header;

use core::ops::Range;

pub use header::{Flags, HEADER_OCTETS, Header};

use crate::codes::{Class, Rrtype};
use crate::edns::{Edns, EdnsError};
use crate::name::{NameBuf, NameError, NameRef};
use crate::rdata::{self, RdataError};

/// Why octets are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Fewer octets than a header.
    #[error("message is shorter than its header")]
    NoHeader,
    /// The counts promise more than the octets hold.
    #[error("message ends inside a question or record")]
    Truncated,
    /// A name in a question or an owner is broken.
    #[error("name in the message is broken")]
    Name(#[from] NameError),
    /// Octets follow the last record.
    #[error("octets follow the last record")]
    TrailingOctets,
    /// A second OPT, or one outside the additional section (RFC 6891 §6.1.1).
    #[error("OPT record is not single or not in the additional section")]
    MisplacedOpt,
    /// OPT itself is broken.
    #[error("OPT record is broken")]
    Edns(#[from] EdnsError),
    /// A TSIG that is not the last record of the additional section (RFC 8945 §5.1).
    #[error("TSIG record is not the last record")]
    MisplacedTsig,
}

/// Part of a message a record stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// What was asked for.
    Answer,
    /// Who would know, or why there is nothing.
    Authority,
    /// What else may help; OPT and TSIG.
    Additional,
}

/// A message whose header is known to be there; nothing else is until walked.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    octets: &'a [u8],
    header: Header,
}

/// One entry of the question section.
#[derive(Clone, Debug)]
pub struct Question {
    /// Name asked about, case as sent.
    pub qname: NameBuf,
    /// Type asked for.
    pub qtype: Rrtype,
    /// Class asked for.
    pub qclass: Class,
}

/// One record where it lies in its message.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    message: &'a [u8],
    start: usize,
    rdata_start: usize,
    rdata_end: usize,
    rrtype: Rrtype,
    class: Class,
    ttl_field: u32,
}

impl<'a> Message<'a> {
    /// Reads the header and walks nothing.
    ///
    /// # Errors
    /// [`MessageError::NoHeader`] only.
    pub fn parse(octets: &'a [u8]) -> Result<Self, MessageError> {
        let header = Header::parse(octets).ok_or(MessageError::NoHeader)?;
        Ok(Self { octets, header })
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// All octets.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The question section; ends at the first fault.
    #[must_use]
    pub fn questions(&self) -> Questions<'a> {
        Questions { octets: self.octets, at: HEADER_OCTETS, left: self.header.qdcount }
    }

    /// All records in order; ends at the first fault, which may be one of the questions.
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        let Header { qdcount, ancount, nscount, arcount, .. } = self.header;
        let start = skip_questions(self.octets, qdcount);
        Records { octets: self.octets, at: start, left: [ancount, nscount, arcount] }
    }

    /// Where the last record ends; less than the length when octets trail.
    ///
    /// # Errors
    /// The first fault of the walk.
    pub fn end_of_records(&self) -> Result<usize, MessageError> {
        let mut records = self.records();
        records.by_ref().try_for_each(|record| record.map(|_| ()))?;
        records.at
    }

    /// EDNS of the message, if it has any.
    ///
    /// # Errors
    /// The first fault of the walk, two OPTs, one in the wrong section, or a broken one.
    pub fn edns(&self) -> Result<Option<Edns<'a>>, MessageError> {
        let mut found = None;
        for record in self.records() {
            let (section, record) = record?;
            if record.rrtype != Rrtype::OPT {
                continue;
            }
            if section != Section::Additional || found.is_some() {
                return Err(MessageError::MisplacedOpt);
            }
            found = Some(Edns::from_record(&record)?);
        }
        Ok(found)
    }

    /// The TSIG record, if there is one.
    ///
    /// # Errors
    /// The first fault of the walk, or a TSIG that is not the very last record, whatever precedes it.
    pub fn tsig(&self) -> Result<Option<RecordView<'a>>, MessageError> {
        let mut last = None;
        for record in self.records() {
            if last.is_some() {
                return Err(MessageError::MisplacedTsig);
            }
            let (section, record) = record?;
            if record.rrtype == Rrtype::TSIG {
                if section != Section::Additional {
                    return Err(MessageError::MisplacedTsig);
                }
                last = Some(record);
            }
        }
        Ok(last)
    }
}

impl<'a> RecordView<'a> {
    /// Expands the owner into `into`; returns it borrowed from there.
    ///
    /// # Errors
    /// When the name is broken.
    pub fn owner<'b>(&self, into: &'b mut NameBuf) -> Result<NameRef<'b>, NameError> {
        into.read(self.message, self.start)?;
        Ok(into.as_ref())
    }

    /// True if the owner is the root, written as the one octet it takes.
    #[must_use]
    pub fn owner_is_root(&self) -> bool {
        self.message.get(self.start) == Some(&0)
    }

    /// What the rdata means.
    #[must_use]
    pub const fn rrtype(&self) -> Rrtype {
        self.rrtype
    }

    /// Class; the payload size in OPT.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The TTL field as sent: [`Ttl::from_wire`](crate::ttl::Ttl::from_wire) reads it, OPT does not.
    #[must_use]
    pub const fn ttl_field(&self) -> u32 {
        self.ttl_field
    }

    /// Where the owner starts in the message.
    #[must_use]
    pub const fn start(&self) -> usize {
        self.start
    }

    /// Where the rdata lies in the message.
    #[must_use]
    pub const fn rdata_range(&self) -> Range<usize> {
        self.rdata_start..self.rdata_end
    }

    /// The rdata as sent, names in it maybe compressed.
    #[must_use]
    pub fn rdata_as_sent(&self) -> &'a [u8] {
        self.message.get(self.rdata_range()).unwrap_or(&[])
    }

    /// Appends the rdata to `out`, names in it expanded and every field checked.
    ///
    /// # Errors
    /// When the rdata is not what its type demands; `out` may then hold a part of it.
    pub fn rdata_into(&self, out: &mut Vec<u8>) -> Result<(), RdataError> {
        rdata::expand(self.message, self.rdata_range(), self.rrtype, out)
    }
}

/// Iterator of [`Message::questions`].
#[derive(Clone, Debug)]
pub struct Questions<'a> {
    octets: &'a [u8],
    at: usize,
    left: u16,
}

impl Questions<'_> {
    fn read(&mut self) -> Result<Question, MessageError> {
        let mut qname = NameBuf::new();
        let name_end = qname.read(self.octets, self.at)?;
        let fields = self.octets.get(name_end..).and_then(<[u8]>::first_chunk::<4>);
        let &[t0, t1, c0, c1] = fields.ok_or(MessageError::Truncated)?;
        self.at = name_end.wrapping_add(4);
        let qtype = Rrtype(u16::from_be_bytes([t0, t1]));
        let qclass = Class(u16::from_be_bytes([c0, c1]));
        Ok(Question { qname, qtype, qclass })
    }
}

impl Iterator for Questions<'_> {
    type Item = Result<Question, MessageError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let question = self.read();
        if question.is_err() {
            self.left = 0;
        }
        Some(question)
    }
}

/// Iterator of [`Message::records`].
#[derive(Clone, Debug)]
pub struct Records<'a> {
    octets: &'a [u8],
    /// Where the next record starts, or what went wrong on the way there.
    at: Result<usize, MessageError>,
    /// Records left in each section.
    left: [u16; 3],
}

impl Records<'_> {
    /// Where the walk stands: behind the last record given.
    ///
    /// # Errors
    /// The fault that ended the walk.
    pub const fn position(&self) -> Result<usize, MessageError> {
        self.at
    }

    /// Counts one record off the first section that has any left.
    fn take_one(&mut self) -> Option<Section> {
        let sections = [Section::Answer, Section::Authority, Section::Additional];
        for (left, section) in self.left.iter_mut().zip(sections) {
            if let Some(rest) = left.checked_sub(1) {
                *left = rest;
                return Some(section);
            }
        }
        None
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<(Section, RecordView<'a>), MessageError>;

    fn next(&mut self) -> Option<Self::Item> {
        let section = self.take_one()?;
        match self.at.and_then(|at| read_record(self.octets, at)) {
            Ok(record) => {
                self.at = Ok(record.rdata_end);
                Some(Ok((section, record)))
            }
            Err(error) => {
                self.at = Err(error);
                self.left = [0; 3];
                Some(Err(error))
            }
        }
    }
}

/// Reads the record that starts at `start`; its owner is skipped, not read.
pub(crate) fn read_record(octets: &[u8], start: usize) -> Result<RecordView<'_>, MessageError> {
    let name_end = skip_name(octets, start)?;
    let fields = octets.get(name_end..).and_then(<[u8]>::first_chunk::<10>);
    let &[t0, t1, c0, c1, l0, l1, l2, l3, r0, r1] = fields.ok_or(MessageError::Truncated)?;
    let rdata_start = name_end.wrapping_add(10);
    let rdata_end = rdata_start.wrapping_add(usize::from(u16::from_be_bytes([r0, r1])));
    if rdata_end > octets.len() {
        return Err(MessageError::Truncated);
    }
    Ok(RecordView {
        message: octets,
        start,
        rdata_start,
        rdata_end,
        rrtype: Rrtype(u16::from_be_bytes([t0, t1])),
        class: Class(u16::from_be_bytes([c0, c1])),
        ttl_field: u32::from_be_bytes([l0, l1, l2, l3]),
    })
}

fn skip_questions(octets: &[u8], count: u16) -> Result<usize, MessageError> {
    let mut at = HEADER_OCTETS;
    for _ in 0..count {
        at = skip_name(octets, at)?.wrapping_add(4);
        if at > octets.len() {
            return Err(MessageError::Truncated);
        }
    }
    Ok(at)
}

/// Where the name at `at` ends, pointers not followed.
fn skip_name(octets: &[u8], mut at: usize) -> Result<usize, MessageError> {
    loop {
        let &length = octets.get(at).ok_or(MessageError::Truncated)?;
        match length {
            0 => return Ok(at.wrapping_add(1)),
            1..=0x3f => at = at.wrapping_add(1).wrapping_add(usize::from(length)),
            0x40..=0xbf => return Err(MessageError::Name(NameError::BadLabelKind)),
            0xc0..=0xff => return Ok(at.wrapping_add(2)),
        }
    }
}

#[cfg(test)]
mod tests;
