//! Queries that are signed (RFC 8945).

use super::*;
use crate::tsig::{RequestMac, ResponseVerifier, sign_request};
use wire::tsig::{ErrorCode, find};

fn key(name_: &str) -> Arc<Key> {
    KEYS.find(name(name_).as_ref()).unwrap().clone()
}

/// A question, signed at some time.
fn signed(asking: &Asking, key: &Key, at: UnixSeconds) -> (Vec<u8>, RequestMac) {
    let mut octets = asking.octets();
    let mac = sign_request(key, &mut octets, at);
    (octets, mac)
}

fn sent(asking: &Asking, octets: &[u8]) -> (Outcome, Vec<u8>) {
    let mut out = vec![0xa5; 65_535];
    let outcome = respond_to(&WORLD, &asking.arrival(octets), asking.udp_size_max, &mut out);
    (outcome, out[..outcome.len].to_vec())
}

/// An answer that is signed, read without its signature, which is checked.
fn check_signed(question: &str, key_name: &str, expected: &str) {
    let (asking, key) = (Asking::parse(question), key(key_name));
    let (octets, mac) = signed(&asking, &key, NOW);
    let (outcome, reply) = sent(&asking, &octets);
    let mut verifier = ResponseVerifier::new(key.clone(), mac);
    verifier.feed(&reply, NOW).unwrap_or_else(|fault| panic!("{question}: {fault}"));
    verifier.finish().unwrap();
    let record = find(&reply).unwrap().unwrap();
    let unsigned = [&record.header[..], record.rest].concat();
    let told = Told::read(&unsigned, Outcome { len: unsigned.len(), ..outcome });
    assert_eq!(told.lines(), normal(expected), "{question}");
    assert!(reply.len() <= usize::from(u16::MAX));
}

const WWW: &str = "NOERROR aa answer www.example. 3600 A 192.0.2.3
                   answer www.example. 3600 A 192.0.2.4";

#[test]
fn rfc8945_5_3_a_query_signed_by_a_key_of_ours_gets_a_signed_answer_on_every_transport() {
    for how in ["", "tcp", "noedns", "noedns tcp"] {
        check_signed(&format!("www.example. A {how}"), "k1.", WWW);
        check_signed(&format!("www.example. A {how}"), "K1.", WWW);
        check_signed(&format!("www.example. A {how}"), "cut.", WWW);
    }
}

/// Threat 32: a signature says who asks, not that he may.
#[test]
fn what_is_refused_or_wrong_is_signed_too() {
    check_signed("www.foreign. A", "k1.", "REFUSED ede 20");
    check_signed("www.example. A from 198.51.100.1", "k1.", "REFUSED ede 18");
    check_signed("www.example. A class HS", "k1.", "REFUSED ede 21");
    check_signed("www.example. OPT", "k1.", "FORMERR");
    check_signed("www.expired. A", "k1.", "SERVFAIL ede 24");
    check_signed("example. AXFR tcp", "k1.", "REFUSED ede 18");
}

/// RFC 6891 §6.1.3, with RFC 8945 §5.3: nothing of it is left unsigned.
#[test]
fn badvers_is_signed() {
    check_signed("www.example. A version 1", "k1.", "BADVERS");
    check_signed("www.example. A version 255 tcp", "cut.", "BADVERS");
}

/// BIND and Knot do so, too: of another version of EDNS nothing is known, not what it does to signatures.
#[test]
fn badvers_goes_before_a_bad_signature() {
    let asking = Asking::parse("www.example. A version 1");
    let key = Key::new(name("other."), Algorithm::HmacSha256, &[7; 32]).unwrap();
    let (octets, _) = signed(&asking, &key, NOW);
    let (outcome, reply) = sent(&asking, &octets);
    assert_eq!(Told::read(&reply, outcome).lines(), normal("BADVERS"));
    assert!(find(&reply).unwrap().is_none());
}

/// The TSIG of a refusal: rcode, error, octets of the MAC and of the server's time.
fn refusal(asking: &Asking, octets: &[u8]) -> (Outcome, ErrorCode, usize, Option<u64>) {
    let (outcome, reply) = sent(asking, octets);
    let message = Message::parse(&reply).unwrap();
    assert_eq!(message.header().flags.rcode(), Rcode::NOTAUTH);
    assert_eq!((outcome.kind, outcome.rcode), (Kind::NotAuth, Rcode::NOTAUTH));
    assert_eq!(message.end_of_records(), Ok(reply.len()));
    assert_eq!((message.header().ancount, message.header().nscount), (0, 0));
    // RFC 6891 §6.1.1: OPT answers OPT.
    assert_eq!(message.edns().unwrap().is_some(), asking.edns.is_some());
    assert_eq!(reply[..2], octets[..2]);
    let record = find(&reply).unwrap().unwrap();
    // Whoever has a key of ours is no stranger.
    assert!(!record.mac.is_empty() || reply.len() <= octets.len(), "longer than what was asked");
    (outcome, record.error, record.mac.len(), record.other_time())
}

#[test]
fn rfc8945_5_2_1_an_unknown_key_is_badkey_and_the_refusal_is_not_signed() {
    let asking = Asking::parse("www.example. A");
    for (name_, algorithm) in [("other.", Algorithm::HmacSha256), ("k1.", Algorithm::HmacSha1)] {
        let key = Key::new(name(name_), algorithm, &[7; 32]).unwrap();
        let (octets, _) = signed(&asking, &key, NOW);
        let (_, error, mac_octets, time) = refusal(&asking, &octets);
        assert_eq!((error, mac_octets, time), (ErrorCode::BADKEY, 0, None), "{name_}");
    }
}

#[test]
fn rfc8945_5_2_2_a_wrong_mac_is_badsig_and_the_refusal_is_not_signed() {
    let asking = Asking::parse("www.example. A");
    let key = Key::new(name("k1."), Algorithm::HmacSha256, b"another").unwrap();
    let (octets, _) = signed(&asking, &key, NOW);
    let (_, error, mac_octets, time) = refusal(&asking, &octets);
    assert_eq!((error, mac_octets, time), (ErrorCode::BADSIG, 0, None));
    // The octets were changed on the way.
    let (mut octets, _) = signed(&asking, &self::key("k1."), NOW);
    octets[13] ^= 1;
    assert_eq!(refusal(&asking, &octets).1, ErrorCode::BADSIG);
}

#[test]
fn rfc8945_5_2_3_a_wrong_time_is_badtime_and_the_refusal_is_signed_and_tells_ours() {
    let (asking, key) = (Asking::parse("www.example. A tcp"), key("k1."));
    for apart in [-301_i64, 301, 86_400] {
        let (octets, _) =
            signed(&asking, &key, UnixSeconds(NOW.0.checked_add_signed(apart).unwrap()));
        let (_, error, mac_octets, time) = refusal(&asking, &octets);
        assert_eq!((error, mac_octets, time), (ErrorCode::BADTIME, 32, Some(NOW.0)), "{apart}");
    }
    for apart in [-300, 300] {
        let at = UnixSeconds(NOW.0.checked_add_signed(apart).unwrap());
        let (octets, _) = signed(&asking, &key, at);
        assert_eq!(sent(&asking, &octets).0.rcode, Rcode::NOERROR, "{apart}");
    }
}

#[test]
fn rfc8945_5_2_4_a_mac_that_is_cut_too_far_is_badtrunc_and_the_refusal_is_signed() {
    let asking = Asking::parse("www.example. A");
    let full = Key::new(name("k1."), Algorithm::HmacSha256, &[7; 32]).unwrap();
    let cut = full.with_mac_octets(16).unwrap();
    let (octets, _) = signed(&asking, &cut, NOW);
    let (_, error, mac_octets, _) = refusal(&asking, &octets);
    assert_eq!((error, mac_octets), (ErrorCode::BADTRUNC, 32));
}

/// Threat 30: RFC 8945 §5.1 and §4.2; what cannot be read cannot be signed for.
#[test]
fn a_signature_that_cannot_be_read_is_formerr() {
    let asking = Asking::parse("www.example. A");
    let start = asking.octets().len();
    let (octets, _) = signed(&asking, &key("k1."), NOW);
    // The class, the ttl, the length of the rdata, the label type of the algorithm, the length of the MAC.
    for (at, value) in [(6, 1), (11, 1), (14, 3), (14, 0xc0), (36, 33), (36, 255)] {
        let mut broken = octets.clone();
        broken[start + at] = value;
        let (outcome, reply) = sent(&asking, &broken);
        assert_eq!(outcome.rcode, Rcode::FORMERR, "{at}");
        assert_eq!(reply.len(), start, "header, question and OPT, and no TSIG");
    }
}

/// A zone whose answers have one rrset of so many addresses.
fn addresses(count: usize) -> Table {
    let mut zone = String::from("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n");
    (0..count).for_each(|n| zone += &format!("many A 192.0.2.{n}\n"));
    table_of(&zone)
}

/// RFC 8945 §5.3: room is left for the signature, and what does not fit with it is TC with nothing but the question.
#[test]
fn a_signed_answer_never_passes_the_limit() {
    let (asking, key) = (Asking::parse("many.z. A noedns"), key("k1."));
    // 12 header, 12 question, 16 a record, 4 + 10 + 13 + 16 + 32 of TSIG and 6 kept for its time.
    let fits = (512 - 12 - 12 - (4 + 10 + 13 + 16 + 32 + 6)) / 16;
    for (count, is_whole) in [(fits, true), (fits + 1, false), (fits + 200, false)] {
        let table = addresses(count);
        let (octets, mac) = signed(&asking, &key, NOW);
        let mut out = vec![0; 65_535];
        let outcome = respond_to(&table, &asking.arrival(&octets), 1_232, &mut out);
        assert!(outcome.len <= 512);
        let mut verifier = ResponseVerifier::new(key.clone(), mac);
        verifier.feed(&out[..outcome.len], NOW).unwrap();
        let header = *Message::parse(&out[..outcome.len]).unwrap().header();
        assert_eq!(header.ancount, if is_whole { u16::try_from(count).unwrap() } else { 0 });
        assert_eq!((header.arcount, header.nscount), (1, 0));
        assert_eq!(header.flags.tc(), !is_whole);
        assert_eq!((header.flags.rcode(), outcome.rcode), (Rcode::NOERROR, Rcode::NOERROR));
    }
}

/// RFC 8945 §5.3 says NOERROR for what is truncated, whatever it would have been.
#[test]
fn a_denial_that_does_not_fit_with_its_signature_is_noerror_and_tc() {
    let label = "l".repeat(63);
    let soa = format!("{label}.{label}.{label}");
    let zone = format!("$ORIGIN z.\n$TTL 60\n@ SOA {soa} a 1 2 3 4 5\n@ NS n.\n");
    let qname = ["q", "r", "s"].map(|letter| letter.repeat(63)).join(".");
    let asking = Asking::parse(&format!("{qname}.z. A noedns"));
    let (octets, _) = signed(&asking, &key("k1."), NOW);
    let mut out = vec![0; 65_535];
    let outcome = respond_to(&table_of(&zone), &asking.arrival(&octets), 1_232, &mut out);
    assert_eq!((outcome.rcode, outcome.truncation), (Rcode::NOERROR, Truncation::Truncated));
    assert_eq!(outcome.kind, Kind::NxDomain);
}

#[test]
fn a_buffer_without_room_for_the_signature_gets_silence() {
    let (asking, key) = (Asking::parse("www.example. A"), key("k1."));
    let (octets, _) = signed(&asking, &key, NOW);
    let mut other = octets.clone();
    other[13] ^= 1;
    for size in 0..150 {
        let mut out = vec![0xa5; size];
        for octets in [&octets, &other] {
            let outcome = respond_to(&WORLD, &asking.arrival(octets), 1_232, &mut out);
            assert!(outcome.len <= size);
            assert_eq!(outcome.len == 0, outcome.kind == Kind::Dropped);
        }
    }
}

/// Threat 32: whoever asks without a signature is not asked for one.
#[test]
fn a_query_that_is_not_signed_gets_no_signature() {
    let (asking, mut out) = (Asking::parse("www.example. A"), vec![0; 512]);
    let octets = asking.octets();
    let outcome = respond_to(&WORLD, &asking.arrival(&octets), 1_232, &mut out);
    assert!(find(&out[..outcome.len]).unwrap().is_none());
}
