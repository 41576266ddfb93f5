//! RFC 9715: answers over UDP that are not fragmented.

mod s3_1;

use crate::judge::{Zone, judge};

#[test]
fn rfc_9715_no_fragments() {
    let zone = Zone::new("long.example.", include_str!("../zones/long.zone"));
    judge(9715, &[zone], &[("3.1", s3_1::claims)]);
}
