//! What does not exist, and what exists without the type.

use super::{ViewId, ZoneId, check, check_table, name, serving, table_of};

/// The SOA as negative answers carry it: TTL is the lesser of its own and MINIMUM.
const SOA: &str = "authority example. 300 SOA ns1.example. admin.example. 7 7200 900 1209600 300";

fn nodata(question: &str) {
    check(question, &format!("NOERROR aa {SOA}"));
}

fn nxdomain(question: &str) {
    check(question, &format!("NXDOMAIN aa {SOA}"));
}

#[test]
fn rfc2308_3_a_missing_name_is_nxdomain_with_the_soa() {
    nxdomain("nope.example. A");
    nxdomain("a.b.c.nope.example. A");
    nxdomain("below.www.example. A");
}

#[test]
fn rfc2308_3_a_missing_type_is_nodata_with_the_soa() {
    nodata("www.example. AAAA");
    nodata("example. AAAA");
    nodata("www.example. NS");
    nodata("dn.example. A");
}

#[test]
fn rfc2308_5_the_ttl_of_the_soa_is_the_lesser_of_its_own_and_minimum() {
    check(
        "nope.held.example. A",
        "NXDOMAIN aa
         authority held.example. 600 SOA ns.held.example. admin.held.example. 3 7200 900 1209600 3600",
    );
    // Asked for itself it keeps its own.
    check(
        "example. SOA",
        "NOERROR aa answer example. 3600 SOA ns1.example. admin.example. 7 7200 900 1209600 300",
    );
}

#[test]
fn rfc4592_2_2_2_an_empty_non_terminal_exists() {
    nodata("ent.example. A");
    nodata("b.ent.example. A");
    nodata("ent.example. ANY");
    nodata("wild.example. A");
    nxdomain("x.ent.example. A");
}

#[test]
fn rfc4592_2_2_1_a_wildcard_does_not_reach_past_names_that_exist() {
    nodata("here.wild.example. A");
    nxdomain("x.here.wild.example. A");
    nodata("ent.wild.example. A");
    nxdomain("q.ent.wild.example. A");
    nxdomain("a.*.wild.example. A");
    nodata("any.wild.example. AAAA");
}

#[test]
fn rfc6604_3_the_rcode_speaks_of_the_end_of_the_chain() {
    check(
        "dangling.example. A",
        &format!("NXDOMAIN aa answer dangling.example. 3600 CNAME nowhere.example.\n{SOA}"),
    );
    check(
        "toent.example. A",
        &format!("NOERROR aa answer toent.example. 3600 CNAME ent.example.\n{SOA}"),
    );
    check(
        "alias.example. AAAA",
        &format!("NOERROR aa answer alias.example. 3600 CNAME www.example.\n{SOA}"),
    );
    check(
        "x.dn.example. DNAME",
        &format!(
            "NXDOMAIN aa
             answer dn.example. 3600 DNAME target.example.
             answer x.dn.example. 3600 CNAME x.target.example.\n{SOA}"
        ),
    );
}

#[test]
fn rfc4035_3_1_4_1_ds_is_answered_by_the_side_of_the_parent() {
    check(
        "sub.example. DS",
        "NOERROR aa
         answer sub.example. 3600 DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    );
    nodata("bare.example. DS");
    // Both zones are here: the question still belongs to the parent.
    nodata("held.example. DS");
    // Only the child is here.
    nodata("example. DS");
}

/// The parent has the DS, wherever that is, and a zone above it knows where: as BIND answers.
#[test]
fn ds_is_asked_of_the_parent_even_if_only_the_child_and_a_zone_above_the_parent_are_here() {
    let table =
        table_of("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\nsub NS n.\ncut NS n.\n");
    for (id, apex) in (2..).map(ZoneId).zip(["held.sub.z.", "cut.z."]) {
        let zone = format!("$ORIGIN {apex}\n$TTL 60\n@ SOA n. b 1 2 3 4 5\n@ NS n.\n");
        table.insert(id, ViewId::DEFAULT, name(apex)).unwrap();
        assert!(table.publish(id, serving(apex, &zone)));
    }
    check_table(&table, "held.sub.z. DS", "NOERROR authority sub.z. 60 NS n.");
    check_table(&table, "cut.z. DS", "NOERROR aa authority z. 5 SOA n. a.z. 1 2 3 4 5");
    let below = "NXDOMAIN aa authority held.sub.z. 5 SOA n. b.held.sub.z. 1 2 3 4 5";
    check_table(&table, "x.held.sub.z. DS", below);
}

#[test]
fn threat_37_qtypes_that_are_no_data_are_just_not_there() {
    nodata("www.example. TYPE0");
    nodata("www.example. TYPE65535");
    nodata("www.example. RRSIG");
    nodata("www.example. NSEC");
    // RFC 6840 §4.3: to deny a type at an alias would be bogus, so all are looked for at its target.
    for qtype in ["NSEC", "RRSIG", "TYPE0", "KEY"] {
        check(
            &format!("alias.example. {qtype}"),
            &format!("NOERROR aa answer alias.example. 3600 CNAME www.example.\n{SOA}"),
        );
    }
}
