//! RFC 5155: denial of existence by hashes.

mod appendix_b;
mod chain;
mod root;
mod s3;
mod s6;
mod s7_2_2;
mod s7_2_3;
mod s7_2_4;
mod s7_2_5;
mod s7_2_6;
mod s7_2_7;
mod s7_2_8;

use crate::judge::{Denial, Zone, judge};

/// As in appendix A: every name that is hashed there has the hash that stands there.
const EXAMPLE: Denial = Denial::Nsec3 { iterations: 12, salt: "aabbccdd", opt_out: true };

#[test]
fn rfc_5155_examples() {
    let zone = Zone::new("example.", include_str!("../zones/rfc5155.zone")).signed(EXAMPLE);
    judge(
        5155,
        &[zone],
        &[("B", appendix_b::claims), ("3", s3::claims), ("7.2.8", s7_2_8::claims)],
    );
}

#[test]
fn rfc_5155_hashed_denial() {
    let whole = Denial::Nsec3 { iterations: 0, salt: "", opt_out: false };
    let zones = [
        Zone::new("signed.test.", include_str!("../zones/signed.zone")).signed(whole),
        Zone::new("example.", include_str!("../zones/rfc5155.zone")).signed(EXAMPLE),
    ];
    judge(
        5155,
        &zones,
        &[
            ("7.2.2", s7_2_2::claims),
            ("7.2.3", s7_2_3::claims),
            ("7.2.4", s7_2_4::claims),
            ("7.2.5", s7_2_5::claims),
            ("7.2.6", s7_2_6::claims),
            ("7.2.7", s7_2_7::claims),
        ],
    );
}

#[test]
fn rfc_5155_opted_out_cuts() {
    let zone = Zone::new("signed.test.", include_str!("../zones/signed.zone"));
    judge(5155, &[zone.signed(Denial::opt_out())], &[("6", s6::claims)]);
}

#[test]
fn rfc_5155_hashed_root() {
    let root = Zone::new(".", include_str!("../zones/root.zone")).signed(Denial::nsec3());
    judge(
        5155,
        &[root],
        &[
            ("7.2.2", root::name_errors),
            ("7.2.3", root::no_data),
            ("7.2.7", root::referrals),
            ("7.2.8", root::owners),
        ],
    );
}
