//! §2.2: the labels of the owner at the end of a name are replaced by the target; what would be too
//! long is an error.

use crate::judge::{Section, ensure};
use peers::ask::{Name, Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the labels before the owner stay",
        "a.b.away.example. A",
        "NOERROR aa
         answer away.example. 1800 DNAME example.net.
         answer a.b.away.example. 1800 CNAME a.b.example.net.",
    );
    section.claim(
        "a name that only ends in the same letters is not redirected",
        "ab.xaway.example. A",
        "NXDOMAIN aa
         authority example. 600 SOA ...",
    );
    section.claim(
        "the target may be longer than the owner",
        "a.deep.example. A",
        "NOERROR aa
         answer deep.example. 3600 DNAME y.example.net.
         answer a.deep.example. 3600 CNAME a.y.example.net.",
    );
    section.claim(
        "the target may be the root",
        "shortloop.root.example. A",
        "NOERROR aa
         answer root.example. 3600 DNAME .
         answer shortloop.root.example. 3600 CNAME shortloop.",
    );
    section.claim(
        "a DNAME of itself comes to an end",
        "a.cyc.example. A",
        "NOERROR/SERVFAIL aa
         answer cyc.example. 3600 DNAME cyc.example.
         answer a.cyc.example. 3600 CNAME a.cyc.example.",
    );
    section.holds("a name that grows with each turn comes to an end", |server| {
        let octets = Query::new("a.grow.example.", 1).octets();
        let answer = server.answer(&octets, Transport::Tcp)?;
        let dnames = answer.answers_of(39).count();
        ensure(dnames == 1 && answer.len < 16_384, || format!("{answer:?}"))
    });
    section.claim(
        "a name that becomes longer than 255 octets is YXDOMAIN, with the DNAME",
        &format!("{}.long.example. A", "x".repeat(60)),
        "YXDOMAIN aa
         answer long.example. 3600 DNAME ...",
    );
    section.holds("a name that becomes just 255 octets is redirected", |server| {
        let target = 3 * 64 + "\x07example\x03net\0".len();
        let label = "x".repeat(255 - target - 1);
        let name = Name::new(&format!("{label}.long.example."));
        let answer = server.answer(&Query::new(name, 1).octets(), Transport::Udp)?;
        let cname = answer.answers_of(5).next().ok_or_else(|| format!("{answer:?}"))?;
        ensure(answer.rcode == 0 && cname.rdata.len() == 255, || format!("{answer:?}"))
    });
}
