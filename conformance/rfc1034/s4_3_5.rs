//! §4.3.5: a secondary has the zone as its primary does, and tells by the serial which copy.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the SOA of a secondary is that of its primary, with authority",
        "example. SOA",
        "NOERROR aa
         answer example. 3600 SOA ns1.example. hostmaster.example. 7 7200 900 1209600 300",
    );
    section.claim(
        "an SOA is asked for at the apex only",
        "web.example. SOA",
        "NOERROR aa
         authority example. 300 SOA ns1.example. hostmaster.example. 7 7200 900 1209600 300",
    );
}
