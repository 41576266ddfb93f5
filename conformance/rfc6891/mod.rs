//! RFC 6891: extension mechanisms, EDNS.

mod s6_1_1;
mod s6_1_2;
mod s6_1_3;
mod s6_1_4;
mod s6_2_3;
mod s7;

use crate::judge::{Zone, judge};

#[test]
fn rfc_6891_edns() {
    let zones = [
        Zone::new("example.", include_str!("../zones/general.zone")),
        Zone::new("long.example.", include_str!("../zones/long.zone")),
    ];
    judge(
        6891,
        &zones,
        &[
            ("6.1.1", s6_1_1::claims),
            ("6.1.2", s6_1_2::claims),
            ("6.1.3", s6_1_3::claims),
            ("6.1.4", s6_1_4::claims),
            ("6.2.3", s6_2_3::claims),
            ("7", s7::claims),
        ],
    );
}

/// A query for `web.example. TXT` with one record in its additional section, as octets.
fn with_additional(record: &[u8]) -> Vec<u8> {
    with_records(&[record])
}

/// The same with several.
fn with_records(records: &[&[u8]]) -> Vec<u8> {
    let mut octets = peers::ask::Query::new("web.example.", 16).without_edns().octets();
    octets[11] = u8::try_from(records.len()).expect("few records");
    octets.extend(records.concat());
    octets
}

/// An OPT record: 1232 octets, version 0, no flags, no options.
const OPT: [u8; 11] = [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0];
