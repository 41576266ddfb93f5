//! §5.6: DO comes back as it was sent, which RFC 4035 forgot to repeat.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    let questions = [
        ("DO comes back with an answer", "host.signed.test."),
        ("DO comes back with a name error", "absent.signed.test."),
        ("DO comes back with a referral", "www.secure.signed.test."),
        ("DO comes back with a refusal", "www.example.net."),
    ];
    for (claim, qname) in questions {
        section.holds(claim, |server| {
            for is_set in [true, false] {
                let mut query = Query::new(qname, 1).with_dnssec();
                query.edns.as_mut().ok_or("no EDNS")?.do_bit = is_set;
                let answer = server.answer(&query.octets(), Transport::Udp)?;
                let comes_back = answer.edns.ok_or("no OPT")?.do_bit;
                ensure(comes_back == is_set, || format!("sent {is_set}, came back {comes_back}"))?;
            }
            Ok(())
        });
    }
}
