//! §4.2: a TSIG record has class ANY, ttl zero, and rdata of a known shape.

use super::tsig::{Tsig, query, record, with_record};
use crate::judge::{Section, ensure};
use peers::ask::{Name, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a TSIG record whose rdata is cut short is a format error", |server| {
        let plain = query("web.example.", 16).octets();
        let algorithm = Name::new("hmac-sha256.");
        for len in [0, 5, 13, 20] {
            let rdata = [algorithm.octets(), &[0; 16]].concat();
            let octets =
                with_record(&plain, &record(&Name::new("questions.key."), 255, &rdata[..len]));
            let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
            ensure(come[3] & 0x0f == 1, || format!("{len} octets: rcode {}", come[3] & 0x0f))?;
        }
        Ok(())
    });
    section.holds("a key is the same in any case of letters", |server| {
        let tsig = Tsig { key: Name::new("QuesTions.KEY."), ..Tsig::new() };
        let (octets, mac) = tsig.sign(&query("web.example.", 16).octets());
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        tsig.verify(&come, &mac)
    });
}
