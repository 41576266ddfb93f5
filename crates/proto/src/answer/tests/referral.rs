//! Delegations: where authority ends and which addresses must travel along.

use super::{ask, check, check_in};

const SUB: &str = "NOERROR
     authority sub.example. 3600 NS ns.sib.example.
     authority sub.example. 3600 NS ns.sub.example.
     authority sub.example. 3600 NS ns.foreign.
     authority sub.example. 3600 NS ns1.example.
     additional ns.sub.example. 3600 A 192.0.2.11
     additional ns.sub.example. 3600 AAAA 2001:db8::11
     additional ns.sib.example. 3600 A 192.0.2.14
     additional ns1.example. 3600 A 192.0.2.1
     additional ns1.example. 3600 AAAA 2001:db8::1";

#[test]
fn rfc1034_4_3_2_3b_a_cut_at_or_above_the_name_makes_a_referral_without_aa() {
    check("sub.example. A", SUB);
    check("sub.example. NS", SUB);
    check("sub.example. ANY", SUB);
    check("nope.sub.example. A", SUB);
}

#[test]
fn occluded_names_and_cuts_below_a_cut_are_not_ours_to_tell() {
    check("ns.sub.example. A", SUB);
    check("host.sub.example. A", SUB);
    check("ns.deep.sub.example. A", SUB);
    check("deep.sub.example. DS", SUB);
}

#[test]
fn a_cut_without_glue_of_ours_is_a_bare_referral() {
    check("x.bare.example. A", "NOERROR authority bare.example. 3600 NS ns.foreign.");
}

#[test]
fn the_owner_of_the_cut_keeps_the_spelling_of_the_question() {
    check("x.BARE.example. A", "NOERROR authority BARE.example. 3600 NS ns.foreign.");
}

/// Ten in-domain servers with one address each: more than 512 octets.
fn wide() -> String {
    let mut zone =
        String::from("$ORIGIN wide.\n$TTL 60\n@ SOA ns.foreign. a 1 2 3 4 5\n@ NS ns.foreign.\n");
    for n in 0..10 {
        zone += &format!("sub NS name-server-{n}.with-a-long-name.sub\n");
        zone += &format!("name-server-{n}.with-a-long-name.sub A 192.0.2.{n}\n");
        zone += &format!("name-server-{n}.with-a-long-name.sub AAAA 2001:db8::{n}\n");
    }
    zone
}

#[test]
fn rfc9471_3_1_glue_is_not_optional_so_what_does_not_fit_truncates() {
    let ns = (0..10)
        .map(|n| format!("\nauthority sub.wide. 60 NS name-server-{n}.with-a-long-name.sub.wide."))
        .collect::<String>();
    let glue = |n: usize| {
        format!(
            "\nadditional name-server-{n}.with-a-long-name.sub.wide. 60 A 192.0.2.{n}
             additional name-server-{n}.with-a-long-name.sub.wide. 60 AAAA 2001:db8::{n}"
        )
    };
    let all = (0..10).map(glue).collect::<String>();
    check_in(&wide(), "x.sub.wide. A", &format!("NOERROR{ns}{all}"));
    check_in(&wide(), "x.sub.wide. A tcp noedns", &format!("NOERROR{ns}{all}"));
    let some = (0..4).map(glue).collect::<String>();
    check_in(&wide(), "x.sub.wide. A noedns", &format!("NOERROR tc{ns}{some}"));
}

#[test]
fn rfc2181_9_servers_that_do_not_fit_truncate_and_no_part_of_them_is_sent() {
    let mut zone = String::from("$ORIGIN w.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    for n in 0..30 {
        zone += &format!("sub NS name-server-{n}.foreign.\n");
    }
    check_in(&zone, "sub.w. A noedns", "NOERROR tc");
}

#[test]
fn addresses_the_resolver_can_ask_us_for_are_dropped_in_silence() {
    let mut zone =
        String::from("$ORIGIN w.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\nsub NS auth\n");
    for n in 0..40 {
        zone += &format!("auth A 192.0.2.{n}\n");
    }
    check_in(&zone, "sub.w. A noedns", "NOERROR authority sub.w. 60 NS auth.w.");
}

#[test]
fn rfc9471_3_2_an_address_at_the_owner_of_another_cut_is_glue() {
    let mut zone = String::from("$ORIGIN w.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    zone += "sub NS other\nother NS ns.sub\n";
    for n in 0..40 {
        zone += &format!("other A 192.0.2.{n}\n");
    }
    check_in(&zone, "sub.w. A noedns", "NOERROR tc authority sub.w. 60 NS other.w.");
}

#[test]
fn rfc4035_3_1_4_a_ds_without_a_signature_is_not_worth_its_octets() {
    check("x.sub.example. A do", SUB);
}

#[test]
fn threat_39_of_servers_that_can_be_asked_for_thirteen_are_looked_up() {
    let mut zone = String::from("$ORIGIN w.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    for n in 0..20 {
        zone += &format!("sub NS auth{n}\nauth{n} A 192.0.2.{n}\n");
    }
    let told = ask(&zone, "sub.w. A tcp");
    assert_eq!((told.authority.len(), told.additional.len()), (20, 13));
}

#[test]
fn rfc9471_3_2_sibling_glue_is_required_even_behind_addresses_that_are_not() {
    let mut zone = String::from("$ORIGIN w.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    zone += "sub NS a\nsub NS ns.other\nother NS ns.sub\n";
    for n in 0..26 {
        zone += &format!("a A 192.0.2.{n}\nns.other A 192.0.2.{n}\n");
    }
    let glue = |n: usize| format!("\nadditional ns.other.w. 60 A 192.0.2.{n}");
    let all = (0..26).map(glue).collect::<String>();
    let servers = "authority sub.w. 60 NS a.w. authority sub.w. 60 NS ns.other.w.";
    // a comes first in canonical order, and there is room for one of the two.
    check_in(&zone, "sub.w. A noedns", &format!("NOERROR {servers}{all}"));
    let more = (26..40).map(|n| format!("ns.other A 192.0.2.{n}\n")).collect::<String>();
    check_in(&(zone + &more), "sub.w. A noedns", &format!("NOERROR tc {servers}"));
}
