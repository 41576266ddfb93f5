//! §7: a format error in reply to EDNS tells who does not know it, so who does must answer with OPT
//! where it can.

use super::{OPT, with_additional};
use crate::judge::{Section, ensure};
use peers::ask::Transport;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an OPT record cut short is a format error, not silence", |server| {
        for len in 1..OPT.len() {
            let octets = with_additional(&OPT[..len]);
            let come = server.octets(&octets, Transport::Udp)?;
            let come = come.ok_or_else(|| format!("no answer to {len} octets"))?;
            ensure(come[3] & 0x0f == 1, || format!("{len} octets: rcode {}", come[3] & 0x0f))?;
        }
        Ok(())
    });
}
