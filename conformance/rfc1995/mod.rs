//! RFC 1995: IXFR, as a secondary answers it.

mod s2;

use crate::judge::{Zone, judge, judge_open};

#[test]
fn rfc_1995_incremental_transfers() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(1995, &[zone], &[("2", s2::claims)]);
}

#[test]
fn rfc_1995_transfers() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge_open(1995, zone, &[("2", s2::given)]);
}
