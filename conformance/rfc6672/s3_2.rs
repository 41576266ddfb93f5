//! §3.2: the algorithm of a server: a redirected name is looked up again, as an alias is.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a redirected name is answered from where it leads",
        "www.inside.example. A",
        "NOERROR aa
         answer inside.example. 3600 DNAME target.example.
         answer www.inside.example. 3600 CNAME www.target.example.
         answer www.target.example. 3600 A 192.0.2.2",
    );
    section.claim(
        "a redirected name that is an alias is followed on",
        "alias.inside.example. A",
        "NOERROR aa
         answer inside.example. 3600 DNAME target.example.
         answer alias.inside.example. 3600 CNAME alias.target.example.
         answer alias.target.example. 3600 CNAME www.target.example.
         answer www.target.example. 3600 A 192.0.2.2",
    );
    section.claim(
        "a redirected name may meet a wildcard",
        "any.wild.inside.example. TXT",
        "NOERROR aa
         answer inside.example. 3600 DNAME target.example.
         answer any.wild.inside.example. 3600 CNAME any.wild.target.example.
         answer any.wild.target.example. 3600 TXT \"wild\"",
    );
    section.claim(
        "a redirected name that is not there is a name error",
        "absent.inside.example. A",
        "NXDOMAIN aa
         answer inside.example. 3600 DNAME target.example.
         answer absent.inside.example. 3600 CNAME absent.target.example.
         authority example. 600 SOA ...",
    );
    section.claim(
        "a redirected name without the type is NODATA",
        "www.inside.example. TXT",
        "NOERROR aa
         answer inside.example. 3600 DNAME target.example.
         answer www.inside.example. 3600 CNAME www.target.example.
         authority example. 600 SOA ...",
    );
    section.claim(
        "a DNAME that leads below another is followed",
        "www.one.example. A",
        "NOERROR aa
         answer one.example. 3600 DNAME two.example.
         answer www.one.example. 3600 CNAME www.two.example.
         answer two.example. 3600 DNAME target.example.
         answer www.two.example. 3600 CNAME www.target.example.
         answer www.target.example. 3600 A 192.0.2.2",
    );
    section.claim(
        "an alias that leads below a DNAME is followed",
        "into.example. A",
        "NOERROR aa
         answer into.example. 3600 CNAME www.inside.example.
         answer inside.example. 3600 DNAME target.example.
         answer www.inside.example. 3600 CNAME www.target.example.
         answer www.target.example. 3600 A 192.0.2.2",
    );
    section.claim(
        "a DNAME that leads to a cut ends with a referral",
        "www.tocut.example. A",
        "NOERROR aa
         answer tocut.example. 3600 DNAME cut.example.
         answer www.tocut.example. 3600 CNAME www.cut.example.
         authority cut.example. 3600 NS ns.cut.example.
         additional ns.cut.example. 3600 A 192.0.2.3",
    );
    section.claim(
        "two DNAMEs that lead to each other come to an end, each told once",
        "a.left.example. A",
        "NOERROR/SERVFAIL aa
         answer left.example. 3600 DNAME right.example.
         answer a.left.example. 3600 CNAME a.right.example.
         answer right.example. 3600 DNAME left.example.
         answer a.right.example. 3600 CNAME a.left.example.",
    );
    section.holds("all names below an apex with a DNAME are redirected", |server| {
        use crate::judge::{ensure, line};
        use peers::ask::{Query, Transport};
        // The target is in another zone here; whether it is followed there is the server's choice.
        let octets = Query::new("www.renamed.test.", 1).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let lines: Vec<String> = answer.answer.iter().take(2).map(line).collect();
        let expected = [
            "renamed.test. 3600 DNAME target.example.",
            "www.renamed.test. 3600 CNAME www.target.example.",
        ];
        ensure(lines == expected && answer.is_authoritative, || format!("{lines:?}"))
    });
}
