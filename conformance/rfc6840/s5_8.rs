//! §5.7, §5.8: AD in a query asks to be told; who did not validate has nothing to tell.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    // That AD is clear is judged for every answer.
    section.claim(
        "AD in a query without DO brings no signatures, and does not come back",
        "host.signed.test. A ad",
        "NOERROR aa
         answer host.signed.test. 3600 A 192.0.2.2",
    );
    section.claim(
        "AD in a query for what is denied does not come back",
        "absent.signed.test. A ad",
        "NXDOMAIN aa
         authority signed.test. 600 SOA ...",
    );
}
