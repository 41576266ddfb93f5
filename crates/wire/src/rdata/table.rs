//! The descriptor table: what the rdata of each rrtype is made of.
//!
//! Pure. Checking, expanding, canonical form, printing and reading all derive from these rows, so
//! a new rrtype is one more row. A type without a row is opaque and exact (RFC 3597).
//!
//! Standards: RFC 1035 §3.3–3.4 · RFC 3597 §4 (which names may be compressed) · RFC 4034 §6.2 and
//! RFC 6840 §5.1 (which names canonical form lower-cases) · RFC 1183 (RP,
//! AFSDB, X25, ISDN, RT) · RFC 1348 (NSAP-PTR) · RFC 1706 (NSAP) · RFC 1712 (GPOS) · RFC 1876 (LOC) · RFC 2163
//! (PX) · RFC 2230 (KX) · RFC 2535 (KEY, NXT) · RFC 3403 (NAPTR) · RFC 4255 (SSHFP) · RFC 4431 (DLV) · RFC 4701
//! (DHCID) · RFC 6698 (TLSA) · RFC 7208 (SPF) · RFC 7344 and RFC 8078 (CDS, CDNSKEY) · RFC 7553 (URI) · RFC 7929
//! (OPENPGPKEY) · RFC 8162 (SMIMEA) · RFC 9606 (RESINFO) · RFC 9886 (HHIT, BRID).
//!
//! Invariants: I1 rows stand in ascending order of type. I2 a field that takes the rest of the
//! rdata is the last one of its row. I3 a row says whether NSD 4.6, BIND 9.18 and ldns 1.8 all read
//! its type by name and in its own form; if not, files for others have the form of RFC 3597, so that
//! any of them loads what we write.
//!
//! Not here: what a field looks like on the wire (`field`) or on paper (`present`, `parse`).

use super::dependent::Dependent;
use super::fixed::Fixed;
use crate::codes::Rrtype;

/// One field of an rdata, as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// A domain name.
    Name(NameRule),
    /// A field that always has the same length.
    Fixed(Fixed),
    /// A field whose shape an octet inside it decides.
    Dependent(Dependent),
    /// One character-string.
    Text,
    /// Character-strings up to the end, one at least.
    Texts,
    /// One character-string or two.
    TextPair,
    /// A CAA property tag: a length octet, then ASCII letters and digits (RFC 8659 §4.1).
    Tag,
    /// The rest, printed between quotes; at least so many octets.
    Quoted(usize),
    /// The rest, printed in hex; at least so many octets.
    Hex(usize),
    /// The rest, printed in base64; at least so many octets.
    Base64(usize),
    /// The rest, printed in base64, `-` when empty.
    Blob,
    /// The rest, one octet at least, printed as `0x` and hex (RFC 1706 §6).
    Nsap,
    /// The rest: an octet of format, then a number as hex or as `+` and digits (ATMA).
    AtmAddress,
    /// A length octet and so many octets, printed in hex, `-` when empty (RFC 5155 §3.3).
    Salt,
    /// A length octet and so many octets, printed in base32hex (RFC 5155 §3.3).
    NextHashed,
    /// The rest: a type bitmap (RFC 4034 §4.1.2).
    Bitmap(BitmapRule),
    /// The rest: the type bitmap of NXT, which ends at type 127 (RFC 2535 §5.2).
    NxtBitmap,
    /// The rest: SvcParams (RFC 9460 §2.2).
    SvcParams,
    /// The rest: the ports of a well-known service, a bit each (RFC 1035 §3.4.2).
    Ports,
    /// The rest: address prefixes (RFC 3123 §4).
    Prefixes,
    /// Sixteen octets: a place on the globe (RFC 1876 §2).
    Location,
    /// Names up to the end, case kept.
    Names,
}

/// How a name inside an rdata may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// Types of RFC 1035: compressed when sent, expanded when received, lower-cased.
    WellKnown,
    /// Types that were once sent compressed: expanded when received, never compressed, lower-cased
    /// (RFC 3597 §4).
    Legacy,
    /// Never compressed, lower-cased in canonical form (RFC 4034 §6.2).
    Lowered,
    /// Never compressed, case kept.
    Plain,
}

impl NameRule {
    /// Whether the name may be sent compressed (RFC 3597 §4).
    #[must_use]
    pub const fn may_compress(self) -> bool {
        matches!(self, Self::WellKnown)
    }

    /// Whether the name may arrive compressed (RFC 3597 §4).
    #[must_use]
    pub const fn may_arrive_compressed(self) -> bool {
        matches!(self, Self::WellKnown | Self::Legacy)
    }

    /// Whether canonical form lower-cases the name (RFC 4034 §6.2, RFC 6840 §5.1).
    #[must_use]
    pub const fn is_lowered(self) -> bool {
        !matches!(self, Self::Plain)
    }
}

/// Whether a bitmap may name no type at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BitmapRule {
    /// NSEC: its own type is always there.
    NotEmpty,
    /// NSEC3 of an empty non-terminal (RFC 5155 §7.1), CSYNC.
    MayBeEmpty,
}

/// Who reads a type by name and in its own form (I3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Every server we write for.
    All,
    /// Some of them; the others read RFC 3597's form only.
    Some,
}

/// What the rdata of one rrtype is made of.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) rrtype: Rrtype,
    pub(super) fields: &'static [Field],
    pub(super) readers: Readers,
    /// Where the octets of fixed length in front end; names come after them, if at all.
    pub(super) named_at: usize,
    /// The fields from there up to the last name: all that one who wants the names has to measure.
    pub(super) named: &'static [Field],
}

/// The row of a type, `None` if its rdata is opaque. Two loads.
#[inline]
pub(super) fn row(rrtype: Rrtype) -> Option<&'static Row> {
    let slot = INDEX.get(place(rrtype.0)?)?;
    ROWS.get(usize::from(*slot))
}

const WELL_KNOWN: Field = Field::Name(NameRule::WellKnown);
const LEGACY: Field = Field::Name(NameRule::Legacy);
const LOWERED: Field = Field::Name(NameRule::Lowered);
const PLAIN: Field = Field::Name(NameRule::Plain);
const U8: Field = Field::Fixed(Fixed::U8);
const U16: Field = Field::Fixed(Fixed::U16);
const U32: Field = Field::Fixed(Fixed::U32);
const U64: Field = Field::Fixed(Fixed::U64);
const SECONDS: Field = Field::Fixed(Fixed::Seconds);
const TIME: Field = Field::Fixed(Fixed::Time);
const ALGORITHM: Field = Field::Fixed(Fixed::Algorithm);
const PROTOCOL: Field = Field::Fixed(Fixed::Protocol);
const SCHEME: Field = Field::Fixed(Fixed::Scheme);
const TYPE: Field = Field::Fixed(Fixed::Type);
const COVERED: Field = Field::Fixed(Fixed::Covered);
const CERT_TYPE: Field = Field::Fixed(Fixed::CertType);
const IPV4: Field = Field::Fixed(Fixed::Ipv4);
const IPV6: Field = Field::Fixed(Fixed::Ipv6);
const EUI48: Field = Field::Fixed(Fixed::Eui48);
const EUI64: Field = Field::Fixed(Fixed::Eui64);
const LOCATOR: Field = Field::Fixed(Fixed::Locator);
const SUFFIX: Field = Field::Dependent(Dependent::Suffix);
const GATEWAY: Field = Field::Dependent(Dependent::Gateway);
const RELAY: Field = Field::Dependent(Dependent::Relay);
const HOST_IDENTITY: Field = Field::Dependent(Dependent::HostIdentity);

const ROWS: &[Row] = {
    use Field::*;
    &[
        row_of(1, &[IPV4]),                                                            // A
        row_of(2, &[WELL_KNOWN]),                                                      // NS
        row_of(3, &[WELL_KNOWN]),                                                      // MD
        row_of(4, &[WELL_KNOWN]),                                                      // MF
        row_of(5, &[WELL_KNOWN]),                                                      // CNAME
        row_of(6, &[WELL_KNOWN, WELL_KNOWN, U32, SECONDS, SECONDS, SECONDS, SECONDS]), // SOA
        row_of(7, &[WELL_KNOWN]),                                                      // MB
        row_of(8, &[WELL_KNOWN]),                                                      // MG
        row_of(9, &[WELL_KNOWN]),                                                      // MR
        row_of(11, &[IPV4, PROTOCOL, Ports]),                                          // WKS
        row_of(12, &[WELL_KNOWN]),                                                     // PTR
        row_of(13, &[Text, Text]),                                                     // HINFO
        row_of(14, &[WELL_KNOWN, WELL_KNOWN]),                                         // MINFO
        row_of(15, &[U16, WELL_KNOWN]),                                                // MX
        row_of(16, &[Texts]),                                                          // TXT
        row_of(17, &[LEGACY, LEGACY]),   // RP, RFC 1183
        row_of(18, &[U16, LEGACY]),      // AFSDB, RFC 1183
        row_of(19, &[Text]),             // X25, RFC 1183
        row_of(20, &[TextPair]),         // ISDN, RFC 1183
        row_of(21, &[U16, LEGACY]),      // RT, RFC 1183
        row_of(22, &[Nsap]),             // NSAP, RFC 1706
        row_of(23, &[PLAIN]).for_some(), // NSAP-PTR, RFC 1348
        row_of(24, &[COVERED, ALGORITHM, U8, SECONDS, TIME, TIME, U16, LEGACY, Base64(1)]), // SIG
        row_of(25, &[U16, U8, ALGORITHM, Base64(0)]), // KEY, RFC 2535
        row_of(26, &[U16, LEGACY, LEGACY]), // PX, RFC 2163
        row_of(27, &[Text, Text, Text]).for_some(), // GPOS, RFC 1712
        row_of(28, &[IPV6]),             // AAAA, RFC 3596
        row_of(29, &[Location]),         // LOC, RFC 1876
        row_of(30, &[LEGACY, NxtBitmap]).for_some(), // NXT, RFC 2535
        row_of(31, &[Hex(1)]).for_some(), // EID, draft-ietf-nimrod-dns
        row_of(32, &[Hex(1)]).for_some(), // NIMLOC, draft-ietf-nimrod-dns
        row_of(33, &[U16, U16, U16, LEGACY]), // SRV, RFC 2782
        row_of(34, &[AtmAddress]).for_some(), // ATMA, af-dans-0152
        row_of(35, &[U16, U16, Text, Text, Text, LEGACY]), // NAPTR, RFC 3403
        row_of(36, &[U16, LOWERED]),     // KX, RFC 2230
        row_of(37, &[CERT_TYPE, U16, ALGORITHM, Base64(1)]), // CERT, RFC 4398
        row_of(38, &[SUFFIX]).for_some(), // A6, RFC 2874
        row_of(39, &[LOWERED]),          // DNAME, RFC 6672
        row_of(40, &[U8, U8, U8, Base64(0)]).for_some(), // SINK, draft-eastlake-kitchen-sink
        row_of(42, &[Prefixes]),         // APL, RFC 3123
        row_of(43, &[U16, ALGORITHM, U8, Hex(1)]), // DS, RFC 4034
        row_of(44, &[U8, U8, Hex(1)]),   // SSHFP, RFC 4255
        row_of(45, &[U8, GATEWAY, Base64(0)]), // IPSECKEY, RFC 4025
        // RRSIG. RFC 4034 §3.1.7 forbids compression to who sends it, but YADIFA does it as for SIG.
        row_of(46, &[COVERED, ALGORITHM, U8, SECONDS, TIME, TIME, U16, LEGACY, Base64(1)]),
        row_of(47, &[PLAIN, Bitmap(BitmapRule::NotEmpty)]), // NSEC, RFC 4034, RFC 6840 §5.1
        row_of(48, &[U16, U8, ALGORITHM, Base64(1)]),       // DNSKEY, RFC 4034
        row_of(49, &[Base64(1)]),                           // DHCID, RFC 4701
        row_of(50, &[U8, U8, U16, Salt, NextHashed, Bitmap(BitmapRule::MayBeEmpty)]), // NSEC3
        row_of(51, &[U8, U8, U16, Salt]),                   // NSEC3PARAM, RFC 5155
        row_of(52, &[U8, U8, U8, Hex(1)]),                  // TLSA, RFC 6698
        row_of(53, &[U8, U8, U8, Hex(1)]),                  // SMIMEA, RFC 8162
        row_of(55, &[HOST_IDENTITY, Names]).for_some(),     // HIP, RFC 8005
        row_of(56, &[Texts]).for_some(),                    // NINFO, draft-reid-dnsext-zs
        row_of(57, &[U16, U8, ALGORITHM, Base64(1)]).for_some(), // RKEY, draft-reid-dnsext-rkey
        row_of(58, &[PLAIN, PLAIN]).for_some(), // TALINK, draft-ietf-dnsop-dnssec-trust-history
        row_of(59, &[U16, ALGORITHM, U8, Hex(1)]), // CDS, RFC 7344, RFC 8078
        row_of(60, &[U16, U8, ALGORITHM, Base64(1)]), // CDNSKEY, RFC 7344, RFC 8078
        row_of(61, &[Base64(1)]),               // OPENPGPKEY, RFC 7929
        row_of(62, &[U32, U16, Bitmap(BitmapRule::MayBeEmpty)]), // CSYNC, RFC 7477
        row_of(63, &[U32, U8, U8, Hex(12)]),    // ZONEMD, RFC 8976 §2.2.4
        row_of(64, &[U16, PLAIN, SvcParams]),   // SVCB, RFC 9460
        row_of(65, &[U16, PLAIN, SvcParams]),   // HTTPS, RFC 9460
        row_of(66, &[TYPE, SCHEME, U16, PLAIN]).for_some(), // DSYNC, RFC 9859
        row_of(67, &[Base64(1)]).for_some(),    // HHIT, RFC 9886
        row_of(68, &[Base64(1)]).for_some(),    // BRID, RFC 9886
        row_of(99, &[Texts]),                   // SPF, RFC 7208
        row_of(104, &[U16, LOCATOR]),           // NID, RFC 6742
        row_of(105, &[U16, IPV4]),              // L32, RFC 6742
        row_of(106, &[U16, LOCATOR]),           // L64, RFC 6742
        row_of(107, &[U16, PLAIN]),             // LP, RFC 6742
        row_of(108, &[EUI48]),                  // EUI48, RFC 7043
        row_of(109, &[EUI64]),                  // EUI64, RFC 7043
        row_of(256, &[U16, U16, Quoted(1)]),    // URI, RFC 7553
        row_of(257, &[U8, Tag, Quoted(0)]),     // CAA, RFC 8659
        row_of(258, &[Texts]).for_some(),       // AVC, its template at IANA
        row_of(259, &[U32, U32, U8, Text, Blob]).for_some(), // DOA, draft-durand-doa-over-dns
        row_of(260, &[U8, RELAY]).for_some(),   // AMTRELAY, RFC 8777
        row_of(261, &[Texts]).for_some(),       // RESINFO, RFC 9606
        row_of(262, &[Texts]).for_some(),       // WALLET, its template at IANA
        row_of(263, &[Texts]).for_some(),       // CLA, draft-johnson-dns-ipn-cla
        row_of(264, &[U64]).for_some(),         // IPN, draft-johnson-dns-ipn-cla
        row_of(32_768, &[U16, ALGORITHM, U8, Hex(1)]).for_some(), // TA, its template at IANA
        row_of(32_769, &[U16, ALGORITHM, U8, Hex(1)]), // DLV, RFC 4431
    ]
};

const fn row_of(code: u16, fields: &'static [Field]) -> Row {
    let (named_at, named) = after_fixed(up_to_last_name(fields));
    Row { rrtype: Rrtype(code), fields, readers: Readers::All, named_at, named }
}

impl Row {
    const fn for_some(self) -> Self {
        Self { readers: Readers::Some, ..self }
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "runs in the compiler; rows are short")]
const fn after_fixed(mut fields: &'static [Field]) -> (usize, &'static [Field]) {
    let mut octets = 0;
    while let [front, rest @ ..] = fields
        && let Some(fixed) = front.fixed_octets()
    {
        octets += fixed;
        fields = rest;
    }
    (octets, fields)
}

const fn up_to_last_name(mut fields: &'static [Field]) -> &'static [Field] {
    while let [front @ .., last] = fields {
        if last.may_hold_names() {
            return fields;
        }
        fields = front;
    }
    fields
}

const NO_ROW: u8 = u8::MAX;
/// Types below this one have a place of their own in [`INDEX`].
const DENSE_END: u16 = 265;
/// Types from here on are the other ones that have a place.
const SPARSE_START: u16 = 32_768;
const PLACES: usize = 267;

/// Place of a type → place of its row in [`ROWS`].
static INDEX: [u8; PLACES] = index();

/// Where [`INDEX`] has a type; the place of one far above may lie past its end.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "15 bits and 265 fit; `From` is not for the compiler yet"
)]
const fn place(code: u16) -> Option<usize> {
    let place = match code {
        0..DENSE_END => code,
        DENSE_END..SPARSE_START => return None,
        SPARSE_START..=u16::MAX => (code & !SPARSE_START) + DENSE_END,
    };
    Some(place as usize)
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "runs in the compiler, which refuses to go out of bounds"
)]
const fn index() -> [u8; PLACES] {
    let mut index = [NO_ROW; PLACES];
    let mut slot = 0;
    while slot < ROWS.len() {
        if let Some(place) = place(ROWS[slot].rrtype.0) {
            index[place] = slot as u8;
        }
        slot += 1;
    }
    index
}

/// Every row, for tests that must leave none out.
#[cfg(test)]
pub(super) const fn rows() -> &'static [Row] {
    ROWS
}
