//! §2.2: NODATA is NOERROR without an answer. The SOA tells it from a referral, which has NS only.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "NODATA has no answer, and the SOA of the zone",
        "mail.example. AAAA",
        "NOERROR aa
         authority example. 300 SOA ns1.example. hostmaster.example. 7 7200 900 1209600 300
         additional -",
    );
    section.claim(
        "NODATA behind an alias keeps the alias",
        "tonodata.example. AAAA",
        "NOERROR aa
         answer tonodata.example. 3600 CNAME mail.example.
         authority example. 300 SOA ...",
    );
    section.claim(
        "a referral has no SOA",
        "a.other.example. A",
        "NOERROR
         authority other.example. 3600 NS ns.other.example.
         additional ns.other.example. 3600 A 192.0.2.7",
    );
}
