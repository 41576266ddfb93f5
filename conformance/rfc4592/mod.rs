//! RFC 4592: the role of wildcards.

mod s2_1_1;
mod s2_2_1;
mod s2_2_2;
mod s3_3_1;
mod s4_2;
mod s4_3;
mod s4_5;
mod s4_9;

use crate::judge::{Zone, judge};

#[test]
fn rfc_4592_wildcards() {
    let zone = Zone::new("example.", include_str!("../zones/rfc4592.zone"));
    judge(
        4592,
        &[zone],
        &[
            ("2.1.1", s2_1_1::claims),
            ("2.2.1", s2_2_1::claims),
            ("2.2.2", s2_2_2::claims),
            ("3.3.1", s3_3_1::claims),
            ("4.2", s4_2::claims),
            ("4.3", s4_3::claims),
            ("4.5", s4_5::claims),
            ("4.9", s4_9::claims),
        ],
    );
}
