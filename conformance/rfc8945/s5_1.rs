//! §5.1: the TSIG record is the last, and the only one; any other place is a format error.

use super::tsig::{Tsig, query, with_record};
use crate::judge::{Section, ensure};
use peers::ask::Transport;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a record behind the TSIG record is a format error", |server| {
        let (octets, _) = Tsig::new().sign(&query("web.example.", 16).octets());
        let address = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];
        let come = server.octets(&with_record(&octets, &address), Transport::Udp)?;
        let come = come.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
    });
    section.holds("two TSIG records are a format error", |server| {
        let (octets, _) = Tsig::new().sign(&query("web.example.", 16).octets());
        let (octets, _) = Tsig::new().sign(&octets);
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
    });
}
