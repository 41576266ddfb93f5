//! Reading the answer to the SOA query.
//!
//! Pure.
//!
//! Standards: RFC 1034 §4.3.5 (the SOA tells whether to transfer) · RFC 2181 §5.4.1 (authority) ·
//! RFC 6891 §6.1.3 (BADVERS) · RFC 7314 §4 (EXPIRE).
//!
//! Invariants: a serial is believed only from an authoritative answer about the zone's own apex;
//! of several SOA records all must agree.
//!
//! Not here: what to do with the serial (`refresh`), signatures (`tsig`).

use crate::code::{Code, Fault};
use crate::primaries::Remedy;
use crate::refresh::SoaTimers;
use crate::time::Seconds;
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::edns::OptionCode;
use wire::message::{Message, MessageError, RecordView, Section};
use wire::name::{Name, NameBuf, NameRef};
use wire::rdata::{RdataError, Soa};

/// What a primary says about its version of the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probed {
    /// Serial and timers.
    pub timers: SoaTimers,
    /// Seconds until the zone expires at the primary, if it says so (RFC 7314): our copy is not
    /// good for longer than its own.
    pub expires_in: Option<Seconds>,
}

/// Why an answer tells no serial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeFault {
    /// The octets are no message, or their counts lie.
    #[error("answer cannot be read")]
    Malformed(#[from] MessageError),
    /// The SOA's rdata cannot be read.
    #[error("SOA in the answer cannot be read")]
    BadSoa(#[from] RdataError),
    /// Not an answer, or to another question: nobody who saw our question wrote it.
    #[error("message is not the answer to our question")]
    Foreign {
        /// ID of our question.
        asked: u16,
        /// ID of the message.
        answered: u16,
    },
    /// TC is set.
    #[error("answer is truncated")]
    Truncated,
    /// The primary refuses in one way or another.
    #[error("answered with {rcode}")]
    Rcode {
        /// All twelve bits.
        rcode: Rcode,
    },
    /// The answer lacks authority, or leads elsewhere.
    #[error("answered without authority")]
    Lame {
        /// Where it leads, when it is a referral.
        referred_to: Option<Name>,
    },
    /// The apex is an alias at this primary.
    #[error("the apex is an alias there")]
    Alias,
    /// The name is not the apex of a zone at this primary.
    #[error("the name is no apex there")]
    NotApex {
        /// The zone it is in, when the answer tells.
        apex: Option<Name>,
    },
    /// Several SOA records that differ.
    #[error("answer has {count} SOA records that differ")]
    SeveralSoas {
        /// How many.
        count: u32,
    },
}

impl ProbeFault {
    /// The failure by its name, with its facts.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Malformed(error) => Fault::new(Code::MalformedMessage).with("found", error),
            Self::BadSoa(error) => Fault::new(Code::BadRdata).with("found", error),
            Self::Foreign { asked, answered } => Fault::new(Code::MalformedMessage)
                .with("id_asked", asked)
                .with("id_answered", answered),
            Self::Truncated => Fault::new(Code::UdpTruncatedSoa),
            Self::Rcode { rcode: Rcode::BADVERS } => {
                Fault::new(Code::FormErr).with("rcode", "BADVERS")
            }
            Self::Rcode { rcode } => Fault::new(super::code_of_rcode(*rcode)).with("rcode", rcode),
            Self::Lame { referred_to: Some(zone) } => {
                Fault::new(Code::LameReferral).with("referred_to", zone)
            }
            Self::Lame { referred_to: None } => Fault::new(Code::LameReferral),
            Self::Alias => Fault::new(Code::CnameAtApex),
            Self::NotApex { apex: Some(apex) } => {
                Fault::new(Code::NotZoneApex).with("apex_there", apex)
            }
            Self::NotApex { apex: None } => Fault::new(Code::NotZoneApex),
            Self::SeveralSoas { count } => Fault::new(Code::DuplicateSoa).with("count", count),
        }
    }

    /// Its place in the catalogue.
    #[must_use]
    pub fn code(&self) -> Code {
        self.fault().code
    }

    /// What to do next.
    #[must_use]
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::Truncated | Self::Malformed(_) | Self::Foreign { .. } => Remedy::UseTcp,
            Self::Rcode { rcode } => super::remedy_of_probe_rcode(*rcode),
            Self::BadSoa(_)
            | Self::Lame { .. }
            | Self::Alias
            | Self::NotApex { .. }
            | Self::SeveralSoas { .. } => Remedy::TryNextPrimary,
        }
    }
}

/// Reads the answer to [`query::soa`](super::query::soa). TSIG was verified before, or is not asked for.
///
/// # Errors
/// When the answer tells no serial of this zone.
pub fn read_soa(answer: &[u8], id: u16, apex: NameRef<'_>) -> Result<Probed, ProbeFault> {
    let message = Message::parse(answer)?;
    let header = *message.header();
    if header.id != id || !header.flags.is_response() || header.flags.opcode() != Opcode::QUERY {
        return Err(ProbeFault::Foreign { asked: id, answered: header.id });
    }
    let lower = header.flags.rcode();
    // A primary that refuses need not repeat the question, nor know how to write OPT.
    let edns = message.edns();
    let rcode = match &edns {
        Ok(Some(edns)) => edns.rcode(lower),
        Ok(None) | Err(_) => lower,
    };
    if rcode != Rcode::NOERROR {
        return Err(ProbeFault::Rcode { rcode });
    }
    check_question(&message, id, apex)?;
    if header.flags.tc() {
        return Err(ProbeFault::Truncated);
    }
    let seen = Seen::gather(&message, apex)?;
    let expires_in = edns?.and_then(|edns| edns.option(OptionCode::EXPIRE)).and_then(|octets| {
        <[u8; 4]>::try_from(octets).ok().map(|octets| Seconds(u32::from_be_bytes(octets)))
    });
    let timers = seen.judge(header.flags.aa())?;
    Ok(Probed { timers, expires_in })
}

fn check_question(message: &Message<'_>, id: u16, apex: NameRef<'_>) -> Result<(), ProbeFault> {
    let mut questions = message.questions();
    let ours = match (questions.next().transpose()?, questions.next()) {
        (Some(question), None) => {
            question.qname.as_ref() == apex
                && question.qtype == Rrtype::SOA
                && question.qclass == Class::IN
        }
        (None, _) | (Some(_), Some(_)) => false,
    };
    if ours {
        Ok(())
    } else {
        Err(ProbeFault::Foreign { asked: id, answered: message.header().id })
    }
}

/// What of an answer matters.
#[derive(Default)]
struct Seen {
    soa: Option<Vec<u8>>,
    soas: u32,
    differ: bool,
    alias: bool,
    /// Owner of an SOA in the authority section: the zone the name is in.
    within: Option<Name>,
    /// Owner of NS records in the authority section.
    referred_to: Option<Name>,
}

impl Seen {
    fn gather(message: &Message<'_>, apex: NameRef<'_>) -> Result<Self, ProbeFault> {
        let (mut seen, mut buf) = (Self::default(), NameBuf::new());
        for record in message.records() {
            let (section, record) = record?;
            if record.class() != Class::IN {
                continue; // OPT and TSIG among them
            }
            let owner = record.owner(&mut buf).map_err(MessageError::Name)?;
            match (section, record.rrtype()) {
                (Section::Answer, Rrtype::SOA) if owner == apex => seen.add_soa(&record)?,
                (Section::Answer, Rrtype::CNAME) if owner == apex => seen.alias = true,
                (Section::Authority, Rrtype::SOA) => seen.within = Some(owner.to_name()),
                (Section::Authority, Rrtype::NS) => seen.referred_to = Some(owner.to_name()),
                _ => {}
            }
        }
        Ok(seen)
    }

    fn add_soa(&mut self, record: &RecordView<'_>) -> Result<(), ProbeFault> {
        let mut rdata = Vec::new();
        record.rdata_into(&mut rdata)?;
        self.soas = self.soas.saturating_add(1);
        self.differ |= self.soa.as_ref().is_some_and(|first| *first != rdata);
        self.soa = Some(rdata);
        Ok(())
    }

    /// The alias comes first: what follows it is about another name.
    fn judge(self, aa: bool) -> Result<SoaTimers, ProbeFault> {
        if self.alias {
            return Err(ProbeFault::Alias);
        }
        if self.differ {
            return Err(ProbeFault::SeveralSoas { count: self.soas });
        }
        match self.soa {
            Some(rdata) if aa => {
                let Soa { serial, refresh, retry, expire, .. } = Soa::parse(&rdata)?;
                let (refresh, retry, expire) = (Seconds(refresh), Seconds(retry), Seconds(expire));
                Ok(SoaTimers { serial, refresh, retry, expire })
            }
            Some(_) => Err(ProbeFault::Lame { referred_to: None }),
            None if aa => Err(ProbeFault::NotApex { apex: self.within }),
            None => Err(ProbeFault::Lame { referred_to: self.referred_to }),
        }
    }
}

#[cfg(test)]
mod tests;
