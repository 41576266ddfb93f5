//! §6.1: servers named at a cut, and addresses below it, are the parent's hint and never its answer;
//! the SOA and NS of an apex are the zone's own.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "what a parent says of its child is without authority",
        "other.example. NS",
        "NOERROR
         authority other.example. 3600 NS ns.other.example.
         additional ns.other.example. 3600 A 192.0.2.7",
    );
    section.claim(
        "glue is without authority, also when it is just what was asked for",
        "ns.other.example. A",
        "NOERROR
         authority other.example. 3600 NS ns.other.example.
         additional ns.other.example. 3600 A 192.0.2.7",
    );
    section.claim(
        "a type that glue lacks is not denied by the parent",
        "ns.other.example. AAAA",
        "NOERROR
         authority other.example. 3600 NS ns.other.example.
         additional ns.other.example. 3600 A 192.0.2.7",
    );
}
