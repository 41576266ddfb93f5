//! §3.1: the answer has the DNAME, and a CNAME made from it with the same ttl, for those who know
//! aliases only.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the CNAME has the ttl of the DNAME",
        "www.away.example. A",
        "NOERROR aa
         answer away.example. 1800 DNAME example.net.
         answer www.away.example. 1800 CNAME www.example.net.",
    );
    section.claim(
        "the CNAME is made when it is asked for, too",
        "www.inside.example. CNAME",
        "NOERROR aa
         answer inside.example. 3600 DNAME target.example.
         answer www.inside.example. 3600 CNAME www.target.example.",
    );
}
