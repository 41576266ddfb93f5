//! RFC 2136: updates, as a server answers them that does not take any.

mod s3;

use crate::judge::{Zone, judge};

#[test]
fn rfc_2136_updates() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(2136, &[zone], &[("3", s3::claims)]);
}
