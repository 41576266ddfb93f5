//! §4.2: there is no AXFR over UDP.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an AXFR over UDP is an error without records", |server| {
        let answer = server.answer(&Query::new("example.", 252).octets(), Transport::Udp)?;
        ensure(answer.rcode != 0 && answer.answer.is_empty(), || format!("{answer:?}"))?;
        ensure(!answer.is_truncated, || "TC invites to ask again".to_owned())
    });
}
