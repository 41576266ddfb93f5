//! §3.4: names come as they are.

use super::transfer::transfer;
use crate::judge::{Section, ensure};
use peers::ask::{AXFR, Query};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("the case of the question does not get into the zone", |server| {
        let odd = Query::new("eXaMpLe.", AXFR).without_edns();
        let messages = transfer(server, &odd)?;
        let mut owners =
            messages.iter().flat_map(|message| &message.answer).map(|record| &record.owner);
        let odd = owners.find(|owner| owner.to_string().contains("eXaMpLe"));
        ensure(odd.is_none(), || format!("{odd:?}"))
    });
}
