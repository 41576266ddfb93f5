//! Responses, of one message or of many.
//!
//! Pure: an accumulator of messages, whose MACs hang together.
//!
//! Standards: RFC 8945 §5.3 (responses), §5.3.1 (TCP: what the MACs of later messages cover).
//!
//! Not here: requests (`request`), MACs and keys (`wire::tsig`), what the messages say (`xfr::inbound`).

use super::{NoticedBy, RequestMac, Signing, TsigFault, append, is_timely, sign, timers_at};
use crate::time::UnixSeconds;
use std::sync::Arc;
use wire::codes::Rcode;
use wire::tsig::{Digest, ErrorCode, Key, Mac, MacLength, TsigRecord, Variables};

/// Most unsigned messages between two signed ones (RFC 8945 §5.3.1).
pub const UNSIGNED_BETWEEN_MAX: u32 = 99;

/// Checks the messages that answer one request of ours, in order.
///
/// Feed every message, then finish; what was fed may be believed after `finish` only.
#[derive(Debug)]
pub struct ResponseVerifier {
    signed: Option<Signed>,
    /// Messages seen.
    messages: u64,
}

#[derive(Debug)]
struct Signed {
    key: Arc<Key>,
    request_mac: RequestMac,
    /// Covers the last MAC and every message since.
    digest: Digest,
    /// Unsigned messages since the last signature.
    unsigned: u32,
}

impl ResponseVerifier {
    /// For the answer to a request that `key` signed.
    #[must_use]
    pub fn new(key: Arc<Key>, request_mac: RequestMac) -> Self {
        let digest = starting_with(&key, &request_mac.0);
        Self { signed: Some(Signed { key, request_mac, digest, unsigned: 0 }), messages: 0 }
    }

    /// For the answer to an unsigned request: a signature in it is a fault.
    #[must_use]
    pub const fn unsigned() -> Self {
        Self { signed: None, messages: 0 }
    }

    /// Checks one message. It is not changed: who reads it on passes over the TSIG at its end.
    ///
    /// # Errors
    /// Whatever RFC 8945 §5.2 to §5.4 holds against it. The stream is then over.
    pub fn feed(&mut self, message: &[u8], now: UnixSeconds) -> Result<(), TsigFault> {
        self.messages = self.messages.saturating_add(1);
        let record = wire::tsig::find(message)?;
        match (&mut self.signed, record) {
            (None, None) => Ok(()),
            (None, Some(record)) => {
                Err(TsigFault::Unexpected { key: record.key_name.as_ref().to_name() })
            }
            (Some(signed), None) => signed.pass_unsigned(message, self.messages),
            (Some(signed), Some(record)) => signed.verify(&record, self.messages, now),
        }
    }

    /// Says whether the stream may end here.
    ///
    /// # Errors
    /// When its last message is not signed, or there was none.
    pub fn finish(self) -> Result<(), TsigFault> {
        match self.signed {
            Some(signed) if signed.unsigned > 0 => {
                Err(TsigFault::LastUnsigned { unsigned: signed.unsigned })
            }
            Some(_) if self.messages == 0 => Err(TsigFault::LastUnsigned { unsigned: 0 }),
            Some(_) | None => Ok(()),
        }
    }
}

impl Signed {
    fn pass_unsigned(&mut self, message: &[u8], number: u64) -> Result<(), TsigFault> {
        if number == 1 {
            return Err(TsigFault::Unsigned { rcode: rcode_of(message), message: number });
        }
        self.unsigned = self.unsigned.saturating_add(1);
        if self.unsigned > UNSIGNED_BETWEEN_MAX {
            return Err(TsigFault::StreamGap { unsigned: self.unsigned });
        }
        self.digest.message(message);
        Ok(())
    }

    /// Key, MAC, time, truncation: the order of RFC 8945 §5.2.
    fn verify(
        &mut self,
        record: &TsigRecord<'_>,
        number: u64,
        now: UnixSeconds,
    ) -> Result<(), TsigFault> {
        if record.error != ErrorCode::NOERROR {
            return Err(self.refused(record, now));
        }
        self.check_key(record)?;
        let mac = self.check_mac(record, number)?;
        if !is_timely(record.timers, now) {
            return Err(TsigFault::Clock {
                noticed_by: NoticedBy::Us,
                ours: now,
                theirs: UnixSeconds(record.timers.time_signed),
                fudge: record.timers.fudge,
            });
        }
        if record.mac.len() < self.key.mac_octets() {
            return Err(TsigFault::Truncated {
                noticed_by: NoticedBy::Us,
                octets: record.mac.len(),
                required: Some(self.key.mac_octets()),
            });
        }
        self.digest = starting_with(&self.key, &mac);
        self.unsigned = 0;
        Ok(())
    }

    fn check_key(&self, record: &TsigRecord<'_>) -> Result<(), TsigFault> {
        if !self.key.is_named(record.key_name.as_ref()) {
            return Err(TsigFault::OtherKey {
                ours: self.key.name().clone(),
                theirs: record.key_name.as_ref().to_name(),
            });
        }
        if record.algorithm.as_ref() != self.key.algorithm().name() {
            return Err(TsigFault::AlgorithmChanged {
                key: self.key.name().clone(),
                ours: self.key.algorithm(),
                theirs: record.algorithm.as_ref().to_name(),
            });
        }
        Ok(())
    }

    fn check_mac(&self, record: &TsigRecord<'_>, number: u64) -> Result<Mac, TsigFault> {
        let algorithm = self.key.algorithm();
        let octets = record.mac.len();
        let received = match algorithm.judge(octets) {
            MacLength::Full | MacLength::Truncated => Mac::from_octets(record.mac),
            MacLength::TooShort | MacLength::TooLong => None,
        };
        let Some(received) = received else {
            let (min, max) = (algorithm.mac_octets_min(), algorithm.mac_octets());
            return Err(TsigFault::MacLength { algorithm, octets, min, max });
        };
        let mut digest = self.digest.clone();
        cover(&mut digest, &self.key, record, number == 1);
        if digest.verify(record.mac) {
            Ok(received)
        } else {
            let key = self.key.name().clone();
            Err(TsigFault::BadSignature { key, algorithm, message: number })
        }
    }

    /// Reads a TSIG error. BADKEY and BADSIG come unsigned, so anybody could have written them;
    /// BADTIME and BADTRUNC prove themselves if the peer follows RFC 8945 §5.3.2.
    fn refused(&self, record: &TsigRecord<'_>, now: UnixSeconds) -> TsigFault {
        let noticed_by =
            if self.proves(record) { NoticedBy::Peer } else { NoticedBy::PeerUnproven };
        match (record.error, record.other_time()) {
            (ErrorCode::BADTIME, Some(theirs)) => TsigFault::Clock {
                noticed_by,
                ours: now,
                theirs: UnixSeconds(theirs),
                fudge: record.timers.fudge,
            },
            (ErrorCode::BADTIME, None) => TsigFault::ClockUntold { ours: now },
            (ErrorCode::BADTRUNC, _) => TsigFault::Truncated {
                noticed_by,
                octets: self.request_mac.0.as_octets().len(),
                required: None,
            },
            (error, _) => TsigFault::Refused {
                error,
                key: self.key.name().clone(),
                algorithm: self.key.algorithm(),
                theirs: record.key_name.as_ref().to_name(),
            },
        }
    }

    fn proves(&self, record: &TsigRecord<'_>) -> bool {
        let mut digest = starting_with(&self.key, &self.request_mac.0);
        cover(&mut digest, &self.key, record, true);
        self.key.algorithm().judge(record.mac.len()) != MacLength::TooShort
            && digest.verify(record.mac)
    }
}

/// Covers the message itself, then all variables on the first message of a stream and the timers
/// on the others (RFC 8945 §5.3.1).
fn cover(digest: &mut Digest, key: &Key, record: &TsigRecord<'_>, is_first: bool) {
    digest.message(&record.header);
    digest.message(record.rest);
    if is_first {
        let (timers, error, other) = (record.timers, record.error, record.other);
        digest.variables(key, &Variables { timers, error, other });
    } else {
        digest.timers(record.timers);
    }
}

fn starting_with(key: &Key, mac: &Mac) -> Digest {
    let mut digest = Digest::new(key);
    digest.prior_mac(mac);
    digest
}

fn rcode_of(message: &[u8]) -> Rcode {
    message.get(3).map_or(Rcode::NOERROR, |flags| Rcode(u16::from(flags & 0x0f)))
}

/// Signs the messages that answer one request, in order.
#[derive(Debug)]
pub struct ResponseSigner {
    key: Arc<Key>,
    state: Signer,
}

#[derive(Debug)]
enum Signer {
    /// Nothing signed yet.
    First(RequestMac),
    /// Covers the last MAC and every message since.
    Following(Digest),
}

impl ResponseSigner {
    /// For the answer to a request whose MAC was `request_mac`.
    #[must_use]
    pub const fn new(key: Arc<Key>, request_mac: RequestMac) -> Self {
        Self { key, state: Signer::First(request_mac) }
    }

    /// Octets that signing adds to a message.
    #[must_use]
    pub fn record_octets(&self) -> usize {
        self.key.record_octets()
    }

    /// Signs the next message.
    pub fn sign(&mut self, message: &mut Vec<u8>, now: UnixSeconds) {
        let signing = Signing { timers: timers_at(now), error: ErrorCode::NOERROR, other: &[] };
        let mac = match &self.state {
            Signer::First(request_mac) => sign(&self.key, Some(request_mac), message, &signing),
            Signer::Following(covered) => {
                let mut digest = covered.clone();
                digest.message(message);
                digest.timers(signing.timers);
                let mac = digest.finish();
                append(&self.key, message, &signing, &mac);
                mac
            }
        };
        self.state = Signer::Following(starting_with(&self.key, &mac));
    }

    /// Lets the next message go unsigned, covered by the signature of a later one. The first
    /// message and every hundredth must be signed, and the last (RFC 8945 §5.3.1).
    pub fn pass(&mut self, message: &[u8]) {
        match &mut self.state {
            Signer::First(_) => debug_assert!(false, "the first message must be signed"),
            Signer::Following(digest) => digest.message(message),
        }
    }
}
