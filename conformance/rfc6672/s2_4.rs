//! §2.4: names below a DNAME are not there, whatever stands in the zone's file.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a record below a DNAME is hidden by it",
        "hidden.inside.hidden.test. A",
        "NXDOMAIN aa
         answer inside.hidden.test. 3600 DNAME target.hidden.test.
         answer hidden.inside.hidden.test. 3600 CNAME hidden.target.hidden.test.
         authority hidden.test. 600 SOA ...",
    );
    section.claim(
        "a wildcard below a DNAME is hidden by it",
        "www.inside.hidden.test. A",
        "NOERROR aa
         answer inside.hidden.test. 3600 DNAME target.hidden.test.
         answer www.inside.hidden.test. 3600 CNAME www.target.hidden.test.
         answer www.target.hidden.test. 3600 A 192.0.2.2",
    );
}
