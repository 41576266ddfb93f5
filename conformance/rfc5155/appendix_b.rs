//! Appendix B: what a server with the zone of appendix A answers.

use super::chain::example;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "B.1: a name error: closest encloser, next closer name, wildcard",
        "a.c.x.w.example. A do",
        &example("NXDOMAIN aa\nSOA", &["0p9m", "b4um", "35mt"]),
    );
    section.claim(
        "B.2: NODATA: the name's own record",
        "ns1.example. MX do",
        &example("NOERROR aa\nSOA", &["2t7b"]),
    );
    section.claim(
        "B.2.1: NODATA of a name without records",
        "y.w.example. A do",
        &example("NOERROR aa\nSOA", &["ji6n"]),
    );
    section.claim(
        "B.3: a referral to a zone without DS that was opted out",
        "mc.c.example. MX do",
        &example(
            "NOERROR
             authority c.example. 3600 NS ns1.c.example.
             authority c.example. 3600 NS ns2.c.example.
             additional ns1.c.example. 3600 A 192.0.2.7
             additional ns2.c.example. 3600 A 192.0.2.8",
            &["35mt", "0p9m"],
        ),
    );
    section.claim(
        "B.4: an answer from a wildcard: nothing closer is there",
        "a.z.w.example. MX do",
        &example(
            "NOERROR aa
             answer a.z.w.example. 3600 MX 1 ai.example.
             answer a.z.w.example. 3600 RRSIG MX 2 example.
             additional ai.example. 3600 A 192.0.2.9
             additional ai.example. 3600 RRSIG A 2 example.
             additional ai.example. 3600 AAAA 2001:db8::f00:baa9
             additional ai.example. 3600 RRSIG AAAA 2 example.",
            &["q04j"],
        ),
    );
    section.claim(
        "B.5: NODATA at a wildcard: closest encloser, next closer name, the wildcard's record",
        "a.z.w.example. AAAA do",
        &example("NOERROR aa\nSOA", &["k8ud", "q04j", "r53b"]),
    );
    section.claim(
        "B.6: a DS asked of the child's side is NODATA",
        "example. DS do",
        &example("NOERROR aa\nSOA", &["0p9m"]),
    );
}
