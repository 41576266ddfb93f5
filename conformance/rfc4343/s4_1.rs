//! §4.1: case is kept where it can be: that of the question, and that of the zone's data.

use crate::judge::{Section, ensure};
use peers::ask::{Name, Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("the question keeps the case it was asked in", |server| {
        let query = Query::new("mIxEd.ExAmPlE.", 16);
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        ensure(answer.question[0].qname == query.qname, || format!("{:?}", answer.question))
    });
    section.holds("a target keeps the case it has in the zone", |server| {
        let answer = server.answer(&Query::new("alias.example.", 5).octets(), Transport::Udp)?;
        let target = Name::new("TarGet.ExAmple.");
        let is_kept = answer.answer.first().is_some_and(|cname| cname.rdata == target.octets());
        ensure(is_kept, || format!("{:?}", answer.answer))
    });
    section.holds(
        "the labels of a synthesized target keep the case they were asked in",
        |server| {
            let answer =
                server.answer(&Query::new("QuX.dname.example.", 1).octets(), Transport::Udp)?;
            let cname = answer.answer.iter().find(|record| record.rrtype == 5).ok_or("no CNAME")?;
            ensure(cname.rdata.starts_with(b"\x03QuX\x06TarGet"), || format!("{cname:?}"))
        },
    );
}
