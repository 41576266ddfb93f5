//! RFC 9276: parameters of NSEC3.

mod s3_1;
mod s3_3;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_9276_parameters() {
    let zone = Zone::new("alone.test.", include_str!("../zones/child.zone"));
    let best = Denial::Nsec3 { iterations: 0, salt: "", opt_out: false };
    let salted = Denial::Nsec3 { iterations: 10, salt: "ffffffffffffffff", opt_out: false };
    let other = Zone::new("salted.test.", include_str!("../zones/child.zone"));
    judge(
        9276,
        &[zone.signed(best), other.signed(salted)],
        &[("3.1", s3_1::claims), ("3.3", s3_3::claims)],
    );
}
