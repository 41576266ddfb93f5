//! §4.3.1: recursion is asked for with RD and offered with RA; a server without it says so and
//! answers from what it has.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "RD comes back as it was sent, RA stays clear, and the answer is the same",
        "web.example. TXT rd",
        "NOERROR aa
         answer web.example. 3600 TXT \"web\"",
    );
    section.claim(
        "a name of other zones is refused even if recursion is desired",
        "www.example.net. A rd",
        "REFUSED
         additional -",
    );
    section.claim("a name of other zones is refused", "www.example.net. A", "REFUSED");
    section.claim("a name above the zone is refused", ". NS", "REFUSED");
    section.claim(
        "a name that only ends in the same letters is of another zone",
        "anexample. A",
        "REFUSED",
    );
}
