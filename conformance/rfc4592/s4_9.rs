//! §4.9, §2.2.2: a wildcard without records of its own, because only names below its asterisk have
//! some, still is the source of synthesis: there is nothing to give, and no error.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name that matches an empty wildcard is NODATA, not NXDOMAIN",
        "any.ent.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "an empty wildcard is NODATA by its own name",
        "*.ent.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "the record below an empty wildcard is found as it is",
        "below.*.ent.example. TXT",
        "NOERROR aa
         answer below.*.ent.example. 3600 TXT \"below\"",
    );
    section.claim(
        "an empty wildcard in the middle of an owner matches nothing below it",
        "below.any.ent.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
}
