//! §3: the rcode is that of the last name of the chain.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the rcode is a name error if the last name is not there",
        "nowhere.example. TXT",
        "NXDOMAIN aa
         answer nowhere.example. 3600 CNAME absent.example.
         authority example. 300 SOA ...",
    );
    section.claim(
        "the rcode is no error if the last name is there without the type",
        "tonodata.example. TXT",
        "NOERROR aa
         answer tonodata.example. 3600 CNAME mail.example.
         authority example. 300 SOA ...",
    );
    section.claim(
        "the rcode is no error if the last name is elsewhere",
        "outside.example. TXT",
        "NOERROR aa
         answer outside.example. 3600 CNAME www.example.net.",
    );
}
