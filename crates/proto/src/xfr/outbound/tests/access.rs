//! Who gets a transfer, and what the others are told.

use super::*;

fn world(rules: &[&str]) -> World {
    World::granting(version(1, ""), rules)
}

/// Threat 32: the same rules on every transport.
#[test]
fn address_and_key_must_both_match() {
    let k1 = || key("k1", Algorithm::HmacSha256);
    let k2 = || key("k2", Algorithm::HmacSha256);
    let near = || Asking::ixfr(0);
    let unsigned = Refusal::Unsigned { expected: name("k1.") };
    let other = Refusal::OtherKey { expected: name("k1."), used: name("k2.") };
    for (rules, asking, expected) in [
        (&[][..], near(), Err(Refusal::UnknownSource)),
        (&["192.0.2.0/24"], near(), Ok(())),
        (&["192.0.2.0/24"], near().from("192.0.3.1"), Err(Refusal::UnknownSource)),
        (&["192.0.2.0/24"], near().from("::ffff:192.0.2.9"), Ok(())),
        (&["192.0.2.0/24"], near().signed_by(k2()), Ok(())),
        (&["192.0.2.1 k1"], near(), Err(unsigned)),
        (&["192.0.2.1 k1"], near().signed_by(k1()), Ok(())),
        (&["192.0.2.1 k1"], near().signed_by(k2()), Err(other)),
        (&["192.0.2.1 k1"], near().signed_by(k1()).from("192.0.2.2"), Err(Refusal::UnknownSource)),
        (&["192.0.2.1 k1", "::/0 k2"], near().signed_by(k2()).from("2001:db8::1"), Ok(())),
    ] {
        let world = world(rules);
        for asking in [asking.clone(), asking.clone().over_udp()] {
            let pulled = world.pull(&asking);
            assert!(pulled.signed, "{rules:?}");
            match &expected {
                Ok(()) => assert_eq!(pulled.sent().serial(), Serial(1), "{rules:?}"),
                Err(refusal) => {
                    assert_eq!(pulled.refusal(), refusal, "{rules:?}");
                    assert_eq!((pulled.rcode(), pulled.records().len()), (Rcode::REFUSED, 0));
                }
            }
        }
    }
}

/// Threats 29 and 30: what is wrong with the signature is told as for any query, and nothing else is.
#[test]
fn bad_signatures_are_refused_before_the_rules_are_asked() {
    let wrong = Key::new(name("k1."), Algorithm::HmacSha256, &[8; 32]).unwrap();
    for (key, code) in [
        (wrong, "DOWNSTREAM_BADSIG"),
        (key("k3", Algorithm::HmacSha256), "DOWNSTREAM_BADSIG"),
        (key("k1", Algorithm::HmacSha512), "DOWNSTREAM_BADSIG"),
    ] {
        let pulled = world(&["192.0.2.1"]).pull(&Asking::axfr().signed_by(key));
        assert_eq!((pulled.rcode(), pulled.records().len()), (Rcode::NOTAUTH, 0));
        let fault = pulled.refusal().fault("192.0.2.1".parse().unwrap());
        assert_eq!((fault.code.as_str(), fault.fact("source")), (code, Some("192.0.2.1")));
    }
}

#[test]
fn strangers_learn_nothing_and_friends_learn_why() {
    let world = world(&["192.0.2.1"]);
    let other = |apex: &str, source: &str| {
        let request = query::axfr(ID, name(apex).as_ref());
        let (response, message) = world.respond(&request, Transport::Tcp, source.parse().unwrap());
        assert!(matches!(response, Some(Response::Said { .. })));
        Message::parse(&message).unwrap().header().flags.rcode()
    };
    for apex in ["example.", "sub.example.", "other.", "."] {
        assert_eq!(other(apex, "198.51.100.1"), Rcode::REFUSED, "{apex}");
    }
    assert_eq!(
        other("sub.example.", "192.0.2.1"),
        Rcode::REFUSED,
        "the rules are of a zone, not of a name"
    );
    let everybody = Grants::new(["192.0.2.1"].map(rule).into(), []);
    let world = World { grants: everybody, ..world };
    let asked = |apex: &str| {
        let request = query::axfr(ID, name(apex).as_ref());
        let (_, message) = world.respond(&request, Transport::Tcp, "192.0.2.1".parse().unwrap());
        Message::parse(&message).unwrap().header().flags.rcode()
    };
    // RFC 5936 §2.2.1.
    assert_eq!((asked("other."), asked("sub.example.")), (Rcode::NOTAUTH, Rcode::NOTAUTH));
    assert_eq!(asked("EXAMPLE."), Rcode::NOERROR);
}

#[test]
fn zones_that_are_not_served_are_not_transferred() {
    let world = world(&["192.0.2.1"]);
    for (state, refusal) in
        [(ZoneState::Expired, Refusal::Expired), (ZoneState::NotLoaded, Refusal::NotLoaded)]
    {
        assert!(world.table.publish(ZONE, state));
        for asking in [Asking::axfr(), Asking::ixfr(1), Asking::ixfr(0).over_udp()] {
            let pulled = world.pull(&asking);
            assert_eq!((pulled.refusal(), pulled.rcode()), (&refusal, Rcode::SERVFAIL));
        }
        let stranger = world.pull(&Asking::axfr().from("192.0.2.2"));
        assert_eq!(stranger.rcode(), Rcode::REFUSED);
    }
}

#[test]
fn requests_that_have_no_answer_are_named() {
    let world = world(&["192.0.2.1"]);
    let over_udp = world.pull(&Asking::axfr().over_udp());
    assert_eq!((over_udp.refusal(), over_udp.rcode()), (&Refusal::OverUdp, Rcode::REFUSED));
    // An IXFR without its SOA, and one with the SOA of another zone.
    let (mut bare, _) = Asking::axfr().request();
    let at = bare.len() - 3;
    *bare.get_mut(at).unwrap() = 251;
    let mut other = bare.clone();
    other.extend_from_slice(b"\x05other\0\0\x06\0\x01\0\0\0\0\0\x16\0\0");
    other.extend_from_slice(&[0; 20]);
    *other.get_mut(9).unwrap() = 1;
    for request in [bare, other] {
        let (response, message) =
            world.respond(&request, Transport::Tcp, "192.0.2.1".parse().unwrap());
        let Some(Response::Said { event: Event::Refused { refusal, .. }, .. }) = response else {
            panic!()
        };
        assert_eq!((refusal.code().as_str(), refusal), ("DOWNSTREAM_BAD_REQUEST", Refusal::NoSoa));
        assert_eq!(Message::parse(&message).unwrap().header().flags.rcode(), Rcode::FORMERR);
    }
}

#[test]
fn other_messages_are_not_for_us() {
    let world = world(&["0.0.0.0/0"]);
    let (mut chaos, _) = Asking::axfr().request();
    let at = chaos.len() - 1;
    *chaos.get_mut(at).unwrap() = 3;
    let (mut notify, _) = Asking::axfr().request();
    *notify.get_mut(2).unwrap() = 4 << 3;
    let plain = query::soa(ID, apex().as_ref(), query::Form::Plain);
    for message in [&chaos[..], &notify, &plain, b"", b"\x12\x34"] {
        assert!(!is_request(message));
        assert!(world.respond(message, Transport::Tcp, "192.0.2.1".parse().unwrap()).0.is_none());
    }
}

/// Threat 33: a key that was deleted or changed, a rule that is gone.
#[test]
fn transfer_that_is_no_longer_granted_says_so_at_its_next_message() {
    let text: String = (0..2_000).map(|n| format!("n{n} TXT \"0123456789\"\n")).collect();
    let world = World::granting(version(1, &text), &["192.0.2.1 k1"]);
    let asking = Asking::axfr().signed_by(key("k1", Algorithm::HmacSha256));
    let (request, mut verifier) = asking.request();
    let Some(Response::Stream(mut transfer)) =
        world.respond(&request, Transport::Tcp, asking.source).0
    else {
        panic!("too small a zone")
    };
    let mut out = Vec::new();
    assert_eq!(transfer.next(&mut out, NOW), Written::More);
    verifier.feed(&out, NOW).unwrap();
    assert!(transfer.is_still_granted(&world.grants, &world.keys));
    let changed = Key::new(name("k1."), Algorithm::HmacSha256, &[9; 32]).unwrap();
    assert!(!transfer.is_still_granted(&world.grants, &Keyring::default()));
    assert!(!transfer.is_still_granted(&world.grants, &Keyring::new([Arc::new(changed)])));
    assert!(!transfer.is_still_granted(&Grants::default(), &world.keys));
    transfer.end(Rcode::REFUSED, &mut out, NOW);
    verifier.feed(&out, NOW).unwrap();
    verifier.finish().unwrap();
    let said = Message::parse(&out).unwrap();
    assert_eq!((said.header().flags.rcode(), said.header().ancount), (Rcode::REFUSED, 0));
}
