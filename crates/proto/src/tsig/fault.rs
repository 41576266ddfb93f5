//! What can be wrong with a signature, with the facts an operator needs.

use crate::time::UnixSeconds;
use wire::codes::Rcode;
use wire::name::Name;
use wire::tsig::{Algorithm, ErrorCode, Malformed};

/// Which end found the clocks apart, or the MAC too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticedBy {
    /// We did, on a message of the peer's.
    Us,
    /// The peer did, on a message of ours, and its answer was signed.
    Peer,
    /// The peer says so, but its answer does not prove it.
    PeerUnproven,
}

/// Why a signed exchange failed. Peer is whoever is at the other end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TsigFault {
    /// The message or its TSIG cannot be read.
    #[error("signed message is malformed")]
    Malformed(#[from] Malformed),
    /// RFC 8945 §5.2.2.1: no MAC may have this length.
    #[error("{algorithm} MAC has {octets} octets, {min} to {max} are permitted")]
    MacLength {
        /// Algorithm of the key.
        algorithm: Algorithm,
        /// Length received.
        octets: usize,
        /// Shortest permitted.
        min: usize,
        /// Longest possible.
        max: usize,
    },
    /// A request of the peer's names a key, or an algorithm for it, that we do not have.
    #[error("request is signed by unknown key {key} with {algorithm}")]
    UnknownKey {
        /// Name in the request.
        key: Name,
        /// Algorithm name in the request.
        algorithm: Name,
        /// What the key of that name has here, if there is one.
        ours: Option<Algorithm>,
    },
    /// The peer's answer is signed by another key than our request was.
    #[error("response is signed by key {theirs}, request was by {ours}")]
    OtherKey {
        /// Key of our request.
        ours: Name,
        /// Key of the response.
        theirs: Name,
    },
    /// The key is right, its algorithm is not.
    #[error("response is signed with {theirs}, key {key} has {ours}")]
    AlgorithmChanged {
        /// Key of both.
        key: Name,
        /// Algorithm configured here.
        ours: Algorithm,
        /// Algorithm name in the response.
        theirs: Name,
    },
    /// The MAC does not verify: the secrets differ, or something on the path changed the message.
    #[error("signature by key {key} with {algorithm} does not verify on message {message}")]
    BadSignature {
        /// Key.
        key: Name,
        /// Its algorithm.
        algorithm: Algorithm,
        /// Which message of the stream, counted from 1.
        message: u64,
    },
    /// The clocks differ by more than the fudge.
    #[error("clocks differ by {} s, {fudge} s are allowed", .theirs.0.abs_diff(.ours.0))]
    Clock {
        /// Who found out.
        noticed_by: NoticedBy,
        /// Our clock.
        ours: UnixSeconds,
        /// The peer's clock.
        theirs: UnixSeconds,
        /// Seconds allowed.
        fudge: u16,
    },
    /// The peer found the clocks apart and did not say what its clock shows.
    #[error("peer finds our clock wrong and does not tell its own")]
    ClockUntold {
        /// Our clock.
        ours: UnixSeconds,
    },
    /// The MAC is permitted by the standard, but cut further than the receiver accepts.
    #[error("MAC was cut to {octets} octets")]
    Truncated {
        /// Who found out.
        noticed_by: NoticedBy,
        /// Octets of the MAC that was refused.
        octets: usize,
        /// Octets we require; `None` when the peer does not tell.
        required: Option<usize>,
    },
    /// The peer refuses our signature in a TSIG error, which nothing proves to be the peer's.
    #[error("peer refuses our signature by key {key} with {algorithm}: {error}")]
    Refused {
        /// BADKEY, BADSIG, or what else it says.
        error: ErrorCode,
        /// Key of our request.
        key: Name,
        /// Its algorithm.
        algorithm: Algorithm,
        /// Key name in the answer, usually the same.
        theirs: Name,
    },
    /// A response that must be signed is not.
    #[error("message {message} is not signed, rcode {rcode}")]
    Unsigned {
        /// RCODE of that message, which may be the real reason.
        rcode: Rcode,
        /// Which message of the stream, counted from 1.
        message: u64,
    },
    /// The stream ended behind its last signature (RFC 8945 §5.3.1).
    #[error("the last {unsigned} messages of the stream are not signed")]
    LastUnsigned {
        /// Messages behind the last signature.
        unsigned: u32,
    },
    /// More than 99 messages between two signatures (RFC 8945 §5.3.1).
    #[error("{unsigned} messages in a row are not signed")]
    StreamGap {
        /// Messages since the last signature.
        unsigned: u32,
    },
    /// The response to an unsigned request is signed.
    #[error("response is signed by key {key}, request was not signed")]
    Unexpected {
        /// Key name in the response.
        key: Name,
    },
}

impl TsigFault {
    /// How far the peer's clock is ahead of ours, in seconds; negative when it is behind.
    #[must_use]
    pub fn skew_seconds(&self) -> Option<i64> {
        match self {
            Self::Clock { ours, theirs, .. } => {
                let apart = i64::try_from(theirs.0.abs_diff(ours.0)).unwrap_or(i64::MAX);
                Some(if theirs >= ours { apart } else { apart.saturating_neg() })
            }
            _ => None,
        }
    }
}
