//! §6.2.1, §6.2.1.1: a connection is used again, and queries need not wait for answers.

use crate::judge::{Section, ensure, framed};
use peers::ask::Query;
use std::collections::BTreeSet;

/// Queries with ids from 0, framed, one behind the other.
pub(super) fn pipelined(count: u16) -> Vec<u8> {
    let names = ["web.example.", "absent.example.", "huge.long.example.", "a.sub.example."];
    let queries = (0..count).zip(names.iter().cycle()).map(|(id, qname)| {
        let mut query = Query::new(*qname, 16);
        query.id = id;
        framed(&query.octets())
    });
    queries.collect::<Vec<_>>().concat()
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("queries sent at once are all answered, each once", |server| {
        const COUNT: u16 = 40;
        let mut stream = server.connect()?;
        stream.send_octets(&pipelined(COUNT))?;
        let mut ids = BTreeSet::new();
        for _ in 0..COUNT {
            let answer = stream.receive()?;
            ensure(ids.insert(answer.id), || format!("{} twice", answer.id))?;
        }
        ensure(ids == (0..COUNT).collect(), || format!("{ids:?}"))
    });
}
