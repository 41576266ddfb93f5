//! §3.1.4: a referral comes with the DS of the cut, or with the proof that it has none.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a referral to a zone without DS has the cut's NSEC",
        "www.insecure.signed.test. A do",
        "NOERROR
         authority insecure.signed.test. 3600 NS ns.insecure.signed.test.
         authority insecure.signed.test. 600 NSEC nowhere.signed.test. NS RRSIG NSEC
         authority insecure.signed.test. 600 RRSIG NSEC 3 signed.test.
         additional ns.insecure.signed.test. 3600 A 192.0.2.5",
    );
    section.claim(
        "the cut itself is referred in the same way",
        "insecure.signed.test. A do",
        "NOERROR
         authority insecure.signed.test. 3600 NS ns.insecure.signed.test.
         authority insecure.signed.test. 600 NSEC nowhere.signed.test. NS RRSIG NSEC
         authority insecure.signed.test. 600 RRSIG NSEC 3 signed.test.
         additional ns.insecure.signed.test. 3600 A 192.0.2.5",
    );
    section.claim(
        "a referral behind an alias has the DS",
        "tocut.signed.test. A do",
        "NOERROR aa
         answer tocut.signed.test. 3600 CNAME www.secure.signed.test.
         answer tocut.signed.test. 3600 RRSIG CNAME 3 signed.test.
         authority secure.signed.test. 3600 NS ns.secure.signed.test.
         authority secure.signed.test. 3600 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
         authority secure.signed.test. 3600 RRSIG DS 3 signed.test.
         additional ns.secure.signed.test. 3600 A 192.0.2.4",
    );
}
