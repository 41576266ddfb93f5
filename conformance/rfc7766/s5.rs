//! §5: TCP is not optional; the same question has the same answer there.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Record, Transport};
use std::collections::BTreeSet;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an answer that fits is the same over TCP", |server| {
        let questions = [("web.example.", 1), ("a.sub.example.", 1), ("absent.example.", 1)];
        for (qname, qtype) in questions {
            let octets = Query::new(qname, qtype).octets();
            let udp = server.answer(&octets, Transport::Udp)?;
            let tcp = server.answer(&octets, Transport::Tcp)?;
            let set = |records: &[Record]| records.iter().cloned().collect::<BTreeSet<_>>();
            let is_same = udp.rcode == tcp.rcode
                && udp.is_authoritative == tcp.is_authoritative
                && set(&udp.answer) == set(&tcp.answer)
                && set(&udp.authority) == set(&tcp.authority)
                && set(&udp.additional) == set(&tcp.additional);
            ensure(is_same, || format!("{qname}: {udp:?} and {tcp:?}"))?;
        }
        Ok(())
    });
    section.holds("a connection needs no query over UDP before", |server| {
        let answer = server.answer(&Query::new("web.example.", 16).octets(), Transport::Tcp)?;
        ensure(answer.rcode == 0, || format!("{answer:?}"))
    });
}
