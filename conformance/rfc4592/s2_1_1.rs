//! §2.1.1, §2.1.2: only a whole leftmost label of one asterisk makes a wildcard; as a name in a
//! query it is a name like any other.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the wildcard itself can be asked for by its own name",
        "*.example. TXT",
        "NOERROR aa
         answer *.example. 3600 TXT \"this is a wildcard\"",
    );
    section.claim(
        "a type that the wildcard lacks is NODATA when asked for by its own name",
        "*.example. A",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "an asterisk in the middle of an owner gives its records to no other name",
        "a.b.starmiddle.example. TXT",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a name with an asterisk in its middle is found as it is",
        "a.*.starmiddle.example. TXT",
        "NOERROR aa
         answer a.*.starmiddle.example. 3600 TXT \"middle\"",
    );
    section.claim(
        "a label that only begins or ends with an asterisk is no wildcard",
        "ab.starpart.example. TXT",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "a label of two asterisks is no wildcard",
        "a.stardouble.example. TXT",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
}
