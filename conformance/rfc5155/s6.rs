//! §6, with §7.2: cuts without DS may be left out of the chain. What is said of them, and of names
//! that are there because of them alone, is then proven by the closest encloser that has a record.

use super::chain::opted_out;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a referral to a cut that was left out has the encloser, and what covers the cut",
        "www.insecure.signed.test. A do",
        &opted_out(
            "NOERROR
             authority insecure.signed.test. 3600 NS ns.insecure.signed.test.
             additional ns.insecure.signed.test. 3600 A 192.0.2.5",
            &["gb09", "cp33"],
        ),
    );
    section.claim(
        "what covers it may be the last record, for hashes before the first",
        "www.beside.signed.test. A do",
        &opted_out(
            "NOERROR
             authority beside.signed.test. 3600 NS ns.signed.test.",
            &["gb09", "uijm"],
        ),
    );
    section.claim(
        "a cut below a name that was left out is proven at that name",
        "www.cut.emptied.signed.test. A do",
        &opted_out(
            "NOERROR
             authority cut.emptied.signed.test. 3600 NS ns.cut.emptied.signed.test.
             additional ns.cut.emptied.signed.test. 3600 A 192.0.2.6",
            &["gb09", "pqtt"],
        ),
    );
    section.claim(
        "a DS is denied in the same way",
        "cut.emptied.signed.test. DS do",
        &opted_out("NOERROR aa\nSOA", &["gb09", "pqtt"]),
    );
    section.claim(
        "a name that is there because of such a cut alone is NODATA, proven in the same way",
        "emptied.signed.test. A do",
        &opted_out("NOERROR aa\nSOA", &["gb09", "pqtt"]),
    );
    section.claim(
        "a name error is proven as in any chain",
        "absent.signed.test. A do",
        &opted_out("NXDOMAIN aa\nSOA", &["gb09", "ijlh", "4mtj"]),
    );
    section.claim(
        "a cut with DS has its record",
        "secure.signed.test. DS do",
        "NOERROR aa
         answer secure.signed.test. 3600 DS ...
         answer secure.signed.test. 3600 RRSIG DS 3 signed.test.",
    );
    section.claim(
        "NODATA at a wildcard is proven as in any chain",
        "a.type.signed.test. A do",
        &opted_out("NOERROR aa\nSOA", &["uijm", "f7s8", "dl7h"]),
    );
}
