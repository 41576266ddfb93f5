//! §2.1: AA speaks of the first owner in the answer, however the chain goes on.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "AA is set if the alias is ours, though its target is not",
        "outside.example. A",
        "NOERROR aa
         answer outside.example. 3600 CNAME www.example.net.",
    );
    section.claim(
        "AA is set if the alias is ours, though its target is delegated",
        "intocut.example. A",
        "NOERROR aa
         answer intocut.example. 3600 CNAME host.sub.example.
         authority sub.example. 3600 NS ns.sub.example.
         authority sub.example. 3600 NS ns.other.example.
         authority sub.example. 3600 NS ns.example.net.
         additional ns.sub.example. 3600 A 192.0.2.6",
    );
}
