//! Shared secrets with a name.
//!
//! Pure.
//!
//! Invariants: a secret is in no error and no debug output.

use super::{Algorithm, MacLength};
use crate::name::{Name, NameRef};
use core::fmt;
use data_encoding::{BASE64, HEXLOWER};
use sha2::Digest as _;

/// Longest secret accepted. Keys of `dnssec-keygen` and `tsig-keygen` have at most 64 octets;
/// HMAC hashes longer ones first, so they gain nothing but do no harm.
pub const SECRET_OCTETS_MAX: usize = 512;

/// Secrets below 128 bits are accepted, because old primaries have them, and flagged.
pub const SECRET_OCTETS_STRONG: usize = 16;

/// A TSIG key: what both ends must agree on, letter case of the name aside.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    name: Name,
    algorithm: Algorithm,
    secret: Box<[u8]>,
    mac_octets: usize,
}

/// Why a key cannot be made. Never quotes the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// An empty secret would be no secret.
    #[error("the secret is empty")]
    Empty,
    /// See [`SECRET_OCTETS_MAX`].
    #[error("the secret has {octets} octets, at most {SECRET_OCTETS_MAX} are accepted")]
    TooLong {
        /// Octets after decoding.
        octets: usize,
    },
    /// Not base64, or base64 without its padding.
    #[error("the secret is not base64: unexpected octet at position {position}")]
    NotBase64 {
        /// Where decoding stopped, counted from 0, blanks left out.
        position: usize,
    },
    /// RFC 8945 §5.2.2.1 limits how far a MAC may be cut.
    #[error("{algorithm} MACs have {min} to {max} octets, not {asked}")]
    MacOctets {
        /// Algorithm of the key.
        algorithm: Algorithm,
        /// Length asked for.
        asked: usize,
        /// Shortest permitted.
        min: usize,
        /// The algorithm's own length.
        max: usize,
    },
}

impl Key {
    /// A key that signs with untruncated MACs and accepts no others.
    ///
    /// # Errors
    /// When the secret is empty or longer than [`SECRET_OCTETS_MAX`].
    pub fn new(name: Name, algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.is_empty() {
            return Err(KeyError::Empty);
        }
        if secret.len() > SECRET_OCTETS_MAX {
            return Err(KeyError::TooLong { octets: secret.len() });
        }
        Ok(Self { name, algorithm, secret: secret.into(), mac_octets: algorithm.mac_octets() })
    }

    /// The same from the base64 that configurations carry; blanks inside are ignored.
    ///
    /// # Errors
    /// When the text is not base64, and as [`Key::new`].
    pub fn from_base64(name: Name, algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        let packed: Vec<u8> = text.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
        let secret = BASE64
            .decode(&packed)
            .map_err(|fault| KeyError::NotBase64 { position: fault.position })?;
        Self::new(name, algorithm, &secret)
    }

    /// A new key out of random octets, of which the algorithm takes as many as its hash has.
    #[must_use]
    pub fn from_random(name: Name, algorithm: Algorithm, random: &[u8; 64]) -> Self {
        let secret = random.get(..algorithm.hash_octets()).unwrap_or(random);
        Self { name, algorithm, secret: secret.into(), mac_octets: algorithm.mac_octets() }
    }

    /// Signs with MACs cut to `octets`, and accepts MACs that are no shorter.
    ///
    /// # Errors
    /// When RFC 8945 §5.2.2.1 does not permit the length.
    pub fn with_mac_octets(self, octets: usize) -> Result<Self, KeyError> {
        match self.algorithm.judge(octets) {
            MacLength::Full | MacLength::Truncated => Ok(Self { mac_octets: octets, ..self }),
            MacLength::TooShort | MacLength::TooLong => Err(KeyError::MacOctets {
                algorithm: self.algorithm,
                asked: octets,
                min: self.algorithm.mac_octets_min(),
                max: self.algorithm.mac_octets(),
            }),
        }
    }

    /// Name, with its case as configured.
    #[must_use]
    pub const fn name(&self) -> &Name {
        &self.name
    }

    /// Whether a record's owner names this key; case does not matter.
    #[must_use]
    pub fn is_named(&self, name: NameRef<'_>) -> bool {
        self.name.as_ref().as_wire().eq_ignore_ascii_case(name.as_wire())
    }

    /// Algorithm, which both ends fix together with the name.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Octets of the MACs we send, and the fewest we accept.
    #[must_use]
    pub const fn mac_octets(&self) -> usize {
        self.mac_octets
    }

    /// Length of the secret in bits.
    #[must_use]
    pub fn secret_bits(&self) -> usize {
        self.secret.len().saturating_mul(8)
    }

    /// Whether the secret is shorter than anybody should use today.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.secret.len() < SECRET_OCTETS_STRONG || self.algorithm == Algorithm::HmacMd5
    }

    /// First eight hex digits of the SHA-256 of the secret's octets: enough to compare two ends,
    /// with `base64 -d | sha256sum` at the other, and too little to find the secret by.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let hash = sha2::Sha256::digest(&self.secret);
        HEXLOWER.encode(hash.get(..4).unwrap_or_default())
    }

    /// The secret as configurations carry it. For showing a new key to the operator who made it,
    /// and for storing it; never for a log.
    #[must_use]
    pub fn secret_base64(&self) -> String {
        BASE64.encode(&self.secret)
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

/// Shows what may be shown (I1).
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("name", &format_args!("{}", self.name))
            .field("algorithm", &self.algorithm)
            .field("secret_bits", &self.secret_bits())
            .finish_non_exhaustive()
    }
}
