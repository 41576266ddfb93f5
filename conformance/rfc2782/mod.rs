//! RFC 2782: SRV, where services are.

mod additional;

use crate::judge::{Zone, judge};

#[test]
fn rfc_2782_services() {
    let zone = Zone::new("services.example.", include_str!("../zones/services.zone"));
    judge(2782, &[zone], &[("additional data", additional::claims)]);
}
