//! §2.2.5, RFC 6891 §7: OPT answers OPT.

use super::transfer::{axfr, transfer};
use crate::judge::{Section, ensure};
use peers::ask::{AXFR, Query};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("OPT comes with the first message if the request has it", |server| {
        let messages = transfer(server, &Query::new("example.", AXFR))?;
        ensure(messages[0].edns.is_some(), || format!("{:?}", messages[0]))
    });
    section.holds("no OPT comes if the request has none", |server| {
        let messages = transfer(server, &axfr())?;
        ensure(messages.iter().all(|message| message.edns.is_none()), || "OPT".to_owned())
    });
}
