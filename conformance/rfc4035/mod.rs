//! RFC 4035: DNSSEC, changes of the protocol.

mod appendix_b;
mod root;
mod s3_1;
mod s3_1_1;
mod s3_1_3_1;
mod s3_1_3_2;
mod s3_1_3_3;
mod s3_1_3_4;
mod s3_1_4;
mod s3_1_4_1;
mod s3_1_6;

use crate::judge::{Denial, Zone, judge};

#[test]
fn rfc_4035_examples() {
    let zone = Zone::new("example.", include_str!("../zones/rfc4035.zone")).signed(Denial::Nsec);
    judge(4035, &[zone], &[("B", appendix_b::claims)]);
}

#[test]
fn rfc_4035_signed_answers() {
    let child = include_str!("../zones/child.zone");
    let zones = [
        Zone::new("signed.test.", include_str!("../zones/signed.zone")).signed(Denial::Nsec),
        Zone::new("child.signed.test.", child).signed(Denial::Nsec),
        Zone::new("unsigned.signed.test.", child),
        Zone::new("below.secure.signed.test.", child).signed(Denial::Nsec),
        Zone::new("alone.test.", child).signed(Denial::Nsec),
        Zone::new("services.example.", include_str!("../zones/services.zone")).signed(Denial::Nsec),
    ];
    judge(
        4035,
        &zones,
        &[
            ("3.1", s3_1::claims),
            ("3.1.1", s3_1_1::claims),
            ("3.1.3.1", s3_1_3_1::claims),
            ("3.1.3.2", s3_1_3_2::claims),
            ("3.1.3.3", s3_1_3_3::claims),
            ("3.1.3.4", s3_1_3_4::claims),
            ("3.1.4", s3_1_4::claims),
            ("3.1.4.1", s3_1_4_1::claims),
            ("3.1.6", s3_1_6::claims),
        ],
    );
}

#[test]
fn rfc_4035_signed_root() {
    let root = Zone::new(".", include_str!("../zones/root.zone")).signed(Denial::Nsec);
    judge(4035, &[root], &[("3.1.3", root::denials), ("3.1.4.1", root::ds)]);
}
