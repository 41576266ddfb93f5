//! §2.2.2, §2.2.3: a name without records exists if a name below it does; it is never the
//! wildcard's to answer for.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an empty non-terminal is NODATA for every type",
        "_tcp.host1.example. A",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "an empty non-terminal does not get the wildcard's type",
        "_tcp.host2.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "an empty non-terminal two levels up from any record exists as well",
        "host2.example. MX",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "the wildcard of a subtree does not cover an empty non-terminal in it",
        "e.hide.example. A",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "names below that empty non-terminal do not exist either",
        "other.e.hide.example. A",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
}
