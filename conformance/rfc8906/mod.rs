//! RFC 8906: a common mistake in DNS servers is not to answer.

mod s8_1;
mod s8_2;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_8906_no_silence() {
    let zone = Zone::new("signed.test.", include_str!("../zones/signed.zone"));
    let zone = zone.signed(Denial::Nsec);
    judge(8906, &[zone], &[("8.1", s8_1::claims), ("8.2", s8_2::claims)]);
}
