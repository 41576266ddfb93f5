//! §3: records of types that a server does not know are carried and answered octet by octet.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "rdata that looks like a compressed name is left as it is",
        "unknown.types.example. TYPE65280",
        "NOERROR aa
         answer unknown.types.example. 3600 TYPE65280 \\# 4 c00cc00c",
    );
    section.claim(
        "rdata that looks like a name is left as it is",
        "unknown.types.example. TYPE65281",
        "NOERROR aa
         answer unknown.types.example. 3600 TYPE65281 \\# 24 000106746172676574057479706573076578616d706c6500",
    );
    section.claim(
        "rdata may be empty",
        "empty.types.example. TYPE65282",
        "NOERROR aa
         answer empty.types.example. 3600 TYPE65282 \\# 0",
    );
    section.claim(
        "a wildcard gives unknown types as well",
        "any.star.types.example. TYPE65284",
        "NOERROR aa
         answer any.star.types.example. 3600 TYPE65284 \\# 3 abcdef",
    );
    section.claim(
        "types up to the last one that may be private are carried",
        "high.types.example. TYPE65534",
        "NOERROR aa
         answer high.types.example. 3600 TYPE65534 \\# 1 ff",
    );
    section.claim(
        "a type that is not there is NODATA, known or not",
        "unknown.types.example. TYPE65285",
        "NOERROR aa
         authority types.example. 300 SOA ...",
    );
}
