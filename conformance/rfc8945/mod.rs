//! RFC 8945: TSIG, as it protects questions and answers.

mod s4_2;
mod s5_1;
mod s5_2;
mod s5_2_2;
mod s5_2_3;
mod s5_3;
mod tsig;

use crate::judge::{Zone, judge};

#[test]
fn rfc_8945_signed_questions() {
    let zones = [
        Zone::new("example.", include_str!("../zones/general.zone")),
        Zone::new("long.example.", include_str!("../zones/long.zone")),
    ];
    judge(
        8945,
        &zones,
        &[
            ("4.2", s4_2::claims),
            ("5.1", s5_1::claims),
            ("5.2", s5_2::claims),
            ("5.2.2", s5_2_2::claims),
            ("5.2.3", s5_2_3::claims),
            ("5.3", s5_3::claims),
        ],
    );
}
