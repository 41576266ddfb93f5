//! RFC 8482: small answers to queries for any type.

mod s4_1;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_8482_any() {
    let zones = [
        Zone::new("example.", include_str!("../zones/general.zone")),
        Zone::new("signed.test.", include_str!("../zones/signed.zone")).signed(Denial::Nsec),
    ];
    judge(8482, &zones, &[("4.1", s4_1::claims)]);
}
