//! §3.1.3.3: an answer from a wildcard comes with the NSEC that spans the name asked for.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an answer from a wildcard has the NSEC that spans the name",
        "a.type.signed.test. TXT do",
        "NOERROR aa
         answer a.type.signed.test. 3600 TXT \"type\"
         answer a.type.signed.test. 3600 RRSIG TXT 3 signed.test.
         authority *.type.signed.test. 600 NSEC unsigned.signed.test. TXT RRSIG NSEC
         authority *.type.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    section.claim(
        "an alias from a wildcard has it as well",
        "a.wild.signed.test. A do",
        "NOERROR aa
         answer a.wild.signed.test. 3600 CNAME host.signed.test.
         answer a.wild.signed.test. 3600 RRSIG CNAME 3 signed.test.
         answer host.signed.test. 3600 A 192.0.2.2
         answer host.signed.test. 3600 RRSIG A 3 signed.test.
         authority *.wild.signed.test. 600 NSEC signed.test. CNAME RRSIG NSEC
         authority *.wild.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    section.claim(
        "an alias from a wildcard that ends in NODATA has that proof beside the other",
        "a.wild.signed.test. AAAA do",
        "NOERROR aa
         answer a.wild.signed.test. 3600 CNAME host.signed.test.
         answer a.wild.signed.test. 3600 RRSIG CNAME 3 signed.test.
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority *.wild.signed.test. 600 NSEC signed.test. CNAME RRSIG NSEC
         authority *.wild.signed.test. 600 RRSIG NSEC 3 signed.test.
         authority host.signed.test. 600 NSEC insecure.signed.test. A TXT RRSIG NSEC
         authority host.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    section.claim(
        "the wildcard asked for by its own name is no answer from a wildcard",
        "*.type.signed.test. TXT do",
        "NOERROR aa
         answer *.type.signed.test. 3600 TXT \"type\"
         answer *.type.signed.test. 3600 RRSIG TXT 3 signed.test.",
    );
}
