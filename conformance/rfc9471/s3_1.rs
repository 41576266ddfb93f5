//! §3.1: all glue of in-domain servers, or TC.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("in-domain glue that does not fit sets TC", |server| {
        let octets = Query::new("www.many.test.", 1).without_edns().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.is_truncated && answer.len <= 512, || format!("{answer:?}"))?;
        ensure(!answer.is_authoritative && answer.rcode == 0, || format!("{answer:?}"))
    });
    section.holds("over TCP all of it is there", |server| {
        let octets = Query::new("www.many.test.", 1).without_edns().octets();
        let answer = server.answer(&octets, Transport::Tcp)?;
        let is_whole = answer.authority.len() == 13 && answer.additional.len() == 26;
        ensure(is_whole && !answer.is_truncated, || format!("{answer:?}"))
    });
    section.holds("at any size there is all of it, or TC", |server| {
        for size in (512..=1_232).step_by(23) {
            let octets = Query::new("www.many.test.", 1).with_udp_size(size).octets();
            let answer = server.answer(&octets, Transport::Udp)?;
            let is_whole = answer.additional.len() == 26;
            let is_told = answer.is_truncated || is_whole;
            ensure(is_told, || format!("{size}: {} addresses", answer.additional.len()))?;
        }
        Ok(())
    });
}
