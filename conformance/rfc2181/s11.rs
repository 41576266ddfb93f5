//! §11: any octets make a label, and a server must not refuse a zone or a query for them.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name that is no host name is answered",
        "\\255\\254.example. TXT",
        "NOERROR aa
         answer \\255\\254.example. 3600 TXT \"high\"",
    );
    section.claim(
        "a name that is no host name is denied as any other",
        "\\000\\001\\127.example. TXT",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
}
