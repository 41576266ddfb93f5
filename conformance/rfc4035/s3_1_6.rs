//! §3.1.6: AD is for those who checked; a server of authority has not. CD is for validators: it
//! changes nothing. (Whether it comes back is not judged: §3 wants it copied, this section cleared.)

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "AD stays clear although the zone is signed, and although it was asked for",
        "host.signed.test. TXT do ad",
        "NOERROR aa
         answer host.signed.test. 3600 TXT \"host\"
         answer host.signed.test. 3600 RRSIG TXT 3 signed.test.",
    );
    section.holds("CD changes nothing of an answer", |server| {
        for qname in ["host.signed.test.", "absent.signed.test.", "www.secure.signed.test."] {
            let mut query = Query::new(qname, 16).with_dnssec();
            let plain = server.answer(&query.octets(), Transport::Udp)?;
            query.checking_disabled = true;
            let answer = server.answer(&query.octets(), Transport::Udp)?;
            let is_same = answer.rcode == plain.rcode
                && answer.answer.len() == plain.answer.len()
                && answer.authority.len() == plain.authority.len();
            ensure(is_same, || format!("{answer:?}"))?;
        }
        Ok(())
    });
}
