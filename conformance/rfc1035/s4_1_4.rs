//! §4.1.4: compression: a pointer goes back to an earlier place of the same message. Of a name that
//! is not so made nothing can be understood.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

/// A query whose qname is these octets.
fn asking(qname: &[u8]) -> Vec<u8> {
    let mut octets = vec![0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    octets.extend(qname);
    octets.extend([0, 1, 0, 1]);
    octets
}

pub(crate) fn claims(section: &mut Section<'_>) {
    // `Message::parse` takes pointers that go back only, and no octets behind the last record.
    section.holds("names of an answer are compressed against the question", |server| {
        let query = Query::new("web.example.", 1).without_edns();
        let come = server.octets(&query.octets(), Transport::Udp)?.ok_or("no answer")?;
        let first = query.octets().len();
        ensure(come.get(first..first + 2) == Some(&[0xc0, 12]), || format!("{come:02x?}"))
    });
    let broken: [(&'static str, &[u8]); 6] = [
        ("a qname that points to itself is a format error", &[0xc0, 12]),
        ("a qname that points forward is a format error", &[0xc0, 14]),
        ("a qname that points in a circle is a format error", &[1, b'a', 0xc0, 12]),
        ("a qname that points beyond the message is a format error", &[0xff, 0xff]),
        ("a qname whose label is of type 01 is a format error", &[0x41, b'a', 0]),
        ("a qname whose label is of type 10 is a format error", &[0x81, b'a', 0]),
    ];
    for (claim, qname) in broken {
        section.holds(claim, |server| {
            let come = server.octets(&asking(qname), Transport::Udp)?.ok_or("no answer")?;
            ensure(come[3] & 0x0f == 1, || format!("rcode {}: {come:02x?}", come[3] & 0x0f))?;
            ensure(come[..2] == [0x12, 0x34], || format!("id: {come:02x?}"))?;
            ensure(come.len() <= asking(qname).len(), || format!("echoed: {come:02x?}"))
        });
    }
}
