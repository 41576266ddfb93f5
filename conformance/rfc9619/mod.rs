//! RFC 9619: a query has one question.

mod s4;

use crate::judge::{Zone, judge};

#[test]
fn rfc_9619_one_question() {
    let zone = Zone::new("example.", include_str!("../zones/general.zone"));
    judge(9619, &[zone], &[("4", s4::claims)]);
}
