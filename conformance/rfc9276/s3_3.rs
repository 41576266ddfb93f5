//! §3.3: a secondary serves what its primary publishes, with proofs, though the parameters may not be
//! the best; it is for validators to think less of them.

use crate::judge::{Section, ensure, line};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a chain with salt and iterations denies", |server| {
        let octets = Query::new("absent.salted.test.", 1).with_dnssec().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let lines: Vec<String> = answer.authority.iter().map(line).collect();
        let parameters = " NSEC3 1 0 10 ffffffffffffffff ";
        let records = lines.iter().filter(|line| line.contains(parameters)).count();
        ensure(answer.rcode == 3 && (1..=3).contains(&records), || format!("{lines:?}"))
    });
}
