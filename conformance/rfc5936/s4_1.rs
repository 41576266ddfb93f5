//! §4.1: the connection is used again.

use super::transfer::axfr;
use crate::judge::{Section, ensure, framed};
use peers::ask::{A, Query, SOA};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("queries and transfers follow a transfer on one connection", |server| {
        let mut stream = server.connect()?;
        let mut queries = Vec::new();
        for (id, query) in (1..).zip([axfr(), Query::new("web.example.", A), axfr()]) {
            queries.extend(framed(&Query { id, ..query }.octets()));
        }
        stream.send_octets(&queries)?;
        let (mut soas, mut answers) = (0, 0);
        while soas < 4 || answers < 1 {
            let message = stream.receive()?;
            ensure(message.rcode == 0, || format!("{message:?}"))?;
            match message.id {
                2 => answers += 1,
                _ => soas += message.answers_of(SOA).count(),
            }
        }
        Ok(())
    });
}
