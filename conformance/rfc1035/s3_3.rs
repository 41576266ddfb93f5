//! §3.3, §3.4: the types of the first day: each is answered as it is in the zone.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    let types = [
        ("CNAME is answered", "cname", "CNAME target.types.example."),
        ("HINFO is answered", "hinfo", "HINFO \"VAX-11/780\" \"UNIX\""),
        ("MB is answered", "mb", "MB target.types.example."),
        ("MG is answered", "mg", "MG target.types.example."),
        ("MINFO is answered", "minfo", "MINFO target.types.example. target.types.example."),
        ("MR is answered", "mr", "MR target.types.example."),
        ("MX is answered", "mx", "MX 10 target.types.example."),
        ("NULL is answered", "null", "NULL \\# 5 00ff00ff01"),
        ("PTR is answered", "ptr", "PTR target.types.example."),
        (
            "TXT is answered with empty strings, quotes and any octet",
            "txt",
            r#"TXT "one" "" "three \"quoted\" \\ \xff""#,
        ),
        ("WKS is answered", "wks", "WKS \\# 6 c00002010601"),
        ("A is answered", "a", "A 255.255.255.255"),
    ];
    for (claim, owner, record) in types {
        let rrtype = record.split(' ').next().unwrap_or_default();
        section.claim(
            claim,
            &format!("{owner}.types.example. {rrtype}"),
            &format!("NOERROR aa\nanswer {owner}.types.example. 3600 {record}"),
        );
    }
}
