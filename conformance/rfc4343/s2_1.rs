//! §2.1: escapes are of the text; on the wire there are octets, and an escaped one is as any other.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a letter escaped by its number is that letter, in either case",
        "\\077ixed.example. TXT",
        "NOERROR aa
         answer mixed.example. 3600 TXT \"MiXeD\"",
    );
    section.claim(
        "an escaped dot is no separator",
        "A\\.B.example. TXT",
        "NOERROR aa
         answer a\\.b.example. 3600 TXT \"dot\"",
    );
}
