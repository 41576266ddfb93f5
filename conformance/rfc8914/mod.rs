//! RFC 8914: extended errors.

mod s2;

use crate::judge::{Zone, judge};

#[test]
fn rfc_8914_extended_errors() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(8914, &[zone], &[("2", s2::claims)]);
}
