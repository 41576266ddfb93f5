//! §7.2.3: NODATA, the type not being DS: the record that matches the name.

use super::chain::signed;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "NODATA has the name's own record",
        "host.signed.test. AAAA do",
        &signed("NOERROR aa\nSOA", &["1ob1"]),
    );
    section.claim(
        "NODATA of a name without records has that name's own record",
        "y.ent.signed.test. A do",
        &signed("NOERROR aa\nSOA", &["tlts"]),
    );
    section.claim(
        "NODATA of a name with nothing but an alias below it has its own record",
        "wild.signed.test. A do",
        &signed("NOERROR aa\nSOA", &["pqtt"]),
    );
    section.claim(
        "NODATA of a wildcard asked for by its own name has the wildcard's record",
        "*.type.signed.test. A do",
        &signed("NOERROR aa\nSOA", &["dl7h"]),
    );
    section.claim(
        "NODATA behind an alias proves it of the alias' target",
        "alias.signed.test. AAAA do",
        &signed(
            "NOERROR aa
             answer alias.signed.test. 3600 CNAME host.signed.test.
             answer alias.signed.test. 3600 RRSIG CNAME 3 signed.test.
             SOA",
            &["1ob1"],
        ),
    );
    section.claim(
        "an alias is followed for NSEC too, which a hashed zone does not have",
        "alias.signed.test. NSEC do",
        &signed(
            "NOERROR aa
             answer alias.signed.test. 3600 CNAME host.signed.test.
             answer alias.signed.test. 3600 RRSIG CNAME 3 signed.test.
             SOA",
            &["1ob1"],
        ),
    );
}
