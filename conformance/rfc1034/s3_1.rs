//! §3.1: names are compared without regard to case, and may have any octet in their labels.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name is found in whatever case it is asked for",
        "wEB.eXaMPle. TXT",
        "NOERROR aa
         answer web.example. 3600 TXT \"web\"",
    );
    section.claim(
        "a dot inside a label does not divide it",
        "dot\\.ted.example. TXT",
        "NOERROR aa
         answer dot\\.ted.example. 3600 TXT \"dot\"",
    );
    section.claim(
        "two labels are not one label with a dot inside",
        "dot.ted.example. TXT",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "labels may have spaces",
        "with\\032space.example. TXT",
        "NOERROR aa
         answer with\\032space.example. 3600 TXT \"space\"",
    );
    section.claim(
        "labels may have octets of zero",
        "nul\\000nul.example. TXT",
        "NOERROR aa
         answer nul\\000nul.example. 3600 TXT \"nul\"",
    );
    section.claim(
        "labels may have octets beyond ASCII",
        "\\255\\254.example. TXT",
        "NOERROR aa
         answer \\255\\254.example. 3600 TXT \"high\"",
    );
    section.claim(
        "labels may have backslashes",
        "back\\\\slash.example. TXT",
        "NOERROR aa
         answer back\\\\slash.example. 3600 TXT \"backslash\"",
    );
    section.claim(
        "labels may be digits only",
        "123.example. TXT",
        "NOERROR aa
         answer 123.example. 3600 TXT \"digits\"",
    );
}
