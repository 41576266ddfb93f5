//! §4.1.1: the header: what of it comes back, what is set, what is zero.

use crate::judge::{Section, Verdict, ensure};
use peers::ask::{Query, Transport};

/// A query for `web.example. TXT` with the flags' two octets as given.
fn with_flags(flags: u16) -> Vec<u8> {
    let mut octets = Query::new("web.example.", 16).without_edns().octets();
    octets[2..4].copy_from_slice(&flags.to_be_bytes());
    octets
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("the id comes back, whatever it is", |server| {
        for id in [0, 1, 0x8000, 0xffff] {
            let mut query = Query::new("web.example.", 16);
            query.id = id;
            let answer = server.answer(&query.octets(), Transport::Udp)?;
            ensure(answer.id == id, || format!("{id} came back as {}", answer.id))?;
        }
        Ok(())
    });
    section
        .holds("an answer is not answered", |server| server.is_silent_after(&with_flags(0x8000)));
    section.holds("an answer of any opcode is not answered", |server| {
        server.is_silent_after(&with_flags(0x8000 | 4 << 11))
    });
    section.holds("an error is not answered", |server| server.is_silent_after(&with_flags(0x8001)));
    section.holds("an opcode that nobody knows is not implemented, and comes back", |server| {
        for opcode in [1, 2, 3, 7, 15] {
            let come = server.octets(&with_flags(opcode << 11), Transport::Udp)?;
            let come = come.ok_or_else(|| format!("no answer to opcode {opcode}"))?;
            ensure(come[3] & 0x0f == 4, || format!("opcode {opcode}: rcode {}", come[3] & 0x0f))?;
            ensure(u16::from(come[2] >> 3) == 0x10 | opcode, || {
                format!("opcode {opcode} came back otherwise")
            })?;
        }
        Ok(())
    });
    section.holds("AA, TC, RA and Z of a query mean nothing and do not come back", |server| {
        let answer =
            server.answer(&with_flags(0x0400 | 0x0200 | 0x0080 | 0x0040), Transport::Udp)?;
        ensure(answer.rcode == 0 && answer.answer.len() == 1, || format!("{answer:?}"))?;
        ensure(answer.is_authoritative, || "AA is clear".to_owned())?;
        let set = answer.is_truncated || answer.recursion_available || answer.z;
        ensure(!set, || format!("{answer:?}"))
    });
    section.holds("the rcode of a query means nothing", |server| {
        let answer = server.answer(&with_flags(0x0005), Transport::Udp)?;
        ensure(answer.rcode == 0 && answer.answer.len() == 1, || format!("{answer:?}"))
    });
    section.holds("less than a header is not answered", |server| {
        server.is_silent_after(&with_flags(0)[..11])
    });
    section.holds("counts that promise more than there is are a format error", |server| {
        for count_at in [5, 7, 9, 11] {
            let mut octets = with_flags(0);
            octets[count_at] += 1;
            is_format_error(server.octets(&octets, Transport::Udp)?)
                .map_err(|what| format!("count at {count_at}: {what}"))?;
        }
        Ok(())
    });
    section.holds("a question cut short is a format error", |server| {
        let octets = with_flags(0);
        for len in [12, 13, octets.len() - 5, octets.len() - 1] {
            is_format_error(server.octets(&octets[..len], Transport::Udp)?)
                .map_err(|what| format!("{len} octets: {what}"))?;
        }
        Ok(())
    });
}

fn is_format_error(come: Option<Vec<u8>>) -> Verdict {
    let come = come.ok_or("no answer")?;
    ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))?;
    ensure(come[2] & 0x80 != 0, || "QR is clear".to_owned())
}
