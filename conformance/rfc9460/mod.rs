//! RFC 9460: SVCB and HTTPS.

mod s4_1;

use crate::judge::{Zone, judge};

#[test]
fn rfc_9460_service_bindings() {
    let zone = Zone::new("services.example.", include_str!("../zones/services.zone"));
    judge(9460, &[zone], &[("4.1", s4_1::claims)]);
}
