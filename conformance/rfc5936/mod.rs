//! RFC 5936: AXFR, as a server answers it that gives no zones away, and as one that does.

mod s2_2;
mod s2_2_2;
mod s2_2_3;
mod s2_2_5;
mod s3_3;
mod s3_4;
mod s4_1;
mod s4_2;
mod transfer;

use crate::judge::{Zone, judge, judge_open};

fn zone() -> Zone {
    Zone::new("example.", include_str!("../zones/general.zone"))
}

#[test]
fn rfc_5936_refused_transfers() {
    judge(5936, &[zone()], &[("2.2", s2_2::claims), ("4.2", s4_2::claims)]);
}

#[test]
fn rfc_5936_transfers() {
    judge_open(
        5936,
        zone(),
        &[
            ("2.2", s2_2::given),
            ("2.2.2", s2_2_2::claims),
            ("2.2.3", s2_2_3::claims),
            ("2.2.5", s2_2_5::claims),
            ("3.3", s3_3::claims),
            ("3.4", s3_4::claims),
            ("4.1", s4_1::claims),
            ("4.2", s4_2::claims),
        ],
    );
}
