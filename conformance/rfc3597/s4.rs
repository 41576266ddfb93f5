//! §4: names in rdata are compressed in the types of RFC 1035 only, so that every other type can be
//! copied without being understood.

use crate::judge::{Section, ensure, rrtype};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    let types: [(&'static str, &str, &str); 8] = [
        ("names in RP are not compressed", "rp", "RP"),
        ("the name in AFSDB is not compressed", "afsdb", "AFSDB"),
        ("the name in RT is not compressed", "rt", "RT"),
        ("names in PX are not compressed", "px", "PX"),
        ("the name in KX is not compressed", "kx", "KX"),
        ("the name in SRV is not compressed", "srv", "SRV"),
        ("the name in NAPTR is not compressed", "naptr", "NAPTR"),
        ("the name in DNAME is not compressed", "dname", "DNAME"),
    ];
    for (claim, owner, word) in types {
        section.holds(claim, |server| {
            let octets = Query::new(format!("{owner}.types.example.").as_str(), rrtype(word));
            let answer = server.answer(&octets.octets(), Transport::Udp)?;
            ensure(answer.answer.len() == 1, || format!("{answer:?}"))?;
            ensure(!answer.compressed_in.contains(&rrtype(word)), || "it is compressed".to_owned())
        });
    }
    section.holds("octets of an unknown type are not compressed", |server| {
        let octets = Query::new("unknown.types.example.", 65281).octets();
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        let name = b"\x06target\x05types\x07example\0";
        ensure(come.windows(name.len()).any(|window| window == name), || format!("{come:02x?}"))
    });
}
