//! §3.1: who answers sends no more than 1400 octets, whatever the asker says to take; and less if the
//! asker takes less.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds(
        "no datagram is longer than 1400 octets, though the asker takes more",
        |server| {
            for qname in ["text.long.example.", "huge.long.example."] {
                for size in [1_500, 4_096, 65_535] {
                    let octets = Query::new(qname, 16).with_udp_size(size).octets();
                    let answer = server.answer(&octets, Transport::Udp)?;
                    ensure(answer.len <= 1_400, || format!("{} octets for {size}", answer.len))?;
                    ensure(answer.is_truncated, || format!("{answer:?}"))?;
                }
            }
            Ok(())
        },
    );
}
