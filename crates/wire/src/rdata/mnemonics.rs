//! Words that stand for numbers inside an rdata.
//!
//! Pure. Numbers are what is printed, schemes apart; words are read.
//!
//! Standards: RFC 4034 appendix A.1 and the IANA registry "DNS Security Algorithm Numbers" ·
//! RFC 4398 §2.1 · RFC 1010 (protocols and ports, for WKS) · RFC 9859 §6.2 (schemes of DSYNC).

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

/// By number or by name (RFC 1010, "Assigned Internet Protocol Numbers").
pub(super) fn protocol(text: &str) -> Option<u8> {
    const NAMES: &[(&str, u8)] = &[
        ("icmp", 1),
        ("igmp", 2),
        ("ggp", 3),
        ("st", 5),
        ("tcp", 6),
        ("ucl", 7),
        ("egp", 8),
        ("igp", 9),
        ("pup", 12),
        ("udp", 17),
        ("hmp", 20),
        ("xns-idp", 22),
        ("rdp", 27),
    ];
    unsigned(text).or_else(|| named(NAMES, text))
}

/// A port, by number or by the name of its service (RFC 1010, "Assigned Ports").
pub(super) fn port(text: &str) -> Option<u16> {
    const NAMES: &[(&str, u16)] = &[
        ("echo", 7),
        ("discard", 9),
        ("systat", 11),
        ("daytime", 13),
        ("netstat", 15),
        ("qotd", 17),
        ("chargen", 19),
        ("ftp-data", 20),
        ("ftp", 21),
        ("ssh", 22),
        ("telnet", 23),
        ("smtp", 25),
        ("time", 37),
        ("nameserver", 42),
        ("nicname", 43),
        ("whois", 43),
        ("domain", 53),
        ("bootps", 67),
        ("bootpc", 68),
        ("tftp", 69),
        ("gopher", 70),
        ("finger", 79),
        ("http", 80),
        ("kerberos", 88),
        ("hostnames", 101),
        ("pop2", 109),
        ("pop3", 110),
        ("sunrpc", 111),
        ("auth", 113),
        ("sftp", 115),
        ("nntp", 119),
        ("ntp", 123),
        ("imap2", 143),
        ("snmp", 161),
        ("https", 443),
    ];
    unsigned(text).or_else(|| named(NAMES, text))
}

/// `NOTIFY` is the only scheme with a word.
const NOTIFY: (&str, u8) = ("NOTIFY", 1);

/// By number or mnemonic.
pub(super) fn scheme(text: &str) -> Option<u8> {
    unsigned(text).or_else(|| named(&[NOTIFY], text))
}

/// The word of a scheme that has one, as RFC 9859 §2.1 asks.
pub(super) fn scheme_word(scheme: u8) -> Option<&'static str> {
    (scheme == NOTIFY.1).then_some(NOTIFY.0)
}

fn named<N: Copy>(names: &[(&str, N)], text: &str) -> Option<N> {
    names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, number)| *number)
}
