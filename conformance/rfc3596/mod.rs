//! RFC 3596: addresses of IPv6.

mod s2;
mod s3;

use crate::judge::{Zone, judge};

#[test]
fn rfc_3596_ipv6() {
    let zone = Zone::new("services.example.", include_str!("../zones/services.zone"));
    judge(3596, &[zone], &[("2", s2::claims), ("3", s3::claims)]);
}
