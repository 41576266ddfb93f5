//! §9: TC says that something required is missing, never that something offered is.

use crate::judge::{Section, ensure, rrtype};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("additional addresses that do not fit are left out without TC", |server| {
        let octets = Query::new("mx.long.example.", rrtype("MX")).without_edns().octets();
        let cut = server.answer(&octets, Transport::Udp)?;
        let whole = server.answer(&octets, Transport::Tcp)?;
        ensure(cut.answer.len() == 8 && !cut.is_truncated, || format!("{cut:?}"))?;
        ensure(cut.additional.len() < whole.additional.len(), || "nothing was left out".to_owned())
    });
    section.holds("an address rrset is added whole or not at all", |server| {
        let octets = Query::new("mx.long.example.", rrtype("MX")).without_edns().octets();
        let cut = server.answer(&octets, Transport::Udp)?;
        ensure(cut.additional.len().is_multiple_of(3), || format!("{cut:?}"))
    });
    section.holds("an rrset that was asked for and does not fit sets TC", |server| {
        let octets = Query::new("text.long.example.", 16).without_edns().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.is_truncated, || format!("{answer:?}"))
    });
    section.holds("the end of a chain that does not fit sets TC", |server| {
        let octets = Query::new("chain.long.example.", 1).without_edns().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.is_truncated && answer.len <= 512, || format!("{answer:?}"))
    });
    section.holds("over TCP the same answer has no TC", |server| {
        for (qname, count) in [("chain.long.example.", 41), ("many.long.example.", 40)] {
            let octets = Query::new(qname, 1).without_edns().octets();
            let answer = server.answer(&octets, Transport::Tcp)?;
            ensure(!answer.is_truncated && answer.answer.len() == count, || format!("{answer:?}"))?;
        }
        Ok(())
    });
}
