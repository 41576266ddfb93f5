//! Numbers and words of types and rcodes, as far as claims use them.

const TYPES: [(u16, &str); 55] = [
    (1, "A"),
    (2, "NS"),
    (3, "MD"),
    (4, "MF"),
    (5, "CNAME"),
    (6, "SOA"),
    (7, "MB"),
    (8, "MG"),
    (9, "MR"),
    (10, "NULL"),
    (11, "WKS"),
    (12, "PTR"),
    (13, "HINFO"),
    (14, "MINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (19, "X25"),
    (20, "ISDN"),
    (21, "RT"),
    (24, "SIG"),
    (25, "KEY"),
    (26, "PX"),
    (28, "AAAA"),
    (29, "LOC"),
    (33, "SRV"),
    (35, "NAPTR"),
    (36, "KX"),
    (37, "CERT"),
    (39, "DNAME"),
    (41, "OPT"),
    (42, "APL"),
    (43, "DS"),
    (44, "SSHFP"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (249, "TKEY"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (253, "MAILB"),
    (254, "MAILA"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
];

const RCODES: [(u16, &str); 11] = [
    (0, "NOERROR"),
    (1, "FORMERR"),
    (2, "SERVFAIL"),
    (3, "NXDOMAIN"),
    (4, "NOTIMP"),
    (5, "REFUSED"),
    (6, "YXDOMAIN"),
    (9, "NOTAUTH"),
    (16, "BADVERS"),
    (17, "BADKEY"),
    (23, "BADCOOKIE"),
];

/// The number of a type from its word, `TYPE65280` included.
pub(crate) fn number(word: &str) -> u16 {
    let known = TYPES.iter().find(|(_, known)| *known == word).map(|(number, _)| *number);
    let unknown = || word.strip_prefix("TYPE").and_then(|digits| digits.parse().ok());
    known.or_else(unknown).unwrap_or_else(|| panic!("no type {word}"))
}

/// The word of a type.
pub(super) fn word(number: u16) -> String {
    let known = TYPES.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| format!("TYPE{number}"), |(_, word)| (*word).to_owned())
}

/// True for the word of an rcode.
pub(super) fn is_rcode(word: &str) -> bool {
    RCODES.iter().any(|(_, known)| *known == word)
}

/// The word of an rcode.
pub(super) fn rcode(number: u16) -> String {
    let known = RCODES.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| format!("rcode {number}"), |(_, word)| (*word).to_owned())
}
