//! RFC 8020: NXDOMAIN means that there is nothing below.

mod s2;

use crate::judge::{Zone, judge};

#[test]
fn rfc_8020_nothing_underneath() {
    let zones = [
        Zone::new("example.", include_str!("../zones/general.zone")),
        Zone::new("types.example.", include_str!("../zones/types.zone")),
    ];
    judge(8020, &zones, &[("2", s2::claims)]);
}
