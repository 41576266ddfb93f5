//! §3.1.1: each signed rrset travels with its signatures; what is no answer without them is cut.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an answer has its signature",
        "host.signed.test. A do",
        "NOERROR aa
         answer host.signed.test. 3600 A 192.0.2.2
         answer host.signed.test. 3600 RRSIG A 3 signed.test.",
    );
    section.claim(
        "each link of a chain has its signature",
        "alias.signed.test. A do",
        "NOERROR aa
         answer alias.signed.test. 3600 CNAME host.signed.test.
         answer alias.signed.test. 3600 RRSIG CNAME 3 signed.test.
         answer host.signed.test. 3600 A 192.0.2.2
         answer host.signed.test. 3600 RRSIG A 3 signed.test.",
    );
    section.claim(
        "servers at a cut have no signature, nor has glue",
        "secure.signed.test. NS do",
        "NOERROR
         authority secure.signed.test. 3600 NS ns.secure.signed.test.
         authority secure.signed.test. 3600 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
         authority secure.signed.test. 3600 RRSIG DS 3 signed.test.
         additional ns.secure.signed.test. 3600 A 192.0.2.4",
    );
    section.claim(
        "an address beside an answer has its signature",
        "signed.test. NS do",
        "NOERROR aa
         answer signed.test. 3600 NS ns.signed.test.
         answer signed.test. 3600 RRSIG NS 2 signed.test.
         additional ns.signed.test. 3600 A 192.0.2.1
         additional ns.signed.test. 3600 RRSIG A 3 signed.test.",
    );
    section.holds("an answer whose signature does not fit is cut", |server| {
        // The texts are 460 octets; with EDNS and the signature they are more than 512.
        let query = Query::new("big.signed.test.", 16).with_dnssec().with_udp_size(512);
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        ensure(answer.is_truncated && answer.len <= 512, || format!("{answer:?}"))?;
        let whole = server.answer(&query.octets(), Transport::Tcp)?;
        ensure(!whole.is_truncated && whole.answer.len() == 5, || format!("{whole:?}"))
    });
    section.holds("what is missing beside an answer, signatures too, does not cut it", |server| {
        let query = Query::new("_sip._tcp.services.example.", 33).with_dnssec();
        let whole = server.answer(&query.octets(), Transport::Tcp)?;
        let cut = server.answer(&query.with_udp_size(512).octets(), Transport::Udp)?;
        ensure(cut.answer.len() == 3 && !cut.is_truncated, || format!("{cut:?}"))?;
        ensure(cut.additional.len() < whole.additional.len(), || "nothing is missing".to_owned())
    });
}
