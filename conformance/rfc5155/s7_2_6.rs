//! §7.2.6: an answer from a wildcard: that the next closer name is not there.

use super::chain::signed;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an answer from a wildcard has the record that covers the next closer name",
        "a.type.signed.test. TXT do",
        &signed(
            "NOERROR aa
             answer a.type.signed.test. 3600 TXT \"type\"
             answer a.type.signed.test. 3600 RRSIG TXT 3 signed.test.",
            &["f7s8"],
        ),
    );
    section.claim(
        "an alias from a wildcard has it as well",
        "a.wild.signed.test. A do",
        &signed(
            "NOERROR aa
             answer a.wild.signed.test. 3600 CNAME host.signed.test.
             answer a.wild.signed.test. 3600 RRSIG CNAME 3 signed.test.
             answer host.signed.test. 3600 A 192.0.2.2
             answer host.signed.test. 3600 RRSIG A 3 signed.test.",
            &["msa8"],
        ),
    );
    section.claim(
        "an alias from a wildcard that ends in NODATA has both proofs",
        "a.wild.signed.test. AAAA do",
        &signed(
            "NOERROR aa
             answer a.wild.signed.test. 3600 CNAME host.signed.test.
             answer a.wild.signed.test. 3600 RRSIG CNAME 3 signed.test.
             SOA",
            &["msa8", "1ob1"],
        ),
    );
}
