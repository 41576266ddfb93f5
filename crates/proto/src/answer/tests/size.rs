//! What fits, what is left out, and when that is said.

use super::{DoBit, ask, check_in};

fn zone(addresses: usize) -> String {
    let mut zone = String::from(
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\nmx MX 1 many\nal CNAME many\n",
    );
    for n in 0..addresses {
        zone += &format!("many A 192.0.2.{n}\n");
    }
    zone
}

#[test]
fn rfc1035_4_2_1_without_edns_512_octets_are_the_limit() {
    // 12 header + 12 question + 16 a record: 30 records are 504 octets, 31 are 520.
    assert_eq!(ask(&zone(30), "many.z. A noedns").answer.len(), 30);
    check_in(&zone(31), "many.z. A noedns", "NOERROR aa tc");
    // 504 + 11 of OPT are too many for the smallest EDNS size.
    check_in(&zone(30), "many.z. A size 512", "NOERROR aa tc");
    assert_eq!(ask(&zone(30), "many.z. A size 515").answer.len(), 30);
    check_in(&zone(30), "many.z. A size 514", "NOERROR aa tc");
}

#[test]
fn rfc6891_6_2_3_sizes_below_512_count_as_512() {
    assert_eq!(ask(&zone(29), "many.z. A size 0").answer.len(), 29);
}

#[test]
fn rfc9715_3_our_own_size_caps_what_is_asked() {
    // 12 + 12 + 11 + 16 n <= 1232 for n <= 74.
    assert_eq!(ask(&zone(74), "many.z. A size 4096").answer.len(), 74);
    check_in(&zone(75), "many.z. A size 4096", "NOERROR aa tc");
    assert_eq!(ask(&zone(75), "many.z. A size 4096 cap 4096").answer.len(), 75);
    assert_eq!(ask(&zone(75), "many.z. A size 512 tcp").answer.len(), 75);
}

#[test]
fn rfc2181_9_an_rrset_is_sent_whole_or_not_at_all() {
    check_in(&zone(60), "al.z. A noedns", "NOERROR aa tc answer al.z. 60 CNAME many.z.");
}

#[test]
fn rfc2181_9_additional_records_that_do_not_fit_are_left_out_in_silence() {
    check_in(&zone(60), "mx.z. MX noedns", "NOERROR aa answer mx.z. 60 MX 1 many.z.");
}

#[test]
fn a_soa_that_does_not_fit_truncates() {
    let label = "l".repeat(63);
    let name = format!("{label}.{label}.{label}");
    let zone = format!("$ORIGIN z.\n$TTL 60\n@ SOA {name} {name}x 1 2 3 4 5\n@ NS n.\n");
    let zone = zone.replace(&format!("{label}x"), &"m".repeat(58));
    let qname = ["q".repeat(63), "r".repeat(63), "s".repeat(63)].join(".");
    check_in(&zone, &format!("{qname}.z. A noedns"), "NXDOMAIN aa tc");
}

#[test]
fn threat_39_addresses_of_at_most_thirteen_targets_travel_along() {
    let mut zone = String::from("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    for n in 0..1_000 {
        zone += &format!("mx MX 1 t{n}\nt{n} A 192.0.2.1\n");
    }
    let told = ask(&zone, "mx.z. MX tcp");
    assert_eq!((told.answer.len(), told.additional.len()), (1_000, 13));
}

/// Threat 35: a place to point at is looked for in few places, however many there are.
#[test]
fn threat_35_an_answer_of_thousands_of_names_is_whole_and_every_name_can_be_read() {
    let mut zone = String::from("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    (0..2_300).for_each(|n| zone += &format!("mx MX 1 t{n}.x{}.y\n", n % 7));
    let told = ask(&zone, "mx.z. MX tcp");
    assert_eq!((told.answer.len(), told.additional.len()), (2_300, 0));
    assert!(told.octets.len() > 2_300 * 20);
}

#[test]
fn a_synthesized_cname_that_does_not_fit_truncates() {
    let target = ["t"; 3].map(|letter| letter.repeat(60)).join(".");
    let zone = format!("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\nd DNAME {target}\n");
    let qname = format!("{}.d.z.", "q".repeat(60));
    // 12 + 70 of header and question, 12 + 186 of DNAME; another 12 + 2 + 10 + 247 are too many.
    let dname = format!("answer d.z. 60 DNAME {target}.z.");
    check_in(&zone, &format!("{qname} A noedns"), &format!("NOERROR aa tc {dname}"));
}

#[test]
fn a_size_of_our_own_below_512_counts_as_512_and_our_opt_says_so() {
    let told = ask(&zone(29), "many.z. A size 4096 cap 100");
    assert_eq!((told.answer.len(), told.edns), (29, Some((512, DoBit::Clear))));
    assert_eq!(ask(&zone(1), "many.z. A").edns, Some((1_232, DoBit::Clear)));
}
