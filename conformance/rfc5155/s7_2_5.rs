//! §7.2.5: NODATA at a wildcard: closest encloser, next closer name, and the wildcard's own record.

use super::chain::signed;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "NODATA at a wildcard has three records",
        "a.type.signed.test. A do",
        &signed("NOERROR aa\nSOA", &["uijm", "f7s8", "dl7h"]),
    );
    section.claim(
        "NODATA at a wildcard many labels above the name has the same",
        "x.y.a.type.signed.test. A do",
        &signed("NOERROR aa\nSOA", &["uijm", "f7s8", "dl7h"]),
    );
}
