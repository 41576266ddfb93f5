//! §4: more than one question in a query is a format error; so is a query that asks nothing, unless
//! it is for a cookie (RFC 7873 §5.4).

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

/// The query for `web.example. TXT` with this many copies of the question, `told` of them counted.
fn with_questions(copies: usize, told: u16) -> Vec<u8> {
    let octets = Query::new("web.example.", 16).without_edns().octets();
    let (header, question) = octets.split_at(12);
    let mut header = header.to_vec();
    header[4..6].copy_from_slice(&told.to_be_bytes());
    [header, question.repeat(copies)].concat()
}

pub(crate) fn claims(section: &mut Section<'_>) {
    let counts: [(&'static str, usize, u16); 3] = [
        ("two questions are a format error", 2, 2),
        ("many questions are a format error", 20, 20),
        ("a count of 65535 questions is a format error", 1, 65_535),
    ];
    for (claim, copies, told) in counts {
        section.holds(claim, |server| {
            for transport in [Transport::Udp, Transport::Tcp] {
                let octets = with_questions(copies, told);
                let come = server.octets(&octets, transport)?.ok_or("no answer")?;
                ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))?;
                ensure(come[6..10] == [0; 4], || format!("records: {come:02x?}"))?;
            }
            Ok(())
        });
    }
    section.holds("no question is a format error", |server| {
        let come = server.octets(&with_questions(0, 0), Transport::Udp)?.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
    });
}
