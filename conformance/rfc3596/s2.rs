//! §2: AAAA is asked for, and answered, as A is; neither stands in for the other.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "AAAA is answered without A",
        "host.services.example. AAAA",
        "NOERROR aa
         answer host.services.example. 3600 AAAA 2001:db8::2",
    );
    section.claim(
        "a host with AAAA only has no A, but exists",
        "only6.services.example. A",
        "NOERROR aa
         authority services.example. 300 SOA ...",
    );
}
