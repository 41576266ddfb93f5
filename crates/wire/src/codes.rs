//! Numbers of the protocol with names: rrtype, class, rcode, opcode.
//!
//! Pure.
//!
//! Standards: RFC 1035 §3.2, §4.1.1 · RFC 3597 §5 (`TYPE123`, `CLASS32`) · RFC 6895 (ranges) ·
//! RFC 6891 §6.1.3 (twelve-bit rcode) · RFC 8490 §5.1 (DSOTYPENI) · the IANA registry "Domain Name System Parameters".
//!
//! Invariants: every value of the field is legal; printing and reading are inverse.
//!
//! Not here: what rdata of a type looks like (`rdata`).

use core::fmt;
use core::str::FromStr;

/// A word that is neither a known mnemonic nor the numeric form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known {kind}, nor {prefix} with a number")]
pub struct UnknownMnemonic {
    kind: &'static str,
    prefix: &'static str,
}

impl UnknownMnemonic {
    pub(crate) const fn new(kind: &'static str, prefix: &'static str) -> Self {
        Self { kind, prefix }
    }
}

/// Declares one field: the type, its named values, and both directions of its text form.
macro_rules! field {
    ($(#[$doc:meta])* $field:ident($repr:ty), $kind:literal, $prefix:literal;
     $($(#[$each:meta])* $mnemonic:ident $(as $word:literal)? = $value:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $field(pub $repr);

        impl $field {
            $($(#[$each])* pub const $mnemonic: Self = Self($value);)+

            /// The registered word, if there is one.
            #[must_use]
            pub const fn mnemonic(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($crate::codes::word!($mnemonic $($word)?)),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $field {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.mnemonic() {
                    Some(word) => out.pad(word),
                    None => write!(out, concat!($prefix, "{}"), self.0),
                }
            }
        }

        impl FromStr for $field {
            type Err = UnknownMnemonic;

            /// Case does not matter.
            fn from_str(text: &str) -> Result<Self, UnknownMnemonic> {
                $(if text.eq_ignore_ascii_case($crate::codes::word!($mnemonic $($word)?)) {
                    return Ok(Self::$mnemonic);
                })+
                $crate::codes::number_after($prefix, text)
                    .and_then(|number| <$repr>::try_from(number).ok())
                    .map(Self)
                    .ok_or(UnknownMnemonic::new($kind, $prefix))
            }
        }
    };
}

pub(crate) use field;

/// The registered word of a constant: its name, unless that is no identifier.
macro_rules! word {
    ($mnemonic:ident) => {
        stringify!($mnemonic)
    };
    ($mnemonic:ident $word:literal) => {
        $word
    };
}

pub(crate) use word;

field! {
    /// Kind of a record, or of a question.
    Rrtype(u16), "record type", "TYPE";
    /// IPv4 address.
    A = 1,
    /// Name server of a zone.
    NS = 2,
    /// Mail destination; obsolete.
    MD = 3,
    /// Mail forwarder; obsolete.
    MF = 4,
    /// Alias.
    CNAME = 5,
    /// Start of authority.
    SOA = 6,
    /// Mailbox; experimental.
    MB = 7,
    /// Mail group; experimental.
    MG = 8,
    /// Mail rename; experimental.
    MR = 9,
    /// Anything at all.
    NULL = 10,
    /// Well-known ports.
    WKS = 11,
    /// Name for an address.
    PTR = 12,
    /// Host description.
    HINFO = 13,
    /// Mailbox description.
    MINFO = 14,
    /// Mail exchange.
    MX = 15,
    /// Text.
    TXT = 16,
    /// Responsible person.
    RP = 17,
    /// AFS database.
    AFSDB = 18,
    /// X.25 address.
    X25 = 19,
    /// ISDN address.
    ISDN = 20,
    /// Route through.
    RT = 21,
    /// NSAP address.
    NSAP = 22,
    /// Name for an NSAP address; obsolete.
    NSAP_PTR as "NSAP-PTR" = 23,
    /// Signature before RFC 4034; SIG(0).
    SIG = 24,
    /// Public key before RFC 4034; SIG(0) and old HMAC key files.
    KEY = 25,
    /// X.400 mapping.
    PX = 26,
    /// Position; withdrawn.
    GPOS = 27,
    /// IPv6 address.
    AAAA = 28,
    /// Location.
    LOC = 29,
    /// Denial before RFC 4034.
    NXT = 30,
    /// Endpoint identifier of Nimrod.
    EID = 31,
    /// Locator of Nimrod.
    NIMLOC = 32,
    /// Server for a protocol.
    SRV = 33,
    /// ATM address.
    ATMA = 34,
    /// Rewriting rule.
    NAPTR = 35,
    /// Key exchanger.
    KX = 36,
    /// Certificate.
    CERT = 37,
    /// IPv6 address in parts; historic.
    A6 = 38,
    /// Alias of a subtree.
    DNAME = 39,
    /// Anything, with words that say what; never standardised.
    SINK = 40,
    /// EDNS; never in a zone.
    OPT = 41,
    /// Address prefixes.
    APL = 42,
    /// Digest of a child's key.
    DS = 43,
    /// SSH fingerprint.
    SSHFP = 44,
    /// IPsec key.
    IPSECKEY = 45,
    /// Signature over an rrset.
    RRSIG = 46,
    /// Denial by neighbours.
    NSEC = 47,
    /// Public key of a zone.
    DNSKEY = 48,
    /// DHCP identifier.
    DHCID = 49,
    /// Denial by hashed neighbours.
    NSEC3 = 50,
    /// Parameters of the NSEC3 chain.
    NSEC3PARAM = 51,
    /// TLS certificate association.
    TLSA = 52,
    /// S/MIME certificate association.
    SMIMEA = 53,
    /// Host identity.
    HIP = 55,
    /// State of a zone in words; never standardised.
    NINFO = 56,
    /// Public key for encryption of records; never standardised.
    RKEY = 57,
    /// Link in a list of trust anchors; never standardised.
    TALINK = 58,
    /// DS the child wishes for.
    CDS = 59,
    /// DNSKEY the child wishes for.
    CDNSKEY = 60,
    /// OpenPGP key.
    OPENPGPKEY = 61,
    /// Records the child wishes to synchronise.
    CSYNC = 62,
    /// Digest of a zone.
    ZONEMD = 63,
    /// Service binding.
    SVCB = 64,
    /// Service binding for HTTPS.
    HTTPS = 65,
    /// Endpoint for notifications of delegation changes.
    DSYNC = 66,
    /// Host identity in a hierarchy, of unmanned aircraft.
    HHIT = 67,
    /// Broadcast identity of unmanned aircraft.
    BRID = 68,
    /// Sender policy; superseded by TXT.
    SPF = 99,
    /// Reserved by IANA for a use never written down.
    UINFO = 100,
    /// Reserved by IANA for a use never written down.
    UID = 101,
    /// Reserved by IANA for a use never written down.
    GID = 102,
    /// Reserved by IANA for a use never written down.
    UNSPEC = 103,
    /// Node identifier.
    NID = 104,
    /// 32-bit locator.
    L32 = 105,
    /// 64-bit locator.
    L64 = 106,
    /// Locator pointer.
    LP = 107,
    /// 48-bit hardware address.
    EUI48 = 108,
    /// 64-bit hardware address.
    EUI64 = 109,
    /// Proof that a name does not exist, in a compact denial.
    NXNAME = 128,
    /// Key establishment; never in a zone.
    TKEY = 249,
    /// Signature of a message; never in a zone.
    TSIG = 250,
    /// Question: the changes since a serial.
    IXFR = 251,
    /// Question: the whole zone.
    AXFR = 252,
    /// Question: mailbox records; obsolete.
    MAILB = 253,
    /// Question: mail agents; obsolete.
    MAILA = 254,
    /// Question: any type.
    ANY = 255,
    /// Resource by URI.
    URI = 256,
    /// Authorised certificate authorities.
    CAA = 257,
    /// Application visibility.
    AVC = 258,
    /// Digital object.
    DOA = 259,
    /// Multicast relay.
    AMTRELAY = 260,
    /// Descriptive information of a resolver.
    RESINFO = 261,
    /// Wallet address.
    WALLET = 262,
    /// Convergence layer of the Bundle Protocol.
    CLA = 263,
    /// Node number of the Bundle Protocol.
    IPN = 264,
    /// Trust anchor outside the tree; historic.
    TA = 32768,
    /// Look-aside digest; historic.
    DLV = 32769,
}

impl Rrtype {
    /// Lives in messages or questions only; as a record of a zone it is an error (RFC 6895 §3.1).
    #[must_use]
    pub const fn is_meta(self) -> bool {
        matches!(self.0, 0 | 41 | 128..=255 | 65_535)
    }
}

field! {
    /// Name space of a record, or of a question.
    Class(u16), "class", "CLASS";
    /// The Internet, the only one we serve.
    IN = 1,
    /// Chaos: questions about the server itself.
    CH = 3,
    /// Hesiod.
    HS = 4,
    /// Update: no such rrset.
    NONE = 254,
    /// Question: any class.
    ANY = 255,
}

field! {
    /// Result of a request: twelve bits, of which OPT carries the upper eight; or a TSIG error.
    Rcode(u16), "rcode", "RCODE";
    /// As asked.
    NOERROR = 0,
    /// The request was not understood.
    FORMERR = 1,
    /// The server could not answer.
    SERVFAIL = 2,
    /// The name does not exist.
    NXDOMAIN = 3,
    /// The server does not do this.
    NOTIMP = 4,
    /// The server will not do this for you.
    REFUSED = 5,
    /// Update: the name exists.
    YXDOMAIN = 6,
    /// Update: the rrset exists.
    YXRRSET = 7,
    /// Update: the rrset does not exist.
    NXRRSET = 8,
    /// Not authoritative, or not authorised.
    NOTAUTH = 9,
    /// Update: outside the zone.
    NOTZONE = 10,
    /// EDNS version not spoken here; as a TSIG error this number is BADSIG.
    BADVERS = 16,
    /// TSIG error: the key is not known.
    BADKEY = 17,
    /// TSIG error: the time is outside the window.
    BADTIME = 18,
    /// TKEY error: no such mode.
    BADMODE = 19,
    /// TKEY error: the name is taken.
    BADNAME = 20,
    /// TKEY error: no such algorithm.
    BADALG = 21,
    /// TSIG error: the MAC was cut too short.
    BADTRUNC = 22,
    /// The cookie is missing or wrong.
    BADCOOKIE = 23,
}

impl Rcode {
    /// TSIG error: the signature does not verify. The number is BADVERS elsewhere (RFC 8945 §3).
    pub const BADSIG: Self = Self(16);
}

field! {
    /// What a message asks for.
    Opcode(u8), "opcode", "OPCODE";
    /// A question.
    QUERY = 0,
    /// Inverse question; obsolete.
    IQUERY = 1,
    /// State of the server; never defined.
    STATUS = 2,
    /// A zone has changed (RFC 1996).
    NOTIFY = 4,
    /// Change a zone (RFC 2136).
    UPDATE = 5,
    /// Stateful operations (RFC 8490).
    DSO = 6,
}

/// The number in words such as `TYPE123`; digits only, so that neither `TYPE+1` nor `TYPE` pass.
pub(crate) fn number_after(prefix: &str, text: &str) -> Option<u32> {
    let (head, digits) = text.split_at_checked(prefix.len())?;
    let numeric = digits.bytes().all(|octet| octet.is_ascii_digit());
    if head.eq_ignore_ascii_case(prefix) && numeric { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_survives_printing_and_reading() {
        for number in 0..=u16::MAX {
            assert_eq!(Rrtype(number).to_string().parse(), Ok(Rrtype(number)));
            assert_eq!(Class(number).to_string().parse(), Ok(Class(number)));
            assert_eq!(Rcode(number).to_string().parse(), Ok(Rcode(number)));
        }
        for number in 0..=u8::MAX {
            assert_eq!(Opcode(number).to_string().parse(), Ok(Opcode(number)));
        }
    }

    #[test]
    fn words_that_only_look_like_types_are_refused() {
        for word in ["", "TYPE", "TYPE+1", "TYPE-1", "TYPE65536", "TYPE 1", "AAAAA", "type１"] {
            assert!(word.parse::<Rrtype>().is_err(), "{word:?}");
        }
        assert_eq!("type0001".parse(), Ok(Rrtype::A));
        assert_eq!("aaaa".parse(), Ok(Rrtype::AAAA));
    }

    /// Threat 5: meta types are not data of a zone.
    #[test]
    fn meta_types_are_told_from_data() {
        for meta in
            [Rrtype(0), Rrtype::OPT, Rrtype::TSIG, Rrtype::AXFR, Rrtype::ANY, Rrtype(65_535)]
        {
            assert!(meta.is_meta(), "{meta}");
        }
        for plain in [Rrtype::A, Rrtype::SOA, Rrtype(127), Rrtype::URI, Rrtype(65_280)] {
            assert!(!plain.is_meta(), "{plain}");
        }
    }
}
