//! §6.1: the canonical order of names: by labels from the right, letters in lower case, octets as
//! numbers, nothing before something. Proofs find their neighbours by it.

use crate::judge::Section;

/// A denial of A in the zone, by the NSEC records given as owner, next name and labels.
fn denied(rcode: &str, records: &[(&str, &str, u8)]) -> String {
    let mut lines = vec![
        format!("{rcode} aa"),
        "authority example. 600 SOA ...".to_owned(),
        "authority example. 600 RRSIG SOA 1 example.".to_owned(),
    ];
    for (owner, next, labels) in records {
        let types =
            if *owner == "example." { "NS SOA RRSIG NSEC DNSKEY" } else { "TXT RRSIG NSEC" };
        lines.push(format!("authority {owner} 600 NSEC {next} {types}"));
        lines.push(format!("authority {owner} 600 RRSIG NSEC {labels} example."));
    }
    lines.join("\n")
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name before the first is behind the apex",
        "0.example. A do",
        &denied("NXDOMAIN", &[("example.", "a.example.", 1)]),
    );
    section.claim(
        "a name comes before all that is below it",
        "b.a.example. A do",
        &denied("NXDOMAIN", &[("a.example.", "yljkjljk.a.example.", 2)]),
    );
    section.claim(
        "upper case is as lower case: zB is behind zABC, and Z before both",
        "ZB.a.example. A do",
        &denied(
            "NXDOMAIN",
            &[("zabc.a.example.", "z.example.", 3), ("a.example.", "yljkjljk.a.example.", 2)],
        ),
    );
    section.claim(
        "a label is behind its own beginning",
        "zA.a.example. A do",
        &denied(
            "NXDOMAIN",
            &[("z.a.example.", "zabc.a.example.", 3), ("a.example.", "yljkjljk.a.example.", 2)],
        ),
    );
    section.claim(
        "octets are numbers: 2 is behind 1 and before the asterisk",
        "\\002.z.example. A do",
        &denied(
            "NOERROR",
            &[("\\001.z.example.", "*.z.example.", 3), ("*.z.example.", "\\200.z.example.", 2)],
        ),
    );
    section.claim(
        "octets are numbers without a sign: 199 is before 200",
        "\\199.z.example. A do",
        &denied("NOERROR", &[("*.z.example.", "\\200.z.example.", 2)]),
    );
    section.claim(
        "the last name is followed by the apex",
        "\\201.z.example. A do",
        &denied(
            "NOERROR",
            &[("\\200.z.example.", "example.", 3), ("*.z.example.", "\\200.z.example.", 2)],
        ),
    );
}
