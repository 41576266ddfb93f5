//! §3, §6: an update that a server neither makes nor forwards is an error, and never changes a copy.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

/// Adds `new.example. 60 A 192.0.2.200`.
fn update() -> Vec<u8> {
    let mut query = Query::new("example.", 6).without_edns();
    query.opcode = 5;
    let mut octets = query.octets();
    octets[9] = 1;
    octets.extend(b"\x03new\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\xc8");
    octets
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an update is an error: not implemented, refused, or not for us", |server| {
        let come = server.octets(&update(), Transport::Udp)?.ok_or("no answer")?;
        let rcode = come[3] & 0x0f;
        ensure([4, 5, 9].contains(&rcode), || format!("rcode {rcode}"))?;
        ensure(come[2] >> 3 == 0x10 | 5, || "the opcode does not come back".to_owned())
    });
    section.claim(
        "an update changed nothing",
        "new.example. A",
        "NXDOMAIN aa
         authority example. 300 SOA ns1.example. hostmaster.example. 7 7200 900 1209600 300",
    );
}
