//! RFC 2181: clarifications to the DNS specification.

mod s10;
mod s11;
mod s4;
mod s5;
mod s6_1;
mod s9;

use crate::judge::{Zone, judge};

#[test]
fn rfc_2181_clarifications() {
    let general = Zone::new("example.", include_str!("../zones/general.zone"));
    let long = Zone::new("long.example.", include_str!("../zones/long.zone"));
    judge(
        2181,
        &[general, long],
        &[
            ("4", s4::claims),
            ("5", s5::claims),
            ("6.1", s6_1::claims),
            ("9", s9::claims),
            ("10", s10::claims),
            ("11", s11::claims),
        ],
    );
}
