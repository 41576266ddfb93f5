//! Octets as a query to the zones of [`WORLD`].
//!
//! The first octet says how it is asked, the next two how much room the answer has; the rest is the
//! message.

use super::judge::{Asking, judge};
use super::world::WORLD;
use proto::answer::Transport;

/// Everything that must hold for the answer to any octets.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&[how, high, low], message)) = octets.split_first_chunk() else { return };
    let transport = if how & 1 == 0 { Transport::Udp } else { Transport::Tcp };
    let udp_size_max = [1_232, 0, 512, 4_096][usize::from(how >> 1) & 3];
    let room = if how & 8 == 0 { 65_535 } else { usize::from(u16::from_be_bytes([high, low])) };
    let asking = Asking { octets: message, transport, udp_size_max, room };
    judge(&WORLD.table, &WORLD.truth, &asking);
}
