//! §3, §3.1: only the 26 letters of ASCII have two cases.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "upper case finds lower case",
        "LOWER.EXAMPLE. TXT",
        "NOERROR aa
         answer lower.example. 3600 TXT \"lower\"",
    );
    section.claim(
        "lower case finds upper case",
        "upper.example. TXT",
        "NOERROR aa
         answer upper.example. 3600 TXT \"upper\"",
    );
    section.claim(
        "octet 193 is not octet 225, though they differ in the same bit as letters do",
        "\\193.example. TXT",
        "NOERROR aa
         answer \\193.example. 3600 TXT \"193\"",
    );
    section.claim(
        "octet 225 is not octet 193",
        "\\225.example. TXT",
        "NOERROR aa
         answer \\225.example. 3600 TXT \"225\"",
    );
    section.claim(
        "a bracket is not a brace",
        "[.example. TXT",
        "NOERROR aa
         answer [.example. 3600 TXT \"bracket\"",
    );
    section.claim(
        "a brace is not a bracket",
        "{.example. TXT",
        "NOERROR aa
         answer {.example. 3600 TXT \"brace\"",
    );
    section.claim(
        "an at sign is not a grave accent",
        "@.example. TXT",
        "NOERROR aa
         answer \\@.example. 3600 TXT \"at\"",
    );
    section.claim(
        "wildcards match in any case",
        "anY.wiLD.example. TXT",
        "NOERROR aa
         answer any.wild.example. 3600 TXT \"wild\"",
    );
    section.claim(
        "cuts are seen in any case",
        "a.sUB.example. TXT",
        "NOERROR
         authority sub.example. 3600 NS ns.sub.example.
         additional ns.sub.example. 3600 A 192.0.2.2",
    );
    section.claim(
        "a DNAME is seen in any case, and leads in any case",
        "x.dnAME.example. TXT",
        "NXDOMAIN aa
         answer dname.example. 3600 DNAME target.example.
         answer x.dname.example. 3600 CNAME x.target.example.
         authority example. 300 SOA ...",
    );
}
