//! §3.1.3.1: NODATA comes with the NSEC of the name.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "NODATA has the NSEC of the name",
        "host.signed.test. AAAA do",
        "NOERROR aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority host.signed.test. 600 NSEC insecure.signed.test. A TXT RRSIG NSEC
         authority host.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    section.claim(
        "NODATA of a name without records has the NSEC that spans it",
        "ent.signed.test. A do",
        "NOERROR aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority cut.emptied.signed.test. 600 NSEC x.y.ent.signed.test. NS RRSIG NSEC
         authority cut.emptied.signed.test. 600 RRSIG NSEC 4 signed.test.",
    );
    section.claim(
        "NODATA of a deeper name without records has the same NSEC",
        "y.ent.signed.test. A do",
        "NOERROR aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority cut.emptied.signed.test. 600 NSEC x.y.ent.signed.test. NS RRSIG NSEC
         authority cut.emptied.signed.test. 600 RRSIG NSEC 4 signed.test.",
    );
    section.claim(
        "NODATA behind an alias proves it of the alias' target",
        "alias.signed.test. AAAA do",
        "NOERROR aa
         answer alias.signed.test. 3600 CNAME host.signed.test.
         answer alias.signed.test. 3600 RRSIG CNAME 3 signed.test.
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority host.signed.test. 600 NSEC insecure.signed.test. A TXT RRSIG NSEC
         authority host.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
}
