//! §3.1: no iterations and no salt are the best parameters, and so must work.

use crate::judge::{Section, ensure, line};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("a chain without salt and iterations denies", |server| {
        let octets = Query::new("absent.alone.test.", 1).with_dnssec().octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let lines: Vec<String> = answer.authority.iter().map(line).collect();
        let records = lines.iter().filter(|line| line.contains(" NSEC3 1 0 0 - ")).count();
        ensure(answer.rcode == 3 && (1..=3).contains(&records), || format!("{lines:?}"))
    });
    section.claim(
        "an empty salt is told as such",
        "alone.test. NSEC3PARAM",
        "NOERROR aa
         answer alone.test. * NSEC3PARAM 1 0 0 -",
    );
}
