//! §2.1: a name error is told by its rcode; an alias before it stays in the answer.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name error has no answer, and the SOA of the zone",
        "absent.example. A",
        "NXDOMAIN aa
         authority example. 300 SOA ns1.example. hostmaster.example. 7 7200 900 1209600 300
         additional -",
    );
    section.claim(
        "a name error behind an alias is about the alias' target",
        "nowhere.example. A",
        "NXDOMAIN aa
         answer nowhere.example. 3600 CNAME absent.example.
         authority example. 300 SOA ...",
    );
}
