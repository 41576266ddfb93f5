//! §2: what an IXFR is answered with by a server that gives its zone away, whose serial is 7.

use super::s2::ixfr;
use crate::judge::{Section, ensure, framed};
use peers::ask::{SOA, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds(
        "who holds the newest serial, or one that is newer, gets the SOA alone",
        |server| {
            for (serial, transport) in [
                (7, Transport::Udp),
                (8, Transport::Udp),
                (7, Transport::Tcp),
                (8, Transport::Tcp),
                (7 + 0x7fff_ffff, Transport::Tcp),
            ] {
                let answer = server.answer(&ixfr(serial), transport)?;
                let is_soa = answer.answer.len() == 1 && answer.answers_of(SOA).count() == 1;
                ensure(answer.rcode == 0 && is_soa, || format!("{serial}: {answer:?}"))?;
            }
            Ok(())
        },
    );
    section.holds("who holds a serial that is not remembered gets the whole zone", |server| {
        for serial in [6, 1, 0, u32::MAX] {
            let mut stream = server.connect()?;
            stream.send_octets(&framed(&ixfr(serial)))?;
            let (mut types, mut soas) = (Vec::new(), 0);
            while soas < 2 {
                let message = stream.receive()?;
                ensure(message.rcode == 0 && !message.answer.is_empty(), || {
                    format!("{message:?}")
                })?;
                soas += message.answers_of(SOA).count();
                types.extend(message.answer.iter().map(|record| record.rrtype));
            }
            // A second SOA behind the first would begin diffs (§4).
            ensure(types[0] == SOA && types[1] != SOA, || format!("{serial}: {:?}", &types[..2]))?;
        }
        Ok(())
    });
    section.holds("over UDP there is the SOA alone where more does not fit", |server| {
        let answer = server.answer(&ixfr(1), Transport::Udp)?;
        let is_soa = answer.answer.len() == 1 && answer.answers_of(SOA).count() == 1;
        ensure(answer.rcode == 0 && is_soa, || format!("{answer:?}"))
    });
}
