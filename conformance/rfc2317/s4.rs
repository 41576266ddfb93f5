//! §4: names of such zones may have a slash; addresses are aliases into them.

use crate::judge::{Section, ensure, line};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a zone whose apex has a slash is served",
        "0/25.2.0.192.in-addr.arpa. SOA",
        "NOERROR aa
         answer 0/25.2.0.192.in-addr.arpa. 3600 SOA ...",
    );
    section.claim(
        "an address in it is answered",
        "1.0/25.2.0.192.in-addr.arpa. PTR",
        "NOERROR aa
         answer 1.0/25.2.0.192.in-addr.arpa. 3600 PTR host1.a.example.",
    );
    section.holds("an address in the zone above is an alias of it", |server| {
        // Both zones are here; whether the alias is followed into the other is the server's choice.
        let octets = Query::new("1.2.0.192.in-addr.arpa.", 12).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let first = answer.answer.first().map(line);
        let expected = "1.2.0.192.in-addr.arpa. 3600 CNAME 1.0/25.2.0.192.in-addr.arpa.";
        let is_so = first.as_deref() == Some(expected) && answer.is_authoritative;
        ensure(is_so && answer.rcode == 0, || format!("{answer:?}"))
    });
    section.claim(
        "the half that is not here is referred behind the alias",
        "129.2.0.192.in-addr.arpa. PTR",
        "NOERROR aa
         answer 129.2.0.192.in-addr.arpa. 3600 CNAME 129.128/25.2.0.192.in-addr.arpa.
         authority 128/25.2.0.192.in-addr.arpa. 3600 NS ns.b.example.",
    );
}
