//! RFC 1996: NOTIFY, as a secondary answers it.

mod s3_10;
mod s4_7;

use crate::judge::{Zone, judge};

#[test]
fn rfc_1996_notify() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(1996, &[zone], &[("3.10", s3_10::claims), ("4.7", s4_7::claims)]);
}

/// A NOTIFY of a name, as a query for its SOA with another opcode and AA.
fn notify(apex: &str) -> Vec<u8> {
    let mut query = peers::ask::Query::new(apex, 6).without_edns();
    (query.id, query.opcode) = (0x4e0f, 4);
    let mut octets = query.octets();
    octets[2] |= 0x04;
    octets
}
