//! §2.3.4: labels have 63 octets at most, names 255.

use crate::judge::{Section, ensure};
use peers::ask::{Message, Name, Query, Transport};

/// `example.` with labels of these lengths in front.
fn name_of(lengths: &[usize]) -> Name {
    let labels: Vec<Vec<u8>> = lengths.iter().map(|&len| vec![b'x'; len]).collect();
    let apex: [&[u8]; 1] = [b"example"];
    Name::from_labels(labels.iter().map(Vec::as_slice).chain(apex))
}

fn rcode(message: &Message) -> u16 {
    message.rcode
}

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a name of 255 octets is a name", |server| {
        let name = name_of(&[63, 63, 63, 53]);
        assert_eq!(name.octets().len(), 255, "the longest name");
        let answer = server.answer(&Query::new(name, 1).octets(), Transport::Udp)?;
        ensure(rcode(&answer) == 3, || format!("rcode {}", rcode(&answer)))
    });
    section.holds("a name of 256 octets is a format error", |server| {
        let name = name_of(&[63, 63, 63, 54]);
        let come = server.octets(&Query::new(name, 1).without_edns().octets(), Transport::Udp)?;
        let come = come.ok_or("no answer")?;
        ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
    });
    section.holds("a name of 127 labels is a name", |server| {
        let name = name_of(&[1; 123]);
        assert_eq!(name.octets().len(), 255, "the most labels below example.");
        let answer = server.answer(&Query::new(name, 1).octets(), Transport::Udp)?;
        ensure(rcode(&answer) == 3, || format!("rcode {}", rcode(&answer)))
    });
}
