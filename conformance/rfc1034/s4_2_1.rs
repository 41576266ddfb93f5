//! §4.2.1: authority ends at a cut. What lies there is told as a referral, with the addresses that
//! nobody else could tell.

use crate::judge::Section;

const REFERRAL: &str = "NOERROR
    authority sub.example. 3600 NS ns.sub.example.
    authority sub.example. 3600 NS ns.other.example.
    authority sub.example. 3600 NS ns.example.net.
    additional ns.sub.example. 3600 A 192.0.2.6
    additional ns.sub.example. 3600 AAAA 2001:db8::6
    additional ns.other.example. 3600 A 192.0.2.7";

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim("a name below a cut is referred", "any.sub.example. A", REFERRAL);
    section.claim("the cut itself is referred for types of the child", "sub.example. A", REFERRAL);
    section.claim("servers of a cut are no answer of authority", "sub.example. NS", REFERRAL);
    section.claim("the SOA of a cut is the child's", "sub.example. SOA", REFERRAL);
    section.claim("glue is no answer of authority", "ns.sub.example. A", REFERRAL);
    section.claim("records below a cut are not answered", "host.sub.example. A", REFERRAL);
    section.claim("a cut below a cut is not seen", "a.deep.cut.sub.example. A", REFERRAL);
    section.claim(
        "a cut whose servers are elsewhere needs no glue",
        "www.away.example. A",
        "NOERROR
         authority away.example. 3600 NS ns.example.org.
         additional -",
    );
    section.claim(
        "a name above a cut, with nothing of its own, is no referral",
        "y.below.example. A",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "the servers of the zone itself are an answer of authority, with their addresses",
        "example. NS",
        "NOERROR aa
         answer example. 3600 NS ns1.example.
         answer example. 3600 NS ns2.example.
         additional ns1.example. 3600 A 192.0.2.1
         additional ns1.example. 3600 AAAA 2001:db8::1
         additional ns2.example. 3600 A 192.0.2.2",
    );
}
