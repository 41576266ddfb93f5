//! §3.1: types of data, of questions and of messages. A type of messages is no data, so nothing can
//! be answered for it.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("each possible type of data is answered, with data or without", |server| {
        for qtype in (1..=127).filter(|qtype| *qtype != 41).chain([256, 257, 4_096, 32_768, 65_279])
        {
            let answer =
                server.answer(&Query::new("web.example.", qtype).octets(), Transport::Udp)?;
            let is_so = answer.rcode == 0 && answer.is_authoritative;
            let has_data = [1, 15, 16].contains(&qtype);
            let is_as_held = answer.answer.is_empty() != has_data;
            ensure(is_so && is_as_held, || format!("type {qtype}: {answer:?}"))?;
        }
        Ok(())
    });
    section.holds("types of messages have no answer, but a reply", |server| {
        for qtype in [41, 249, 250] {
            let answer =
                server.answer(&Query::new("web.example.", qtype).octets(), Transport::Udp)?;
            ensure(answer.answer.is_empty(), || format!("type {qtype}: {answer:?}"))?;
        }
        Ok(())
    });
    section.holds("type 0 has no answer, but a reply", |server| {
        let answer = server.answer(&Query::new("web.example.", 0).octets(), Transport::Udp)?;
        ensure(answer.answer.is_empty(), || format!("{answer:?}"))
    });
}
