//! §3.3: all of the zone, not what queries see of it.

use super::transfer::{axfr, transfer};
use crate::judge::{Section, ensure};
use peers::ask::{A, NS, Record};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("what lies below a cut is part of the zone", |server| {
        let messages = transfer(server, &axfr())?;
        for (owner, rrtype) in [
            ("sub.example.", NS),
            ("ns.sub.example.", A),
            ("host.sub.example.", A),
            ("deep.cut.sub.example.", NS),
        ] {
            let is_it = |known: &Record| {
                known.rrtype == rrtype && known.owner.folded().to_string() == owner
            };
            let is_there = messages.iter().any(|message| message.answer.iter().any(is_it));
            ensure(is_there, || format!("no {owner} {rrtype}"))?;
        }
        Ok(())
    });
}
