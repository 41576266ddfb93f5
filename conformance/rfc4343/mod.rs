//! RFC 4343: case insensitivity.

mod s2_1;
mod s3;
mod s4_1;

use crate::judge::{Claims, Source, Zone, judge_from};

const SECTIONS: [(&str, Claims); 3] =
    [("2.1", s2_1::claims), ("3", s3::claims), ("4.1", s4_1::claims)];

#[test]
fn rfc_4343_case() {
    let zone = Zone::new("example.", include_str!("../zones/case.zone"));
    judge_from(Source::Named, 4343, &[zone], &SECTIONS);
}
