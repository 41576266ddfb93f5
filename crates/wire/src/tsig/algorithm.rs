//! The algorithms of TSIG, and the lengths that their MACs may have.
//!
//! Pure.
//!
//! Standards: RFC 8945 §5.2.2.1 (truncation), §6 (algorithms).

use crate::name::NameRef;
use core::fmt;
use core::str::FromStr;

/// A TSIG algorithm that computes an HMAC. GSS-TSIG is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// For old primaries only; the wire name is the long one.
    HmacMd5,
    /// Mandatory to implement; not for new keys.
    HmacSha1,
    /// 28 octets.
    HmacSha224,
    /// Mandatory to implement; the usual choice.
    HmacSha256,
    /// HMAC-SHA-256 that is always cut to 16 octets.
    HmacSha256To128,
    /// 48 octets.
    HmacSha384,
    /// HMAC-SHA-384 that is always cut to 24 octets.
    HmacSha384To192,
    /// 64 octets.
    HmacSha512,
    /// HMAC-SHA-512 that is always cut to 32 octets.
    HmacSha512To256,
}

/// How the length of a received MAC stands to its algorithm (RFC 8945 §5.2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacLength {
    /// As long as the algorithm's output.
    Full,
    /// Shorter, in a way the standard permits; local policy decides.
    Truncated,
    /// Shorter than the larger of ten octets and half the hash: FORMERR.
    TooShort,
    /// Longer than the algorithm's output: FORMERR.
    TooLong,
}

/// Not the name of an algorithm we know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a TSIG algorithm; expected one of hmac-md5, hmac-sha1, hmac-sha224, \
         hmac-sha256, hmac-sha384, hmac-sha512"
)]
pub struct UnknownAlgorithm(pub String);

impl Algorithm {
    /// All of them, weakest first.
    pub const ALL: [Self; 9] = [
        Self::HmacMd5,
        Self::HmacSha1,
        Self::HmacSha224,
        Self::HmacSha256To128,
        Self::HmacSha256,
        Self::HmacSha384To192,
        Self::HmacSha384,
        Self::HmacSha512To256,
        Self::HmacSha512,
    ];

    /// The name in the IANA registry, lower case, without the final dot.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HmacMd5 => "hmac-md5.sig-alg.reg.int",
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha224 => "hmac-sha224",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha256To128 => "hmac-sha256-128",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha384To192 => "hmac-sha384-192",
            Self::HmacSha512 => "hmac-sha512",
            Self::HmacSha512To256 => "hmac-sha512-256",
        }
    }

    /// The name as the record and the digest carry it: lower case, uncompressed.
    #[must_use]
    pub const fn wire_name(self) -> &'static [u8] {
        match self {
            Self::HmacMd5 => b"\x08hmac-md5\x07sig-alg\x03reg\x03int\x00",
            Self::HmacSha1 => b"\x09hmac-sha1\x00",
            Self::HmacSha224 => b"\x0bhmac-sha224\x00",
            Self::HmacSha256 => b"\x0bhmac-sha256\x00",
            Self::HmacSha256To128 => b"\x0fhmac-sha256-128\x00",
            Self::HmacSha384 => b"\x0bhmac-sha384\x00",
            Self::HmacSha384To192 => b"\x0fhmac-sha384-192\x00",
            Self::HmacSha512 => b"\x0bhmac-sha512\x00",
            Self::HmacSha512To256 => b"\x0fhmac-sha512-256\x00",
        }
    }

    /// The same as a name.
    #[must_use]
    pub fn name(self) -> NameRef<'static> {
        NameRef::from_wire(self.wire_name()).unwrap_or(NameRef::ROOT)
    }

    /// The algorithm a record names; case does not matter.
    #[must_use]
    pub fn from_name(name: NameRef<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|known| name.as_wire().eq_ignore_ascii_case(known.wire_name()))
    }

    /// Length of the hash behind the HMAC, which is also the length of a good secret.
    #[must_use]
    pub const fn hash_octets(self) -> usize {
        match self {
            Self::HmacMd5 => 16,
            Self::HmacSha1 => 20,
            Self::HmacSha224 => 28,
            Self::HmacSha256 | Self::HmacSha256To128 => 32,
            Self::HmacSha384 | Self::HmacSha384To192 => 48,
            Self::HmacSha512 | Self::HmacSha512To256 => 64,
        }
    }

    /// Length of an untruncated MAC.
    #[must_use]
    pub const fn mac_octets(self) -> usize {
        match self {
            Self::HmacSha256To128 => 16,
            Self::HmacSha384To192 => 24,
            Self::HmacSha512To256 => 32,
            Self::HmacMd5
            | Self::HmacSha1
            | Self::HmacSha224
            | Self::HmacSha256
            | Self::HmacSha384
            | Self::HmacSha512 => self.hash_octets(),
        }
    }

    /// Shortest MAC the standard permits (RFC 8945 §5.2.2.1).
    #[must_use]
    pub const fn mac_octets_min(self) -> usize {
        let half = self.hash_octets() / 2;
        if half < 10 { 10 } else { half }
    }

    /// Judges the length of a received MAC; zero is too short like any other.
    #[must_use]
    pub const fn judge(self, mac_octets: usize) -> MacLength {
        if mac_octets > self.mac_octets() {
            MacLength::TooLong
        } else if mac_octets == self.mac_octets() {
            MacLength::Full
        } else if mac_octets < self.mac_octets_min() {
            MacLength::TooShort
        } else {
            MacLength::Truncated
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads an operator's spelling: any case, with or without the final dot, `hmac-md5` for short.
impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        let bare = text.strip_suffix('.').unwrap_or(text);
        if bare.eq_ignore_ascii_case("hmac-md5") {
            return Ok(Self::HmacMd5);
        }
        Self::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(bare))
            .ok_or_else(|| UnknownAlgorithm(text.to_owned()))
    }
}
