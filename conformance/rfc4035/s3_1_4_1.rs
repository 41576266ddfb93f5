//! §3.1.4.1: a DS is the parent's. A server that has both sides answers from the parent's, one that
//! has the child only says NODATA.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a server of parent and child answers the DS from the parent",
        "child.signed.test. DS do",
        "NOERROR aa
         answer child.signed.test. 3600 DS 54321 13 2 1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100
         answer child.signed.test. 3600 RRSIG DS 3 signed.test.",
    );
    section.claim(
        "a server of parent and child denies the DS from the parent",
        "unsigned.signed.test. DS do",
        "NOERROR aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority unsigned.signed.test. 600 NSEC *.wild.signed.test. NS RRSIG NSEC
         authority unsigned.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    section.claim(
        "a server of the child alone has no DS, and says so",
        "alone.test. DS do",
        "NOERROR aa
         authority alone.test. 600 SOA ...
         authority alone.test. 600 RRSIG SOA 2 alone.test.
         authority alone.test. 600 NSEC ns.alone.test. NS SOA TXT RRSIG NSEC DNSKEY
         authority alone.test. 600 RRSIG NSEC 2 alone.test.",
    );
    section.claim(
        "every other type of a child's apex is the child's",
        "child.signed.test. TXT do",
        "NOERROR aa
         answer child.signed.test. 3600 TXT \"child\"
         answer child.signed.test. 3600 RRSIG TXT 3 child.signed.test.",
    );
    section.claim(
        "a DS below a cut is the child's question",
        "www.secure.signed.test. DS do",
        "NOERROR
         authority secure.signed.test. 3600 NS ns.secure.signed.test.
         authority secure.signed.test. 3600 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
         authority secure.signed.test. 3600 RRSIG DS 3 signed.test.
         additional ns.secure.signed.test. 3600 A 192.0.2.4",
    );
    section.claim(
        "a DS of a name that is no cut is NODATA",
        "host.signed.test. DS do",
        "NOERROR aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority host.signed.test. 600 NSEC insecure.signed.test. A TXT RRSIG NSEC
         authority host.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    // Deviation: the section has the child answer "no data" here too. ADR 0006.
    section.claim(
        "a server of a zone above the parent refers to the parent, even if it has the child",
        "below.secure.signed.test. DS do",
        "NOERROR
         authority secure.signed.test. 3600 NS ns.secure.signed.test.
         authority secure.signed.test. 3600 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
         authority secure.signed.test. 3600 RRSIG DS 3 signed.test.
         additional ns.secure.signed.test. 3600 A 192.0.2.4",
    );
}
