//! §2.3: the owner of a DNAME is not redirected itself; other types may stand there.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "other types of the owner are answered",
        "inside.example. TXT",
        "NOERROR aa
         answer inside.example. 3600 TXT \"beside\"",
    );
    section.claim(
        "types that the owner lacks are NODATA",
        "inside.example. A",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "the DNAME is answered when it is asked for",
        "inside.example. DNAME",
        "NOERROR aa
         answer inside.example. 3600 DNAME target.example.",
    );
    section.claim(
        "an apex may have a DNAME beside its SOA",
        "renamed.test. SOA",
        "NOERROR aa
         answer renamed.test. 3600 SOA ...",
    );
    section.claim(
        "an apex with a DNAME keeps its other types",
        "renamed.test. TXT",
        "NOERROR aa
         answer renamed.test. 3600 TXT \"apex\"",
    );
}
