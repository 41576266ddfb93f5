//! RFC 6840: clarifications of DNSSEC.

mod s5_6;
mod s5_8;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_6840_clarifications() {
    let zone = Zone::new("signed.test.", include_str!("../zones/signed.zone"));
    let zone = zone.signed(Denial::Nsec);
    judge(6840, &[zone], &[("5.6", s5_6::claims), ("5.8", s5_8::claims)]);
}
