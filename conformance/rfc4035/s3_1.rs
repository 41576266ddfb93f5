//! §3.1: records of DNSSEC are for those who say DO; others get them only if they ask for the type.

use crate::judge::{Section, ensure, rrtype};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "without DO an answer has no signatures",
        "host.signed.test. TXT",
        "NOERROR aa
         answer host.signed.test. 3600 TXT \"host\"",
    );
    section.claim(
        "EDNS alone does not ask for signatures",
        "host.signed.test. TXT edns",
        "NOERROR aa
         answer host.signed.test. 3600 TXT \"host\"",
    );
    section.claim(
        "without DO a name error has no proof",
        "absent.signed.test. A",
        "NXDOMAIN aa
         authority signed.test. 600 SOA ...",
    );
    section.claim(
        "without DO NODATA has no proof",
        "host.signed.test. AAAA",
        "NOERROR aa
         authority signed.test. 600 SOA ...",
    );
    section.claim(
        "without DO a referral has neither DS nor proof",
        "www.secure.signed.test. A",
        "NOERROR
         authority secure.signed.test. 3600 NS ns.secure.signed.test.
         additional ns.secure.signed.test. 3600 A 192.0.2.4",
    );
    section.claim(
        "NSEC is answered without DO if it is asked for, unsigned",
        "host.signed.test. NSEC",
        "NOERROR aa
         answer host.signed.test. 600 NSEC insecure.signed.test. A TXT RRSIG NSEC",
    );
    section.holds(
        "signatures are answered without DO if they are asked for, at least one of them",
        |server| {
            let octets = Query::new("host.signed.test.", rrtype("RRSIG")).without_edns().octets();
            let answer = server.answer(&octets, Transport::Udp)?;
            let is_so = !answer.answer.is_empty() && answer.answers_of(46).eq(&answer.answer);
            ensure(is_so && answer.is_authoritative, || format!("{answer:?}"))
        },
    );
    section.claim(
        "DS is answered without DO if it is asked for",
        "secure.signed.test. DS",
        "NOERROR aa
         answer secure.signed.test. 3600 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    );
}
