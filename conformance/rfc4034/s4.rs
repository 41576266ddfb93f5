//! §4: NSEC records are asked for as any record; the next name is not compressed.

use crate::judge::{Section, ensure, rrtype};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an NSEC is answered when it is asked for",
        "ns1.example. NSEC",
        "NOERROR aa
         answer ns1.example. 3600 NSEC ns2.example. A RRSIG NSEC",
    );
    section.holds("§4.1.1: the next name is not compressed", |server| {
        let octets = Query::new("ns1.example.", rrtype("NSEC")).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(answer.answer.len() == 1, || format!("{answer:?}"))?;
        ensure(!answer.compressed_in.contains(&rrtype("NSEC")), || "it is".to_owned())
    });
    section.claim(
        "the last NSEC leads back to the apex",
        "xx.example. NSEC",
        "NOERROR aa
         answer xx.example. 3600 NSEC example. A HINFO AAAA RRSIG NSEC",
    );
}
