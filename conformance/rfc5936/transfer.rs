//! A transfer as it comes.

use crate::judge::{Server, ensure, framed};
use peers::ask::{AXFR, Message, Query, SOA};

/// All messages of a transfer: up to the second SOA.
pub(super) fn transfer(server: &Server, query: &Query) -> Result<Vec<Message>, String> {
    let mut stream = server.connect()?;
    stream.send_octets(&framed(&query.octets()))?;
    let (mut messages, mut soas) = (Vec::new(), 0);
    while soas < 2 {
        let message = stream.receive()?;
        ensure(message.rcode == 0 && !message.answer.is_empty(), || format!("{message:?}"))?;
        soas += message.answers_of(SOA).count();
        messages.push(message);
    }
    Ok(messages)
}

/// Asks for the whole zone, without EDNS.
pub(super) fn axfr() -> Query {
    Query::new("example.", AXFR).without_edns()
}
