//! RFC 5936: AXFR, as a server answers it that gives no zones away, and as one that does.

mod open;
mod s2_2;
mod s4_2;

use crate::judge::{Zone, judge, judge_open};

fn zone() -> Zone {
    Zone::new("example.", include_str!("../zones/general.zone"))
}

#[test]
fn rfc_5936_refused_transfers() {
    judge(5936, &[zone()], &[("2.2", s2_2::claims), ("4.2", s4_2::claims)]);
}

#[test]
fn rfc_5936_transfers() {
    judge_open(
        5936,
        zone(),
        &[
            ("2.2", open::whole),
            ("2.2.2", open::headers),
            ("2.2.3", open::questions),
            ("2.2.5", open::edns),
            ("3.3", open::occluded),
            ("3.4", open::case),
            ("4.1", open::connections),
            ("4.2", s4_2::claims),
        ],
    );
}
