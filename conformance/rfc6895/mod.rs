//! RFC 6895: which types can be asked for.

mod s3_1;

use crate::judge::{Zone, judge};

#[test]
fn rfc_6895_types() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(6895, &[zone], &[("3.1", s3_1::claims)]);
}
