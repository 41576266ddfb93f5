//! §6.1.4: flags that are not known are ignored, and clear in the answer.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("unknown flags are ignored and do not come back", |server| {
        for z in [0x0001, 0x4000, 0x7fff] {
            let mut query = Query::new("web.example.", 16);
            query.edns.as_mut().ok_or("no EDNS")?.z = z;
            let answer = server.answer(&query.octets(), Transport::Udp)?;
            ensure(answer.rcode == 0 && answer.answer.len() == 1, || format!("{answer:?}"))?;
            ensure(answer.edns.as_ref().is_some_and(|edns| edns.z == 0), || format!("{answer:?}"))?;
        }
        Ok(())
    });
}
