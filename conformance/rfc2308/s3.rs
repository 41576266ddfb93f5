//! §3: the SOA of a negative answer has the smaller of its ttl and its last field, so that nobody
//! keeps the denial longer than either says.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the last field is the ttl if it is smaller",
        "absent.example. A",
        "NXDOMAIN aa
         authority example. 300 SOA ns1.example. hostmaster.example. 7 7200 900 1209600 300",
    );
    section.claim(
        "the SOA's own ttl is the ttl if that is smaller",
        "absent.negative.example. A",
        "NXDOMAIN aa
         authority negative.example. 120 SOA ns.negative.example. hostmaster.negative.example. 1 7200 900 1209600 86400",
    );
    section.claim(
        "it is so for NODATA too",
        "ns.negative.example. TXT",
        "NOERROR aa
         authority negative.example. 120 SOA ...",
    );
    section.claim(
        "the SOA that is asked for keeps its own ttl",
        "example. SOA",
        "NOERROR aa
         answer example. 3600 SOA ...",
    );
    section.claim(
        "the SOA is that of the zone that denies, the deepest that is served",
        "absent.deep.negative.example. A",
        "NXDOMAIN aa
         authority negative.example. 120 SOA ...",
    );
}
