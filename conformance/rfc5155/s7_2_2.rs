//! §7.2.1, §7.2.2: a name error proves the closest encloser, that the next closer name is not there,
//! and that no wildcard is. A record that serves for two of these is sent once.

use super::chain::{example, signed};
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name error right below the apex",
        "absent.signed.test. A do",
        &signed("NXDOMAIN aa\nSOA", &["gb09", "ijlh", "4mtj"]),
    );
    section.claim(
        "a name error below a name without records",
        "absent.ent.signed.test. A do",
        &signed("NXDOMAIN aa\nSOA", &["f7s8", "7h80", "1ob1"]),
    );
    section.claim(
        "of a name many labels below its encloser, the next closer name is what counts",
        "a.b.c.d.absent.signed.test. A do",
        &signed("NXDOMAIN aa\nSOA", &["gb09", "ijlh", "4mtj"]),
    );
    section.claim(
        "a record that covers next closer name and wildcard is sent once",
        "q5.signed.test. A do",
        &signed("NXDOMAIN aa\nSOA", &["gb09", "4mtj"]),
    );
    section.claim(
        "the encloser's own record may cover the next closer name",
        "q36.signed.test. A do",
        &signed("NXDOMAIN aa\nSOA", &["gb09", "4mtj"]),
    );
    section.claim(
        "a hash behind the last or before the first is covered by the last record",
        "q47.signed.test. A do",
        &signed("NXDOMAIN aa\nSOA", &["gb09", "uijm", "4mtj"]),
    );
    section.claim(
        "a name error behind an alias proves it of the alias' target",
        "nowhere.signed.test. A do",
        &signed(
            "NXDOMAIN aa
             answer nowhere.signed.test. 3600 CNAME absent.signed.test.
             answer nowhere.signed.test. 3600 RRSIG CNAME 3 signed.test.
             SOA",
            &["gb09", "ijlh", "4mtj"],
        ),
    );
    section.claim(
        "names are hashed in lower case",
        "A.c.X.W.eXample. A do",
        &example("NXDOMAIN aa\nSOA", &["0p9m", "b4um", "35mt"]),
    );
}
