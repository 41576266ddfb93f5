//! §2.2.3: the question.

use super::transfer::{axfr, transfer};
use crate::judge::{Section, ensure};
use peers::ask::AXFR;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("the first message has the question, the others have it or none", |server| {
        for (number, message) in transfer(server, &axfr())?.iter().enumerate() {
            let count = message.question.len();
            ensure(count == 1 || number > 0 && count == 0, || {
                format!("message {number}: {count}")
            })?;
            let asked = message.question.first().is_none_or(|question| question.qtype == AXFR);
            ensure(asked, || format!("{:?}", message.question))?;
        }
        Ok(())
    });
}
