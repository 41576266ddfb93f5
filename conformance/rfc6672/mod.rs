//! RFC 6672: DNAME, the redirection of whole trees.

mod s2_2;
mod s2_3;
mod s2_4;
mod s3_1;
mod s3_2;
mod s5_3;

use crate::judge::{Claims, Denial, Source, Zone, judge_from};

const SECTIONS: [(&str, Claims); 5] = [
    ("2.2", s2_2::claims),
    ("2.3", s2_3::claims),
    ("3.1", s3_1::claims),
    ("3.2", s3_2::claims),
    ("5.3", s5_3::claims),
];

#[test]
fn rfc_6672_redirection() {
    let zones = [
        Zone::new("example.", include_str!("../zones/dname.zone")),
        Zone::new("renamed.test.", include_str!("../zones/dname-apex.zone")),
        Zone::new("signed.test.", include_str!("../zones/signed.zone")).signed(Denial::Nsec),
    ];
    judge_from(Source::Named, 6672, &zones, &SECTIONS);
}

/// NSD reads no file with names below a DNAME, so BIND is the primary.
#[test]
fn rfc_6672_hidden_names() {
    let zone = Zone::new("hidden.test.", include_str!("../zones/hidden.zone"));
    judge_from(Source::Named, 6672, &[zone], &[("2.4", s2_4::claims)]);
}
