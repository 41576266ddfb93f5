//! §5.2, §5.2.1: a key that is not known, or not with this algorithm, is BADKEY, unsigned.

use super::tsig::{Tsig, is_unsigned_error, query};
use crate::judge::Section;
use peers::ask::{Name, Transport};

const BADKEY: u16 = 17;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an unknown key is BADKEY, unsigned", |server| {
        let tsig = Tsig { key: Name::new("unknown.key."), ..Tsig::new() };
        for transport in [Transport::Udp, Transport::Tcp] {
            let (octets, _) = tsig.sign(&query("web.example.", 16).octets());
            is_unsigned_error(&server.answer(&octets, transport)?, BADKEY)?;
        }
        Ok(())
    });
    section.holds("a known key with another algorithm is BADKEY, unsigned", |server| {
        let tsig = Tsig { algorithm: Name::new("hmac-sha512."), ..Tsig::new() };
        let (octets, _) = tsig.sign(&query("web.example.", 16).octets());
        is_unsigned_error(&server.answer(&octets, Transport::Udp)?, BADKEY)
    });
    section.holds("an algorithm that nobody knows is BADKEY, unsigned", |server| {
        let tsig = Tsig { algorithm: Name::new("rot13.example."), ..Tsig::new() };
        let (octets, _) = tsig.sign(&query("web.example.", 16).octets());
        is_unsigned_error(&server.answer(&octets, Transport::Udp)?, BADKEY)
    });
}
