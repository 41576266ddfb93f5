//! Requests of others: checking their signature, and refusing them properly.
//!
//! Pure.
//!
//! Standards: RFC 8945 §5.2 (checks), §5.2.1–5.2.3 (BADKEY, BADSIG, BADTIME), §5.3 (answers to bad requests).

use super::stream::ResponseSigner;
use super::{Keyring, NoticedBy, RequestMac, Signing, TsigFault, is_timely, sign, timers_at};
use crate::time::UnixSeconds;
use std::sync::Arc;
use wire::codes::Rcode;
use wire::name::Name;
use wire::tsig::{
    Digest, ErrorCode, Fields, Key, Mac, MacLength, TIME_MAX, Timers, TsigRecord, Variables,
};

/// A request whose signature, if it has one, is good.
#[derive(Clone, Debug)]
pub struct VerifiedRequest {
    signed_by: Option<(Arc<Key>, RequestMac)>,
}

impl VerifiedRequest {
    /// The key that signed it; `None` when it is not signed.
    #[must_use]
    pub fn key(&self) -> Option<&Arc<Key>> {
        self.signed_by.as_ref().map(|(key, _)| key)
    }

    /// Signs the answer, when the request was signed (RFC 8945 §5.3).
    #[must_use]
    pub fn signer(&self) -> Option<ResponseSigner> {
        let (key, mac) = self.signed_by.as_ref()?;
        Some(ResponseSigner::new(Arc::clone(key), *mac))
    }
}

/// A request to be refused for its TSIG, and how.
#[derive(Clone, Debug)]
pub struct BadRequest {
    /// What is wrong.
    pub fault: TsigFault,
    shape: Box<Shape>,
}

/// How the refusal looks (RFC 8945 §5.2, §5.3.2).
#[derive(Clone, Debug)]
enum Shape {
    /// FORMERR, and no TSIG.
    FormErr,
    /// NOTAUTH with a TSIG whose MAC is empty: the key or the MAC is wrong, so nothing can sign.
    Unsigned { error: ErrorCode, key_name: Name, algorithm: Name },
    /// NOTAUTH, signed: the MAC was right.
    Signed { error: ErrorCode, key: Arc<Key>, mac: RequestMac, timers: Timers },
}

/// Checks the TSIG of a request in the order of RFC 8945 §5.2. An unsigned request is fine here;
/// whether it may do what it wants is decided by access rules.
///
/// # Errors
/// When the request must be refused; the error writes the refusal.
pub fn verify_request(
    keys: &Keyring,
    message: &[u8],
    now: UnixSeconds,
) -> Result<VerifiedRequest, BadRequest> {
    let found =
        wire::tsig::find(message).map_err(|fault| BadRequest::new(fault.into(), Shape::FormErr))?;
    match found {
        None => Ok(VerifiedRequest { signed_by: None }),
        Some(record) => verify_signed(keys, &record, now),
    }
}

fn verify_signed(
    keys: &Keyring,
    record: &TsigRecord<'_>,
    now: UnixSeconds,
) -> Result<VerifiedRequest, BadRequest> {
    // §5.2.1
    let named = keys.find(record.key_name.as_ref());
    let Some(key) = named.filter(|key| record.algorithm.as_ref() == key.algorithm().name()) else {
        let fault = TsigFault::UnknownKey {
            key: record.key_name.as_ref().to_name(),
            algorithm: record.algorithm.as_ref().to_name(),
            ours: named.map(|key| key.algorithm()),
        };
        return Err(BadRequest::new(fault, unsigned(ErrorCode::BADKEY, record)));
    };
    // §5.2.2
    let mac = permitted_mac(key, record).map_err(|fault| BadRequest::new(fault, Shape::FormErr))?;
    if !verifies(key, record) {
        let fault = TsigFault::BadSignature {
            key: key.name().clone(),
            algorithm: key.algorithm(),
            message: 1,
        };
        return Err(BadRequest::new(fault, unsigned(ErrorCode::BADSIG, record)));
    }
    let refuse = |fault, error, timers| {
        let key = Arc::clone(key);
        Err(BadRequest::new(fault, Shape::Signed { error, key, mac, timers }))
    };
    // §5.2.3: the answer repeats the client's time, so that it passes the client's own check.
    if !is_timely(record.timers, now) {
        let fault = TsigFault::Clock {
            noticed_by: NoticedBy::Us,
            ours: now,
            theirs: UnixSeconds(record.timers.time_signed),
            fudge: record.timers.fudge,
        };
        return refuse(fault, ErrorCode::BADTIME, record.timers);
    }
    // §5.2.4
    if record.mac.len() < key.mac_octets() {
        let fault = TsigFault::Truncated {
            noticed_by: NoticedBy::Us,
            octets: record.mac.len(),
            required: Some(key.mac_octets()),
        };
        return refuse(fault, ErrorCode::BADTRUNC, timers_at(now));
    }
    Ok(VerifiedRequest { signed_by: Some((Arc::clone(key), mac)) })
}

/// The MAC, if its length is one the standard permits.
fn permitted_mac(key: &Key, record: &TsigRecord<'_>) -> Result<RequestMac, TsigFault> {
    let algorithm = key.algorithm();
    let octets = record.mac.len();
    match (algorithm.judge(octets), Mac::from_octets(record.mac)) {
        (MacLength::Full | MacLength::Truncated, Some(mac)) => Ok(RequestMac(mac)),
        (MacLength::Full | MacLength::Truncated, None)
        | (MacLength::TooShort | MacLength::TooLong, _) => Err(TsigFault::MacLength {
            algorithm,
            octets,
            min: algorithm.mac_octets_min(),
            max: algorithm.mac_octets(),
        }),
    }
}

fn verifies(key: &Key, record: &TsigRecord<'_>) -> bool {
    let mut digest = Digest::new(key);
    digest.message(&record.header);
    digest.message(record.rest);
    let (timers, error, other) = (record.timers, record.error, record.other);
    digest.variables(key, &Variables { timers, error, other });
    digest.verify(record.mac)
}

fn unsigned(error: ErrorCode, record: &TsigRecord<'_>) -> Shape {
    let (key_name, algorithm) = (record.key_name.as_ref(), record.algorithm.as_ref());
    Shape::Unsigned { error, key_name: key_name.to_name(), algorithm: algorithm.to_name() }
}

impl BadRequest {
    fn new(fault: TsigFault, shape: Shape) -> Self {
        Self { fault, shape: Box::new(shape) }
    }

    /// FORMERR or NOTAUTH.
    #[must_use]
    pub const fn rcode(&self) -> Rcode {
        match *self.shape {
            Shape::FormErr => Rcode::FORMERR,
            Shape::Unsigned { .. } | Shape::Signed { .. } => Rcode::NOTAUTH,
        }
    }

    /// The answer to send; `None` when the request has no header to answer to.
    #[must_use]
    pub fn reply(&self, request: &[u8], now: UnixSeconds) -> Option<Vec<u8>> {
        let mut reply = crate::reply::bare_reply(request, self.rcode())?;
        self.sign(&mut reply, now);
        Some(reply)
    }

    /// Puts the TSIG that says what is wrong on an answer, if it is to have one.
    pub fn sign(&self, reply: &mut Vec<u8>, now: UnixSeconds) {
        match &*self.shape {
            Shape::FormErr => {}
            Shape::Unsigned { error, key_name, algorithm } => {
                let original_id = reply.first_chunk().copied().map_or(0, u16::from_be_bytes);
                let fields = Fields {
                    key_name: key_name.as_ref(),
                    algorithm: algorithm.as_ref(),
                    timers: timers_at(now),
                    mac: &[],
                    original_id,
                    error: *error,
                    other: &[],
                };
                wire::tsig::append(reply, &fields);
            }
            Shape::Signed { error, key, mac, timers } => {
                let [_, _, time @ ..] = now.0.min(TIME_MAX).to_be_bytes();
                let other: &[u8] = if *error == ErrorCode::BADTIME { &time } else { &[] };
                let signing = Signing { timers: *timers, error: *error, other };
                sign(key, Some(mac), reply, &signing);
            }
        }
    }
}
