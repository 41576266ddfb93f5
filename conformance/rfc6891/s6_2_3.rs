//! §6.2.3, §6.2.5: an answer is no longer than the asker takes, less than 512 meaning 512; over TCP
//! the size means nothing.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

/// 40 addresses: 12 octets of header, 23 of question, 16 for each, 11 of OPT.
const MANY_OCTETS: u16 = 12 + 23 + 40 * 16 + 11;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a size below 512 is 512", |server| {
        for size in [0, 1, 511] {
            // With question and OPT the 29 records are 510 octets.
            let octets = Query::new("edge.long.example.", 1).with_udp_size(size).octets();
            let answer = server.answer(&octets, Transport::Udp)?;
            ensure(!answer.is_truncated && answer.answer.len() == 29, || format!("{answer:?}"))?;
        }
        Ok(())
    });
    section.holds("an answer as long as the size is not cut", |server| {
        let octets = Query::new("many.long.example.", 1).with_udp_size(MANY_OCTETS).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(!answer.is_truncated && answer.answer.len() == 40, || format!("{answer:?}"))
    });
    section.holds("an answer one octet longer is cut", |server| {
        let octets = Query::new("many.long.example.", 1).with_udp_size(MANY_OCTETS - 1).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.is_truncated, || format!("{answer:?}"))?;
        ensure(answer.len < usize::from(MANY_OCTETS), || format!("{} octets", answer.len))
    });
    section.holds("no answer is longer than the asker takes", |server| {
        for size in (512..=1_232).step_by(60) {
            for qname in ["many.long.example.", "cut.long.example.", "mx.long.example."] {
                let qtype = if qname.starts_with("mx") { 15 } else { 1 };
                let octets = Query::new(qname, qtype).with_udp_size(size).octets();
                let answer = server.answer(&octets, Transport::Udp)?;
                let is_short = answer.len <= usize::from(size);
                ensure(is_short, || format!("{qname}: {} octets for {size}", answer.len))?;
            }
        }
        Ok(())
    });
    section.holds("over TCP the size means nothing", |server| {
        let octets = Query::new("huge.long.example.", 16).with_udp_size(512).octets();
        let answer = server.answer(&octets, Transport::Tcp)?;
        ensure(!answer.is_truncated && answer.len > 15_000, || format!("{} octets", answer.len))
    });
    section.holds("the server tells a size of its own, at least 512", |server| {
        let answer = server.answer(&Query::new("web.example.", 16).octets(), Transport::Udp)?;
        let size = answer.edns.map_or(0, |edns| edns.udp_size);
        ensure(size >= 512, || format!("{size}"))
    });
}
