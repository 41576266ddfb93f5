//! §2.2.1: the worked example: which names a wildcard gives an answer to, and which it does not
//! although they look as if.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an MX of a name that does not exist is the wildcard's, with that name as its owner",
        "host3.example. MX",
        "NOERROR aa
         answer host3.example. 3600 MX 10 host1.example.",
    );
    section.claim(
        "a type that the wildcard does not have is NODATA for a name it matches",
        "host3.example. A",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a wildcard matches names several labels below it",
        "foo.bar.example. TXT",
        "NOERROR aa
         answer foo.bar.example. 3600 TXT \"this is a wildcard\"",
    );
    section.claim(
        "a name that exists has no types of the wildcard",
        "host1.example. MX",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a name below the asterisk that exists has no types of the wildcard",
        "sub.*.example. MX",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a name below an empty non-terminal is not matched by a wildcard above it",
        "_telnet._tcp.host1.example. SRV",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a name below a cut is delegated, not matched",
        "host.subdel.example. A",
        "NOERROR
         authority subdel.example. 3600 NS ns.example.com.
         authority subdel.example. 3600 NS ns.example.net.",
    );
    section.claim(
        "a name below the asterisk is not matched, since the asterisk exists",
        "ghost.*.example. MX",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
}
