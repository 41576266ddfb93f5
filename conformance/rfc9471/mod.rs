//! RFC 9471: glue is not optional.

mod s2;
mod s3_1;
mod s3_2;

use crate::judge::{Zone, judge};

#[test]
fn rfc_9471_glue() {
    let zone = Zone::new("test.", include_str!("../zones/glue.zone"));
    judge(9471, &[zone], &[("2", s2::claims), ("3.1", s3_1::claims), ("3.2", s3_2::claims)]);
}
