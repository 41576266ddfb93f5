//! §6.1.1: an answer has an OPT record if, and only if, the query had one; one is the most, anywhere
//! in the additional section, owned by the root.

use super::{OPT, with_additional, with_records};
use crate::judge::{Section, Verdict, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    // That OPT comes back is judged for every answer; here what is no ordinary answer.
    section.holds("no OPT without one in the query, whatever is answered", |server| {
        for (qname, qtype) in [("web.example.", 16), ("absent.example.", 1), ("example.net.", 1)] {
            let octets = Query::new(qname, qtype).without_edns().octets();
            let answer = server.answer(&octets, Transport::Udp)?;
            ensure(answer.edns.is_none(), || format!("{qname}: {answer:?}"))?;
        }
        Ok(())
    });
    section.holds("a refusal has an OPT if the query had one", |server| {
        let answer = server.answer(&Query::new("example.net.", 1).octets(), Transport::Udp)?;
        ensure(answer.rcode == 5 && answer.edns.is_some(), || format!("{answer:?}"))
    });
    section.holds("an answer that is cut has its OPT", |server| {
        let octets = Query::new("many.long.example.", 1).with_udp_size(512).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.is_truncated && answer.edns.is_some(), || format!("{answer:?}"))
    });
    section.holds("two OPT records are a format error", |server| {
        is_format_error(server.octets(&with_records(&[&OPT, &OPT]), Transport::Udp)?)
    });
    section.holds("an OPT whose owner is not the root is a format error", |server| {
        let named = [&[1, b'a'][..], &OPT].concat();
        is_format_error(server.octets(&with_additional(&named), Transport::Udp)?)
    });
    section.holds("an OPT may stand behind other records", |server| {
        let address = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];
        let octets = with_records(&[&address, &OPT]);
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.rcode == 0 && answer.edns.is_some(), || format!("{answer:?}"))
    });
}

fn is_format_error(come: Option<Vec<u8>>) -> Verdict {
    let come = come.ok_or("no answer")?;
    ensure(come[3] & 0x0f == 1, || format!("rcode {}: {come:02x?}", come[3] & 0x0f))
}
