//! Transfers to others: who gets one, in which form, and the messages of it.
//!
//! Pure: octets, their source, the table, the rules and `now` come in; messages go out, one at a time, into the caller's buffer.
//!
//! Standards: RFC 5936 §2.2 (AXFR responses), §2.2.1 (rcodes), §4.2 (none over UDP), §5 (access) · RFC 1995 §2 (single
//! SOA, whole zone instead, UDP), §4 (form) · RFC 8945 §5.3.1 (streams; every message is signed).
//!
//! Invariants: X1 without a rule that names source and key nobody gets anything, and is told nothing of what is here; the
//! rules are the same on every transport. X2 a transfer is of one version, from its SOA to its SOA, whatever is published
//! meanwhile. X3 each message moves on: what does not fit any message ends the transfer with SERVFAIL. X4 who asks with a
//! serial that is not older than ours gets our SOA and nothing else.
//!
//! Choices where standards leave one: AXFR over UDP is refused. A zone that is expired or not loaded is SERVFAIL, as a query
//! for it is (NSD). The question stands in the first message only, and so does OPT (BIND). An IXFR whose diffs are not
//! known, or are larger than the zone, is answered with the whole zone (all three).
//!
//! Not here: how many transfers at once and how slow a reader may be (`server::net`), which diffs are kept
//! (`zone::History`), NOTIFY to others.

mod content;
mod refusal;
mod request;
mod stream;

pub use refusal::Refusal;
pub use stream::{Form, MESSAGE_OCTETS, Reader, Sent, Transfer, Written};

use crate::access::{Access, AccessRule, judge};
use crate::answer::{self, Arrival, Outcome, Rules, Transport, Truncation, Verdict};
use crate::edns;
use crate::tsig::{VerifiedRequest, verify_request};
use content::Content;
use std::collections::BTreeMap;
use std::sync::Arc;
use wire::codes::Rrtype;
use wire::edns::ExtendedError;
use wire::name::Name;
use wire::query::Query;
use zone::{Found, Slot, Table, Version, ZoneId, ZoneState};

/// Who may transfer which zone. Nobody, unless a list says so.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    default: Arc<[AccessRule]>,
    /// Only the zones that differ from the default.
    zones: BTreeMap<ZoneId, Arc<[AccessRule]>>,
}

impl Grants {
    /// Zones that are not among `zones` have the default.
    #[must_use]
    pub fn new(
        default: Arc<[AccessRule]>,
        zones: impl IntoIterator<Item = (ZoneId, Arc<[AccessRule]>)>,
    ) -> Self {
        let zones = zones.into_iter().filter(|(_, rules)| *rules != default).collect();
        Self { default, zones }
    }

    /// The rules of a zone; `None` stands for names that are no zone here.
    #[must_use]
    pub fn rules(&self, zone: Option<ZoneId>) -> &[AccessRule] {
        zone.and_then(|id| self.zones.get(&id)).unwrap_or(&self.default)
    }
}

/// What becomes of a request for a transfer.
#[derive(Debug)]
pub enum Response {
    /// One message says all; it is in the caller's buffer.
    Said {
        /// The message.
        outcome: Outcome,
        /// What it was.
        event: Event,
    },
    /// Messages without a known end; see [`Transfer::next`].
    Stream(Box<Transfer>),
}

/// What is to be counted and shown of a request that was answered with one message.
#[derive(Debug)]
pub enum Event {
    /// It was refused.
    Refused {
        /// `None` if no zone here has the name.
        zone: Option<ZoneId>,
        /// Why.
        refusal: Refusal,
    },
    /// It was answered, and that was all there is to send.
    Sent(Box<Transfer>),
}

/// Whether the message asks for a transfer in class IN. False for what cannot be read.
#[must_use]
pub fn is_request(octets: &[u8]) -> bool {
    request::asked(octets).is_some()
}

/// Answers a request, or begins to; `None` if the message is none.
///
/// One message is written to `out`, which bounds it too; 65,535 octets are never too few. Streams come over TCP only.
#[must_use]
pub fn respond(
    table: &Table,
    rules: &Rules<'_>,
    grants: &Grants,
    arrival: &Arrival<'_>,
    out: &mut [u8],
) -> Option<Response> {
    let query = request::asked(arrival.octets)?;
    let found = table.find(rules.view, query.qname);
    let slot = found.as_ref().map(Found::slot).filter(|slot| slot.apex().as_ref() == query.qname);
    let zone = slot.map(|slot| slot.id());
    let begun = granted(grants.rules(zone), rules, arrival).and_then(|request| {
        let slot = slot.ok_or(Refusal::UnknownZone)?;
        let version = served(slot)?;
        let shape = shape_of(&query, arrival, &version)?;
        let reader = Reader { zone: slot.id(), source: arrival.source };
        Ok(Transfer::new((&query, rules.udp_size_max), reader, request, version, shape))
    });
    match begun {
        Ok(transfer) => Some(send(transfer, &query, (rules, arrival), out)),
        Err(refusal) => {
            let outcome = answer::refuse(rules, arrival, verdict_on(&refusal), out);
            Some(Response::Said { outcome, event: Event::Refused { zone, refusal } })
        }
    }
}

/// Whether the request may be answered at all: its signature, then the rules (X1).
fn granted(
    list: &[AccessRule],
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
) -> Result<VerifiedRequest, Refusal> {
    let request = verify_request(rules.keys, arrival.octets, arrival.now)
        .map_err(|bad| Refusal::BadSignature(bad.fault))?;
    let key = request.key().map(|key| key.name());
    let refusal = match (judge(list, arrival.source, key.map(Name::as_ref)), key) {
        (Access::Allowed, _) => return Ok(request),
        (Access::UnknownSource, _) => Refusal::UnknownSource,
        (Access::OtherKey { expected }, Some(used)) => {
            Refusal::OtherKey { expected: expected.clone(), used: used.clone() }
        }
        (Access::Unsigned { expected } | Access::OtherKey { expected }, _) => {
            Refusal::Unsigned { expected: expected.clone() }
        }
    };
    Err(refusal)
}

fn served(slot: &Slot) -> Result<Version, Refusal> {
    match &**slot.state() {
        ZoneState::Serving(version) => Ok(version.clone()),
        ZoneState::Expired => Err(Refusal::Expired),
        ZoneState::NotLoaded => Err(Refusal::NotLoaded),
    }
}

/// How the answer will look, and its records.
fn shape_of(
    query: &Query<'_>,
    arrival: &Arrival<'_>,
    version: &Version,
) -> Result<(Form, Content), Refusal> {
    if query.qtype == Rrtype::AXFR {
        return match arrival.transport {
            Transport::Tcp => Ok((Form::Whole, Content::whole())),
            Transport::Udp => Err(Refusal::OverUdp),
        };
    }
    let (held, ours) = (request::held(arrival.octets, query.qname)?, version.serial());
    if held == ours || held.is_newer_than(ours) {
        return Ok((Form::Soa, Content::soa())); // X4
    }
    let diffs = version.history().since(held).map(Content::diffs);
    let shorter = diffs.filter(|diffs| diffs.size_bytes(version) <= version.size_bytes());
    Ok(match shorter {
        Some(diffs) => (Form::Diffs, diffs),
        None => (Form::Whole, Content::whole()),
    })
}

/// Sends all of it at once if one message is certain to do, and over UDP in any case.
fn send(
    mut transfer: Transfer,
    query: &Query<'_>,
    (rules, arrival): (&Rules<'_>, &Arrival<'_>),
    out: &mut [u8],
) -> Response {
    let mut message = Vec::new();
    let truncation = match arrival.transport {
        Transport::Udp => {
            let size = edns::size_limit(query.edns.as_ref(), Transport::Udp, rules.udp_size_max);
            transfer.write_datagram(size.min(out.len()), &mut message, arrival.now)
        }
        Transport::Tcp if transfer.fits_one_message() => {
            let last = transfer.next(&mut message, arrival.now) == Written::Last;
            last.then_some(Truncation::Whole)
        }
        Transport::Tcp => return Response::Stream(Box::new(transfer)),
    };
    let outcome = match truncation.zip(out.get_mut(..message.len())) {
        Some((truncation, room)) => {
            room.copy_from_slice(&message);
            Verdict::ANSWER.outcome(message.len(), truncation)
        }
        None => Outcome::DROPPED,
    };
    Response::Said { outcome, event: Event::Sent(Box::new(transfer)) }
}

/// RFC 5936 §2.2.1, and what a query for such a zone would be told.
fn verdict_on(refusal: &Refusal) -> Verdict {
    match refusal {
        // A bad signature is told of by who writes the answer.
        Refusal::BadSignature(_)
        | Refusal::UnknownSource
        | Refusal::Unsigned { .. }
        | Refusal::OtherKey { .. } => Verdict::refused(ExtendedError::PROHIBITED),
        Refusal::OverUdp => Verdict::refused(ExtendedError::NOT_SUPPORTED),
        Refusal::UnknownZone => Verdict::NOTAUTH.with_error(ExtendedError::NOT_AUTHORITATIVE),
        Refusal::NoSoa => Verdict::FORMERR,
        Refusal::Expired => Verdict::servfail(ExtendedError::INVALID_DATA),
        Refusal::NotLoaded => Verdict::servfail(ExtendedError::NOT_READY),
    }
}

#[cfg(test)]
mod tests;
