//! What exists: hits, wildcards, aliases, DNAME, and the addresses that travel along.

use super::{check, check_in};

#[test]
fn rfc1034_4_3_2_a_name_with_the_type_is_answered_with_the_whole_rrset() {
    check(
        "www.example. A",
        "NOERROR aa
         answer www.example. 3600 A 192.0.2.3
         answer www.example. 3600 A 192.0.2.4",
    );
    check("www.example. TXT", r#"NOERROR aa answer www.example. 3600 TXT "first" "second""#);
    check("mixed.example. A", "NOERROR aa answer mixed.example. 3600 A 192.0.2.5");
}

#[test]
fn rfc4343_the_owner_is_written_as_the_question_spells_it() {
    check("MAIL.eXaMpLe. A", "NOERROR aa answer MAIL.eXaMpLe. 3600 A 192.0.2.2");
    check("FOO.wild.EXAMPLE. A", "NOERROR aa answer FOO.wild.EXAMPLE. 3600 A 192.0.2.9");
}

#[test]
fn rfc1035_4_1_1_rd_is_copied_and_ra_ad_cd_are_clear() {
    check("mail.example. A rd", "NOERROR aa rd answer mail.example. 3600 A 192.0.2.2");
    // RFC 4035 §3.1.6: the authoritative side clears CD and never sets AD on its own.
    check("mail.example. A cd ad", "NOERROR aa answer mail.example. 3600 A 192.0.2.2");
}

#[test]
fn rfc4592_2_2_1_a_wildcard_answers_for_names_that_do_not_exist() {
    check("any.wild.example. A", "NOERROR aa answer any.wild.example. 3600 A 192.0.2.9");
    check("a.b.wild.example. A", "NOERROR aa answer a.b.wild.example. 3600 A 192.0.2.9");
    check(
        "any.wild.example. MX",
        "NOERROR aa
         answer any.wild.example. 3600 MX 10 mail.example.
         additional mail.example. 3600 A 192.0.2.2",
    );
}

#[test]
fn rfc4592_2_1_1_an_asterisk_in_the_question_is_an_ordinary_label() {
    check("*.wild.example. A", "NOERROR aa answer *.wild.example. 3600 A 192.0.2.9");
}

#[test]
fn rfc4592_4_2_a_wildcard_ns_delegates_nothing() {
    check(
        "x.wildns.example. NS",
        "NOERROR aa
         answer x.wildns.example. 3600 NS ns1.example.
         additional ns1.example. 3600 A 192.0.2.1
         additional ns1.example. 3600 AAAA 2001:db8::1",
    );
}

#[test]
fn rfc1034_3_6_2_an_alias_is_followed_within_the_zone() {
    check(
        "alias2.example. A",
        "NOERROR aa
         answer alias2.example. 3600 CNAME alias.example.
         answer alias.example. 3600 CNAME www.example.
         answer www.example. 3600 A 192.0.2.3
         answer www.example. 3600 A 192.0.2.4",
    );
    check(
        "x.wildalias.example. TXT",
        r#"NOERROR aa
         answer x.wildalias.example. 3600 CNAME www.example.
         answer www.example. 3600 TXT "first" "second""#,
    );
    check(
        "towild.example. A",
        "NOERROR aa
         answer towild.example. 3600 CNAME any.wild.example.
         answer any.wild.example. 3600 A 192.0.2.9",
    );
}

#[test]
fn rfc1034_3_6_2_an_alias_asked_for_itself_is_not_followed() {
    check("alias2.example. CNAME", "NOERROR aa answer alias2.example. 3600 CNAME alias.example.");
    check("alias2.example. ANY", "NOERROR aa answer alias2.example. 3600 CNAME alias.example.");
}

#[test]
fn an_alias_that_leaves_the_zone_ends_the_answer() {
    check("leaving.example. A", "NOERROR aa answer leaving.example. 3600 CNAME www.foreign.");
    // Even into a zone we hold: its operator is another one.
    check("intoheld.example. A", "NOERROR aa answer intoheld.example. 3600 CNAME www.signed.");
}

#[test]
fn rfc6604_2_1_the_aa_bit_speaks_of_the_first_owner_though_the_chain_ends_in_a_referral() {
    check(
        "tosub.example. A",
        "NOERROR aa
         answer tosub.example. 3600 CNAME host.sub.example.
         authority sub.example. 3600 NS ns.sib.example.
         authority sub.example. 3600 NS ns.sub.example.
         authority sub.example. 3600 NS ns.foreign.
         authority sub.example. 3600 NS ns1.example.
         additional ns.sub.example. 3600 A 192.0.2.11
         additional ns.sub.example. 3600 AAAA 2001:db8::11
         additional ns.sib.example. 3600 A 192.0.2.14
         additional ns1.example. 3600 A 192.0.2.1
         additional ns1.example. 3600 AAAA 2001:db8::1",
    );
}

#[test]
fn threat_36_a_loop_of_aliases_is_told_once() {
    check("self.example. A", "NOERROR aa answer self.example. 3600 CNAME self.example.");
    check(
        "loop1.example. A",
        "NOERROR aa
         answer loop1.example. 3600 CNAME loop2.example.
         answer loop2.example. 3600 CNAME loop1.example.",
    );
    check(
        "loop3.example. A",
        "NOERROR aa
         answer loop3.example. 3600 CNAME LOOP4.example.
         answer LOOP4.example. 3600 CNAME Loop3.example.",
    );
    check(
        "x.wildloop.example. A",
        "NOERROR aa answer x.wildloop.example. 3600 CNAME x.wildloop.example.",
    );
    check(
        "y.wildloop.example. A",
        "NOERROR aa
         answer y.wildloop.example. 3600 CNAME x.wildloop.example.
         answer x.wildloop.example. 3600 CNAME x.wildloop.example.",
    );
    check(
        "a.dnself.example. A",
        "NOERROR aa
         answer dnself.example. 3600 DNAME dnself.example.
         answer a.dnself.example. 3600 CNAME a.dnself.example.",
    );
    check(
        "a.dnloop1.example. A",
        "NOERROR aa
         answer dnloop1.example. 3600 DNAME dnloop2.example.
         answer a.dnloop1.example. 3600 CNAME a.dnloop2.example.
         answer dnloop2.example. 3600 DNAME dnloop1.example.
         answer a.dnloop2.example. 3600 CNAME a.dnloop1.example.",
    );
}

#[test]
fn threat_36_a_chain_is_followed_for_sixteen_links_and_no_further() {
    let links = |from: usize, to: usize| {
        (from..to)
            .map(|n| format!("\nanswer c{n}.example. 3600 CNAME c{}.example.", n + 1))
            .collect::<String>()
    };
    let end = "\nanswer c17.example. 3600 A 192.0.2.16";
    check("c1.example. A", &format!("NOERROR aa{}{end}", links(1, 17)));
    // A resolver goes on from the last target by itself.
    check("c0.example. A", &format!("NOERROR aa{}", links(0, 16)));
}

/// Threat 36: the work is the same however long the chain is, and wherever one comes in.
#[test]
fn threat_36_of_a_chain_of_ten_thousand_aliases_sixteen_links_are_told() {
    let mut zone = String::from("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    for n in 0..10_000 {
        zone += &format!("c{n} CNAME c{}\n", n + 1);
    }
    zone += "*.w CNAME c0\nc10000 A 192.0.2.1\n";
    let links = |from: usize| {
        (from..from + 16)
            .map(|n| format!("\nanswer c{n}.z. 60 CNAME c{}.z.", n + 1))
            .collect::<String>()
    };
    for from in [0, 5_000, 9_983] {
        check_in(&zone, &format!("c{from}.z. A tcp"), &format!("NOERROR aa{}", links(from)));
    }
    let end = "\nanswer c10000.z. 60 A 192.0.2.1";
    check_in(&zone, "c9984.z. A tcp", &format!("NOERROR aa{}{end}", links(9_984)));
    let whole = format!("NOERROR aa answer x.w.z. 60 CNAME c0.z.{}", links(0));
    let (shorter, _) = whole.rsplit_once("\nanswer").unwrap();
    check_in(&zone, "x.w.z. A tcp", shorter);
}

/// Threat 36: a wildcard whose target it matches itself leads to one more name, not to many.
#[test]
fn threat_36_a_wildcard_that_leads_below_itself_ends() {
    let zone =
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n*.w CNAME a.b.c.w\n*.v CNAME *.v\n";
    check_in(
        zone,
        "x.w.z. A",
        "NOERROR aa answer x.w.z. 60 CNAME a.b.c.w.z. answer a.b.c.w.z. 60 CNAME a.b.c.w.z.",
    );
    check_in(
        zone,
        "x.v.z. A",
        "NOERROR aa answer x.v.z. 60 CNAME *.v.z. answer *.v.z. 60 CNAME *.v.z.",
    );
}

#[test]
fn rfc6672_3_1_a_name_below_a_dname_is_rewritten_with_a_synthesized_cname() {
    check(
        "www.dn.example. A",
        "NOERROR aa
         answer dn.example. 3600 DNAME target.example.
         answer www.dn.example. 3600 CNAME www.target.example.
         answer www.target.example. 3600 A 192.0.2.10",
    );
    check(
        "x.dnout.example. A",
        "NOERROR aa
         answer dnout.example. 3600 DNAME foreign.
         answer x.dnout.example. 3600 CNAME x.foreign.",
    );
    // §3.2: a question for CNAME, or for anything, is answered by the synthesized record.
    for qtype in ["CNAME", "ANY"] {
        check(
            &format!("x.dn.example. {qtype}"),
            "NOERROR aa
             answer dn.example. 3600 DNAME target.example.
             answer x.dn.example. 3600 CNAME x.target.example.",
        );
    }
}

#[test]
fn rfc6672_2_3_a_dname_says_nothing_about_its_own_owner() {
    check("dn.example. TXT", r#"NOERROR aa answer dn.example. 3600 TXT "beside a DNAME""#);
    check("dn.example. DNAME", "NOERROR aa answer dn.example. 3600 DNAME target.example.");
}

#[test]
fn rfc6672_2_2_a_dname_met_twice_is_written_once() {
    check(
        "al.dn.example. A",
        "NOERROR aa
         answer dn.example. 3600 DNAME target.example.
         answer al.dn.example. 3600 CNAME al.target.example.
         answer al.target.example. 3600 CNAME www.dn.example.
         answer www.dn.example. 3600 CNAME www.target.example.
         answer www.target.example. 3600 A 192.0.2.10",
    );
}

#[test]
fn threat_36_rfc6672_2_2_a_dname_that_makes_the_name_too_long_is_yxdomain() {
    let long = format!("{}.{}", "x".repeat(60), "y".repeat(20));
    let target = ["aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"; 3].join(".");
    check(
        &format!("{long}.dnlong.example. A"),
        &format!("YXDOMAIN aa answer dnlong.example. 3600 DNAME {target}.example."),
    );
    check(
        "a.dngrow.example. A size 4096 cap 4096",
        &format!(
            "NOERROR aa answer dngrow.example. 3600 DNAME more.dngrow.example.{}",
            (0..16)
                .map(|n| format!(
                    "\nanswer a.{}dngrow.example. 3600 CNAME a.{}dngrow.example.",
                    "more.".repeat(n),
                    "more.".repeat(n + 1)
                ))
                .collect::<String>()
        ),
    );
}

#[test]
fn rfc8482_4_1_any_is_answered_with_one_rrset_on_every_transport() {
    let expected = "NOERROR aa
         answer www.example. 3600 A 192.0.2.3
         answer www.example. 3600 A 192.0.2.4";
    check("www.example. ANY", expected);
    check("www.example. ANY tcp", expected);
    // Addresses are for those who will use them.
    check(
        "_sip._tcp.example. ANY",
        "NOERROR aa answer _sip._tcp.example. 3600 SRV 1 2 5060 ns1.example.",
    );
}

#[test]
fn rfc1035_3_3_addresses_of_targets_in_the_zone_travel_along_once() {
    // host.sub is below a cut: its address is glue, and nobody asked for a referral.
    check(
        "example. MX",
        "NOERROR aa
         answer example. 3600 MX 10 mail.example.
         answer example. 3600 MX 20 mail.example.
         answer example. 3600 MX 30 mx.foreign.
         answer example. 3600 MX 40 host.sub.example.
         additional mail.example. 3600 A 192.0.2.2",
    );
    check(
        "example. NS",
        "NOERROR aa
         answer example. 3600 NS ns.foreign.
         answer example. 3600 NS ns1.example.
         additional ns1.example. 3600 A 192.0.2.1
         additional ns1.example. 3600 AAAA 2001:db8::1",
    );
    check(
        "_sip._tcp.example. SRV",
        "NOERROR aa
         answer _sip._tcp.example. 3600 SRV 1 2 5060 ns1.example.
         additional ns1.example. 3600 A 192.0.2.1
         additional ns1.example. 3600 AAAA 2001:db8::1",
    );
    // RFC 2181 §10.3: a target is not an alias; we do not chase what should not be there.
    check(
        "_sip._udp.example. SRV",
        "NOERROR aa answer _sip._udp.example. 3600 SRV 1 2 5060 alias.example.",
    );
}

#[test]
fn rfc9460_4_1_the_target_of_svcb_brings_its_addresses_and_a_dot_means_the_owner() {
    check(
        "svc.example. SVCB",
        "NOERROR aa
         answer svc.example. 3600 SVCB 1 . alpn=h2
         additional svc.example. 3600 A 192.0.2.6",
    );
    check(
        "web.example. HTTPS",
        "NOERROR aa
         answer web.example. 3600 HTTPS 0 svc.example.
         additional svc.example. 3600 A 192.0.2.6",
    );
    // §2.5.1: an alias to a dot is an alias to nowhere.
    check("nowhere.svc.example. SVCB", "NOERROR aa answer nowhere.svc.example. 3600 SVCB 0 .");
}

#[test]
fn rfc9460_4_1_the_same_type_at_the_target_travels_along_but_not_further() {
    let zone = "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\nal HTTPS 0 a\na HTTPS 1 b\na A 192.0.2.1\n\
                b HTTPS 1 .\na SVCB 1 .\nself SVCB 0 SELF\nmx MX 1 a\nmore SVCB 1 b\nmore SVCB 2 a\n";
    check_in(
        zone,
        "al.z. HTTPS",
        "NOERROR aa answer al.z. 60 HTTPS 0 a.z.
         additional a.z. 60 A 192.0.2.1 additional a.z. 60 HTTPS 1 b.z.",
    );
    check_in(
        zone,
        "more.z. SVCB",
        "NOERROR aa answer more.z. 60 SVCB 1 b.z. answer more.z. 60 SVCB 2 a.z.
         additional a.z. 60 A 192.0.2.1 additional a.z. 60 SVCB 1 .",
    );
    // What is answered is there already, whatever its case.
    check_in(zone, "self.z. SVCB", "NOERROR aa answer self.z. 60 SVCB 0 SELF.z.");
    check_in(
        zone,
        "mx.z. MX",
        "NOERROR aa answer mx.z. 60 MX 1 a.z. additional a.z. 60 A 192.0.2.1",
    );
}

#[test]
fn the_closest_of_the_held_zones_answers() {
    check("www.held.example. A", "NOERROR aa answer www.held.example. 600 A 192.0.2.17");
    check(
        "held.example. NS",
        "NOERROR aa
         answer held.example. 600 NS ns.held.example.
         additional ns.held.example. 600 A 192.0.2.15",
    );
}

#[test]
fn rfc6672_2_4_what_lies_below_a_dname_does_not_travel_along() {
    check_in(
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n@ DNAME y.\n@ MX 1 a\na A 192.0.2.1\n",
        "z. MX",
        "NOERROR aa answer z. 60 MX 1 a.z.",
    );
}

#[test]
fn rfc6672_3_2_a_dname_that_leads_to_itself_and_is_asked_for_is_written_once() {
    check_in(
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\na DNAME z.\n",
        "a.a.z. DNAME",
        "NOERROR aa answer a.z. 60 DNAME z. answer a.a.z. 60 CNAME a.z.",
    );
}

#[test]
fn the_servers_of_a_zone_may_live_in_a_child_and_then_their_glue_travels_along() {
    check_in(
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS ns.sub\nsub NS ns.sub\nns.sub A 192.0.2.1\n",
        "z. NS",
        "NOERROR aa answer z. 60 NS ns.sub.z. additional ns.sub.z. 60 A 192.0.2.1",
    );
}

#[test]
fn a_wildcard_does_not_stand_in_for_the_target_of_a_record() {
    check_in(
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n@ MX 1 mail.w\n*.w A 192.0.2.1\n",
        "z. MX",
        "NOERROR aa answer z. 60 MX 1 mail.w.z.",
    );
}
