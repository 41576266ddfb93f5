//! Appendix B: what a server with the zone of appendix A answers.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "B.1: an answer, with signatures of it and of the addresses beside it",
        "x.w.example. MX do",
        "NOERROR aa
         answer x.w.example. 3600 MX 1 xx.example.
         answer x.w.example. 3600 RRSIG MX 3 example.
         additional xx.example. 3600 A 192.0.2.10
         additional xx.example. 3600 RRSIG A 2 example.
         additional xx.example. 3600 AAAA 2001:db8::f00:baaa
         additional xx.example. 3600 RRSIG AAAA 2 example.",
    );
    section.claim(
        "B.2: a name error proves that neither the name nor a wildcard is there",
        "ml.example. A do",
        "NXDOMAIN aa
         authority example. 3600 SOA ...
         authority example. 3600 RRSIG SOA 1 example.
         authority b.example. 3600 NSEC ns1.example. NS RRSIG NSEC
         authority b.example. 3600 RRSIG NSEC 2 example.
         authority example. 3600 NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY
         authority example. 3600 RRSIG NSEC 1 example.",
    );
    section.claim(
        "B.3: NODATA proves that the name is there without the type",
        "ns1.example. MX do",
        "NOERROR aa
         authority example. 3600 SOA ...
         authority example. 3600 RRSIG SOA 1 example.
         authority ns1.example. 3600 NSEC ns2.example. A RRSIG NSEC
         authority ns1.example. 3600 RRSIG NSEC 2 example.",
    );
    section.claim(
        "B.4: a referral to a signed zone has the signed DS",
        "mc.a.example. MX do",
        "NOERROR
         authority a.example. 3600 NS ns1.a.example.
         authority a.example. 3600 NS ns2.a.example.
         authority a.example. 3600 DS 57855 5 1 b6dcd485719adca18e5f3d48a2331627fdd3636b
         authority a.example. 3600 RRSIG DS 2 example.
         additional ns1.a.example. 3600 A 192.0.2.5
         additional ns2.a.example. 3600 A 192.0.2.6",
    );
    section.claim(
        "B.5: a referral to an unsigned zone proves that there is no DS",
        "mc.b.example. MX do",
        "NOERROR
         authority b.example. 3600 NS ns1.b.example.
         authority b.example. 3600 NS ns2.b.example.
         authority b.example. 3600 NSEC ns1.example. NS RRSIG NSEC
         authority b.example. 3600 RRSIG NSEC 2 example.
         additional ns1.b.example. 3600 A 192.0.2.7
         additional ns2.b.example. 3600 A 192.0.2.8",
    );
    section.claim(
        "B.6: an answer from a wildcard proves that nothing closer is there",
        "a.z.w.example. MX do",
        "NOERROR aa
         answer a.z.w.example. 3600 MX 1 ai.example.
         answer a.z.w.example. 3600 RRSIG MX 2 example.
         authority x.y.w.example. 3600 NSEC xx.example. MX RRSIG NSEC
         authority x.y.w.example. 3600 RRSIG NSEC 4 example.
         additional ai.example. 3600 A 192.0.2.9
         additional ai.example. 3600 RRSIG A 2 example.
         additional ai.example. 3600 AAAA 2001:db8::f00:baa9
         additional ai.example. 3600 RRSIG AAAA 2 example.",
    );
    section.claim(
        "B.7: NODATA from a wildcard proves that, and that the wildcard has not the type",
        "a.z.w.example. AAAA do",
        "NOERROR aa
         authority example. 3600 SOA ...
         authority example. 3600 RRSIG SOA 1 example.
         authority x.y.w.example. 3600 NSEC xx.example. MX RRSIG NSEC
         authority x.y.w.example. 3600 RRSIG NSEC 4 example.
         authority *.w.example. 3600 NSEC x.w.example. MX RRSIG NSEC
         authority *.w.example. 3600 RRSIG NSEC 2 example.",
    );
    section.claim(
        "B.8: a DS asked of the child's side is NODATA",
        "example. DS do",
        "NOERROR aa
         authority example. 3600 SOA ...
         authority example. 3600 RRSIG SOA 1 example.
         authority example. 3600 NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY
         authority example. 3600 RRSIG NSEC 1 example.",
    );
}
