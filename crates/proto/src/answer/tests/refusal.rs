//! What we do not answer, and in which words.

use super::check;

#[test]
fn a_name_of_no_zone_is_refused_with_ede_20() {
    check("www.foreign. A", "REFUSED ede 20");
    check(". NS", "REFUSED ede 20");
    check("www.foreign. A noedns", "REFUSED");
    // RFC 4035 §3.1.4.1 speaks of zones we hold only.
    check("foreign. DS", "REFUSED ede 20");
}

#[test]
fn a_zone_past_expire_or_not_loaded_yet_is_servfail_with_its_own_ede() {
    check("www.expired. A", "SERVFAIL ede 24");
    check("www.expired. A noedns", "SERVFAIL");
    check("www.loading. A", "SERVFAIL ede 14");
}

#[test]
fn i2_a_zone_past_expire_never_answers_from_its_parent() {
    check("www.expired.example. A", "SERVFAIL ede 24");
}

#[test]
fn a_source_that_may_not_ask_is_refused_with_ede_18() {
    check("www.example. A from 198.51.100.1", "REFUSED ede 18");
    check("www.example. A from 2001:db8:bad::1", "REFUSED ede 18");
    // Who may not ask learns nothing about what we hold.
    check("www.foreign. A from 198.51.100.1", "REFUSED ede 18");
}

#[test]
fn a_zone_with_queriers_of_its_own_is_for_these_alone() {
    check("www.private. A", "REFUSED ede 18");
    check("www.private. A from 203.0.113.1", "SERVFAIL ede 24");
    // The parent answers for DS, so its list decides.
    check("sub.private. DS", "REFUSED ede 18");
    check("sub.private. DS from 203.0.113.1", "SERVFAIL ede 24");
    check("sub.private. A", "SERVFAIL ede 24");
}

#[test]
fn classes_we_have_nothing_of_are_refused() {
    for class in ["HS", "NONE", "CLASS0", "CLASS2", "CLASS65535"] {
        check(&format!("www.example. A class {class}"), "REFUSED ede 21");
    }
}

#[test]
fn threat_37_transfers_are_refused_on_every_transport() {
    for question in ["example. AXFR", "example. AXFR tcp", "example. IXFR", "example. IXFR tcp"] {
        check(question, "REFUSED ede 18");
    }
}

#[test]
fn threat_37_rfc6895_3_1_meta_types_are_not_questions() {
    for qtype in ["OPT", "TYPE128", "TYPE200", "TKEY", "TSIG"] {
        check(&format!("www.example. {qtype}"), "FORMERR");
    }
    check("www.example. MAILA", "NOTIMP");
    check("www.example. MAILB", "NOTIMP");
}

#[test]
fn threat_38_rfc6891_6_1_3_a_newer_edns_version_is_badvers() {
    check("www.example. A version 1", "BADVERS");
    check("www.example. A version 255", "BADVERS");
}
