//! §2.2.1, §4.2: zone cuts come before wildcards: what lies at or below a cut is the other zone's.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a cut hides the wildcard of the zone above it",
        "subdel.example. TXT",
        "NOERROR
         authority subdel.example. 3600 NS ns.example.com.
         authority subdel.example. 3600 NS ns.example.net.",
    );
    section.claim(
        "a wildcard below a cut is never used",
        "any.cut.example. A",
        "NOERROR
         authority cut.example. 3600 NS ns.cut.example.
         additional ns.cut.example. 3600 A 192.0.2.53",
    );
    section.claim(
        "a wildcard below a cut is not found by its own name either",
        "*.cut.example. A",
        "NOERROR
         authority cut.example. 3600 NS ns.cut.example.
         additional ns.cut.example. 3600 A 192.0.2.53",
    );
}
