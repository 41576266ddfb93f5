//! §3.10: a NOTIFY from whom a secondary does not take the zone is not acknowledged.

use super::notify;
use crate::judge::{Section, ensure};
use peers::ask::Transport;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a NOTIFY of a zone that is not here is answered with an error", |server| {
        let answer = server.answer(&notify("other.test."), Transport::Udp)?;
        ensure(answer.is_response && answer.opcode == 4, || format!("{answer:?}"))?;
        ensure(answer.rcode != 0, || "it is acknowledged".to_owned())
    });
    section.holds("an answer to a NOTIFY is not answered", |server| {
        let mut octets = notify("example.");
        octets[2] |= 0x80;
        server.is_silent_after(&octets)
    });
}
