//! §3.3.1: the source of synthesis is the asterisk right below the closest encloser, or there is
//! none; a wildcard higher up never steps in.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the closest encloser is the longest ancestor that exists, empty or not",
        "_dns._udp.host2.example. TXT",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "names without any ancestor but the apex have the apex' wildcard",
        "_telnet._tcp.host3.example. TXT",
        "NOERROR aa
         answer _telnet._tcp.host3.example. 3600 TXT \"this is a wildcard\"",
    );
    section.claim(
        "the label below the encloser does not matter",
        "_chat._udp.host3.example. MX",
        "NOERROR aa
         answer _chat._udp.host3.example. 3600 MX 10 host1.example.",
    );
    section.claim(
        "a wildcard is not the source for names below its own asterisk",
        "foobar.*.example. TXT",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a wildcard below an asterisk is the source for names below that asterisk",
        "foobar.*.nested.example. TXT",
        "NOERROR aa
         answer foobar.*.nested.example. 3600 TXT \"nested\"",
    );
    section.claim(
        "a wildcard below an asterisk makes that asterisk exist without records",
        "foobar.nested.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "the nearer wildcard answers, not the one of the apex",
        "y.hide.example. A",
        "NOERROR aa
         answer y.hide.example. 3600 A 192.0.2.7",
    );
    section.claim(
        "the nearer wildcard alone answers, even without the type",
        "y.hide.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
}
