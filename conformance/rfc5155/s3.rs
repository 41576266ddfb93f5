//! §3, §4: the parameters stand at the apex and are asked for as any record; hashes are never asked.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the parameters are answered at the apex",
        "example. NSEC3PARAM",
        "NOERROR aa
         answer example. * NSEC3PARAM 1 0 12 aabbccdd",
    );
    section.claim(
        "without DO a denial has no hashes",
        "absent.example. A",
        "NXDOMAIN aa
         authority example. 3600 SOA ...",
    );
}
