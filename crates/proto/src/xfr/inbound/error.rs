//! Why a transfer came to nothing.
//!
//! Pure.
//!
//! Not here: the words an operator reads (`code`), and what fails before a message is there (`server::dial`).

use crate::code::{Code, Fault};
use crate::primaries::Remedy;
use crate::xfr::{code_of_rcode, remedy_of_rcode};
use wire::codes::{Class, Rcode, Rrtype};
use wire::message::MessageError;
use wire::name::Name;
use wire::rdata::RdataError;
use wire::serial::Serial;
use zone::{ApplyError, CheckError};

/// Why an inbound transfer was rejected. Every variant is the peer's doing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XfrError {
    /// The octets are no message, or its counts promise more than there is.
    #[error("message cannot be read")]
    Malformed(#[from] MessageError),
    /// Octets behind the last record.
    #[error("{octets} octets follow the last record of a message")]
    TrailingOctets {
        /// How many.
        octets: usize,
    },
    /// A record whose content breaks the rules of its type.
    #[error("{owner} {rrtype} has malformed rdata")]
    BadRdata {
        /// Owner of the record.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
        /// What is wrong.
        #[source]
        error: RdataError,
    },
    /// A request, or an answer to one of another kind.
    #[error("message is not an answer to a query")]
    NotAnAnswer,
    /// An answer to somebody else's question.
    #[error("message has ID {answered}, we asked with {asked}")]
    OtherId {
        /// ID of our question.
        asked: u16,
        /// ID of the message.
        answered: u16,
    },
    /// The primary refuses, at once or in the middle.
    #[error("message {message} says {rcode}")]
    Rcode {
        /// What it says.
        rcode: Rcode,
        /// Which message, counted from 1.
        message: u64,
    },
    /// TC has no meaning over TCP.
    #[error("message {message} is marked as truncated")]
    Truncated {
        /// Which message, counted from 1.
        message: u64,
    },
    /// RFC 5936 §2.2.1: one question in the first message, none or one later.
    #[error("message {message} has {count} questions")]
    Questions {
        /// How many.
        count: u16,
        /// Which message, counted from 1.
        message: u64,
    },
    /// Another question than ours is repeated.
    #[error("answer is to {qname} {qclass} {qtype}")]
    OtherQuestion {
        /// Name.
        qname: Name,
        /// Type.
        qtype: Rrtype,
        /// Class.
        qclass: Class,
    },
    /// RFC 5936 §2.2: the first record is the SOA of the zone.
    #[error("transfer does not open with the SOA of the zone")]
    NoOpeningSoa {
        /// The first record; `None` when the first message has none.
        found: Option<(Name, Rrtype)>,
    },
    /// RFC 5936 §2.2: the closing SOA repeats the opening one.
    #[error("transfer opened at serial {opened} but closed at {closed}")]
    SerialChanged {
        /// Serial of the opening SOA.
        opened: Serial,
        /// Serial of the closing one.
        closed: Serial,
    },
    /// The same serial, but another SOA.
    #[error("opening and closing SOA of serial {serial} differ")]
    SoaChanged {
        /// Serial of both.
        serial: Serial,
    },
    /// A SOA in the middle, or something behind the end.
    #[error("{owner} {rrtype} follows the closing SOA")]
    AfterEnd {
        /// Owner of the record.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
    },
    /// The primary stopped before the end.
    #[error("transfer ended after {records} records, without the closing SOA")]
    Unclosed {
        /// Records received.
        records: u64,
    },
    /// Many messages without records.
    #[error("{count} messages have no records")]
    EmptyMessages {
        /// How many.
        count: u32,
    },
    /// More octets than a zone within its limits can need.
    #[error("transfer has {bytes} octets, more than {limit}")]
    StreamTooLarge {
        /// Octets received.
        bytes: u64,
        /// Octets allowed.
        limit: u64,
    },
    /// A record, or the whole zone, is not acceptable.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// RFC 1995 §4: a difference sequence applies only to the version it names.
    #[error("diff starts at serial {found}, we hold {held}")]
    BaseMismatch {
        /// Where it starts.
        found: Serial,
        /// What we hold.
        held: Serial,
    },
    /// Changes that lead back, or to where no order is.
    #[error("changes lead to serial {offered}, we hold {held}")]
    NotNewer {
        /// Serial of the opening SOA.
        offered: Serial,
        /// What we hold.
        held: Serial,
    },
    /// A diff does not start where the one before it ended.
    #[error("diff ends at serial {ended}, the next starts at {found}")]
    Gap {
        /// End of the one before.
        ended: Serial,
        /// Start of the next.
        found: Serial,
    },
    /// A diff that does not go forward, or past the serial it should lead to.
    #[error("diff leads from serial {from} to {to}, the transfer to {offered}")]
    Astray {
        /// Its start.
        from: Serial,
        /// Its end.
        to: Serial,
        /// Serial of the opening SOA.
        offered: Serial,
    },
    /// Changes that cost more than the zone.
    #[error("changes have {bytes} octets, the zone has {zone_bytes}")]
    DiffsTooLarge {
        /// Octets of the changes so far.
        bytes: u64,
        /// Octets of the zone, or what small zones are allowed.
        zone_bytes: u64,
    },
    /// More steps than are worth taking.
    #[error("changes have more than {limit} steps")]
    TooManyDiffs {
        /// Steps allowed.
        limit: u32,
    },
    /// The changes do not fit what we hold.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

impl XfrError {
    /// What to do next; callers match on this, never on the variants. After an AXFR, to fetch the
    /// whole zone again from the same primary is no remedy, and `primaries` asks the next one.
    #[must_use]
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::Rcode { rcode, .. } => remedy_of_rcode(*rcode),
            Self::Malformed(_)
            | Self::TrailingOctets { .. }
            | Self::BadRdata { .. }
            | Self::NotAnAnswer
            | Self::OtherId { .. }
            | Self::Truncated { .. }
            | Self::Questions { .. }
            | Self::OtherQuestion { .. }
            | Self::NoOpeningSoa { .. }
            | Self::SerialChanged { .. }
            | Self::SoaChanged { .. }
            | Self::AfterEnd { .. }
            | Self::Unclosed { .. }
            | Self::EmptyMessages { .. }
            | Self::BaseMismatch { .. }
            | Self::NotNewer { .. }
            | Self::Gap { .. }
            | Self::Astray { .. }
            | Self::DiffsTooLarge { .. }
            | Self::TooManyDiffs { .. }
            | Self::Apply(_) => Remedy::FetchWholeZone,
            Self::Check(check) if is_limit(check) => Remedy::TryNextPrimary,
            Self::Check(_) => Remedy::FetchWholeZone,
            Self::StreamTooLarge { .. } => Remedy::TryNextPrimary,
        }
    }

    /// Its place in the catalogue.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Malformed(_)
            | Self::TrailingOctets { .. }
            | Self::NotAnAnswer
            | Self::OtherId { .. }
            | Self::Truncated { .. }
            | Self::Questions { .. }
            | Self::OtherQuestion { .. }
            | Self::NoOpeningSoa { .. }
            | Self::EmptyMessages { .. } => Code::MalformedMessage,
            Self::BadRdata { .. } => Code::BadRdata,
            Self::Rcode { rcode, .. } => code_of_rcode(*rcode),
            Self::SerialChanged { .. } | Self::SoaChanged { .. } => Code::AxfrSoaMismatch,
            Self::AfterEnd { .. } => Code::DuplicateSoa,
            Self::Unclosed { .. } => Code::AxfrNoTrailingSoa,
            Self::StreamTooLarge { .. } => Code::ZoneTooLarge,
            Self::BaseMismatch { .. }
            | Self::NotNewer { .. }
            | Self::Gap { .. }
            | Self::Astray { .. } => Code::IxfrNotContiguous,
            Self::DiffsTooLarge { .. } | Self::TooManyDiffs { .. } => Code::IxfrTooLarge,
            Self::Check(check) => named(check.code()),
            Self::Apply(apply) => named(apply.code()),
        }
    }

    /// The failure by its name, with its facts.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let fault = Fault::new(self.code());
        match self {
            Self::Malformed(error) => fault.with("found", error),
            Self::TrailingOctets { octets } => fault.with("trailing_octets", octets),
            Self::BadRdata { owner, rrtype, error } => {
                fault.with("owner", owner).with("rrtype", rrtype).with("found", error)
            }
            Self::NotAnAnswer | Self::NoOpeningSoa { found: None } => fault.with("found", self),
            Self::OtherId { asked, answered } => {
                fault.with("id_asked", asked).with("id_answered", answered)
            }
            Self::Rcode { rcode, message } => fault.with("rcode", rcode).with("message", message),
            Self::Truncated { message } => fault.with("found", "TC").with("message", message),
            Self::Questions { count, message } => {
                fault.with("questions", count).with("message", message)
            }
            Self::OtherQuestion { qname, qtype, qclass } => {
                fault.with("qname", qname).with("qclass", qclass).with("qtype", qtype)
            }
            Self::NoOpeningSoa { found: Some((owner, rrtype)) }
            | Self::AfterEnd { owner, rrtype } => fault.with("owner", owner).with("rrtype", rrtype),
            Self::SerialChanged { opened, closed } => {
                fault.with("opened", opened).with("closed", closed)
            }
            Self::SoaChanged { serial } => fault.with("opened", serial).with("closed", serial),
            Self::Unclosed { records } => fault.with("records", records),
            Self::EmptyMessages { count } => fault.with("empty_messages", count),
            Self::StreamTooLarge { bytes, limit } => {
                fault.with("bytes", bytes).with("limit", limit)
            }
            Self::Check(check) => fault.with("found", check),
            Self::BaseMismatch { found, held } => fault.with("held", held).with("found", found),
            Self::NotNewer { offered, held } => fault.with("held", held).with("offered", offered),
            Self::Gap { ended, found } => fault.with("ended", ended).with("found", found),
            Self::Astray { from, to, offered } => {
                fault.with("from", from).with("to", to).with("offered", offered)
            }
            Self::DiffsTooLarge { bytes, zone_bytes } => {
                fault.with("bytes", bytes).with("zone_bytes", zone_bytes)
            }
            Self::TooManyDiffs { limit } => fault.with("limit", limit),
            Self::Apply(apply) => fault.with("found", apply),
        }
    }
}

/// Whether the zone is too large, as it would be if it came again.
const fn is_limit(check: &CheckError) -> bool {
    match check {
        CheckError::TooManyRecords { .. }
        | CheckError::ZoneTooLarge { .. }
        | CheckError::RrsetTooManyRecords { .. }
        | CheckError::RrsetTooLarge { .. }
        | CheckError::TooManyTypes { .. } => true,
        CheckError::OutOfZone { .. }
        | CheckError::WrongClass { .. }
        | CheckError::MetaType { .. }
        | CheckError::BadRdata { .. }
        | CheckError::SoaBelowApex { .. }
        | CheckError::SeveralSoas { .. }
        | CheckError::NoSoa { .. }
        | CheckError::NoApexNs { .. } => false,
    }
}

/// `zone` knows the names, not the catalogue.
fn named(code: &str) -> Code {
    let known = code.parse();
    debug_assert!(known.is_ok(), "{code} is not in the catalogue");
    known.unwrap_or(Code::BadRdata)
}
