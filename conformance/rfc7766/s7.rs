//! §7: answers may come in any order; which question one is for is told by its id, and by the question.

use super::s6_2_1::pipelined;
use crate::judge::{Section, ensure};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("each answer is that of its question", |server| {
        let mut stream = server.connect()?;
        stream.send_octets(&pipelined(8))?;
        for _ in 0..8 {
            let answer = stream.receive()?;
            let rcode = if answer.id % 4 == 1 { 3 } else { 0 };
            ensure(answer.rcode == rcode, || format!("{answer:?}"))?;
        }
        Ok(())
    });
}
