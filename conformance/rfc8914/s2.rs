//! §2, §3: an extended error is two octets of code and a text in UTF-8; it stands in an OPT record, so
//! only those who speak EDNS get it, and it changes nothing else.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an extended error is well-formed", |server| {
        for (qname, qtype) in [("www.example.net.", 1), ("web.example.", 252), ("web.example.", 16)]
        {
            let answer = server.answer(&Query::new(qname, qtype).octets(), Transport::Udp)?;
            let options = answer.edns.as_ref().map(|edns| edns.options.as_slice());
            for (_, content) in options.unwrap_or_default().iter().filter(|(code, _)| *code == 15) {
                let text = content.get(2..).and_then(|text| std::str::from_utf8(text).ok());
                ensure(text.is_some_and(|text| !text.ends_with('\0')), || {
                    format!("{content:02x?}")
                })?;
            }
        }
        Ok(())
    });
    section.holds("without EDNS the rcode is the same, and alone", |server| {
        let with = Query::new("www.example.net.", 1);
        let without = with.clone().without_edns();
        let with = server.answer(&with.octets(), Transport::Udp)?;
        let without = server.answer(&without.octets(), Transport::Udp)?;
        ensure(without.edns.is_none() && without.rcode == with.rcode, || format!("{without:?}"))
    });
    section.holds("an answer without any error has no extended one", |server| {
        let answer = server.answer(&Query::new("web.example.", 16).octets(), Transport::Udp)?;
        let edns = answer.edns.ok_or("no OPT")?;
        ensure(edns.options.iter().all(|(code, _)| *code != 15), || format!("{edns:?}"))
    });
}
