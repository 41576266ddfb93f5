//! Why a request for a transfer gets none, or a transfer ended early.
//!
//! Pure.
//!
//! Invariants: every refusal has a code and its facts.
//!
//! Not here: what the asker is told (`outbound`).

use crate::code::{Code, Fault};
use crate::tsig::TsigFault;
use std::net::IpAddr;
use wire::name::Name;

/// Why a request gets no transfer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature is bad.
    #[error("signature of the request is bad")]
    BadSignature(#[source] TsigFault),
    /// No rule names the source.
    #[error("no rule names the source")]
    UnknownSource,
    /// The source is named with a key, and the request is not signed.
    #[error("request is not signed by {expected}")]
    Unsigned {
        /// Key it is named with.
        expected: Name,
    },
    /// The source is named with another key.
    #[error("request is signed by {used}, not {expected}")]
    OtherKey {
        /// Key it is named with.
        expected: Name,
        /// Key it used.
        used: Name,
    },
    /// No zone of this name is here, and the asker might know.
    #[error("no such zone is here")]
    UnknownZone,
    /// AXFR by datagram (RFC 5936 §4.2).
    #[error("there is no AXFR over UDP")]
    OverUdp,
    /// IXFR that does not tell the serial held (RFC 1995 §3).
    #[error("IXFR does not tell the SOA that is held")]
    NoSoa,
    /// EXPIRE has passed.
    #[error("zone has expired here")]
    Expired,
    /// Nothing has been transferred yet.
    #[error("zone is not loaded yet")]
    NotLoaded,
}

impl Refusal {
    /// The failure by its name, with its facts.
    #[must_use]
    pub fn fault(&self, source: IpAddr) -> Fault {
        let fault = Fault::new(self.code()).with("source", source);
        match self {
            Self::BadSignature(bad) => {
                let inner = bad.fault();
                let mut fault = fault.with("tsig", inner.code);
                fault.facts.extend(inner.facts);
                fault
            }
            Self::Unsigned { expected } => fault.with("key_expected", expected),
            Self::OtherKey { expected, used } => {
                fault.with("key_expected", expected).with("key_used", used)
            }
            Self::OverUdp | Self::NoSoa | Self::Expired | Self::NotLoaded => {
                fault.with("found", self)
            }
            Self::UnknownSource | Self::UnknownZone => fault,
        }
    }

    /// Its place in the catalogue.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::BadSignature(_) | Self::OtherKey { .. } => Code::DownstreamBadSig,
            Self::UnknownSource | Self::UnknownZone => Code::DownstreamUnknownSource,
            Self::Unsigned { .. } => Code::DownstreamUnsigned,
            Self::OverUdp | Self::NoSoa => Code::DownstreamBadRequest,
            Self::Expired | Self::NotLoaded => Code::DownstreamNotServed,
        }
    }
}
