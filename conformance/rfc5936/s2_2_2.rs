//! §2.2.2: the header of each message.

use super::transfer::{axfr, transfer};
use crate::judge::{Section, ensure};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("each message is an authoritative answer of the request's id", |server| {
        let query = axfr();
        for message in transfer(server, &query)? {
            let is_answer = message.is_response && message.is_authoritative && message.opcode == 0;
            let is_ours = message.id == query.id && !message.is_truncated;
            ensure(is_answer && is_ours && message.rcode == 0, || format!("{message:?}"))?;
        }
        Ok(())
    });
    section.holds("records stand in the answer section only", |server| {
        transfer(server, &axfr())?.iter().try_for_each(|message| {
            let others = message.authority.len() + message.additional.len();
            ensure(others == 0, || format!("{message:?}"))
        })
    });
}
