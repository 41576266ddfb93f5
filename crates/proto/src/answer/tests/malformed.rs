//! Octets that are no query, or hardly one.

use super::*;

const HEADER: [u8; 12] = [0x1d, 0x1d, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const QUESTION: &[u8] = b"\x03www\x07example\0\0\x01\0\x01";
/// OPT: size 1232, version 0, no options.
const OPT: &[u8] = &[0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0];

/// Sends parts one after the other with the given counts; `-` means silence.
fn check_octets(counts: [u8; 4], parts: &[&[u8]], expected: &str) {
    let mut octets = HEADER.to_vec();
    for (at, count) in [5, 7, 9, 11].into_iter().zip(counts) {
        octets[at] = count;
    }
    octets.extend(parts.concat());
    check_message(&octets, expected);
}

fn check_message(octets: &[u8], expected: &str) {
    let source = "192.0.2.53".parse().unwrap();
    for transport in [Transport::Udp, Transport::Tcp] {
        let arrival = Arrival { octets, transport, source, now: NOW };
        let mut out = vec![0xa5; 65_535];
        let outcome = respond_to(&WORLD, &arrival, 1_232, &mut out);
        if expected == "-" {
            assert_eq!(outcome, Outcome::DROPPED, "{octets:02x?}");
        } else {
            let told = Told::read(&out[..outcome.len], outcome);
            assert_eq!(told.lines(), normal(expected), "{octets:02x?}");
            assert_eq!(told.octets[..2], octets[..2], "the id is echoed");
        }
    }
}

const WWW: &str = "NOERROR aa rd answer www.example. 3600 A 192.0.2.3
                   answer www.example. 3600 A 192.0.2.4";

#[test]
fn the_plain_query_of_this_table_is_answered() {
    check_octets([1, 0, 0, 0], &[QUESTION], WWW);
    check_octets([1, 0, 0, 1], &[QUESTION, OPT], WWW);
}

#[test]
fn answers_and_scraps_are_met_with_silence() {
    check_message(&[], "-");
    check_message(&HEADER[..11], "-");
    let mut answer = HEADER.to_vec();
    answer[2] |= 0x80;
    answer.extend(QUESTION);
    check_message(&answer, "-");
}

#[test]
fn rfc9619_one_question_or_formerr() {
    check_octets([0, 0, 0, 0], &[], "FORMERR rd");
    check_octets([2, 0, 0, 0], &[QUESTION, QUESTION], "FORMERR rd");
    check_octets([1, 0, 0, 0], &[], "FORMERR rd");
    check_octets([1, 0, 0, 0], &[&QUESTION[..8]], "FORMERR rd");
    check_octets([1, 0, 0, 0], &[&QUESTION[..QUESTION.len() - 1]], "FORMERR rd");
    check_octets([1, 0, 0, 0], &[QUESTION, b"more"], "FORMERR rd");
}

#[test]
fn threat_35_a_question_has_no_pointers_and_no_endless_names() {
    for qname in
        [&b"\xc0\x0c"[..], b"\x03www\xc0\x0c", b"\xc0\x00", b"\xff\xff", b"\x40", b"\x80a\0"]
    {
        check_octets([1, 0, 0, 0], &[qname, b"\0\x01\0\x01"], "FORMERR rd");
    }
    check_octets([1, 0, 0, 0], &[&b"\x3f".repeat(64 * 5), b"\0\0\x01\0\x01"], "FORMERR rd");
    // 127 labels are the most there can be.
    let labels = b"\x01a".repeat(127);
    check_octets([1, 0, 0, 0], &[&labels, b"\0\0\x01\0\x01"], "REFUSED rd");
    check_octets([1, 0, 0, 0], &[&labels, b"\x01a\0\0\x01\0\x01"], "FORMERR rd");
}

#[test]
fn threat_38_broken_edns_is_formerr_and_unknown_options_are_nothing() {
    check_octets([1, 0, 0, 2], &[QUESTION, OPT, OPT], "FORMERR rd");
    // OPT belongs to the root and to the additional section.
    check_octets([1, 0, 0, 1], &[QUESTION, b"\x01a", OPT], "FORMERR rd");
    check_octets([1, 0, 1, 0], &[QUESTION, OPT], "FORMERR rd");
    let with_option = |option: &[u8]| {
        let mut opt = OPT.to_vec();
        opt[10] = u8::try_from(option.len()).unwrap();
        [opt, option.to_vec()].concat()
    };
    check_octets([1, 0, 0, 1], &[QUESTION, &with_option(b"\0\x0a\0\x08abc")], "FORMERR rd");
    check_octets([1, 0, 0, 1], &[QUESTION, &with_option(b"\0\x0a\0")], "FORMERR rd");
    for option in [&b"\xff\xf0\0\x03abc"[..], b"\0\x0b\0\0", b"\0\x0c\0\x02\0\0", b"\0\x08\0\x01x"]
    {
        check_octets([1, 0, 0, 1], &[QUESTION, &with_option(option)], WWW);
    }
}

#[test]
fn other_opcodes_are_notimp_and_echoed() {
    for opcode in [1, 2, 3, 5, 6, 15] {
        let mut octets = HEADER.to_vec();
        octets[2] = opcode << 3;
        octets.extend(QUESTION);
        check_message(&octets, "NOTIMP");
    }
}

#[test]
fn notify_is_told_apart_and_not_answered_here() {
    let mut octets = HEADER.to_vec();
    octets[2] = 4 << 3;
    octets.extend(QUESTION);
    assert!(is_notify(&octets));
    check_message(&octets, "-");
    assert!(!is_notify(&octets[..11]), "a scrap of one");
    octets[2] |= 0x80;
    assert!(!is_notify(&octets), "the answer to one");
    assert!(!is_notify(&HEADER));
}

#[test]
fn a_buffer_that_is_too_small_is_never_overrun() {
    let source = "192.0.2.53".parse().unwrap();
    let octets = Asking::parse("www.example. A").octets();
    let arrival = Arrival { octets: &octets, transport: Transport::Tcp, source, now: NOW };
    for size in 0..128 {
        let mut out = vec![0xa5; size];
        let outcome = respond_to(&WORLD, &arrival, 1_232, &mut out);
        assert!(outcome.len <= size);
        if outcome.len > 0 {
            Told::read(&out[..outcome.len], outcome);
        }
    }
}
