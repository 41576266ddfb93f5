//! RFC 1035: domain names, implementation and specification.

mod s2_3_4;
mod s3_3;
mod s4_1_1;
mod s4_1_2;
mod s4_1_4;
mod s4_2_1;
mod s4_2_2;

use crate::judge::{Zone, judge};

#[test]
fn rfc_1035_messages() {
    let general = Zone::new("example.", include_str!("../zones/general.zone"));
    let types = Zone::new("types.example.", include_str!("../zones/types.zone"));
    let long = Zone::new("long.example.", include_str!("../zones/long.zone"));
    judge(
        1035,
        &[general, types, long],
        &[
            ("2.3.4", s2_3_4::claims),
            ("3.3", s3_3::claims),
            ("4.1.1", s4_1_1::claims),
            ("4.1.2", s4_1_2::claims),
            ("4.1.4", s4_1_4::claims),
            ("4.2.1", s4_2_1::claims),
            ("4.2.2", s4_2_2::claims),
        ],
    );
}
