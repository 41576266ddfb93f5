//! §5, §6: the form `\# length hex` makes any rdata, and two records of an unknown type are the
//! same only if all their octets are.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "records of an unknown type that differ in one octet or in length are different",
        "several.types.example. TYPE65283",
        "NOERROR aa
         answer several.types.example. 3600 TYPE65283 \\# 1 01
         answer several.types.example. 3600 TYPE65283 \\# 1 02
         answer several.types.example. 3600 TYPE65283 \\# 2 0100",
    );
    section.claim(
        "a known type that is written as an unknown one is the known one",
        "mb.types.example. MB",
        "NOERROR aa
         answer mb.types.example. 3600 MB target.types.example.",
    );
}
