//! §8: length and message may come in any pieces, and several messages in one.

use crate::judge::{Section, ensure, framed};
use peers::ask::Query;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a message and a half are one answer, and then another", |server| {
        let mut stream = server.connect()?;
        let query = framed(&Query::new("web.example.", 16).octets());
        let both = [query.clone(), query].concat();
        let middle = both.len() * 3 / 4;
        stream.send_octets(&both[..middle])?;
        let first = stream.receive()?;
        stream.send_octets(&both[middle..])?;
        let second = stream.receive()?;
        ensure(first.answer.len() == 1 && second.answer.len() == 1, || format!("{second:?}"))
    });
}
