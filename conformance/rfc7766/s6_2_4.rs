//! §6.2.4: who has sent its last query may say so at once; what was asked is answered nevertheless.

use crate::judge::{Section, ensure, framed};
use peers::ask::Query;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a half-closed connection still gets its answers", |server| {
        let mut stream = server.connect()?;
        let query = framed(&Query::new("web.example.", 16).octets());
        stream.send_octets(&[query.clone(), query].concat())?;
        stream.end_sending()?;
        for _ in 0..2 {
            let answer = stream.receive()?;
            ensure(answer.answer.len() == 1, || format!("{answer:?}"))?;
        }
        Ok(())
    });
    section.holds(
        "a connection that is closed in the middle of a message harms no other",
        |server| {
            let mut broken = server.connect()?;
            let query = framed(&Query::new("web.example.", 16).octets());
            broken.send_octets(&query[..query.len() - 3])?;
            drop(broken);
            let mut stream = server.connect()?;
            stream.send_octets(&query)?;
            let answer = stream.receive()?;
            ensure(answer.answer.len() == 1, || format!("{answer:?}"))
        },
    );
}
