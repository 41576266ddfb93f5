//! RFC 4034: records of DNSSEC.

mod s2;
mod s3;
mod s4;
mod s5;
mod s6_1;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_4034_records() {
    let zone = Zone::new("example.", include_str!("../zones/rfc4035.zone")).signed(Denial::Nsec);
    judge(
        4034,
        &[zone],
        &[("2", s2::claims), ("3", s3::claims), ("4", s4::claims), ("5", s5::claims)],
    );
}

#[test]
fn rfc_4034_canonical_order() {
    let zone = Zone::new("example.", include_str!("../zones/order.zone")).signed(Denial::Nsec);
    judge(4034, &[zone], &[("6.1", s6_1::claims)]);
}
