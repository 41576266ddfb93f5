use super::*;
use crate::testing::{name, zone};
use wire::name::NameBuf;

/// Lines of `qname => outcome`.
fn check(zone_lines: &str, script: &str) {
    let version = zone(zone_lines);
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (qname, expected) = line.split_once("=>").unwrap();
        let qname = name(qname.trim());
        assert_eq!(describe(version.lookup(qname.as_ref())), expected.trim(), "{line}");
    }
}

fn describe(lookup: Lookup<'_>) -> String {
    let owner = |leaf: Leaf<'_>| {
        let mut owner = NameBuf::new();
        leaf.owner(&mut owner);
        owner.as_ref().to_string()
    };
    match lookup {
        Lookup::Found { leaf, wildcard: None } => format!("found {}", owner(leaf)),
        Lookup::Found { leaf, wildcard: Some(encloser) } => {
            format!("found {} below {encloser} labels", owner(leaf))
        }
        Lookup::EmptyNonTerminal { wildcard: None } => "empty".into(),
        Lookup::EmptyNonTerminal { wildcard: Some(encloser) } => {
            format!("empty wildcard below {encloser} labels")
        }
        Lookup::Cut { leaf, at_qname: true } => format!("at cut {}", owner(leaf)),
        Lookup::Cut { leaf, at_qname: false } => format!("below cut {}", owner(leaf)),
        Lookup::Dname { leaf } => format!("below dname {}", owner(leaf)),
        Lookup::Missing { closest_encloser } => format!("missing below {closest_encloser} labels"),
        Lookup::OutOfZone => "out of zone".into(),
    }
}

/// The zone and questions of RFC 4592 §2.2.1 and §3.3.1.
#[test]
fn rfc_4592_examples_come_out_as_printed() {
    check(
        "*.example. TXT wildcard
         *.example. MX host1.example.
         sub.*.example. TXT not-a-wildcard
         host1.example. A 192.0.2.1
         _ssh._tcp.host1.example. TXT srv
         _ssh._tcp.host2.example. TXT srv
         subdel.example. NS ns.example.com.",
        "host3.example.            => found *.example. below 1 labels
         foo.bar.example.          => found *.example. below 1 labels
         host1.example.            => found host1.example.
         sub.*.example.            => found sub.*.example.
         _telnet._tcp.host1.example. => missing below 3 labels
         host.subdel.example.      => below cut subdel.example.
         ghost.*.example.          => missing below 2 labels
         _tcp.host1.example.       => empty
         host2.example.            => empty
         *.example.                => found *.example.
         example.                  => found example.
         example.com.              => out of zone",
    );
}

/// RFC 4592 §2.2.2 and the algorithm of §3.3.1: the wildcard exists because of a name below it.
#[test]
fn a_wildcard_without_records_matches_and_is_empty() {
    check("a.*.w TXT x", "foo.w => empty wildcard below 2 labels\n *.w => empty");
}

#[test]
fn a_name_below_the_closest_encloser_hides_the_wildcard_above() {
    check(
        "* TXT x\n a.b TXT y",
        "z => found *.example. below 1 labels\n c.b => missing below 2 labels",
    );
}

#[test]
fn the_topmost_of_nested_cuts_answers() {
    check(
        "sub NS ns1
         deep.sub NS ns2
         ns.deep.sub A 192.0.2.1",
        "sub           => at cut sub.example.
         deep.sub      => below cut sub.example.
         ns.deep.sub   => below cut sub.example.
         x.deep.sub    => below cut sub.example.
         zzz.sub       => below cut sub.example.
         suba          => missing below 1 labels",
    );
}

#[test]
fn a_dname_answers_for_names_below_and_not_for_itself() {
    check(
        "d DNAME elsewhere.test.
         sub.d A 192.0.2.1
         cut.d NS ns1",
        "d        => found d.example.
         x.d      => below dname d.example.
         sub.d    => below dname d.example.
         x.cut.d  => below dname d.example.",
    );
}

/// RFC 6672 §2.3; without a mark on any name below.
#[test]
fn a_dname_at_the_apex_answers_for_all_names_below() {
    check(
        "@ DNAME elsewhere.test.\n sub NS ns1\n * TXT x",
        "@ => found example.\n sub => below dname example.\n zzz => below dname example.",
    );
}

/// RFC 6672 §2.4 forbids both at a name; the cut is what others were told of.
#[test]
fn a_cut_goes_before_a_dname_of_the_same_owner() {
    check(
        "both NS ns1\n both DNAME elsewhere.test.",
        "both => at cut both.example.\n x.both => below cut both.example.",
    );
}

#[test]
fn a_wildcard_that_is_a_cut_is_told_as_found() {
    let version = zone("*.w NS ns1");
    let Lookup::Found { leaf, wildcard: Some(2) } = version.lookup(name("x.w").as_ref()) else {
        panic!("no wildcard");
    };
    assert!(leaf.is_cut());
}

#[test]
fn a_question_in_any_case_finds_the_owner_in_its_own() {
    check("WwW.Sub A 192.0.2.1", "wWw.sUB => found WwW.Sub.example.\n sub => empty");
}

#[test]
fn glue_is_found_below_cuts() {
    let version = zone("sub NS ns.sub\n ns.sub A 192.0.2.1");
    let glue = version.glue(name("NS.sub").as_ref()).unwrap();
    assert!(glue.is_occluded() && glue.rrset(wire::codes::Rrtype::A).is_some());
    assert!(version.glue(name("x.sub").as_ref()).is_none());
    assert!(version.glue(name("ns1.test.").as_ref()).is_none());
}
