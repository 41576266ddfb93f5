//! §3.7, §3.7.1: the class of a question. An answer to QCLASS * is never authoritative.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an answer to any class is never authoritative", |server| {
        let mut query = Query::new("web.example.", 16);
        query.qclass = 255;
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        ensure(!answer.is_authoritative, || "AA is set".to_owned())
    });
    section.claim(
        "a class that has no zones here has no data, and the question comes back",
        "web.example. TXT class=HS",
        "REFUSED/NOTIMP/NOTAUTH
         additional -",
    );
    section.claim(
        "a class nobody has heard of has no data, and the question comes back",
        "web.example. TXT class=4242",
        "REFUSED/NOTIMP/NOTAUTH
         additional -",
    );
}
