//! §8.1: the basic tests: what an ordinary server answers to queries without EDNS.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

fn soa() -> Query {
    Query::new("signed.test.", 6).without_edns()
}

/// The query for the SOA with more bits in its flags.
fn with_flags(flags: u16) -> Vec<u8> {
    let mut octets = soa().octets();
    for (octet, flag) in octets[2..4].iter_mut().zip(flags.to_be_bytes()) {
        *octet |= flag;
    }
    octets
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "§8.1.1: a plain query for the SOA is answered with authority",
        "signed.test. SOA",
        "NOERROR aa
         answer signed.test. 3600 SOA ...",
    );
    section.claim(
        "§8.1.2: a type that nobody knows is NODATA, not silence",
        "signed.test. TYPE1000",
        "NOERROR aa
         authority signed.test. 600 SOA ...",
    );
    let flags: [(&'static str, u16); 4] = [
        ("§8.1.3.1: CD does not hinder an answer", 0x0010),
        ("§8.1.3.1: AD does not hinder an answer", 0x0020),
        ("§8.1.3.2: the last reserved bit does not hinder an answer, and is clear in it", 0x0040),
        ("§8.1.3.3: RD does not hinder an answer", 0x0100),
    ];
    for (claim, flags) in flags {
        section.holds(claim, |server| {
            let answer = server.answer(&with_flags(flags), Transport::Udp)?;
            let is_answered = answer.rcode == 0 && answer.answer.len() == 1;
            ensure(is_answered && !answer.z && answer.is_authoritative, || format!("{answer:?}"))
        });
    }
    section.holds(
        "§8.1.4: an unknown opcode is not implemented, without flags or records",
        |server| {
            // A header alone, as the test sends it.
            let octets = [0x12, 0x34, 15 << 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            let answer = server.answer(&octets, Transport::Udp)?;
            ensure(answer.rcode == 4 && answer.opcode == 15, || format!("{answer:?}"))?;
            let flags = [answer.is_authoritative, answer.recursion_desired, answer.authentic_data];
            ensure(!flags.contains(&true) && answer.answer.is_empty(), || format!("{answer:?}"))
        },
    );
    section.holds("§8.1.5: TCP answers as UDP does", |server| {
        let answer = server.answer(&soa().octets(), Transport::Tcp)?;
        ensure(answer.rcode == 0 && answer.answer.len() == 1, || format!("{answer:?}"))
    });
}
