//! Signing requests, checking what comes back, and the reverse.
//!
//! Pure: keys, octets and `now` come in; verdicts and octets go out.
//!
//! Standards: RFC 8945 §5.1 (signing), §5.2 (order of checks: key, MAC, time, truncation), §5.3
//! (answers), §5.3.1 (streams), §5.3.2 (error answers), §5.4 (the client's side), §10 (fudge).
//!
//! Invariants: I1 nothing is believed before its MAC is: a fault names what the peer claimed and
//! says so. I2 the first and the last message of a stream are signed, with at most 99 between two
//! signed ones. I3 a secret never appears in a fault. I4 every fault has a code.
//!
//! Not here: how a MAC is computed (`wire::tsig`); what a transfer does after a fault is on
//! [`TsigFault::remedy`], who may use which key is in `access`.

mod fault;
mod request;
mod stream;

pub use fault::{NoticedBy, TsigFault};
pub use request::{BadRequest, VerifiedRequest, verify_request};
pub use stream::{ResponseSigner, ResponseVerifier, UNSIGNED_BETWEEN_MAX};

use crate::time::UnixSeconds;
use std::sync::Arc;
use wire::name::NameRef;
use wire::tsig::{Digest, ErrorCode, FUDGE_DEFAULT, Fields, Key, Mac, TIME_MAX, Timers, Variables};

/// Keys by name. Names are unique; of two with one name the first given counts.
#[derive(Clone, Debug, Default)]
pub struct Keyring(Vec<Arc<Key>>);

impl Keyring {
    /// Sorts the keys, so that finding one is cheap.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = Arc<Key>>) -> Self {
        let mut sorted: Vec<_> = keys.into_iter().collect();
        sorted.sort_by(|a, b| a.name().cmp(b.name()));
        sorted.dedup_by(|later, first| later.name() == first.name());
        Self(sorted)
    }

    /// True when there is no key at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key of that name; case does not matter.
    #[must_use]
    pub fn find(&self, name: NameRef<'_>) -> Option<&Arc<Key>> {
        let at = self.0.binary_search_by(|key| key.name().as_ref().cmp(&name)).ok()?;
        self.0.get(at)
    }
}

/// MAC of a request, which its response must cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestMac(Mac);

/// Signs a request of ours (RFC 8945 §5.1).
#[must_use = "the response cannot be verified without the MAC of the request"]
pub fn sign_request(key: &Key, message: &mut Vec<u8>, now: UnixSeconds) -> RequestMac {
    let signing = Signing { timers: timers_at(now), error: ErrorCode::NOERROR, other: &[] };
    RequestMac(sign(key, None, message, &signing))
}

/// What a signature says besides who made it.
struct Signing<'a> {
    timers: Timers,
    error: ErrorCode,
    other: &'a [u8],
}

/// Signs a whole message with all variables, after the MAC of the request if there is one.
fn sign(key: &Key, prior: Option<&RequestMac>, message: &mut Vec<u8>, what: &Signing<'_>) -> Mac {
    let mut digest = Digest::new(key);
    if let Some(RequestMac(mac)) = prior {
        digest.prior_mac(mac);
    }
    digest.message(message);
    let variables = Variables { timers: what.timers, error: what.error, other: what.other };
    digest.variables(key, &variables);
    let mac = digest.finish();
    append(key, message, what, &mac);
    mac
}

/// Puts the finished record on the message.
fn append(key: &Key, message: &mut Vec<u8>, what: &Signing<'_>, mac: &Mac) {
    let original_id = message.first_chunk().copied().map_or(0, u16::from_be_bytes);
    let fields = Fields {
        key_name: key.name().as_ref(),
        algorithm: key.algorithm().name(),
        timers: what.timers,
        mac: mac.as_octets(),
        original_id,
        error: what.error,
        other: what.other,
    };
    wire::tsig::append(message, &fields);
}

/// The timers of everything we sign of our own accord. The field ends in the year 8921556.
fn timers_at(now: UnixSeconds) -> Timers {
    Timers { time_signed: now.0.min(TIME_MAX), fudge: FUDGE_DEFAULT }
}

/// Whether a message was signed within its own window (RFC 8945 §5.2.3); both edges are inside.
fn is_timely(timers: Timers, now: UnixSeconds) -> bool {
    timers.time_signed.abs_diff(now.0) <= u64::from(timers.fudge)
}

#[cfg(test)]
mod tests;
