//! Queries that are signed: checked before and signed after they are answered like any other.
//!
//! Pure; allocates, for none of it is on the way of the many.
//!
//! Standards: RFC 8945 §5.2 (checks), §5.3 (answers are signed, and leave room for that).
//!
//! Invariants: an answer to a query whose signature was good is signed, whatever it says. A bad signature is
//! told of and nothing else is.
//!
//! Not here: MACs and times (`tsig`), what an answer says.

use super::outcome::{Outcome, Truncation, Verdict};
use super::{Arrival, Rules};
use crate::tsig::{BadRequest, ResponseSigner, verify_request};
use wire::codes::Rcode;

/// Answers by `answer`, in at most `limit` octets with the signature. A query without one is just answered.
pub(super) fn respond(
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
    limit: usize,
    out: &mut [u8],
    answer: impl FnOnce(usize, &mut [u8]) -> Outcome,
) -> Outcome {
    let request = match verify_request(rules.keys, arrival.octets, arrival.now) {
        Ok(request) => request,
        Err(bad) => return refuse(&bad, arrival, out),
    };
    let Some(signer) = request.signer() else { return answer(limit, out) };
    let limit = limit.min(out.len()).saturating_sub(signer.record_octets());
    let outcome = answer(limit, out);
    sign(signer, arrival, outcome, out)
}

fn sign(
    mut signer: ResponseSigner,
    arrival: &Arrival<'_>,
    outcome: Outcome,
    out: &mut [u8],
) -> Outcome {
    let Some(unsigned) = out.get(..outcome.len).filter(|unsigned| !unsigned.is_empty()) else {
        return Outcome::DROPPED;
    };
    let mut message = unsigned.to_vec();
    signer.sign(&mut message, arrival.now);
    copied(&message, out).map_or(Outcome::DROPPED, |len| Outcome { len, ..outcome })
}

fn refuse(bad: &BadRequest, arrival: &Arrival<'_>, out: &mut [u8]) -> Outcome {
    let verdict = match bad.rcode() {
        Rcode::FORMERR => Verdict::FORMERR,
        Rcode(_) => Verdict::NOTAUTH,
    };
    let reply = bad.reply(arrival.octets, arrival.now);
    let written = reply.and_then(|reply| copied(&reply, out));
    written.map_or(Outcome::DROPPED, |len| verdict.outcome(len, Truncation::Whole))
}

/// Its length, if there is room for it.
fn copied(message: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..message.len())?.copy_from_slice(message);
    Some(message.len())
}
