//! Queries that are signed: checked before and signed after they are answered like any other.
//!
//! Pure; allocates, for none of it is on the way of the many.
//!
//! Standards: RFC 8945 §5.2 (checks), §5.3 (answers are signed, and leave room for that).
//!
//! Invariants: an answer to a query whose signature was good is signed, whatever it says. A bad signature is
//! told of and nothing else is. Where not even the question fits beside the signature, which takes names of
//! some 200 octets and a reader that takes 512, there is silence.
//!
//! Not here: MACs and times (`tsig`), what an answer says.

use super::outcome::{Outcome, Verdict};
use super::{Arrival, Rules};
use crate::tsig::{BadRequest, verify_request};
use wire::codes::Rcode;

/// Answers by `answer`, in at most `limit` octets with the signature. Where the signature of the query is bad
/// `answer` is told what to say instead.
pub(super) fn respond(
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
    limit: usize,
    out: &mut [u8],
    answer: impl FnOnce(Option<Verdict>, usize, &mut [u8]) -> Outcome,
) -> Outcome {
    let limit = limit.min(out.len());
    let request = match verify_request(rules.keys, arrival.octets, arrival.now) {
        Ok(request) => request,
        Err(bad) => {
            let outcome = answer(Some(verdict_on(&bad)), limit, out);
            return extended(outcome, limit, out, |message| bad.sign(message, arrival.now));
        }
    };
    let Some(mut signer) = request.signer() else { return answer(None, limit, out) };
    let outcome = answer(None, limit.saturating_sub(signer.record_octets()), out);
    extended(outcome, limit, out, |message| signer.sign(message, arrival.now))
}

/// Signs a message that is complete, if the query was signed as it ought to be.
pub(super) fn sign(
    rules: &Rules<'_>,
    arrival: &Arrival<'_>,
    outcome: Outcome,
    out: &mut [u8],
) -> Outcome {
    let request = verify_request(rules.keys, arrival.octets, arrival.now);
    let signer = request.ok().and_then(|request| request.signer());
    let Some(mut signer) = signer else { return outcome };
    extended(outcome, out.len(), out, |message| signer.sign(message, arrival.now))
}

fn verdict_on(bad: &BadRequest) -> Verdict {
    match bad.rcode() {
        Rcode::FORMERR => Verdict::FORMERR,
        Rcode(_) => Verdict::NOTAUTH,
    }
}

/// The same message with what `extend` puts at its end; nothing, if that is more than `limit`.
fn extended(
    outcome: Outcome,
    limit: usize,
    out: &mut [u8],
    extend: impl FnOnce(&mut Vec<u8>),
) -> Outcome {
    let Some(message) = out.get(..outcome.len).filter(|message| !message.is_empty()) else {
        return Outcome::DROPPED;
    };
    let mut message = message.to_vec();
    extend(&mut message);
    let len = message.len();
    match out.get_mut(..len).filter(|_| len <= limit) {
        Some(room) => {
            room.copy_from_slice(&message);
            Outcome { len, ..outcome }
        }
        None => Outcome::DROPPED,
    }
}
