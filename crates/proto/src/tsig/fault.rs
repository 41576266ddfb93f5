//! What can be wrong with a signature, with the facts an operator needs.
//!
//! Pure.
//!
//! Standards: RFC 8945 §5.2 (what is checked), §5.3 (what a client is told).
//!
//! Not here: finding them (`request`, `stream`); what else can be wrong with a transfer (`xfr::inbound`).

use crate::code::{Code, Fault};
use crate::primaries::{Ask, Remedy};
use crate::time::UnixSeconds;
use crate::xfr::{code_of_rcode, remedy_of_probe_rcode, remedy_of_rcode};
use core::fmt;
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

impl fmt::Display for NoticedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Us => "us",
            Self::Peer => "peer",
            Self::PeerUnproven => "peer (not proven)",
        })
    }
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
        if let Self::Clock { ours, theirs, .. } = self {
            let apart = i64::try_from(theirs.0.abs_diff(ours.0)).unwrap_or(i64::MAX);
            return Some(if theirs >= ours { apart } else { apart.saturating_neg() });
        }
        None
    }

    /// What to do next when the answer to `ask` is at fault. Over UDP anybody may have written what is not
    /// proven; where RFC 8945 §5.4 would wait for a better answer, TCP is asked, which strangers cannot answer.
    /// What cannot be read, or refuses without a signature, gets the remedy it has where no signatures are in
    /// use; with every other fault the primary cannot be trusted until somebody has looked.
    #[must_use]
    pub const fn remedy(&self, ask: Ask) -> Remedy {
        match (ask, self) {
            (Ask::ProbeUdp, _) if !self.is_proven() => Remedy::UseTcp,
            (Ask::ProbeUdp | Ask::ProbeTcp, Self::Unsigned { rcode, .. }) => {
                remedy_of_probe_rcode(*rcode)
            }
            (Ask::Ixfr(_) | Ask::Axfr, Self::Unsigned { rcode, .. }) => remedy_of_rcode(*rcode),
            (Ask::Ixfr(_) | Ask::Axfr, Self::Malformed(Malformed::Message(_))) => {
                Remedy::FetchWholeZone
            }
            (Ask::ProbeUdp | Ask::ProbeTcp | Ask::Ixfr(_) | Ask::Axfr, _) => Remedy::TryNextPrimary,
        }
    }

    /// Whether a MAC under our key shows that the peer wrote what is at fault.
    const fn is_proven(&self) -> bool {
        match self {
            Self::Clock { noticed_by, .. } | Self::Truncated { noticed_by, .. } => match noticed_by
            {
                NoticedBy::Us | NoticedBy::Peer => true,
                NoticedBy::PeerUnproven => false,
            },
            // The messages before were signed.
            Self::LastUnsigned { .. } | Self::StreamGap { .. } => true,
            Self::Malformed(_)
            | Self::MacLength { .. }
            | Self::UnknownKey { .. }
            | Self::OtherKey { .. }
            | Self::AlgorithmChanged { .. }
            | Self::BadSignature { .. }
            | Self::ClockUntold { .. }
            | Self::Refused { .. }
            | Self::Unsigned { .. }
            | Self::Unexpected { .. } => false,
        }
    }

    /// Its place in the catalogue.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Malformed(_) | Self::MacLength { .. } => Code::MalformedMessage,
            Self::UnknownKey { .. } | Self::OtherKey { .. } => Code::TsigBadKey,
            Self::AlgorithmChanged { .. } => Code::TsigAlgorithmChanged,
            Self::BadSignature { .. } => Code::TsigBadSig,
            Self::Clock { .. } | Self::ClockUntold { .. } => Code::TsigBadTime,
            Self::Truncated { .. } => Code::TsigBadTrunc,
            Self::Refused { error: ErrorCode::BADKEY, .. } => Code::TsigBadKey,
            Self::Refused { error: ErrorCode::BADSIG, .. } => Code::TsigBadSig,
            Self::Refused { .. } => Code::NotAuth,
            Self::Unsigned { rcode: Rcode::NOERROR, .. } => Code::TsigUnsignedResponse,
            Self::Unsigned { rcode, .. } => code_of_rcode(*rcode),
            Self::LastUnsigned { .. } | Self::StreamGap { .. } => Code::TsigStreamGap,
            Self::Unexpected { .. } => Code::TsigUnexpected,
        }
    }

    /// The failure by its name, with its facts. Never the secret, nor anything made of it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let fault = Fault::new(self.code());
        match self {
            Self::Malformed(error) => fault.with("found", error),
            Self::MacLength { algorithm, octets, min, max } => fault
                .with("algorithm", algorithm)
                .with("mac_octets", octets)
                .with("mac_octets_min", min)
                .with("mac_octets_max", max),
            Self::UnknownKey { key, algorithm, ours } => {
                let fault = fault.with("key_theirs", key).with("algorithm_theirs", algorithm);
                match ours {
                    Some(ours) => fault.with("algorithm_ours", ours),
                    None => fault,
                }
            }
            Self::OtherKey { ours, theirs } => {
                fault.with("key_ours", ours).with("key_theirs", theirs)
            }
            Self::AlgorithmChanged { key, ours, theirs } => {
                fault.with("key", key).with("algorithm_ours", ours).with("algorithm_theirs", theirs)
            }
            Self::BadSignature { key, algorithm, message } => {
                fault.with("key", key).with("algorithm", algorithm).with("message", message)
            }
            Self::Clock { noticed_by, ours, theirs, fudge } => fault
                .with("skew_s", self.skew_seconds().unwrap_or(0))
                .with("clock_ours", ours.0)
                .with("clock_theirs", theirs.0)
                .with("fudge", fudge)
                .with("noticed_by", noticed_by),
            Self::ClockUntold { ours } => fault.with("clock_ours", ours.0),
            Self::Truncated { noticed_by, octets, required } => {
                let fault = fault.with("mac_octets", octets).with("noticed_by", noticed_by);
                match required {
                    Some(required) => fault.with("mac_octets_required", required),
                    None => fault,
                }
            }
            Self::Refused { error, key, algorithm, theirs } => fault
                .with("tsig_error", error)
                .with("key_ours", key)
                .with("key_theirs", theirs)
                .with("algorithm", algorithm),
            Self::Unsigned { rcode, message } => {
                fault.with("signed", "no").with("rcode", rcode).with("message", message)
            }
            Self::LastUnsigned { unsigned } | Self::StreamGap { unsigned } => {
                fault.with("unsigned_messages", unsigned)
            }
            Self::Unexpected { key } => fault.with("key_theirs", key),
        }
    }
}
