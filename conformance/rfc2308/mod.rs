//! RFC 2308: negative caching.

mod s2_1;
mod s2_2;
mod s3;
mod s5;

use crate::judge::{Zone, judge};

#[test]
fn rfc_2308_negative_answers() {
    let general = Zone::new("example.", include_str!("../zones/general.zone"));
    let negative = Zone::new("negative.example.", include_str!("../zones/negative.zone"));
    judge(
        2308,
        &[general, negative],
        &[("2.1", s2_1::claims), ("2.2", s2_2::claims), ("3", s3::claims), ("5", s5::claims)],
    );
}
