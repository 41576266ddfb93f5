//! RFC 2317: reverse zones of less than 256 addresses.

mod s4;

use crate::judge::{Zone, judge};

#[test]
fn rfc_2317_classless_reverse_zones() {
    let zones = [
        Zone::new("2.0.192.in-addr.arpa.", include_str!("../zones/classless-parent.zone")),
        Zone::new("0/25.2.0.192.in-addr.arpa.", include_str!("../zones/classless-child.zone")),
    ];
    judge(2317, &zones, &[("4", s4::claims)]);
}
