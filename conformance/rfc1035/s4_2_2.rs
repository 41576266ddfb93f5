//! §4.2.2: over TCP each message stands behind its length in two octets, and the connection stays.

use crate::judge::{Section, ensure, framed};
use peers::ask::Query;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a connection carries several queries, one after the other", |server| {
        let mut stream = server.connect()?;
        for id in 1..=5 {
            let mut query = Query::new("web.example.", 16);
            query.id = id;
            stream.send_octets(&framed(&query.octets()))?;
            let answer = stream.receive()?;
            ensure(answer.id == id && answer.answer.len() == 1, || format!("{answer:?}"))?;
        }
        Ok(())
    });
    section.holds("a length may come alone, and the message in pieces", |server| {
        let mut stream = server.connect()?;
        for octet in framed(&Query::new("web.example.", 16).octets()) {
            stream.send_octets(&[octet])?;
        }
        let answer = stream.receive()?;
        ensure(answer.answer.len() == 1, || format!("{answer:?}"))
    });
    section.holds("a message that is broken does not break the next", |server| {
        let mut stream = server.connect()?;
        let broken = [0x77, 0x77, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1];
        stream.send_octets(&framed(&broken))?;
        let answer = stream.receive()?;
        ensure(answer.id == 0x7777 && answer.rcode == 1, || format!("{answer:?}"))?;
        let mut query = Query::new("web.example.", 16);
        query.id = 0x7778;
        stream.send_octets(&framed(&query.octets()))?;
        let answer = stream.receive()?;
        ensure(answer.id == 0x7778 && answer.answer.len() == 1, || format!("{answer:?}"))
    });
}
