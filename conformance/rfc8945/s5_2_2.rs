//! §5.2.2: a MAC that does not fit is BADSIG, unsigned; one of an impossible length a format error.

use super::tsig::{Tsig, is_bad_signature, query};
use crate::judge::{Section, ensure};
use peers::ask::Transport;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a MAC by another secret is BADSIG, unsigned", |server| {
        let tsig = Tsig { secret: b"some other secret".to_vec(), ..Tsig::new() };
        let (octets, _) = tsig.sign(&query("web.example.", 16).octets());
        is_bad_signature(&server.answer(&octets, Transport::Udp)?)
    });
    section.holds("a question changed on its way is BADSIG", |server| {
        let (mut octets, _) = Tsig::new().sign(&query("web.example.", 16).octets());
        octets[13] = b'x';
        is_bad_signature(&server.answer(&octets, Transport::Udp)?)
    });
    section.holds("an id changed on its way is no change: the record has the original", |server| {
        let (mut octets, _) = Tsig::new().sign(&query("web.example.", 16).octets());
        octets[1] ^= 1;
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 0 && come[..2] == octets[..2], || format!("{come:02x?}"))
    });
    section.holds("§5.2.2.1: a MAC longer than its algorithm's is a format error", |server| {
        let tsig = Tsig { mac_len: 33, ..Tsig::new() };
        let (octets, _) = tsig.sign(&query("web.example.", 16).octets());
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
    });
    section.holds(
        "§5.2.2.1: a MAC shorter than half its algorithm's is a format error",
        |server| {
            for mac_len in [1, 9, 15] {
                let tsig = Tsig { mac_len, ..Tsig::new() };
                let (octets, _) = tsig.sign(&query("web.example.", 16).octets());
                let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
                ensure(come[3] & 0x0f == 1, || format!("{mac_len}: rcode {}", come[3] & 0x0f))?;
            }
            Ok(())
        },
    );
}
