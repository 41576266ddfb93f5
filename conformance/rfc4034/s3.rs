//! §3: a signature belongs to its rrset: same owner, same ttl. Its signer's name is not compressed.

use crate::judge::{Section, ensure, rrtype};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a signature has the ttl of what it covers, which it repeats", |server| {
        let octets = Query::new("ns1.example.", 1).with_dnssec().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let signature = answer.answers_of(46).next().ok_or("no signature")?;
        let original = signature.rdata.get(4..8).ok_or("a signature cut short")?;
        let is_same = answer.answer.iter().all(|r| r.ttl.to_be_bytes() == original);
        ensure(is_same, || format!("{:?}", answer.answer))
    });
    section.holds("§3.1.7: the signer's name is not compressed", |server| {
        let octets = Query::new("ns1.example.", 1).with_dnssec().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        ensure(!answer.compressed_in.contains(&rrtype("RRSIG")), || "it is".to_owned())
    });
    section.holds("signatures can be asked for by their type, at least one of them", |server| {
        let octets = Query::new("x.w.example.", rrtype("RRSIG")).without_edns().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let is_so = !answer.answer.is_empty() && answer.answers_of(46).eq(&answer.answer);
        ensure(is_so && answer.is_authoritative, || format!("{answer:?}"))
    });
}
