//! §5.2.3: a MAC that fits at a time that does not is BADTIME: signed, with the server's own time.

use super::tsig::{Found, Tsig, query};
use crate::judge::{Section, ensure};
use peers::ask::{Message, Transport};

const BADTIME: u16 = 18;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a time outside of what is allowed is BADTIME, signed", |server| {
        let now = Tsig::new().time;
        for time in [now - 4_000, now + 4_000, 0] {
            let tsig = Tsig { time, ..Tsig::new() };
            let (octets, mac) = tsig.sign(&query("web.example.", 16).octets());
            let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
            let answer = Message::parse(&come).map_err(str::to_owned)?;
            let found = Found::of(&answer)?;
            let is_so = answer.rcode == 9 && found.error == BADTIME;
            ensure(is_so && answer.answer.is_empty(), || format!("{answer:?}"))?;
            tsig.verify(&come, &mac)?;
            // The time of the request comes back, so that the signature can be checked there.
            ensure(found.timers[..6] == time.to_be_bytes()[2..], || format!("{:?}", found.timers))?;
            let server_time = [&[0, 0], &found.other[..]].concat();
            let server_time = server_time.try_into().map(u64::from_be_bytes);
            let server_time = server_time.map_err(|_| format!("other: {:02x?}", found.other))?;
            ensure(server_time.abs_diff(now) < 60, || format!("{server_time}, not {now}"))?;
        }
        Ok(())
    });
    section.holds("a time just inside of what is allowed is good", |server| {
        let tsig = Tsig { time: Tsig::new().time - 290, ..Tsig::new() };
        let (octets, mac) = tsig.sign(&query("web.example.", 16).octets());
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        tsig.verify(&come, &mac)
    });
}
