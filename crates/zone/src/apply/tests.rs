use super::*;
use crate::testing::{apex, bare_diff, diff, lines, name, zone};

fn held() -> Version {
    zone("a A 192.0.2.1\n a A 192.0.2.2\n b TXT one")
}

/// The code of the error that the diffs end in.
fn check(diffs: &[Diff], code: &str) {
    let before = held();
    let error = before.apply(diffs, &Limits::default()).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(before.digest(), held().digest());
}

/// Threat 6, as the next four.
#[test]
fn diffs_that_do_not_follow_the_held_serial_or_each_other_are_refused() {
    check(&[diff(2, 3, "")], "IXFR_NOT_CONTIGUOUS");
    check(&[diff(1, 2, ""), diff(3, 4, "")], "IXFR_NOT_CONTIGUOUS");
    check(&[diff(1, 1, "")], "IXFR_NOT_CONTIGUOUS");
    check(&[diff(1, 0x8000_0001, "")], "IXFR_NOT_CONTIGUOUS");
    check(&[diff(1, 0, "")], "IXFR_NOT_CONTIGUOUS");
}

/// Each step is forward on the circle of serials, and yet they come round.
#[test]
fn diffs_that_come_back_to_a_serial_are_a_loop() {
    let (third, two_thirds) = (0x5555_5555, 0xaaaa_aaaa);
    let round = [diff(1, third, ""), diff(third, two_thirds, ""), diff(two_thirds, 1, "")];
    let error = held().apply(&round, &Limits::default()).unwrap_err();
    assert_eq!(error, ApplyError::Loop { from: Serial(two_thirds), to: Serial(1) });
}

#[test]
fn a_diff_that_does_not_replace_the_soa_is_refused() {
    for lines in [
        "",
        "-@ SOA 1",
        "+@ SOA 2",
        "-@ SOA 1\n+@ SOA 3",
        "-@ SOA 5\n+@ SOA 2",
        "-@ SOA 1\n+@ SOA 2\n+@ SOA 3",
    ] {
        check(&[bare_diff(1, 2, lines)], "IXFR_NOT_CONTIGUOUS");
    }
}

#[test]
fn removing_what_is_not_there_is_refused() {
    for line in ["-a A 192.0.2.3", "-c A 192.0.2.1", "-a TXT one", "-b TXT two"] {
        check(&[diff(1, 2, line)], "IXFR_DELETE_MISSING");
    }
    check(&[diff(1, 2, "-b TXT one"), diff(2, 3, "-b TXT one")], "IXFR_DELETE_MISSING");
}

#[test]
fn adding_what_is_there_is_refused() {
    check(&[diff(1, 2, "+a A 192.0.2.1")], "IXFR_ADD_EXISTING");
    check(&[diff(1, 2, "+A 600 A 192.0.2.1")], "IXFR_ADD_EXISTING");
    check(&[diff(1, 2, "+c TXT x\n+c TXT x")], "IXFR_ADD_EXISTING");
}

/// Threat 7.
#[test]
fn a_diff_that_takes_the_last_ns_of_the_apex_is_refused() {
    check(&[diff(1, 2, "-@ NS ns1")], "GATE_APEX_LOSS");
}

#[test]
fn records_of_a_diff_are_checked_like_any_other() {
    check(&[diff(1, 2, "+other.test. A 192.0.2.1")], "OUT_OF_ZONE_RECORD");
    check(&[bare_diff(1, 2, "-@ SOA 1\n+a SOA 2")], "DUPLICATE_SOA");
    let limits = Limits { records_max: 5, ..Limits::default() };
    let error = held().apply(&[diff(1, 2, "+c TXT x")], &limits).unwrap_err();
    assert_eq!(error.code(), "TOO_MANY_RECORDS");
}

#[test]
fn a_ttl_changes_by_removing_and_adding_the_whole_rrset() {
    let lines_of = |diffs: &[Diff]| lines(&held().apply(diffs, &Limits::default()).unwrap());
    let whole = "-a A 192.0.2.1\n-a A 192.0.2.2\n+a 900 A 192.0.2.1\n+a 900 A 192.0.2.2";
    assert!(lines_of(&[diff(1, 2, whole)]).contains(&"a.example. 900 A 192.0.2.2".into()));
    // The ttl written in what goes does not matter; the lowest of what stays and comes wins (RFC 2181 §5.2).
    let part = "-a 5 A 192.0.2.1\n+a 60 A 192.0.2.3";
    assert!(lines_of(&[diff(1, 2, part)]).contains(&"a.example. 60 A 192.0.2.2".into()));
}

/// Threat 14: many changes of one rrset take another way, which must lead to the same.
#[test]
fn many_changes_of_one_rrset_do_what_each_does() {
    let limits = Limits::default();
    let all = |sign: &str, ttl: u32, hosts: std::ops::Range<u32>| -> String {
        hosts.map(|host| format!("{sign}a {ttl} A 192.0.2.{host}\n")).collect()
    };
    let mixed = all("-", 300, 50..60) + &all("+", 60, 200..210);
    let chain = [
        diff(1, 2, &all("+", 900, 3..150)),
        diff(2, 3, &(all("-", 900, 1..150) + &all("+", 900, 40..199))),
        diff(3, 4, &mixed),
        diff(4, 5, "-a A 192.0.2.60\n+a A 192.0.2.1"),
    ];
    let each = chain
        .iter()
        .fold(held(), |version, diff| version.apply(std::slice::from_ref(diff), &limits).unwrap());
    let together = held().apply(&chain, &limits).unwrap();
    assert_eq!(together.digest(), each.digest());
    assert_eq!(together.counts(), each.counts());
    let rrset = together.glue(name("a").as_ref()).unwrap().rrset(Rrtype::A).unwrap();
    assert_eq!((rrset.count(), rrset.ttl().as_secs()), (159, 60));

    check(&[diff(1, 2, &(all("+", 300, 3..99) + "+a A 192.0.2.50"))], "IXFR_ADD_EXISTING");
    check(&[diff(1, 2, &all("+", 300, 2..99))], "IXFR_ADD_EXISTING");
    check(&[diff(1, 2, &all("-", 300, 1..99))], "IXFR_DELETE_MISSING");
}

#[test]
fn names_in_rdata_are_the_same_in_any_case() {
    let limits = Limits::default();
    let version = held().apply(&[diff(1, 2, "-@ NS NS1\n+@ NS ns2")], &limits).unwrap();
    assert!(lines(&version).contains(&"example. 300 NS ns2.example.".into()));
}

#[test]
fn a_record_that_comes_and_goes_in_a_chain_leaves_nothing() {
    let chain = [diff(1, 2, "+new TXT x"), diff(2, 3, "-new TXT x")];
    let version = held().apply(&chain, &Limits::default()).unwrap();
    assert_eq!(version.counts(), held().counts());
    assert!(version.glue(name("new").as_ref()).is_none());
}

/// Wherever the pass comes from: the mark of a changed leaf is its predecessor's word, and that may lie in a page, or under
/// an inner node, that the pass left out.
#[test]
fn glue_that_changes_far_from_another_change_stays_occluded() {
    let all: String = (100..300).map(|i| format!("n{i} NS ns1\nm.n{i} A 192.0.2.1\n")).collect();
    let version = zone(&all);
    for i in 110..300 {
        for far in [3, 6, 10] {
            let lines = format!("+n{} TXT x\n+m.n{i} TXT x", i - far);
            let changed = version.apply(&[diff(1, 2, &lines)], &Limits::default()).unwrap();
            let glue = changed.glue(name(&format!("m.n{i}")).as_ref()).unwrap();
            assert!(glue.is_occluded(), "m.n{i}");
        }
    }
}

/// Or a zone that shrinks record by record would end as many pages of one name each.
#[test]
fn pages_that_become_small_are_fused() {
    let all: String = (0..600).map(|i| format!("n{i} A 192.0.2.1\n")).collect();
    let mut version = zone(&all);
    let before = version.pages().count();
    for (serial, i) in (1..).zip((0..600).filter(|i| i % 60 > 0)) {
        let diff = diff(serial, serial + 1, &format!("-n{i} A 192.0.2.1"));
        version = version.apply(&[diff], &Limits::default()).unwrap();
    }
    assert_eq!(version.counts().names, 11);
    let after = version.pages().count();
    assert!(after <= 6 && before > 60, "{before} pages, then {after}");
}

#[test]
fn no_diffs_change_nothing() {
    assert_eq!(held().apply(&[], &Limits::default()).unwrap().digest(), held().digest());
}

/// A change of one record shares all pages but those on its way: the walk over both sees only these.
#[test]
fn comparing_versions_finds_a_changed_ttl_and_case() {
    let old = zone("a A 192.0.2.1\n a A 192.0.2.2\n c CNAME b");
    let new = zone("a 60 A 192.0.2.1\n a 60 A 192.0.2.2\n c CNAME B");
    let diff = old.diff(&new);
    assert_eq!((diff.removed().count(), diff.added().count()), (3, 3));
    let mut owners = diff.removed().iter().map(|record| record.owner.to_string());
    assert_eq!(owners.next().unwrap(), "a.example.");
    assert_eq!(old.diff(&old).removed().count(), 0);
    assert_eq!(new.apex(), apex().as_ref());
}
