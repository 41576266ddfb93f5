//! §5.3: in signed zones the DNAME is signed, and the CNAME made from it never is.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "§5.3.1: the DNAME has a signature, the CNAME has none",
        "a.dname.signed.test. A do",
        "NOERROR aa
         answer dname.signed.test. 3600 DNAME target.signed.test.
         answer dname.signed.test. 3600 RRSIG DNAME 3 signed.test.
         answer a.dname.signed.test. 3600 CNAME a.target.signed.test.
         answer a.target.signed.test. 3600 A 192.0.2.3
         answer a.target.signed.test. 3600 RRSIG A 4 signed.test.",
    );
    section.claim(
        "a name error behind a DNAME has the proof of where it led",
        "b.dname.signed.test. A do",
        "NXDOMAIN aa
         answer dname.signed.test. 3600 DNAME target.signed.test.
         answer dname.signed.test. 3600 RRSIG DNAME 3 signed.test.
         answer b.dname.signed.test. 3600 CNAME b.target.signed.test.
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority a.target.signed.test. 600 NSEC tocut.signed.test. A RRSIG NSEC
         authority a.target.signed.test. 600 RRSIG NSEC 4 signed.test.
         authority secure.signed.test. 600 NSEC a.target.signed.test. NS DS RRSIG NSEC
         authority secure.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
}
