//! EDNS: the OPT record and its options.
//!
//! Pure.
//!
//! Standards: RFC 6891 §6.1 (OPT), §6.2.3 (payload size) · RFC 8914 §2 (extended errors) ·
//! RFC 5001 (NSID) · RFC 7314 (EXPIRE) · RFC 7828 (keepalive) · RFC 7830 (padding) · RFC 7871 (client's network) ·
//! RFC 7873 (cookies) · RFC 9660 (ZONEVERSION).
//!
//! Invariants: the options of an [`Edns`] were walked once and are whole.
//!
//! Not here: which options to answer with (`proto::edns`), writing OPT (`builder`).

use core::fmt;
use core::str::FromStr;

use crate::codes::{Rcode, UnknownMnemonic, field};
use crate::message::RecordView;

/// Why an OPT record is broken; all are FORMERR to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdnsError {
    /// RFC 6891 §6.1.2: the owner is the root.
    #[error("owner of OPT is not the root")]
    OwnerNotRoot,
    /// An option is longer than the record.
    #[error("option runs past the end of OPT")]
    OptionTruncated,
}

field! {
    /// Kind of an option.
    OptionCode(u16), "EDNS option", "OPT";
    /// Which server answers (RFC 5001).
    NSID = 3,
    /// Network of the client (RFC 7871).
    ECS = 8,
    /// Seconds until the zone expires at the answering server (RFC 7314).
    EXPIRE = 9,
    /// Proof that the client receives at its address (RFC 7873).
    COOKIE = 10,
    /// How long an idle TCP connection stays (RFC 7828).
    KEEPALIVE = 11,
    /// Octets without meaning (RFC 7830).
    PADDING = 12,
    /// Extended error (RFC 8914).
    EDE = 15,
    /// Version of the zone (RFC 9660).
    ZONEVERSION = 19,
}

field! {
    /// What an extended error says (RFC 8914 §4).
    ExtendedError(u16), "extended error", "EDE";
    /// None of the others; the text says what.
    OTHER = 0,
    /// The answer is older than it should be.
    STALE_ANSWER = 3,
    /// The server cannot answer yet.
    NOT_READY = 14,
    /// By order of the operator.
    BLOCKED = 15,
    /// The client may not ask this.
    PROHIBITED = 18,
    /// The server does not hold the zone.
    NOT_AUTHORITATIVE = 20,
    /// The server does not do this.
    NOT_SUPPORTED = 21,
    /// None of the primaries answers.
    NO_REACHABLE_AUTHORITY = 22,
    /// The zone is expired or was never received.
    INVALID_DATA = 24,
    /// Hashing so often for one answer is more than we do.
    UNSUPPORTED_NSEC3_ITERATIONS = 27,
}

/// EDNS of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edns<'a> {
    /// Largest UDP payload the sender takes, as sent; below 512 means 512 (RFC 6891 §6.2.3).
    pub udp_size: u16,
    /// Upper eight bits of the rcode.
    pub ext_rcode: u8,
    /// Version of EDNS; only 0 is defined.
    pub version: u8,
    /// DO and the bits that have no meaning yet.
    pub flags: u16,
    options: &'a [u8],
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdnsOption<'a> {
    /// Its kind.
    pub code: OptionCode,
    /// What it carries.
    pub octets: &'a [u8],
}

/// DO, the one flag with a meaning: DNSSEC records are wanted (RFC 3225 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoBit {
    /// Wanted; in an answer: the question had it set.
    Set,
    /// Not wanted.
    Clear,
}

impl DoBit {
    /// The flags field with this bit alone.
    #[must_use]
    pub const fn as_flags(self) -> u16 {
        match self {
            Self::Set => DO,
            Self::Clear => 0,
        }
    }
}

/// DO in [`Edns::flags`].
const DO: u16 = 0x8000;

impl<'a> Edns<'a> {
    /// Reads an OPT record and checks that its options are whole.
    ///
    /// # Errors
    /// When the owner is not the root, or an option is cut off.
    pub fn from_record(record: &RecordView<'a>) -> Result<Self, EdnsError> {
        if !record.owner_is_root() {
            return Err(EdnsError::OwnerNotRoot);
        }
        let options = record.rdata_as_sent();
        let mut walk = Options(options);
        walk.by_ref().for_each(drop);
        if !walk.0.is_empty() {
            return Err(EdnsError::OptionTruncated);
        }
        let [ext_rcode, version, f0, f1] = record.ttl_field().to_be_bytes();
        let flags = u16::from_be_bytes([f0, f1]);
        Ok(Self { udp_size: record.class().0, ext_rcode, version, flags, options })
    }

    /// DO: whether the sender wants DNSSEC records.
    #[must_use]
    pub const fn do_bit(&self) -> DoBit {
        if self.flags & DO == 0 { DoBit::Clear } else { DoBit::Set }
    }

    /// All twelve bits, given the lower four from the header.
    #[must_use]
    pub const fn rcode(&self, lower: Rcode) -> Rcode {
        Rcode((self.ext_rcode as u16) << 4 | lower.0 & 0x000f)
    }

    /// The options in order.
    #[must_use]
    pub const fn options(&self) -> Options<'a> {
        Options(self.options)
    }

    /// The first option of this kind.
    #[must_use]
    pub fn option(&self, code: OptionCode) -> Option<&'a [u8]> {
        self.options().find(|option| option.code == code).map(|option| option.octets)
    }
}

/// Iterator of [`Edns::options`].
#[derive(Clone, Debug)]
pub struct Options<'a>(&'a [u8]);

impl<'a> Iterator for Options<'a> {
    type Item = EdnsOption<'a>;

    /// Leaves what is no whole option where it is.
    fn next(&mut self) -> Option<EdnsOption<'a>> {
        let (&[c0, c1, l0, l1], rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let (octets, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(EdnsOption { code: OptionCode(u16::from_be_bytes([c0, c1])), octets })
    }
}
