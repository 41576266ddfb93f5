//! §4.7: a NOTIFY from the primary is answered with its id, opcode and question, and NOERROR.

use super::notify;
use crate::judge::{Section, ensure};
use peers::ask::{Name, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a NOTIFY from the primary's address is acknowledged", |server| {
        for transport in [Transport::Udp, Transport::Tcp] {
            let answer = server.answer(&notify("example."), transport)?;
            let is_so = answer.is_response && answer.opcode == 4 && answer.id == 0x4e0f;
            ensure(is_so && answer.rcode == 0, || format!("{answer:?}"))?;
            let is_back = answer.question.iter().map(|q| &q.qname).eq([&Name::new("example.")]);
            ensure(is_back && answer.answer.is_empty(), || format!("{answer:?}"))?;
        }
        Ok(())
    });
}
