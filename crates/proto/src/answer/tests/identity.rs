//! Classes CH and ANY.

use super::*;

#[test]
fn rfc4892_2_the_names_of_class_ch_tell_what_the_operator_set() {
    for qname in ["version.bind.", "version.server.", "VERSION.Bind."] {
        check_chaos(&format!("{qname} TXT"), qname, "understudy 1");
    }
    for qname in ["id.server.", "hostname.bind."] {
        check_chaos(&format!("{qname} TXT"), qname, "ns1.example");
        // RFC 8482 §4.1: one rrset, and there is but one.
        check_chaos(&format!("{qname} ANY"), qname, "ns1.example");
    }
}

/// `normal` knows class IN only, so the record is read here.
fn check_chaos(question: &str, qname: &str, text: &str) {
    let told = Asking::parse(&format!("{question} class CH")).ask(&WORLD);
    assert_eq!(told.head, "NOERROR aa", "{question}");
    assert_eq!(told.answer, [format!("{qname}\t0\tCH\tTXT\t\"{text}\"")], "{question}");
    assert_eq!((told.authority.len(), told.additional.len()), (0, 0), "{question}");
}

#[test]
fn class_ch_tells_nothing_else() {
    check("version.bind. A class CH", "REFUSED ede 21");
    check("version.bind. RRSIG class CH", "REFUSED ede 21");
    check("authors.bind. TXT class CH", "REFUSED ede 21");
    check("bind. TXT class CH", "REFUSED ede 21");
    check("x.version.bind. TXT class CH", "REFUSED ede 21");
    check("www.example. A class CH", "REFUSED ede 21");
    // And what it tells stays in its class.
    check("version.bind. TXT", "REFUSED ede 20");
}

#[test]
fn who_may_not_ask_is_told_nothing_of_the_instance() {
    check("version.bind. TXT class CH from 198.51.100.1", "REFUSED ede 18");
}

#[test]
fn what_is_not_set_is_refused() {
    let said = |identity: &Identity, qname: &str| {
        let mut asking = Asking::new(name(qname), Rrtype::TXT);
        asking.qclass = Class::CH;
        let (octets, mut out) = (asking.octets(), vec![0; 512]);
        let rules = Rules { identity, ..rules(1_232) };
        let outcome = respond(&WORLD, &rules, &asking.arrival(&octets), &mut out);
        Told::read(&out[..outcome.len], outcome).head
    };
    let nothing = Identity::default();
    let version = Identity::new(Text::new("1"), None);
    let id = Identity::new(None, Text::new(""));
    for (qname, of_version, of_id) in [
        ("version.bind.", "NOERROR aa", "REFUSED ede 21"),
        ("version.server.", "NOERROR aa", "REFUSED ede 21"),
        ("id.server.", "REFUSED ede 21", "NOERROR aa"),
        ("hostname.bind.", "REFUSED ede 21", "NOERROR aa"),
    ] {
        assert_eq!(said(&nothing, qname), "REFUSED ede 21", "{qname}");
        assert_eq!(said(&version, qname), of_version, "{qname}");
        assert_eq!(said(&id, qname), of_id, "{qname}");
    }
}

#[test]
fn a_text_has_at_most_255_octets() {
    assert!(Text::new(&"x".repeat(255)).is_some());
    assert_eq!(Text::new(&"x".repeat(256)), None);
}

#[test]
fn an_identity_that_does_not_fit_truncates() {
    let identity = Identity::new(Text::new(&"x".repeat(255)), None);
    let mut asking = Asking::new(name("version.bind."), Rrtype::TXT);
    (asking.qclass, asking.edns) = (Class::CH, None);
    let octets = asking.octets();
    // 12 header, 18 question, 12 of the record before its rdata.
    for (size, head) in [(12 + 18 + 12 + 256, "NOERROR aa"), (12 + 18 + 12 + 255, "NOERROR aa tc")]
    {
        let mut out = vec![0; size];
        let rules = Rules { identity: &identity, ..rules(1_232) };
        let outcome = respond(&WORLD, &rules, &asking.arrival(&octets), &mut out);
        assert_eq!(Told::read(&out[..outcome.len], outcome).head, head);
    }
}

/// RFC 1034 §3.7: an answer to class ANY can never be authoritative.
#[test]
fn class_any_is_answered_from_class_in_without_authority() {
    check("mail.example. A class ANY", "NOERROR answer mail.example. 3600 A 192.0.2.2");
    check(
        "nope.example. A class ANY",
        "NXDOMAIN authority example. 300 SOA ns1.example. admin.example. 7 7200 900 1209600 300",
    );
    check(
        "leaving.example. A class ANY",
        "NOERROR answer leaving.example. 3600 CNAME www.foreign.",
    );
    check(
        "x.dnout.example. A class ANY",
        "NOERROR
         answer dnout.example. 3600 DNAME foreign.
         answer x.dnout.example. 3600 CNAME x.foreign.",
    );
    check("x.bare.example. A class ANY", "NOERROR authority bare.example. 3600 NS ns.foreign.");
    check("www.foreign. A class ANY", "REFUSED ede 20");
    check("www.example. A class ANY from 198.51.100.1", "REFUSED ede 18");
    check("example. AXFR class ANY", "REFUSED ede 18");
}
