//! §7.2.7: a referral without DS: the cut's own record, or that the cut was opted out.

use super::chain::signed;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a referral without DS has the cut's record",
        "www.insecure.signed.test. A do",
        &signed(
            "NOERROR
             authority insecure.signed.test. 3600 NS ns.insecure.signed.test.
             additional ns.insecure.signed.test. 3600 A 192.0.2.5",
            &["d3ta"],
        ),
    );
    section.claim(
        "a referral with DS needs no record",
        "www.secure.signed.test. A do",
        "NOERROR
         authority secure.signed.test. 3600 NS ns.secure.signed.test.
         authority secure.signed.test. 3600 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
         authority secure.signed.test. 3600 RRSIG DS 3 signed.test.
         additional ns.secure.signed.test. 3600 A 192.0.2.4",
    );
}
