//! §4.2.1: datagrams carry 512 octets, the header included; what is longer is cut, with TC.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    // 12 octets of header, 23 of question, 16 for each record: 499 and 515.
    section.holds("an answer of 512 octets at most is not cut", |server| {
        let octets = Query::new("edge.long.example.", 1).without_edns().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let is_whole = !answer.is_truncated && answer.answer.len() == 29;
        ensure(is_whole && answer.len <= 512, || format!("{answer:?}"))
    });
    section.holds("an answer that does not fit is at most 512 octets, with TC", |server| {
        for qname in ["over.long.example.", "many.long.example."] {
            let octets = Query::new(qname, 1).without_edns().octets();
            let answer = server.answer(&octets, Transport::Udp)?;
            ensure(answer.len <= 512, || format!("{} octets", answer.len))?;
            ensure(answer.is_truncated && answer.rcode == 0, || format!("{qname}: {answer:?}"))?;
        }
        Ok(())
    });
    section.holds("what was cut is whole over TCP", |server| {
        for (qname, qtype, count) in [("many.long.example.", 1, 40), ("huge.long.example.", 16, 1)]
        {
            let octets = Query::new(qname, qtype).without_edns().octets();
            let answer = server.answer(&octets, Transport::Tcp)?;
            ensure(!answer.is_truncated && answer.answer.len() == count, || format!("{answer:?}"))?;
        }
        Ok(())
    });
}
