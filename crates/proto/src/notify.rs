//! A primary says that a zone has changed: whether to believe it, and what to answer.
//!
//! Pure: octets, their source and the rules come in; a verdict and the reply go out.
//!
//! Standards: RFC 1996 §3.7 (the question names the zone), §3.8–3.9 (answer section is a hint),
//! §3.10 (unknown senders), §4.7 (the reply) · RFC 8945 §5.2 (signature first).
//!
//! Invariants: I1 a NOTIFY changes nothing but when we ask: its serial is a hint and is never
//! installed. I2 the reply is signed when the request was and its key is known. I3 without a rule
//! that names its source, no NOTIFY is accepted, whoever signed it. I4 responses get no reply, so
//! that two servers cannot keep each other busy.
//!
//! Deviation: RFC 1996 §3.10 ignores unknown senders. BIND, NSD and Knot answer REFUSED, and so
//! do we: a primary that hears nothing repeats itself for minutes, and its operator learns
//! nothing. A zone we do not have gets NOTAUTH, as from BIND and NSD, so that the primary's log
//! tells a missing zone from a missing permission. Neither reply is longer than the request.
//!
//! Not here: rate limits (`admit`), what follows (`refresh`), NOTIFY that we send.

use crate::access::{Access, AccessRule, judge};
use crate::code::{Code, Fault};
use crate::reply::bare_reply;
use crate::time::UnixSeconds;
use crate::tsig::{Keyring, TsigFault, VerifiedRequest, verify_request};
use std::net::IpAddr;
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::message::{Message, MessageError, Section};
use wire::name::{Name, NameBuf, NameRef};
use wire::rdata::Soa;
use wire::serial::Serial;

/// A NOTIFY that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// The zone, case as sent.
    pub apex: Name,
    /// Serial the primary claims to have; a hint, and often missing.
    pub serial: Option<Serial>,
    /// Key that signed it.
    pub key: Option<Name>,
}

/// Why a NOTIFY was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The message cannot be read.
    #[error("NOTIFY cannot be read")]
    Malformed(#[from] MessageError),
    /// Not exactly one question (RFC 1996 §3.7).
    #[error("NOTIFY has {count} questions")]
    Questions {
        /// How many.
        count: u16,
    },
    /// SOA is the only type NOTIFY is defined for (RFC 1996 §3.11).
    #[error("NOTIFY is about {qtype}, not SOA")]
    OtherType {
        /// Type in the question.
        qtype: Rrtype,
    },
    /// The signature is bad.
    #[error("signature of NOTIFY is bad")]
    BadSignature(#[source] TsigFault),
    /// No zone of this name and class here.
    #[error("NOTIFY is for {apex}, which is no zone here")]
    UnknownZone {
        /// Name in the question.
        apex: Name,
        /// Class in the question.
        class: Class,
        /// Sender.
        sender: IpAddr,
    },
    /// The zone lists no such sender.
    #[error("{sender} may not send NOTIFY for {apex}")]
    UnknownSource {
        /// The zone.
        apex: Name,
        /// Sender.
        sender: IpAddr,
    },
    /// The sender is listed with a key and did not sign.
    #[error("NOTIFY for {apex} from {sender} is not signed by {expected}")]
    Unsigned {
        /// The zone.
        apex: Name,
        /// Sender.
        sender: IpAddr,
        /// Key it is listed with.
        expected: Name,
    },
    /// The sender is listed with another key than the one it used.
    #[error("NOTIFY for {apex} from {sender} is signed by {used}, not {expected}")]
    OtherKey {
        /// The zone.
        apex: Name,
        /// Sender.
        sender: IpAddr,
        /// Key it is listed with.
        expected: Name,
        /// Key it used.
        used: Name,
    },
}

impl Refusal {
    /// The failure by its name, with its facts.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let fault = Fault::new(self.code());
        match self {
            Self::Malformed(error) => fault.with("found", error),
            Self::Questions { count } => fault.with("questions", count),
            Self::OtherType { qtype } => fault.with("qtype", qtype),
            Self::BadSignature(bad) => {
                let inner = bad.fault();
                let mut fault = fault.with("tsig", inner.code);
                fault.facts.extend(inner.facts);
                fault
            }
            Self::UnknownZone { apex, class, sender } => {
                fault.with("source", sender).with("zone_unknown", apex).with("class", class)
            }
            Self::UnknownSource { sender, .. } => fault.with("source", sender),
            Self::Unsigned { sender, expected, .. } => {
                fault.with("source", sender).with("key_expected", expected)
            }
            Self::OtherKey { sender, expected, used, .. } => {
                fault.with("source", sender).with("key_expected", expected).with("key_used", used)
            }
        }
    }

    /// Its place in the catalogue.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Malformed(_) | Self::Questions { .. } | Self::OtherType { .. } => {
                Code::MalformedMessage
            }
            Self::BadSignature(_) | Self::OtherKey { .. } => Code::NotifyBadSig,
            Self::UnknownZone { .. } | Self::UnknownSource { .. } => Code::NotifyUnknownSource,
            Self::Unsigned { .. } => Code::NotifyUnsigned,
        }
    }

    /// The zone it belongs to in status; `None` when there is none here.
    #[must_use]
    pub const fn apex(&self) -> Option<&Name> {
        match self {
            Self::UnknownSource { apex, .. }
            | Self::Unsigned { apex, .. }
            | Self::OtherKey { apex, .. } => Some(apex),
            Self::Malformed(_)
            | Self::Questions { .. }
            | Self::OtherType { .. }
            | Self::BadSignature(_)
            | Self::UnknownZone { .. } => None,
        }
    }

    const fn rcode(&self) -> Rcode {
        match self {
            Self::Malformed(_) | Self::Questions { .. } | Self::OtherType { .. } => Rcode::FORMERR,
            Self::UnknownZone { .. } | Self::BadSignature(_) => Rcode::NOTAUTH,
            Self::UnknownSource { .. } | Self::Unsigned { .. } | Self::OtherKey { .. } => {
                Rcode::REFUSED
            }
        }
    }
}

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The zone should be looked at.
    Accepted(Notified),
    /// To be counted and shown.
    Refused(Refusal),
    /// Not a request, or not a NOTIFY: there is nothing to answer and nobody to blame.
    Ignored,
}

/// What becomes of a message, and what to send back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it was.
    pub outcome: Outcome,
    /// To be sent to the source, if anything.
    pub reply: Option<Vec<u8>>,
}

/// Judges a message with opcode NOTIFY, from any transport alike.
///
/// `senders_of` tells who may send for a zone, and is `None` for what is no zone here.
#[must_use]
pub fn inbound<R: AsRef<[AccessRule]>>(
    message: &[u8],
    source: IpAddr,
    keys: &Keyring,
    senders_of: impl FnOnce(NameRef<'_>) -> Option<R>,
    now: UnixSeconds,
) -> Verdict {
    let ignored = Verdict { outcome: Outcome::Ignored, reply: None };
    let Ok(view) = Message::parse(message) else { return ignored };
    let flags = view.header().flags;
    if flags.is_response() || flags.opcode() != Opcode::NOTIFY {
        return ignored;
    }
    let request = match verify_request(keys, message, now) {
        Ok(request) => request,
        Err(bad) => {
            let reply = bad.reply(message, now);
            return Verdict { outcome: Outcome::Refused(Refusal::BadSignature(bad.fault)), reply };
        }
    };
    let key = request.key().map(|key| key.name().clone());
    let (outcome, rcode) = match judged(&view, source, key, senders_of) {
        Ok(notified) => (Outcome::Accepted(notified), Rcode::NOERROR),
        Err(refusal) => {
            let rcode = refusal.rcode();
            (Outcome::Refused(refusal), rcode)
        }
    };
    Verdict { outcome, reply: reply_to(message, rcode, &request, now) }
}

fn judged<R: AsRef<[AccessRule]>>(
    message: &Message<'_>,
    sender: IpAddr,
    key: Option<Name>,
    senders_of: impl FnOnce(NameRef<'_>) -> Option<R>,
) -> Result<Notified, Refusal> {
    let count = message.header().qdcount;
    let question = match message.questions().next() {
        Some(question) if count == 1 => question?,
        Some(_) | None => return Err(Refusal::Questions { count }),
    };
    if question.qtype != Rrtype::SOA {
        return Err(Refusal::OtherType { qtype: question.qtype });
    }
    let (apex, class) = (question.qname.as_ref().to_name(), question.qclass);
    let senders = if class == Class::IN { senders_of(apex.as_ref()) } else { None };
    let Some(senders) = senders else {
        return Err(Refusal::UnknownZone { apex, class, sender });
    };
    match (judge(senders.as_ref(), sender, key.as_ref().map(Name::as_ref)), key) {
        (Access::Allowed, key) => {
            let serial = serial_hint(message, apex.as_ref());
            Ok(Notified { apex, serial, key })
        }
        (Access::UnknownSource, _) => Err(Refusal::UnknownSource { apex, sender }),
        (Access::OtherKey { expected }, Some(used)) => {
            Err(Refusal::OtherKey { apex, sender, expected: expected.clone(), used })
        }
        (Access::Unsigned { expected } | Access::OtherKey { expected }, _) => {
            Err(Refusal::Unsigned { apex, sender, expected: expected.clone() })
        }
    }
}

/// The serial in the first answer record, when that is the zone's SOA. Whatever else stands there
/// is no reason to miss a change.
fn serial_hint(message: &Message<'_>, apex: NameRef<'_>) -> Option<Serial> {
    let (section, record) = message.records().next()?.ok()?;
    let mut buf = NameBuf::new();
    let owner = record.owner(&mut buf).ok()?;
    let is_soa = record.rrtype() == Rrtype::SOA && record.class() == Class::IN;
    if section != Section::Answer || !is_soa || owner != apex {
        return None;
    }
    let mut rdata = Vec::new();
    record.rdata_into(&mut rdata).ok()?;
    Soa::parse(&rdata).ok().map(|soa| soa.serial)
}

/// The bit of authority, in the third octet of the header. An accepted NOTIFY is answered with it, as
/// by BIND: YADIFA takes another answer for none and repeats itself for minutes.
const AA: u8 = 0x04;

/// The reply, signed if the request was.
fn reply_to(
    message: &[u8],
    rcode: Rcode,
    request: &VerifiedRequest,
    now: UnixSeconds,
) -> Option<Vec<u8>> {
    let mut reply = bare_reply(message, rcode)?;
    if let (Rcode::NOERROR, Some(flags)) = (rcode, reply.get_mut(2)) {
        *flags |= AA;
    }
    if let Some(mut signer) = request.signer() {
        signer.sign(&mut reply, now);
    }
    Some(reply)
}

#[cfg(test)]
mod tests;
