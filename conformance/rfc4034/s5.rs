//! §5: a DS stands at the parent's side of a cut and is the parent's answer of authority.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a DS is answered at a cut, with authority",
        "a.example. DS do",
        "NOERROR aa
         answer a.example. 3600 DS 57855 5 1 b6dcd485719adca18e5f3d48a2331627fdd3636b
         answer a.example. 3600 RRSIG DS 2 example.",
    );
}
