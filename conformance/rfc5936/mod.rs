//! RFC 5936: AXFR, as a server answers it that gives no zones away.

mod s2_2;
mod s4_2;

use crate::judge::{Zone, judge};

#[test]
fn rfc_5936_refused_transfers() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(5936, &[zone], &[("2.2", s2_2::claims), ("4.2", s4_2::claims)]);
}
