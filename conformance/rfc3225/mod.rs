//! RFC 3225: DO, the sign of who understands DNSSEC.

mod s3;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_3225_do() {
    let zones = [
        Zone::new("signed.test.", include_str!("../zones/signed.zone")).signed(Denial::Nsec),
        Zone::new("example.", include_str!("../zones/general.zone")),
    ];
    judge(3225, &zones, &[("3", s3::claims)]);
}
