//! Receiving a zone: AXFR, and IXFR in all its forms.
//!
//! Pure: takes messages in order and ends with a checked version that nobody serves yet.
//!
//! Standards: RFC 5936 §2.2 (messages of an AXFR), §3 (contents) · RFC 1995 §2, §4 (forms of an
//! IXFR) · RFC 1982 (progress of serials).
//!
//! Invariants: I1 nothing of a transfer is used before its closing SOA was seen. I2 memory is
//! bounded by the limits, whatever the primary sends and however long. I3 diffs lead from the held
//! serial to the offered one in steps that go forward, so that no chain comes back to itself.
//! I4 no record is allocated for: names and rdata are expanded into buffers that are used again.
//!
//! Not here: signatures, which the caller has verified (`tsig`); patience and rates (`server`);
//! whether the serial is progress for us (`refresh`).

mod content;
mod error;

pub use error::XfrError;

use crate::xfr::inbound::content::Content;
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::message::{Message, MessageError, Section};
use wire::name::{Name, NameBuf};
use wire::record::RecordRef;
use wire::serial::Serial;
use wire::ttl::Ttl;
use zone::{Diff, Version};

/// How much a transfer may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the zone may hold.
    pub zone: zone::Limits,
    /// Octets of all messages together. More than the zone's, for headers, questions, signatures
    /// and records that are sent twice.
    pub stream_bytes_max: u64,
    /// Steps of one IXFR.
    pub diffs_max: u32,
    /// Messages without an answer record.
    pub empty_messages_max: u32,
}

impl Limits {
    /// Limits that follow from those of the zone.
    #[must_use]
    pub const fn of_zone(zone: zone::Limits) -> Self {
        // A primary that sends one signed record a message needs eight times the zone's octets.
        let stream_bytes_max = zone.bytes_max.saturating_mul(8).saturating_add(1 << 20);
        Self { zone, stream_bytes_max, diffs_max: 10_000, empty_messages_max: 100 }
    }
}

/// Whether more is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The primary has not said everything.
    More,
    /// It has: finish.
    Complete,
}

/// What a transfer brought.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// The primary holds what we hold.
    UpToDate(Serial),
    /// The primary holds an older version than ours, or one to which ours has no order.
    PrimaryBehind(Serial),
    /// The whole zone, whether asked for or sent instead of changes (`IXFR_TURNED_AXFR`).
    Whole(Version),
    /// The steps from the held version, and where they lead.
    Diffs {
        /// The held version with all steps applied.
        version: Version,
        /// The steps in order; at least one.
        diffs: Vec<Diff>,
    },
}

/// How much has arrived, for status and for faults that the caller finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Messages.
    pub messages: u64,
    /// Records in answer sections.
    pub records: u64,
    /// Octets of messages.
    pub bytes: u64,
}

/// One transfer in progress.
#[derive(Debug)]
pub struct Inbound {
    id: u16,
    apex: Name,
    qtype: Rrtype,
    limits: Limits,
    received: Received,
    empty_messages: u32,
    content: Content,
    owner: NameBuf,
    rdata: Vec<u8>,
}

impl Inbound {
    /// Expects the answer to [`query::axfr`](super::query::axfr) of this ID.
    #[must_use]
    pub fn axfr(id: u16, apex: Name, limits: Limits) -> Self {
        let content = Content::axfr(apex.clone(), limits);
        Self::new(id, Rrtype::AXFR, apex, limits, content)
    }

    /// Expects the answer to [`query::ixfr`](super::query::ixfr) of this ID, sent over TCP.
    #[must_use]
    pub fn ixfr(id: u16, held: Version, limits: Limits) -> Self {
        let apex = held.apex().to_name();
        Self::new(id, Rrtype::IXFR, apex, limits, Content::ixfr(held, limits))
    }

    fn new(id: u16, qtype: Rrtype, apex: Name, limits: Limits, content: Content) -> Self {
        Self {
            id,
            apex,
            qtype,
            limits,
            received: Received::default(),
            empty_messages: 0,
            content,
            owner: NameBuf::new(),
            rdata: Vec::new(),
        }
    }

    /// How much has arrived so far.
    #[must_use]
    pub const fn received(&self) -> Received {
        self.received
    }

    /// Octets that the transfer keeps in memory, about. Names that are compressed in the messages and written out here
    /// can make them twenty times as many as have arrived.
    #[must_use]
    pub fn held_bytes(&self) -> u64 {
        self.content.held_bytes()
    }

    /// Whether a single SOA that is news is all there is of an IXFR. RFC 1995 §2 gives it the
    /// meaning "ask in another way", and RFC 5936 §2.2 lets the rest follow: only time tells, and
    /// it need not be long.
    #[must_use]
    pub const fn may_be_all(&self) -> bool {
        self.content.is_only_opened()
    }

    /// Takes the next message. A TSIG at its end is passed over.
    ///
    /// # Errors
    /// When the transfer cannot become a version. It is then over.
    pub fn feed(&mut self, octets: &[u8]) -> Result<Progress, XfrError> {
        self.count_message(octets.len())?;
        let message = Message::parse(octets)?;
        self.check_header(&message)?;
        self.check_question(&message)?;
        let before = self.received.records;
        let mut records = message.records();
        for item in records.by_ref() {
            let (section, view) = item?;
            // RFC 5936 §2.2.3, §2.2.4: other sections carry nothing of the zone.
            if section != Section::Answer {
                continue;
            }
            self.count_record()?;
            let owner = view.owner(&mut self.owner).map_err(MessageError::Name)?;
            self.rdata.clear();
            if let Err(error) = view.rdata_into(&mut self.rdata) {
                let (owner, rrtype) = (owner.to_name(), view.rrtype());
                return Err(XfrError::BadRdata { owner, rrtype, error });
            }
            self.content.take(RecordRef {
                owner,
                rrtype: view.rrtype(),
                class: view.class(),
                ttl: Ttl::from_wire(view.ttl_field()),
                rdata: &self.rdata,
            })?;
        }
        let end = records.position()?;
        if end != octets.len() {
            return Err(XfrError::TrailingOctets { octets: octets.len().saturating_sub(end) });
        }
        if self.received.records == before {
            self.count_empty()?;
        }
        Ok(self.content.end_of_message())
    }

    /// Ends the transfer: after [`Progress::Complete`], or when the primary closes the connection.
    ///
    /// # Errors
    /// When the primary had not said everything, or what it said is no acceptable version.
    pub fn finish(self) -> Result<Fetched, XfrError> {
        self.content.finish(self.received.records)
    }

    fn count_message(&mut self, octets: usize) -> Result<(), XfrError> {
        let bytes = u64::try_from(octets).unwrap_or(u64::MAX);
        self.received.messages = self.received.messages.saturating_add(1);
        self.received.bytes = self.received.bytes.saturating_add(bytes);
        let (bytes, limit) = (self.received.bytes, self.limits.stream_bytes_max);
        if bytes > limit { Err(XfrError::StreamTooLarge { bytes, limit }) } else { Ok(()) }
    }

    /// Records that the builder merges count here, or one repeated for ever would have no end.
    fn count_record(&mut self) -> Result<(), XfrError> {
        self.received.records = self.received.records.saturating_add(1);
        // Opening and closing SOA are one record of the zone; diffs have limits of their own.
        let most = self.limits.zone.records_max.saturating_add(1);
        if self.content.is_whole() && self.received.records > most {
            let (records, limit) = (self.received.records, self.limits.zone.records_max);
            return Err(zone::CheckError::TooManyRecords { records, limit }.into());
        }
        Ok(())
    }

    fn count_empty(&mut self) -> Result<(), XfrError> {
        if self.received.records == 0 {
            return Err(XfrError::NoOpeningSoa { found: None });
        }
        self.empty_messages = self.empty_messages.saturating_add(1);
        if self.empty_messages > self.limits.empty_messages_max {
            return Err(XfrError::EmptyMessages { count: self.empty_messages });
        }
        Ok(())
    }

    fn check_header(&self, message: &Message<'_>) -> Result<(), XfrError> {
        let header = message.header();
        if !header.flags.is_response() || header.flags.opcode() != Opcode::QUERY {
            return Err(XfrError::NotAnAnswer);
        }
        if header.id != self.id {
            return Err(XfrError::OtherId { asked: self.id, answered: header.id });
        }
        let (rcode, number) = (header.flags.rcode(), self.received.messages);
        if rcode != Rcode::NOERROR {
            return Err(XfrError::Rcode { rcode, message: number });
        }
        if header.flags.tc() {
            return Err(XfrError::Truncated { message: number });
        }
        Ok(())
    }

    /// RFC 5936 §2.2.1: the first message repeats the question, the others may.
    fn check_question(&self, message: &Message<'_>) -> Result<(), XfrError> {
        let (count, number) = (message.header().qdcount, self.received.messages);
        match (count, number) {
            (1, _) => {}
            (0, 2..) => return Ok(()),
            _ => return Err(XfrError::Questions { count, message: number }),
        }
        for question in message.questions() {
            let question = question?;
            let (qname, qtype, qclass) = (question.qname.as_ref(), question.qtype, question.qclass);
            if qname != self.apex.as_ref() || qtype != self.qtype || qclass != Class::IN {
                let qname = qname.to_name();
                return Err(XfrError::OtherQuestion { qname, qtype, qclass });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
