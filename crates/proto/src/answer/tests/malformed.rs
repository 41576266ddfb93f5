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
            continue;
        }
        let told = Told::read(&out[..outcome.len], outcome);
        assert_eq!(told.lines(), normal(expected), "{octets:02x?}");
        assert_eq!(told.octets[..2], octets[..2], "the id is echoed");
        if matches!(outcome.kind, Kind::Formerr | Kind::NotImp | Kind::Badvers) {
            assert!(outcome.len <= octets.len(), "longer than what was asked: {octets:02x?}");
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
    // To itself, into a loop, into the header, forward, beyond the end; labels of types that are no more.
    for qname in [
        &b"\xc0\x0c"[..],
        b"\x03www\xc0\x0c",
        b"\xc0\x00",
        b"\xc0\x10",
        b"\xff\xff",
        b"\x40",
        b"\x41a\0",
        b"\x80a\0",
        b"\xbf",
    ] {
        check_octets([1, 0, 0, 0], &[qname, b"\0\x01\0\x01"], "FORMERR rd");
    }
    check_octets([1, 0, 0, 0], &[&b"\x3f".repeat(64 * 5), b"\0\0\x01\0\x01"], "FORMERR rd");
    // 127 labels are the most there can be.
    let labels = b"\x01a".repeat(127);
    check_octets([1, 0, 0, 0], &[&labels, b"\0\0\x01\0\x01"], "REFUSED rd");
    check_octets([1, 0, 0, 0], &[&labels, b"\x01a\0\0\x01\0\x01"], "FORMERR rd");
}

/// RFC 1035 §4.1.1 and RFC 6895 §2.1: bits that mean nothing in a query are not looked at, and never sent back.
#[test]
fn bits_of_the_header_that_are_answers_business_change_nothing() {
    let asked = |high: u8, low: u8| {
        let mut octets = HEADER.to_vec();
        (octets[2], octets[3]) = (high, low);
        octets.extend(QUESTION);
        octets
    };
    let without_rd = WWW.replace(" rd", "");
    // AA, TC; RA, Z, AD, CD; an rcode.
    for (high, low) in
        [(4, 0), (2, 0), (6, 0), (0, 0x80), (0, 0x40), (0, 0x20), (0, 0x10), (0, 0x0f)]
    {
        check_message(&asked(high, low), &without_rd);
        check_message(&asked(high | 1, low), WWW);
    }
    check_message(&asked(0x7e, 0xff), "NOTIMP cd");
    check_message(&asked(0x87, 0xff), "-");
}

/// RFC 1035 §4.1: a question is followed by nothing but OPT and TSIG, which stand in the additional section.
#[test]
fn records_that_no_query_has_are_formerr_and_those_of_no_use_are_passed_over() {
    // www.example. A 192.0.2.1, by a pointer to the question.
    let record: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x01\0\x04\xc0\0\x02\x01";
    check_octets([1, 1, 0, 0], &[QUESTION, record], "FORMERR rd");
    check_octets([1, 0, 1, 0], &[QUESTION, record], "FORMERR rd");
    check_octets([1, 0, 0, 1], &[QUESTION, record], WWW);
    check_octets([1, 0, 0, 2], &[QUESTION, record, OPT], WWW);
    check_octets([1, 0, 0, 2], &[QUESTION, OPT, record], WWW);
    // Counts that promise more or less than there is.
    check_octets([1, 0, 0, 2], &[QUESTION, record], "FORMERR rd");
    check_octets([1, 0, 0, 0], &[QUESTION, record], "FORMERR rd");
    check_octets([1, 0, 0, 255], &[QUESTION], "FORMERR rd");
    check_octets([1, 0, 0, 1], &[QUESTION, &record[..15]], "FORMERR rd");
}

/// RFC 8945 §5.1: one, at the very end.
#[test]
fn threat_30_a_signature_that_is_not_last_or_not_alone_is_formerr() {
    let tsig: &[u8] = b"\x01k\0\0\xfa\0\xff\0\0\0\0\0\0";
    check_octets([1, 0, 0, 2], &[QUESTION, tsig, OPT], "FORMERR rd");
    check_octets([1, 0, 0, 2], &[QUESTION, tsig, tsig], "FORMERR rd");
    check_octets([1, 0, 1, 0], &[QUESTION, tsig], "FORMERR rd");
    check_octets([1, 0, 0, 1], &[QUESTION, tsig, b"\0"], "FORMERR rd");
    // It stands where it should, and is empty.
    check_octets([1, 0, 0, 1], &[QUESTION, tsig], "FORMERR rd");
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
    // One octet too long, and one that claims all there could be.
    check_octets([1, 0, 0, 1], &[QUESTION, &with_option(b"\0\x0a\0\x04abc")], "FORMERR rd");
    check_octets([1, 0, 0, 1], &[QUESTION, &with_option(b"\0\x0a\xff\xffabc")], "FORMERR rd");
    check_octets([1, 0, 0, 1], &[QUESTION, &with_option(b"\0\x0a\0\0\0\x0a\0")], "FORMERR rd");
    let cookie = |octets: u8| {
        let mut option = vec![0, 10, 0, octets];
        option.resize(4 + usize::from(octets), 0xcc);
        option
    };
    let harmless = [
        b"\xff\xf0\0\x03abc".to_vec(),
        // RFC 7828 §3.2.1: a keepalive over UDP, and one that is not two octets, mean nothing.
        b"\0\x0b\0\0".to_vec(),
        b"\0\x0b\0\x02\0\x01".to_vec(),
        b"\0\x0b\0\x01x".to_vec(),
        // RFC 7830 §3: padding of any length and content.
        b"\0\x0c\0\0".to_vec(),
        b"\0\x0c\0\x02\xff\xff".to_vec(),
        // RFC 7871 §6: who does not know ECS does not judge it; no family, a prefix beyond its address.
        b"\0\x08\0\x01x".to_vec(),
        b"\0\x08\0\x05\0\x01\x63\0\x0a".to_vec(),
        b"\0\x08\0\x04\0\x09\0\0".to_vec(),
        // The same twice, and three kinds at once.
        b"\0\x03\0\0\0\x03\0\0".to_vec(),
        b"\0\x03\0\0\0\x09\0\0\0\x0c\0\x01\0".to_vec(),
    ];
    // RFC 7873 §5.2.2 is for those who know cookies; to others they are options like any.
    for option in harmless.into_iter().chain([0, 1, 7, 8, 9, 15, 16, 40, 41, 200].map(cookie)) {
        check_octets([1, 0, 0, 1], &[QUESTION, &with_option(&option)], WWW);
    }
}

/// RFC 6891 §6.1.4: flags that mean nothing yet are not sent back; §6.1.3: only version 0 is known.
#[test]
fn threat_38_edns_says_of_us_what_is_ours_and_not_what_was_asked() {
    let opt = |version: u8, flags: [u8; 2]| {
        [&[0, 0, 41, 0x04, 0xd0, 0, version][..], &flags, &[0, 0]].concat()
    };
    for (version, flags, told_flags) in [
        (0, [0x7f, 0xff], [0, 0]),
        (0, [0xff, 0xff], [0x80, 0]),
        (1, [0xff, 0xff], [0, 0]),
        (100, [0, 0], [0, 0]),
    ] {
        let mut octets = [&HEADER[..], QUESTION, &opt(version, flags)].concat();
        octets[11] = 1;
        let source = "192.0.2.53".parse().unwrap();
        let arrival = Arrival { octets: &octets, transport: Transport::Udp, source, now: NOW };
        let mut out = vec![0xa5; 512];
        let outcome = respond_to(&WORLD, &arrival, 1_232, &mut out);
        let ext_rcode = u8::from(version != 0);
        let told = [&[0, 0, 41, 0x04, 0xd0, ext_rcode, 0][..], &told_flags, &[0, 0]].concat();
        assert!(out[..outcome.len].ends_with(&told), "{version} {flags:?}");
        assert_eq!(outcome.kind == Kind::Badvers, version != 0);
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

/// Threat 35: as many names as a message can hold, each another, and each of no use.
#[test]
fn threat_35_a_message_of_ten_thousand_names_is_read_once_and_answered() {
    let mut octets = [&HEADER[..], QUESTION].concat();
    let count = (65_535 - octets.len() - OPT.len()) / 14;
    for n in 0..u16::try_from(count).unwrap() {
        // Two octets of a label and ten of an A record without rdata.
        octets.extend([2].into_iter().chain(n.to_be_bytes()).chain(*b"\0\0\x01\0\x01\0\0\0\0\0\0"));
    }
    octets.extend(OPT);
    octets[10..12].copy_from_slice(&(u16::try_from(count).unwrap() + 1).to_be_bytes());
    assert!(count > 4_600 && octets.len() > 65_500);
    check_message(&octets, WWW);
    // Pointers to one another: none is followed.
    let mut octets = [&HEADER[..], QUESTION].concat();
    let (start, count) = (octets.len(), 5_000);
    for n in 0..count {
        let to = u16::try_from(start + 12 * (n % 1_000)).unwrap() | 0xc000;
        octets.extend(to.to_be_bytes().into_iter().chain(*b"\0\x01\0\x01\0\0\0\0\0\0"));
    }
    octets[10..12].copy_from_slice(&u16::try_from(count).unwrap().to_be_bytes());
    check_message(&octets, WWW);
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
