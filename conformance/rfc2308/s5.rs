//! §5: only a denial with an SOA is kept, so each of them must have one, over each transport, with
//! EDNS or without.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a denial with EDNS has the SOA",
        "absent.example. A edns",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a denial of a type that nobody knows has the SOA",
        "mail.example. TYPE64999",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a denial below a wildcard's type has the SOA",
        "a.wild.example. AAAA",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
}
