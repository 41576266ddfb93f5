//! RFC 1034: domain names, concepts and facilities.

mod s3_1;
mod s3_6_2;
mod s3_7;
mod s4_2_1;
mod s4_3_1;
mod s4_3_2;
mod s4_3_5;
mod s6_2;

use crate::judge::{Zone, judge};

#[test]
fn rfc_1034_concepts() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(
        1034,
        &[zone],
        &[
            ("3.1", s3_1::claims),
            ("3.6.2", s3_6_2::claims),
            ("3.7", s3_7::claims),
            ("4.2.1", s4_2_1::claims),
            ("4.3.1", s4_3_1::claims),
            ("4.3.2", s4_3_2::claims),
            ("4.3.5", s4_3_5::claims),
        ],
    );
}

#[test]
fn rfc_1034_examples_of_the_root_zone() {
    let root = Zone::new(".", include_str!("../zones/root.zone"));
    judge(1034, &[root], &[("6.2", s6_2::claims)]);
}
