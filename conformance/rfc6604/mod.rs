//! RFC 6604: rcode and flags when names are redirected.

mod s2_1;
mod s3;

use crate::judge::{Zone, judge};

#[test]
fn rfc_6604_redirected_answers() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(6604, &[zone], &[("2.1", s2_1::claims), ("3", s3::claims)]);
}
