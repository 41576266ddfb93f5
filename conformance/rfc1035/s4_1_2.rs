//! §4.1.2: the question comes back as it was asked.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("the question comes back octet by octet, in its case", |server| {
        for (qname, qtype) in [
            ("wEb.ExAmPlE.", 16),
            ("aBsEnT.example.", 1),
            ("MAIL.example.", 16),
            ("A.sub.Example.", 1),
        ] {
            let octets = Query::new(qname, qtype).without_edns().octets();
            let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
            ensure(come.get(12..octets.len()) == octets.get(12..), || {
                format!("{qname}: {come:02x?}")
            })?;
            ensure(come[4..6] == [0, 1], || "QDCOUNT is not 1".to_owned())?;
        }
        Ok(())
    });
    section.holds("the question comes back with a refusal as well", |server| {
        let query = Query::new("www.example.net.", 1);
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        let is_back = answer.question.first().is_some_and(|q| q.qname == query.qname);
        ensure(is_back && answer.question.len() == 1, || format!("{answer:?}"))
    });
    section.claim(
        "a type that no record has is asked for as any other",
        "web.example. TYPE65279",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
}
