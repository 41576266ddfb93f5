//! Computing and comparing MACs.
//!
//! Pure.
//!
//! Standards: RFC 8945 §4.3 (what is digested).

use super::{Algorithm, ErrorCode, Key};
use core::fmt;
use hmac::{Hmac, Mac as _};

/// A MAC as sent or received, truncated or not; empty in unsigned error responses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mac {
    len: u8,
    octets: [u8; 64],
}

impl Mac {
    /// No MAC.
    pub const EMPTY: Self = Self { len: 0, octets: [0; 64] };

    /// Copies a MAC; `None` if it is longer than any algorithm's.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let mut mac = Self { len: u8::try_from(octets.len()).ok()?, octets: [0; 64] };
        mac.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(mac)
    }

    /// The octets, as many as were sent.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Hex: a MAC is no secret.
impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mac({})", data_encoding::HEXLOWER.encode(self.as_octets()))
    }
}

/// The two fields that follow-up messages of a stream cover (RFC 8945 §5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// Seconds since 1970, 48 bits.
    pub time_signed: u64,
    /// Seconds the receiver's clock may differ.
    pub fudge: u16,
}

/// The fields that requests and first responses cover besides key name and algorithm, which come
/// from the key (RFC 8945 §4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variables<'a> {
    /// Time and fudge.
    pub timers: Timers,
    /// What went wrong with the request, if anything.
    pub error: ErrorCode,
    /// The server's time when `error` is BADTIME; else empty.
    pub other: &'a [u8],
}

/// A MAC in the making: feed the components in the order of RFC 8945 §4.3, then finish or verify.
#[derive(Clone)]
pub struct Digest {
    state: State,
    mac_octets: usize,
    mac_octets_sent: usize,
}

#[derive(Clone)]
enum State {
    Md5(Box<Hmac<md5::Md5>>),
    Sha1(Box<Hmac<sha1::Sha1>>),
    Sha224(Box<Hmac<sha2::Sha224>>),
    Sha256(Box<Hmac<sha2::Sha256>>),
    Sha384(Box<Hmac<sha2::Sha384>>),
    Sha512(Box<Hmac<sha2::Sha512>>),
}

impl Digest {
    /// Starts with nothing covered.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        Self {
            state: State::new(key.algorithm(), key.secret()),
            mac_octets: key.algorithm().mac_octets(),
            mac_octets_sent: key.mac_octets(),
        }
    }

    /// Covers the MAC of the request, or of the previous signed message, preceded by its length.
    pub fn prior_mac(&mut self, mac: &Mac) {
        self.state.update(&[0, mac.len]);
        self.state.update(mac.as_octets());
    }

    /// Covers a message that carries no TSIG, as it is on the wire.
    pub fn message(&mut self, message: &[u8]) {
        self.state.update(message);
    }

    /// Covers the TSIG variables, key name and algorithm in canonical form (RFC 8945 §4.3.3).
    pub fn variables(&mut self, key: &Key, variables: &Variables<'_>) {
        let mut name = [0_u8; 255];
        let wire = key.name().as_ref().as_wire();
        if let Some(lower) = name.get_mut(..wire.len()) {
            lower.copy_from_slice(wire);
            lower.make_ascii_lowercase();
            self.state.update(lower);
        }
        self.state.update(&[0x00, 0xff, 0, 0, 0, 0]); // class ANY, TTL 0
        self.state.update(key.algorithm().wire_name());
        self.timers(variables.timers);
        self.state.update(&variables.error.0.to_be_bytes());
        let other_len = u16::try_from(variables.other.len()).unwrap_or(u16::MAX);
        self.state.update(&other_len.to_be_bytes());
        self.state.update(variables.other);
    }

    /// Covers time and fudge only.
    pub fn timers(&mut self, timers: Timers) {
        let [_, _, time @ ..] = timers.time_signed.to_be_bytes();
        self.state.update(&time);
        self.state.update(&timers.fudge.to_be_bytes());
    }

    /// The MAC, cut to what the key sends.
    #[must_use]
    pub fn finish(self) -> Mac {
        let whole = self.state.finish();
        let sent = whole.as_octets().get(..self.mac_octets_sent);
        sent.and_then(Mac::from_octets).unwrap_or(whole)
    }

    /// Compares with a received MAC over the octets it has, in constant time (I2). Whether the
    /// length is acceptable is judged elsewhere; an empty MAC never matches.
    #[must_use]
    pub fn verify(self, received: &[u8]) -> bool {
        received.len() <= self.mac_octets && self.state.verify(received)
    }
}

/// Shows nothing: the state is as good as the secret (I1).
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Digest").finish_non_exhaustive()
    }
}

/// Evaluates `$body` with `$hmac` bound to whichever HMAC the state holds.
macro_rules! each {
    ($state:expr, $hmac:ident => $body:expr) => {
        match $state {
            State::Md5($hmac) => $body,
            State::Sha1($hmac) => $body,
            State::Sha224($hmac) => $body,
            State::Sha256($hmac) => $body,
            State::Sha384($hmac) => $body,
            State::Sha512($hmac) => $body,
        }
    };
}

impl State {
    fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::HmacMd5 => Self::Md5(keyed(secret)),
            Algorithm::HmacSha1 => Self::Sha1(keyed(secret)),
            Algorithm::HmacSha224 => Self::Sha224(keyed(secret)),
            Algorithm::HmacSha256 | Algorithm::HmacSha256To128 => Self::Sha256(keyed(secret)),
            Algorithm::HmacSha384 | Algorithm::HmacSha384To192 => Self::Sha384(keyed(secret)),
            Algorithm::HmacSha512 | Algorithm::HmacSha512To256 => Self::Sha512(keyed(secret)),
        }
    }

    fn update(&mut self, octets: &[u8]) {
        each!(self, hmac => hmac.update(octets));
    }

    fn finish(self) -> Mac {
        each!(self, hmac => Mac::from_octets(&hmac.finalize().into_bytes()).unwrap_or(Mac::EMPTY))
    }

    fn verify(self, received: &[u8]) -> bool {
        each!(self, hmac => hmac.verify_truncated_left(received).is_ok())
    }
}

/// HMAC takes a key of any length, so the error cannot occur.
fn keyed<H: hmac::KeyInit>(secret: &[u8]) -> Box<H> {
    #[expect(clippy::expect_used, reason = "RFC 2104 defines HMAC for keys of every length")]
    Box::new(H::new_from_slice(secret).expect("HMAC accepts every key length"))
}
