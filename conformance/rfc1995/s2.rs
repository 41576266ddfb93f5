//! §2, §3: an IXFR has the asker's SOA in its authority section; it is answered from the SOA on, or it
//! is told by the rcode that it is not given.

use crate::judge::{Section, ensure, framed};
use peers::ask::{Query, SOA, Transport};

/// An IXFR of `example.` from a serial on.
fn ixfr(serial: u32) -> Vec<u8> {
    let mut octets = Query::new("example.", 251).without_edns().octets();
    octets[9] = 1;
    octets.extend(b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0\x16\0\0");
    octets.extend(serial.to_be_bytes());
    octets.extend([0; 16]);
    octets
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an IXFR is answered with the SOA first, or with an error", |server| {
        for (serial, transport) in
            [(7, Transport::Udp), (1, Transport::Udp), (7, Transport::Tcp), (1, Transport::Tcp)]
        {
            let answer = server.answer(&ixfr(serial), transport)?;
            let begins = answer.answer.first().is_some_and(|record| record.rrtype == 6);
            let is_refused = answer.rcode != 0 && answer.answer.is_empty();
            ensure(is_refused || answer.rcode == 0 && begins, || format!("{answer:?}"))?;
            ensure(answer.question.len() == 1, || format!("{answer:?}"))?;
        }
        Ok(())
    });
    section.holds("an IXFR with an SOA that is broken is an error", |server| {
        let octets = ixfr(1);
        let come = server.octets(&octets[..octets.len() - 3], Transport::Tcp)?;
        let come = come.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
    });
}

/// Of a server that gives the zone away, whose serial is 7.
pub(crate) fn given(section: &mut Section<'_>) {
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
