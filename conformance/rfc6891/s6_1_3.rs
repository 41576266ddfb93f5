//! §6.1.3: a version that is not known is BADVERS, with the highest version that is, and no data.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a higher version is BADVERS, whatever is asked for", |server| {
        for (qname, version) in [("web.example.", 1), ("absent.example.", 255), ("example.net.", 2)]
        {
            let mut query = Query::new(qname, 16);
            query.edns.as_mut().ok_or("no EDNS")?.version = version;
            for transport in [Transport::Udp, Transport::Tcp] {
                let answer = server.answer(&query.octets(), transport)?;
                ensure(answer.rcode == 16, || format!("rcode {}", answer.rcode))?;
                ensure(answer.edns.as_ref().is_some_and(|edns| edns.version == 0), || {
                    format!("{answer:?}")
                })?;
                ensure(answer.answer.is_empty() && answer.authority.is_empty(), || {
                    format!("{answer:?}")
                })?;
            }
        }
        Ok(())
    });
    section.holds("the question comes back with BADVERS", |server| {
        let mut query = Query::new("web.example.", 16);
        query.id = 0x4711;
        query.edns.as_mut().ok_or("no EDNS")?.version = 1;
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        let is_back = answer.question.iter().map(|q| &q.qname).eq([&query.qname]);
        ensure(is_back && answer.id == 0x4711, || format!("{answer:?}"))
    });
    section.holds("options of an unknown version are not looked at", |server| {
        let mut query = Query::new("web.example.", 16);
        let edns = query.edns.as_mut().ok_or("no EDNS")?;
        edns.version = 1;
        edns.options.push((65_001, vec![1, 2, 3]));
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        ensure(answer.rcode == 16, || format!("rcode {}", answer.rcode))
    });
    section.holds("the upper bits of an rcode in a query mean nothing", |server| {
        let mut octets = Query::new("web.example.", 16).octets();
        let len = octets.len();
        octets[len - 6] = 0xff;
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.rcode == 0 && answer.answer.len() == 1, || format!("{answer:?}"))
    });
}
