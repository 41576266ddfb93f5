//! §3.1.3.4: NODATA at a wildcard comes with the wildcard's NSEC and the one that spans the name.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "NODATA at a wildcard has its NSEC, once if it spans the name too",
        "a.type.signed.test. A do",
        "NOERROR aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority *.type.signed.test. 600 NSEC unsigned.signed.test. TXT RRSIG NSEC
         authority *.type.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
}
