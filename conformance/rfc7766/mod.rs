//! RFC 7766: DNS over TCP.

mod s5;
mod s6_2_1;
mod s6_2_4;
mod s7;
mod s8;

use crate::judge::{Zone, judge};

#[test]
fn rfc_7766_tcp() {
    let zones = [
        Zone::new("example.", include_str!("../zones/general.zone")),
        Zone::new("long.example.", include_str!("../zones/long.zone")),
    ];
    judge(
        7766,
        &zones,
        &[
            ("5", s5::claims),
            ("6.2.1", s6_2_1::claims),
            ("6.2.4", s6_2_4::claims),
            ("7", s7::claims),
            ("8", s8::claims),
        ],
    );
}
