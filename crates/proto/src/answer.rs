//! What a query is answered with.
//!
//! Pure: a function from the table's present versions, the query and the rules to octets in the
//! caller's buffer. It takes no lock and waits for nothing; unless the query is signed it allocates nothing.
//!
//! Standards: RFC 1034 §4.3.2 (the algorithm; `resolve`), §3.7 (class ANY) · RFC 4592 (wildcards) · RFC
//! 6672 (DNAME) · RFC 2308 §3, §5 (negative answers) · RFC 6604 (rcode and AA of chains) · RFC 9471 (glue is
//! not optional; `additional`) · RFC 2181 §9 (truncation; `reply`) · RFC 8482 §4.1 (ANY) · RFC 8914
//! (extended errors) · RFC 4035 §3.1 (signatures, DS, AD and CD) · RFC 5155 §7.2 (`denial`) · RFC 4892
//! (class CH; `identity`) · RFC 8945 §5.3 (`signed`) · RFC 6895 §3.1, RFC 9824 §3.4 (meta types).
//!
//! Invariants: A1 an rrset, with its signatures if these are wanted, is sent whole or not at all.
//! A2 TC says that something the reader needs was left out; what is left out without TC can be asked
//! for. A3 no answer is longer than what the reader takes. A4 the same query gets the same records
//! on every transport, less what does not fit. A5 work is bounded: [`LINKS_MAX`] links of a chain,
//! [`TARGETS_MAX`] targets of an answer, for glue the servers of one cut.
//!
//! Choices where standards leave one, and who chose alike:
//! - Apex NS are not added to positive answers: fewer octets to reflect (Knot).
//! - ANY is one rrset on every transport (NSD, Knot). RRSIG is all signatures of the name (BIND, NSD).
//! - A loop of aliases is told once, a chain that is too long in part, both with NOERROR (NSD, Knot): the
//!   resolver goes on from there. BIND says SERVFAIL. An alias is followed within its zone only: the next
//!   zone has another operator.
//! - An alias is followed for every type that does not stand beside it, NSEC and RRSIG included (NSD): to
//!   deny them there would be bogus (RFC 6840 §4.3).
//! - NSEC of a cut is the parent's to give, like its DS (BIND). NSD and Knot refer.
//! - The proof of a wildcard that is an empty non-terminal has the NSEC that shows it is one (NSD). A DNAME
//!   that makes a name too long is YXDOMAIN (BIND, NSD), and needs no proof.
//! - DS in a referral is sent with its signature or not at all.
//! - DS of a zone that is here, as is a zone further up but not its parent, is a referral to the parent (all three).
//!   Deviation: RFC 4035 §3.1.4.1 has the child say "no data". Validators must not believe that. ADR 0006.
//! - CD is cleared, as RFC 4035 §3.1.6 says of authorities, whatever §3 says of all.
//! - Meta types and OPT are FORMERR, MAILA and MAILB NOTIMP (BIND); types 0 and 65535 are data that nobody
//!   has. Class ANY is answered from class IN, without AA. Of class CH is told what the operator set, to
//!   those who may query.
//! - Options we do not do, cookies among them, are passed over whatever they hold. So are records of no use
//!   in the additional section; elsewhere a query has none, and they are FORMERR.
//! - Errors in the header or the question are told without OPT: what follows was not read. NOTIMP is never
//!   signed: of another opcode nothing is known, not even where a signature would be. BADVERS goes before a
//!   bad signature (BIND, Knot), and is signed if the signature is good.
//!
//! Not here: choosing the view, rate limits, NOTIFY, which records prove an absence (`zone`), transfers to
//! others (`xfr::outbound`).

mod additional;
mod chain;
mod denial;
mod identity;
mod outcome;
mod reply;
mod resolve;
mod signed;

use crate::admit::Admission;
use crate::edns;
use crate::time::UnixSeconds;
use crate::tsig::Keyring;
use core::net::IpAddr;
pub(crate) use outcome::Verdict;
use reply::Reply;
use wire::codes::{Class, Rrtype};
use wire::edns::ExtendedError;
use wire::message::HEADER_OCTETS;
use wire::query::{Query, QueryFault};
use zone::{Table, ViewId, ZoneState};

pub use additional::TARGETS_MAX;
pub use chain::LINKS_MAX;
pub use identity::{Identity, TEXT_OCTETS_MAX, Text};
pub use outcome::{Kind, Outcome, Truncation};

/// How a query came, as far as the size of its answer is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A datagram each way: EDNS says how large.
    Udp,
    /// A stream, encrypted or not.
    Tcp,
}

/// What holds for all queries of one listener.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Which zones are seen.
    pub view: ViewId,
    /// Who may ask.
    pub admission: &'a Admission,
    /// Largest datagram we send, in octets; at least 512 is used.
    pub udp_size_max: u16,
    /// Keys that queries may be signed with.
    pub keys: &'a Keyring,
    /// What is told of this instance.
    pub identity: &'a Identity,
}

/// A query as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The message.
    pub octets: &'a [u8],
    /// How it came.
    pub transport: Transport,
    /// From where.
    pub source: IpAddr,
    /// When; signatures are judged by it.
    pub now: UnixSeconds,
}

/// True for requests with the opcode NOTIFY, which are [`crate::notify`]'s.
#[must_use]
pub fn is_notify(octets: &[u8]) -> bool {
    const QR_AND_OPCODE: u8 = 0xf8;
    const NOTIFY: u8 = 4 << 3;
    octets.len() >= HEADER_OCTETS
        && octets.get(2).is_some_and(|flags| flags & QR_AND_OPCODE == NOTIFY)
}

/// Writes the answer to a message into `out`; nothing is to be sent if the outcome's `len` is 0.
///
/// `out` bounds the answer too; 65,535 octets are never too few.
#[must_use]
pub fn respond(table: &Table, rules: &Rules<'_>, arrival: &Arrival<'_>, out: &mut [u8]) -> Outcome {
    respond_by(rules, arrival, out, |query, reply| {
        answer(table, rules, arrival.source, query, reply)
    })
}

/// Writes an answer without records that says this.
pub(crate) fn refuse(
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
    verdict: Verdict,
    out: &mut [u8],
) -> Outcome {
    respond_by(rules, arrival, out, |_, _| verdict)
}

/// Writes what `answer` says, unless the message or its signature is not what it should be.
fn respond_by(
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
    out: &mut [u8],
    answer: impl Fn(&Query<'_>, &mut Reply<'_>) -> Verdict,
) -> Outcome {
    let query = match Query::parse(arrival.octets) {
        Ok(query) => query,
        Err(fault) => return on_fault(&fault, rules, arrival, out),
    };
    let limit = edns::size_limit(query.edns.as_ref(), arrival.transport, rules.udp_size_max);
    let write = |refusal: Option<Verdict>, limit: usize, out: &mut [u8]| {
        let room = limit.min(out.len());
        let Some(mut reply) = out.get_mut(..room).and_then(|out| Reply::new(out, &query)) else {
            return Outcome::DROPPED;
        };
        let verdict = refusal.unwrap_or_else(|| answer(&query, &mut reply));
        reply.finish(verdict, edns::own_udp_size(rules.udp_size_max))
    };
    match query.tsig_at {
        None => write(None, limit, out),
        Some(_) => signed::respond(rules, arrival, limit, out, write),
    }
}

/// Replies to what is no query. The wire says how little of it may be echoed.
fn on_fault(
    fault: &QueryFault<'_>,
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
    out: &mut [u8],
) -> Outcome {
    let own_size = edns::own_udp_size(rules.udp_size_max);
    let write = |verdict: Verdict, out: &mut [u8]| {
        let written = fault.reply(own_size, out);
        written.map_or(Outcome::DROPPED, |len| verdict.outcome(len, Truncation::Whole))
    };
    match fault {
        QueryFault::Drop | QueryFault::Notify => Outcome::DROPPED,
        QueryFault::FormErr(_) => write(Verdict::FORMERR, out),
        QueryFault::NotImp(_) => write(Verdict::NOTIMP, out),
        // All of it could be read, a signature too.
        QueryFault::BadVers(_) => {
            let outcome = write(Verdict::BADVERS, out);
            signed::sign(rules, arrival, outcome, out)
        }
    }
}

fn answer(
    table: &Table,
    rules: &Rules<'_>,
    source: IpAddr,
    query: &Query<'_>,
    reply: &mut Reply<'_>,
) -> Verdict {
    match query.qclass {
        Class::IN | Class::ANY => {}
        Class::CH => return identity::answer(rules, source, query, reply),
        Class(_) => return Verdict::refused(ExtendedError::NOT_SUPPORTED),
    }
    if let Some(verdict) = of_no_data(query.qtype) {
        return verdict;
    }
    // RFC 4035 §3.1.4.1: DS belongs to the parent's side of the cut, if we hold that side.
    let parent = match query.qtype {
        Rrtype::DS => table.find_parent_side(rules.view, query.qname),
        Rrtype(_) => None,
    };
    let found = parent.or_else(|| table.find(rules.view, query.qname));
    let zone = found.as_ref().map(|found| found.slot().id());
    // Who may not ask learns nothing of what we hold.
    if !rules.admission.queriers(zone).admit(source) {
        return Verdict::refused(ExtendedError::PROHIBITED);
    }
    let Some(found) = found else {
        return Verdict::refused(ExtendedError::NOT_AUTHORITATIVE);
    };
    match &**found.slot().state() {
        ZoneState::Serving(version) => resolve::resolve(version, query, reply),
        // RFC 8914 §4.25 names this very case.
        ZoneState::Expired => Verdict::servfail(ExtendedError::INVALID_DATA),
        // RFC 8914 §4.15: it will be; the difference tells an operator where to look.
        ZoneState::NotLoaded => Verdict::servfail(ExtendedError::NOT_READY),
    }
}

/// The verdict on qtypes that no zone has data of; `None` for all others and for ANY.
fn of_no_data(qtype: Rrtype) -> Option<Verdict> {
    match qtype {
        // Transfers are `xfr::outbound`'s, and never for strangers.
        Rrtype::AXFR | Rrtype::IXFR => Some(Verdict::refused(ExtendedError::PROHIBITED)),
        Rrtype::MAILA | Rrtype::MAILB => Some(Verdict::NOTIMP),
        // RFC 6895 §3.1: meta types; RFC 9824 §3.4 for 128. BIND answers so; NSD and Knot as if
        // they were data.
        Rrtype::OPT | Rrtype(128..=250) => Some(Verdict::FORMERR),
        Rrtype(_) => None,
    }
}

#[cfg(test)]
mod tests;
