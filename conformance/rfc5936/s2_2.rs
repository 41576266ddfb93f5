//! §2.2, §2.2.1: a transfer is given whole, from SOA to SOA, or it is one message with an error, the
//! question and no records.

use super::transfer::{axfr, transfer};
use crate::judge::{Section, ensure, framed};
use peers::ask::{Query, SOA, Transport};
use std::collections::BTreeSet;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds(
        "a transfer begins with the SOA, or is told by its rcode not to be given",
        |server| {
            let answer = server.answer(&Query::new("example.", 252).octets(), Transport::Tcp)?;
            let begins = answer.answer.first().is_some_and(|record| record.rrtype == 6);
            let is_refused = answer.rcode != 0 && answer.answer.is_empty();
            let is_back = answer.question.len() == 1;
            ensure(is_back && (is_refused || answer.rcode == 0 && begins), || format!("{answer:?}"))
        },
    );
    section.holds("a transfer of what is no zone here is an error", |server| {
        for apex in ["web.example.", "other.test."] {
            let answer = server.answer(&Query::new(apex, 252).octets(), Transport::Tcp)?;
            let is_error = answer.rcode != 0 && answer.answer.is_empty();
            ensure(is_error && answer.question.len() == 1, || format!("{answer:?}"))?;
        }
        Ok(())
    });
    section.holds("the connection goes on behind such an error", |server| {
        let mut stream = server.connect()?;
        stream.send_octets(&framed(&Query::new("other.test.", 252).octets()))?;
        let refused = stream.receive()?;
        stream.send_octets(&framed(&Query::new("web.example.", 16).octets()))?;
        let answer = stream.receive()?;
        ensure(refused.rcode != 0 && answer.answer.len() == 1, || format!("{answer:?}"))
    });
}

/// Of a server that gives the zone away.
pub(crate) fn given(section: &mut Section<'_>) {
    section.holds("the same SOA is first and last, and every other record comes once", |server| {
        let messages = transfer(server, &axfr())?;
        let records: Vec<_> = messages.iter().flat_map(|message| &message.answer).collect();
        let is_soa = |at: usize| records[at].rrtype == SOA;
        let last = records.len() - 1;
        ensure(is_soa(0) && is_soa(last) && records[0].rdata == records[last].rdata, || {
            format!("{:?} … {:?}", records[0], records[last])
        })?;
        let once: BTreeSet<_> = records[..last]
            .iter()
            .map(|record| (record.owner.folded().to_string(), record.rrtype, &record.rdata))
            .collect();
        ensure(once.len() == last && last > 40, || format!("{} of {last}", once.len()))
    });
}
