//! §3: DO comes back as it was sent; without it there are no records of DNSSEC.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("DO comes back as it was sent", |server| {
        for qname in ["host.signed.test.", "absent.signed.test.", "web.example.", "example.net."] {
            for is_set in [true, false] {
                let mut query = Query::new(qname, 1);
                query.edns.as_mut().ok_or("no EDNS")?.do_bit = is_set;
                let answer = server.answer(&query.octets(), Transport::Udp)?;
                let comes_back = answer.edns.ok_or("no OPT")?.do_bit;
                ensure(comes_back == is_set, || format!("{qname}: {comes_back}"))?;
            }
        }
        Ok(())
    });
    section.claim(
        "DO changes nothing in an unsigned zone",
        "absent.example. A do",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
}
