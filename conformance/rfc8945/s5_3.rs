//! §5.3: what is asked under a signature is answered under one, by the same key, whatever the answer
//! is; what is not, is not.

use super::tsig::{Found, Tsig, query};
use crate::judge::{Section, ensure};
use peers::ask::{Message, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    let questions = [
        ("a signed question has a signed answer", "web.example.", 0),
        ("a signed name error is signed", "absent.example.", 3),
        ("a signed referral is signed", "a.other.example.", 0),
        ("a signed refusal is signed", "www.example.net.", 5),
    ];
    for (claim, qname, rcode) in questions {
        section.holds(claim, |server| {
            for transport in [Transport::Udp, Transport::Tcp] {
                let tsig = Tsig::new();
                let (octets, mac) = tsig.sign(&query(qname, 16).octets());
                let come = server.octets(&octets, transport)?.ok_or("no answer")?;
                let answer = Message::parse(&come).map_err(str::to_owned)?;
                ensure(answer.rcode == rcode, || format!("{answer:?}"))?;
                tsig.verify(&come, &mac)?;
                let found = Found::of(&answer)?;
                ensure(found.error == 0, || format!("error {}", found.error))?;
            }
            Ok(())
        });
    }
    section.holds("a question without EDNS is signed and answered just so", |server| {
        let tsig = Tsig::new();
        let (octets, mac) = tsig.sign(&query("web.example.", 16).without_edns().octets());
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        tsig.verify(&come, &mac)?;
        let answer = Message::parse(&come).map_err(str::to_owned)?;
        ensure(answer.edns.is_none() && answer.answer.len() == 1, || format!("{answer:?}"))
    });
    section.holds("an answer that has no room for its signature is cut, and signed", |server| {
        // 499 octets of answer would fit into 512, but not with the signature.
        let tsig = Tsig::new();
        let (octets, mac) = tsig.sign(&query("edge.long.example.", 1).without_edns().octets());
        let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
        let answer = Message::parse(&come).map_err(str::to_owned)?;
        ensure(answer.is_truncated && come.len() <= 512, || format!("{answer:?}"))?;
        tsig.verify(&come, &mac)
    });
    section.holds("a question without a signature has an answer without one", |server| {
        let answer = server.answer(&query("web.example.", 16).octets(), Transport::Udp)?;
        ensure(answer.additional.iter().all(|r| r.rrtype != 250), || format!("{answer:?}"))
    });
}
