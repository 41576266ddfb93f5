//! Threats 26, 27 and 29.

use super::*;
use crate::tsig::{ResponseVerifier, sign_request};
use proptest::prelude::*;
use std::sync::Arc;
use wire::tsig::{Algorithm, ErrorCode, Key};

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

/// The zone `example.` takes NOTIFY from one range without a key and from another with one.
fn senders(apex: NameRef<'_>) -> Option<Vec<AccessRule>> {
    let rule = |range: &str, key: Option<&str>| AccessRule {
        range: range.parse().unwrap(),
        key: key.map(|name| name.parse().unwrap()),
    };
    let rules = || vec![rule("192.0.2.0/24", None), rule("2001:db8::/32", Some("transfer.key."))];
    (apex == name("example.").as_ref()).then(rules)
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn key(name: &str, secret: &[u8]) -> Arc<Key> {
    Arc::new(Key::new(name.parse().unwrap(), Algorithm::HmacSha256, secret).unwrap())
}

fn keys() -> Keyring {
    Keyring::new([key("transfer.key.", b"secret"), key("other.key.", b"secret")])
}

fn ask(message: &[u8], source: &str) -> Verdict {
    inbound(message, source.parse().unwrap(), &keys(), senders, NOW)
}

/// A NOTIFY with AA for the zone; what follows the question is up to the test.
fn notify() -> Vec<u8> {
    b"\x12\x34\x24\0\0\x01\0\0\0\0\0\0\x07Example\0\0\x06\0\x01".to_vec()
}

/// The same with a SOA of serial 7 in the answer section.
fn notify_with_soa() -> Vec<u8> {
    let mut message = notify();
    message[7] = 1;
    message.extend_from_slice(b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0\x16\0\0\0\0\0\x07");
    message.extend_from_slice(&[0; 16]);
    message
}

fn rcode(verdict: &Verdict) -> u8 {
    verdict.reply.as_ref().unwrap()[3]
}

fn code(verdict: &Verdict) -> Code {
    match &verdict.outcome {
        Outcome::Refused(refusal) => {
            let fault = refusal.fault();
            assert_eq!(fault.code, refusal.code());
            assert!(!fault.facts.is_empty(), "{fault}");
            fault.code
        }
        Outcome::Accepted(_) | Outcome::Ignored => panic!("{verdict:?}"),
    }
}

fn accepted(verdict: Verdict) -> Notified {
    match verdict.outcome {
        Outcome::Accepted(notified) => notified,
        Outcome::Refused(_) | Outcome::Ignored => panic!("{verdict:?}"),
    }
}

#[test]
fn notify_from_a_listed_range_is_accepted_and_answered() {
    let verdict = ask(&notify(), "192.0.2.77");
    let reply = b"\x12\x34\xa4\0\0\x01\0\0\0\0\0\0\x07Example\0\0\x06\0\x01";
    assert_eq!(verdict.reply.as_deref(), Some(&reply[..]));
    let (apex, serial, key) = (name("example."), None, None);
    assert_eq!(accepted(verdict), Notified { apex, serial, key });
    assert_eq!(accepted(ask(&notify_with_soa(), "192.0.2.1")).serial, Some(Serial(7)));
    assert_eq!(accepted(ask(&notify(), "::ffff:192.0.2.1")).serial, None);
}

#[test]
fn signed_notify_is_accepted_and_its_reply_signed() {
    let key = key("transfer.key.", b"secret");
    let mut message = notify_with_soa();
    let mac = sign_request(&key, &mut message, NOW);
    let verdict = ask(&message, "2001:db8::1");
    let mut verifier = ResponseVerifier::new(key, mac);
    assert_eq!(verifier.feed(verdict.reply.as_ref().unwrap(), NOW), Ok(()));
    assert_eq!(rcode(&verdict), 0);
    let notified = accepted(verdict);
    assert_eq!((notified.serial, notified.key), (Some(Serial(7)), Some(name("transfer.key."))));
}

/// Threat 26: spoofed sources, unknown zones, unsigned where a key is asked for.
#[test]
fn strangers_are_refused_by_name() {
    for (source, code_expected) in
        [("203.0.113.1", Code::NotifyUnknownSource), ("2001:db8::1", Code::NotifyUnsigned)]
    {
        let verdict = ask(&notify(), source);
        assert_eq!((code(&verdict), rcode(&verdict)), (code_expected, 5), "{source}");
        assert!(verdict.reply.as_ref().unwrap().len() <= notify().len(), "no amplification");
        let Outcome::Refused(refusal) = verdict.outcome else { unreachable!() };
        assert_eq!(refusal.apex(), Some(&name("example.")));
    }
    let mut elsewhere = notify();
    elsewhere[13] = b'x';
    let verdict = ask(&elsewhere, "192.0.2.1");
    assert_eq!((code(&verdict), rcode(&verdict)), (Code::NotifyUnknownSource, 9));
}

/// Threat 27: unknown key; right key from the wrong source; another zone's key from the right one.
#[test]
fn keys_count_only_from_their_sources() {
    let sign = |key: &Arc<Key>| {
        let mut message = notify();
        let mac = sign_request(key, &mut message, NOW);
        (message, mac)
    };
    let (unknown, _) = sign(&key("no.key.", b"secret"));
    let verdict = ask(&unknown, "192.0.2.1");
    assert_eq!((code(&verdict), rcode(&verdict)), (Code::NotifyBadSig, 9));
    let record = wire::tsig::find(verdict.reply.as_ref().unwrap()).unwrap().unwrap();
    assert_eq!((record.error, record.mac), (ErrorCode::BADKEY, &[][..]));

    let right = key("transfer.key.", b"secret");
    let (message, mac) = sign(&right);
    let verdict = ask(&message, "203.0.113.1");
    assert_eq!((code(&verdict), rcode(&verdict)), (Code::NotifyUnknownSource, 5));
    let signed = ResponseVerifier::new(right, mac).feed(verdict.reply.as_ref().unwrap(), NOW);
    assert_eq!(signed, Ok(()));

    let (message, _) = sign(&key("other.key.", b"secret"));
    let verdict = ask(&message, "2001:db8::1");
    assert_eq!((code(&verdict), rcode(&verdict)), (Code::NotifyBadSig, 5));
    assert!(accepted(ask(&message, "192.0.2.1")).key.is_some(), "a range without key minds none");
}

/// Threats 27 and 29: the facts of the signature's fault are told.
#[test]
fn bad_signatures_tell_which_part_is_bad() {
    let mut wrong_secret = notify();
    let _ = sign_request(&key("transfer.key.", b"guess"), &mut wrong_secret, NOW);
    let mut late = notify();
    let signed_at = UnixSeconds(NOW.0 - 3_600);
    let _ = sign_request(&key("transfer.key.", b"secret"), &mut late, signed_at);
    for (message, tsig, fact) in [
        (wrong_secret, "TSIG_BADSIG", ("key", "transfer.key.")),
        (late, "TSIG_BADTIME", ("skew_s", "-3600")),
    ] {
        let verdict = ask(&message, "2001:db8::1");
        assert_eq!((code(&verdict), rcode(&verdict)), (Code::NotifyBadSig, 9));
        let Outcome::Refused(refusal) = verdict.outcome else { unreachable!() };
        let fault = refusal.fault();
        assert_eq!(fault.fact("tsig"), Some(tsig), "{fault}");
        assert_eq!(fault.fact(fact.0), Some(fact.1), "{fault}");
    }
}

/// Threat 26: QDCOUNT 0 and 2, other types and classes.
#[test]
fn other_questions_are_refused() {
    let change = |at: usize, value: u8| {
        let mut message = notify();
        message[at] = value;
        message
    };
    let (type_at, class_at) = (notify().len() - 3, notify().len() - 1);
    let mut two = notify();
    two.extend_from_slice(b"\xc0\x0c\0\x06\0\x01");
    two[5] = 2;
    for (message, expected) in [
        (change(5, 0), (Code::MalformedMessage, 1)),
        (two, (Code::MalformedMessage, 1)),
        (change(type_at, 1), (Code::MalformedMessage, 1)),
        (change(class_at, 3), (Code::NotifyUnknownSource, 9)),
        (change(12, 0xc0), (Code::MalformedMessage, 1)),
    ] {
        let verdict = ask(&message, "192.0.2.1");
        assert_eq!((code(&verdict), rcode(&verdict)), expected, "{message:?}");
    }
}

/// Threat 26: whatever stands in the answer section, the zone has changed.
#[test]
fn junk_in_the_answer_section_is_tolerated() {
    let whole = notify_with_soa();
    let mut other_owner = whole.clone();
    other_owner[notify().len() + 1] = 0x14;
    let mut other_type = whole.clone();
    other_type[notify().len() + 3] = 16;
    let mut lies = whole.clone();
    lies[7] = 200;
    let cut = whole[..whole.len() - 5].to_vec();
    for (message, serial) in
        [(other_owner, None), (other_type, None), (lies, Some(Serial(7))), (cut, None)]
    {
        assert_eq!(accepted(ask(&message, "192.0.2.1")).serial, serial, "{message:?}");
    }
}

/// Two servers that answer each other's answers would never stop.
#[test]
fn responses_scraps_and_other_opcodes_are_ignored() {
    let mut response = notify();
    response[2] |= 0x80;
    let mut query = notify();
    query[2] = 0;
    for message in [&response[..], &query, &notify()[..11], b""] {
        let ignored = Verdict { outcome: Outcome::Ignored, reply: None };
        assert_eq!(ask(message, "192.0.2.1"), ignored);
    }
}

proptest! {
    #[test]
    fn any_octets_get_a_verdict(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ask(&octets, "192.0.2.1");
    }

    #[test]
    fn any_mutilated_notify_gets_a_verdict(at: prop::sample::Index, value: u8) {
        let mut message = notify_with_soa();
        let _ = sign_request(&key("transfer.key.", b"secret"), &mut message, NOW);
        let at = at.index(message.len());
        message[at] = value;
        let _ = ask(&message, "192.0.2.1");
    }
}
