//! Words that stand for numbers inside an rdata.
//!
//! Pure. Numbers are what is printed; words are read.
//!
//! Standards: RFC 4034 appendix A.1 and the IANA registry "DNS Security Algorithm Numbers" ·
//! RFC 4398 §2.1.

use super::parse::unsigned;

/// By number or mnemonic (IANA, "DNS Security Algorithm Numbers").
pub(super) fn algorithm(text: &str) -> Option<u8> {
    const NAMES: &[(&str, u8)] = &[
        ("RSAMD5", 1),
        ("DH", 2),
        ("DSA", 3),
        ("RSASHA1", 5),
        ("DSA-NSEC3-SHA1", 6),
        ("RSASHA1-NSEC3-SHA1", 7),
        ("RSASHA256", 8),
        ("RSASHA512", 10),
        ("ECC-GOST", 12),
        ("ECDSAP256SHA256", 13),
        ("ECDSAP384SHA384", 14),
        ("ED25519", 15),
        ("ED448", 16),
        ("INDIRECT", 252),
        ("PRIVATEDNS", 253),
        ("PRIVATEOID", 254),
    ];
    unsigned(text).or_else(|| named(NAMES, text))
}

/// By number or mnemonic (RFC 4398 §2.1).
pub(super) fn cert_type(text: &str) -> Option<u16> {
    const NAMES: &[(&str, u16)] = &[
        ("PKIX", 1),
        ("SPKI", 2),
        ("PGP", 3),
        ("IPKIX", 4),
        ("ISPKI", 5),
        ("IPGP", 6),
        ("ACPKIX", 7),
        ("IACPKIX", 8),
        ("URI", 253),
        ("OID", 254),
    ];
    unsigned(text).or_else(|| named(NAMES, text))
}

fn named<N: Copy>(names: &[(&str, N)], text: &str) -> Option<N> {
    names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, number)| *number)
}
