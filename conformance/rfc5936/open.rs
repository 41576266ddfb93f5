//! What a transfer looks like when it is given.

use crate::judge::{Section, Server, ensure, framed};
use peers::ask::{A, AXFR, Message, NS, Query, SOA};
use std::collections::BTreeSet;

/// All messages of a transfer: up to the second SOA.
fn transfer(server: &Server, query: &Query) -> Result<Vec<Message>, String> {
    let mut stream = server.connect()?;
    stream.send_octets(&framed(&query.octets()))?;
    let (mut messages, mut soas) = (Vec::new(), 0);
    while soas < 2 {
        let message = stream.receive()?;
        ensure(message.rcode == 0 && !message.answer.is_empty(), || format!("{message:?}"))?;
        soas += message.answers_of(SOA).count();
        messages.push(message);
    }
    Ok(messages)
}

fn axfr() -> Query {
    Query::new("example.", AXFR).without_edns()
}

/// §2.2: from SOA to SOA.
pub(crate) fn whole(section: &mut Section<'_>) {
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

/// §2.2.2: the header of each message.
pub(crate) fn headers(section: &mut Section<'_>) {
    section.holds("each message is an authoritative answer of the request's id", |server| {
        let query = axfr();
        for message in transfer(server, &query)? {
            let is_answer = message.is_response && message.is_authoritative && message.opcode == 0;
            let is_ours = message.id == query.id && !message.is_truncated;
            ensure(is_answer && is_ours && message.rcode == 0, || format!("{message:?}"))?;
        }
        Ok(())
    });
    section.holds("records stand in the answer section only", |server| {
        transfer(server, &axfr())?.iter().try_for_each(|message| {
            let others = message.authority.len() + message.additional.len();
            ensure(others == 0, || format!("{message:?}"))
        })
    });
}

/// §2.2.3: the question.
pub(crate) fn questions(section: &mut Section<'_>) {
    section.holds("the first message has the question, the others have it or none", |server| {
        for (number, message) in transfer(server, &axfr())?.iter().enumerate() {
            let count = message.question.len();
            ensure(count == 1 || number > 0 && count == 0, || {
                format!("message {number}: {count}")
            })?;
            let asked = message.question.first().is_none_or(|question| question.qtype == AXFR);
            ensure(asked, || format!("{:?}", message.question))?;
        }
        Ok(())
    });
}

/// §2.2.5, RFC 6891 §7: OPT answers OPT.
pub(crate) fn edns(section: &mut Section<'_>) {
    section.holds("OPT comes with the first message if the request has it", |server| {
        let messages = transfer(server, &Query::new("example.", AXFR))?;
        ensure(messages[0].edns.is_some(), || format!("{:?}", messages[0]))
    });
    section.holds("no OPT comes if the request has none", |server| {
        let messages = transfer(server, &axfr())?;
        ensure(messages.iter().all(|message| message.edns.is_none()), || "OPT".to_owned())
    });
}

/// §3.3: all of the zone, not what queries see of it.
pub(crate) fn occluded(section: &mut Section<'_>) {
    section.holds("what lies below a cut is part of the zone", |server| {
        let messages = transfer(server, &axfr())?;
        for (owner, rrtype) in [
            ("sub.example.", NS),
            ("ns.sub.example.", A),
            ("host.sub.example.", A),
            ("deep.cut.sub.example.", NS),
        ] {
            let mut records = messages.iter().flat_map(|message| &message.answer);
            let is_there = |owner: &str| {
                records.any(|known| {
                    known.rrtype == rrtype && known.owner.folded().to_string() == owner
                })
            };
            ensure([owner].into_iter().any(is_there), || format!("no {owner} {rrtype}"))?;
        }
        Ok(())
    });
}

/// §3.4: names come as they are.
pub(crate) fn case(section: &mut Section<'_>) {
    section.holds("the case of the question does not get into the zone", |server| {
        let odd = Query::new("eXaMpLe.", AXFR).without_edns();
        let messages = transfer(server, &odd)?;
        let mut owners =
            messages.iter().flat_map(|message| &message.answer).map(|record| &record.owner);
        let odd = owners.find(|owner| owner.to_string().contains("eXaMpLe"));
        ensure(odd.is_none(), || format!("{odd:?}"))
    });
}

/// §4.1: the connection is used again.
pub(crate) fn connections(section: &mut Section<'_>) {
    section.holds("queries and transfers follow a transfer on one connection", |server| {
        let mut stream = server.connect()?;
        let mut queries = Vec::new();
        for (id, query) in (1..).zip([axfr(), Query::new("web.example.", A), axfr()]) {
            queries.extend(framed(&Query { id, ..query }.octets()));
        }
        stream.send_octets(&queries)?;
        let (mut soas, mut answers) = (0, 0);
        while soas < 4 || answers < 1 {
            let message = stream.receive()?;
            ensure(message.rcode == 0, || format!("{message:?}"))?;
            match message.id {
                2 => answers += 1,
                _ => soas += message.answers_of(SOA).count(),
            }
        }
        Ok(())
    });
}
