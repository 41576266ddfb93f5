//! §2, §3: an IXFR has the asker's SOA in its authority section; it is answered from the SOA on, or it
//! is told by the rcode that it is not given.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

/// An IXFR of `example.` from a serial on.
pub(super) fn ixfr(serial: u32) -> Vec<u8> {
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
