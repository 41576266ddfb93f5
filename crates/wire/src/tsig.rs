//! TSIG: keys, the record that carries a signature, and the octets the signature covers.
//!
//! Pure. Knows how a MAC is computed and compared; which checks are made in which order, and what
//! a failed one means, is `proto::tsig`'s.
//!
//! Standards: RFC 8945 §4.2 (record), §4.3 (digest components), §5.2.2.1 (MAC lengths), §6
//! (algorithms) · RFC 2104 (HMAC).
//!
//! Invariants: I1 a secret never appears in `Debug` or `Display`. I2 MACs are compared in constant
//! time. I3 a record found in a message ends the message: nothing unsigned can follow it.
//!
//! Not here: time checks, streams of messages, replies to bad requests.

mod algorithm;
mod key;
mod mac;
mod record;

pub use algorithm::{Algorithm, MacLength, UnknownAlgorithm};
pub use key::{Key, KeyError, SECRET_OCTETS_MAX, SECRET_OCTETS_STRONG};
pub use mac::{Digest, Mac, Timers, Variables};
pub use record::{ErrorCode, Fields, Malformed, TsigRecord, append, find};

/// Largest time the 48-bit field can carry.
pub const TIME_MAX: u64 = 0xffff_ffff_ffff;

/// Seconds by which two clocks may differ, where nobody says otherwise (RFC 8945 §10).
pub const FUDGE_DEFAULT: u16 = 300;

#[cfg(test)]
mod tests;
