//! RFC 3597: handling of unknown types.

mod s3;
mod s4;
mod s5;

use crate::judge::{Zone, judge};

#[test]
fn rfc_3597_unknown_types() {
    let types = Zone::new("types.example.", include_str!("../zones/types.zone"));
    judge(3597, &[types], &[("3", s3::claims), ("4", s4::claims), ("5", s5::claims)]);
}
