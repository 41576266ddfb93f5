//! Threats 10 and 31: what a message says besides its records.

use super::*;
use crate::time::UnixSeconds;
use crate::tsig::{ResponseSigner, ResponseVerifier, sign_request};
use crate::xfr::query;
use std::sync::Arc;
use wire::tsig::{Algorithm, Key};

const QUESTION: [u8; 13] = *b"\x07example\0\0\xfc\0\x01";
const OTHER: [u8; 13] = *b"\x07elsewhe\0\0\xfc\0\x01";

type Change = fn(&mut Vec<u8>);

/// A message without compression, so that it can be cut and pasted.
fn plain(words: &str, question: &[u8]) -> Vec<u8> {
    let mut message = vec![0x12, 0x34, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    message.extend_from_slice(question);
    message[5] = u8::from(!question.is_empty());
    for word in words.split_whitespace() {
        let Record { owner, rrtype, class, ttl, rdata } = record(word);
        message.extend_from_slice(owner.as_wire());
        message.extend_from_slice(&rrtype.0.to_be_bytes());
        message.extend_from_slice(&class.0.to_be_bytes());
        message.extend_from_slice(&ttl.as_secs().to_be_bytes());
        message.extend_from_slice(&(rdata.len() as u16).to_be_bytes());
        message.extend_from_slice(&rdata);
        message[7] += 1;
    }
    message
}

fn drop_question(message: &mut Vec<u8>) {
    message[5] = 0;
    message.drain(12..12 + QUESTION.len());
}

/// Puts a question where a follow-up message has none.
fn ask_again(message: &mut Vec<u8>, question: [u8; 13]) {
    message[5] += 1;
    message.splice(12..12, question);
}

/// Threat 10: everything a message can say besides its records.
#[test]
fn messages_must_answer_our_question() {
    // What happens to message 0 or 1 of a good transfer, and what is said about it.
    let cases: [(&str, usize, Change, &str); 19] = [
        ("other ID", 0, |m| m[1] ^= 1, "MALFORMED_MESSAGE whole"),
        ("other ID later", 1, |m| m[0] ^= 1, "MALFORMED_MESSAGE whole"),
        ("a query", 0, |m| m[2] &= 0x7f, "MALFORMED_MESSAGE whole"),
        ("a NOTIFY", 1, |m| m[2] |= 0x20, "MALFORMED_MESSAGE whole"),
        ("TC", 0, |m| m[2] |= 0x02, "MALFORMED_MESSAGE whole"),
        ("TC later", 1, |m| m[2] |= 0x02, "MALFORMED_MESSAGE whole"),
        ("SERVFAIL later", 1, |m| m[3] |= 2, "SERVFAIL whole"),
        ("REFUSED", 0, |m| m[3] |= 5, "REFUSED whole"),
        ("NOTAUTH", 0, |m| m[3] |= 9, "NOTAUTH next"),
        ("no question", 0, |m| drop_question(m), "MALFORMED_MESSAGE whole"),
        ("question later", 1, |m| ask_again(m, QUESTION), "whole 7: 1 2"),
        ("other zone later", 1, |m| ask_again(m, OTHER), "MALFORMED_MESSAGE whole"),
        ("two questions", 0, |m| ask_again(m, QUESTION), "MALFORMED_MESSAGE whole"),
        ("other class", 0, |m| m[24] = 3, "MALFORMED_MESSAGE whole"),
        ("other qtype", 0, |m| m[22] = 251, "MALFORMED_MESSAGE whole"),
        ("trailing octet", 0, |m| m.push(0), "MALFORMED_MESSAGE whole"),
        ("more answers than there are", 1, |m| m[7] += 1, "MALFORMED_MESSAGE whole"),
        ("fewer answers than there are", 1, |m| m[7] -= 1, "MALFORMED_MESSAGE whole"),
        ("cut off", 1, |m| m.truncate(m.len() - 1), "MALFORMED_MESSAGE whole"),
    ];
    for (what, at, change, expected) in cases {
        let mut messages = vec![plain("soa7 ns a1", &QUESTION), plain("a2 soa7", b"")];
        change(&mut messages[at]);
        assert_eq!(told(&run(axfr(), &messages)), expected, "{what}");
    }
}

/// I-1: what a refusal of an IXFR leads to.
#[test]
fn refusals_lead_to_the_whole_zone_or_to_the_next_primary() {
    for (rcode, expected) in [
        (1, "FORMERR whole"),
        (2, "SERVFAIL whole"),
        (3, "NXDOMAIN next"),
        (4, "NOTIMP whole"),
        (5, "REFUSED whole"),
        (9, "NOTAUTH next"),
        (15, "UNEXPECTED_RCODE next"),
    ] {
        let refusal = vec![0x12, 0x34, 0x80, rcode, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(told(&run(ixfr(), &[refusal])), expected);
    }
}

/// Other sections carry nothing of the zone, but OPT and TSIG.
#[test]
fn records_outside_the_answer_section_are_passed_over() {
    let mut octets = vec![0; 1_000];
    let mut writer = Writer::new(&mut octets, ID, Flags::QR).unwrap();
    writer.question(apex().as_ref(), Rrtype::AXFR, Class::IN).unwrap();
    for word in ["soa7", "ns", "soa7"] {
        writer.push_record(Section::Answer, record(word).as_ref()).unwrap();
    }
    writer.push_record(Section::Authority, record("out").as_ref()).unwrap();
    writer.push_record(Section::Additional, record("a9").as_ref()).unwrap();
    let len = writer.finish();
    assert_eq!(told(&run(axfr(), &[octets[..len].to_vec()])), "whole 7: ");
}

/// Threat 31: a signed stream, verified and read message by message.
#[test]
fn signed_streams_are_read_as_they_are() {
    let now = UnixSeconds(1_700_000_000);
    let key = Arc::new(Key::new(name("k."), Algorithm::HmacSha256, b"secret").unwrap());
    let mut request = query::axfr(ID, apex().as_ref());
    let mac = sign_request(&key, &mut request, now);
    let mut signer = ResponseSigner::new(Arc::clone(&key), mac);
    let mut verifier = ResponseVerifier::new(key, mac);
    let mut inbound = axfr();
    for (at, mut message) in
        messages(Rrtype::AXFR, "soa7 ns | a1 | a2 soa7").into_iter().enumerate()
    {
        if at == 1 {
            signer.pass(&message);
        } else {
            signer.sign(&mut message, now);
        }
        assert_eq!(verifier.feed(&message, now), Ok(()));
        inbound.feed(&message).unwrap();
    }
    assert_eq!(verifier.finish(), Ok(()));
    assert_eq!(told(&inbound.finish()), "whole 7: 1 2");
}
