//! The judge is judged: what must fail does, and what is recorded is of claims that are made.

use super::known;
use super::script::{Asked, Expected, obeys_the_rules_of_all_answers};
use peers::ask::{Message, Name, Query, Record};

/// An answer to `www.example. A` with authority: one address, ttl 60.
fn answer() -> Message {
    let mut message = Message::parse(&Query::new("www.example.", 1).without_edns().octets());
    let message = message.as_mut().expect("a query of ours");
    (message.is_response, message.is_authoritative) = (true, true);
    message.answer.push(address("www.example.", 1));
    message.clone()
}

fn address(owner: &str, last: u8) -> Record {
    let rdata = vec![192, 0, 2, last];
    Record { owner: Name::new(owner), rrtype: 1, class: 1, ttl: 60, rdata }
}

fn holds(expected: &str, message: &Message) -> bool {
    Expected::parse(expected).compare(message, &[Name::new("example.")]).is_ok()
}

#[test]
fn an_answer_is_as_expected_or_it_is_not() {
    for (expected, is_so) in [
        ("NOERROR aa\nanswer www.example. 60 A 192.0.2.1", true),
        ("NOERROR/SERVFAIL aa\nanswer www.example. * A 192.0.2.1", true),
        ("NOERROR aa\nanswer www.example. 60 A ...", true),
        ("NXDOMAIN aa\nanswer www.example. 60 A 192.0.2.1", false),
        ("NOERROR\nanswer www.example. 60 A 192.0.2.1", false),
        ("NOERROR aa tc\nanswer www.example. 60 A 192.0.2.1", false),
        ("NOERROR aa\nanswer www.example. 61 A 192.0.2.1", false),
        ("NOERROR aa\nanswer www.example. 60 A 192.0.2.11", false),
        ("NOERROR aa\nanswer www.example. 60 AAAA ...", false),
        ("NOERROR aa", false),
        ("NOERROR aa\nauthority www.example. 60 A 192.0.2.1", false),
        (
            "NOERROR aa\nanswer www.example. 60 A 192.0.2.1\nanswer www.example. 60 A 192.0.2.1",
            false,
        ),
        (
            "NOERROR aa\nanswer www.example. 60 A 192.0.2.1\nadditional a.example. 60 A 192.0.2.2",
            false,
        ),
    ] {
        assert_eq!(holds(expected, &answer()), is_so, "{expected}");
    }
}

#[test]
fn servers_of_the_zone_may_stand_below_an_answer_and_nothing_else_may() {
    let expected = "NOERROR aa\nanswer www.example. 60 A 192.0.2.1";
    let server = |owner: &str, rrtype| Record {
        owner: Name::new(owner),
        rrtype,
        class: 1,
        ttl: 60,
        rdata: b"\x02ns\0".to_vec(),
    };
    for (record, may) in [
        (server("example.", 2), true),
        (server("sub.example.", 2), false),
        (server("example.", 5), false),
    ] {
        let mut message = answer();
        message.authority.push(record.clone());
        assert_eq!(holds(expected, &message), may, "{record:?}");
        message.answer.clear();
        assert!(!holds("NOERROR aa", &message), "below no answer: {record:?}");
    }
}

#[test]
fn addresses_may_stand_beside_an_answer_unless_nothing_may() {
    let mut message = answer();
    message.additional.push(address("a.example.", 2));
    assert!(holds("NOERROR aa\nanswer www.example. 60 A 192.0.2.1", &message));
    assert!(!holds("NOERROR aa\nanswer www.example. 60 A 192.0.2.1\nadditional -", &message));
    message.additional[0].rrtype = 16;
    assert!(!holds("NOERROR aa\nanswer www.example. 60 A 192.0.2.1", &message));
}

#[test]
fn rules_of_all_answers_are_each_looked_at() {
    let query = Asked::parse("www.example. A").octets();
    let good = Message { id: 0x5ca1, ..answer() };
    assert_eq!(obeys_the_rules_of_all_answers(&query, &good), Ok(()));
    let twice = [&good.answer[..], &good.answer].concat();
    let other = Message::parse(&Query::new("other.example.", 1).octets()).expect("a query of ours");
    for bad in [
        Message { is_response: false, ..good.clone() },
        Message { id: 1, ..good.clone() },
        Message { opcode: 4, ..good.clone() },
        Message { recursion_desired: true, ..good.clone() },
        Message { recursion_available: true, ..good.clone() },
        Message { z: true, ..good.clone() },
        Message { authentic_data: true, ..good.clone() },
        Message { question: Vec::new(), ..good.clone() },
        Message { question: other.question, ..good.clone() },
        Message { edns: other.edns, ..good.clone() },
        Message { answer: twice, ..good.clone() },
    ] {
        assert!(obeys_the_rules_of_all_answers(&query, &bad).is_err(), "{bad:?}");
    }
}

/// A record that is misspelt would never be missed.
#[test]
fn records_of_peers_are_of_claims_that_are_made() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance");
    for (rfc, section, claim) in known::all() {
        let file = match section.as_str() {
            "B" => "appendix_b".to_owned(),
            _ => format!("s{}", section.replace('.', "_")),
        };
        let path = format!("{folder}/rfc{rfc}/{file}.rs");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(&format!("\"{claim}\"")), "not in {path}: {claim}");
    }
}
