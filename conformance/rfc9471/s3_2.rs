//! §3.2: in-domain glue comes first; sibling glue that does not fit then may set TC and need not.

use crate::judge::{Section, ensure, line};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("in-domain glue is there before any sibling's", |server| {
        let octets = Query::new("www.some.test.", 1).without_edns().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let lines: Vec<String> = answer.additional.iter().map(line).collect();
        let own = ["ns.some.test. 86400 A 192.0.2.61", "ns.some.test. 86400 AAAA 2001:db8::61"];
        let has_own = own.iter().all(|own| lines.iter().any(|line| line == own));
        ensure(has_own, || format!("{lines:?}"))
    });
    section.holds("over TCP all sibling glue is there", |server| {
        let octets = Query::new("www.some.test.", 1).without_edns().octets();
        let answer = server.answer(&octets, Transport::Tcp)?;
        ensure(answer.additional.len() == 26, || format!("{answer:?}"))
    });
}
