//! What is odd, where that is written, and what comes back.

use super::octets::{QUESTION, TSIG, asking, header, message, name, of, opt, option, record, with};

/// One message.
pub(super) struct Case {
    /// What is odd about it.
    pub(super) claim: &'static str,
    /// Where the standards speak of it.
    pub(super) standard: &'static str,
    pub(super) octets: Vec<u8>,
    pub(super) edns: Speaks,
    pub(super) expected: Expected,
}

/// Whether the message has an OPT record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    Plain,
    Edns,
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Silence,
    /// An rcode and no records.
    Error {
        rcode: u16,
        echoes: Echoes,
    },
    /// An answer as to any other query.
    Answer {
        rcode: u16,
    },
}

/// What of a refused message was understood, and so is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echoes {
    Header,
    Question,
}

const FORMERR: u16 = 1;
const NOTIMP: u16 = 4;
const BADVERS: u16 = 16;

const ANSWERED: Expected = Expected::Answer { rcode: 0 };
const REFUSED: Expected = Expected::Answer { rcode: 5 };
const UNREADABLE: Expected = Expected::Error { rcode: FORMERR, echoes: Echoes::Header };
const BROKEN: Expected = Expected::Error { rcode: FORMERR, echoes: Echoes::Question };
const UNKNOWN_OPCODE: Expected = Expected::Error { rcode: NOTIMP, echoes: Echoes::Header };

type Row = (&'static str, &'static str, Vec<u8>, Expected);

/// The whole table.
pub(super) fn cases() -> Vec<Case> {
    let rows = |rows: Vec<Row>, edns: Speaks| {
        rows.into_iter().map(move |(claim, standard, octets, expected)| Case {
            claim,
            standard,
            octets,
            edns,
            expected,
        })
    };
    let plain = [headers(), opcodes(), names(), questions(), records()].concat();
    rows(plain, Speaks::Plain)
        .chain(rows([opt_records(), options()].concat(), Speaks::Edns))
        .collect()
}

fn headers() -> Vec<Row> {
    let good = |flags| message(flags, [1, 0, 0, 0], &[QUESTION]);
    vec![
        ("nothing at all", "RFC 1035 §4.1.1", Vec::new(), Expected::Silence),
        ("one octet", "RFC 1035 §4.1.1", vec![0x12], Expected::Silence),
        (
            "a header cut",
            "RFC 1035 §4.1.1",
            header(0, [1, 0, 0, 0])[..11].to_vec(),
            Expected::Silence,
        ),
        ("QR set: an answer", "RFC 1035 §4.1.1", good(0x8000), Expected::Silence),
        (
            "an answer of no sense",
            "RFC 1035 §4.1.1",
            header(0xffff, [65_535; 4]),
            Expected::Silence,
        ),
        ("QDCOUNT 0", "RFC 9619 §4", header(0, [0; 4]), UNREADABLE),
        ("QDCOUNT 2", "RFC 9619 §4", message(0, [2, 0, 0, 0], &[QUESTION, QUESTION]), UNREADABLE),
        ("QDCOUNT 65535", "RFC 9619 §4", message(0, [65_535, 0, 0, 0], &[QUESTION]), UNREADABLE),
        ("a count and no question", "RFC 1035 §4.1.2", header(0, [1, 0, 0, 0]), UNREADABLE),
        ("all other flags set", "RFC 6895 §2.1, RFC 4035 §3.1.6", good(0x07f0), ANSWERED),
        ("RCODE set", "RFC 6895 §2.3", good(0x000f), ANSWERED),
        ("RD set", "RFC 1034 §4.3.1", good(0x0100), ANSWERED),
        (
            "octets behind the question",
            "RFC 1035 §4.1",
            message(0, [1, 0, 0, 0], &[QUESTION, &[0]]),
            BROKEN,
        ),
    ]
}

fn opcodes() -> Vec<Row> {
    let with_opcode = |opcode: u16| message(opcode << 11, [1, 0, 0, 0], &[QUESTION]);
    vec![
        ("IQUERY", "RFC 3425 §3", with_opcode(1), UNKNOWN_OPCODE),
        ("STATUS", "RFC 1035 §4.1.1", with_opcode(2), UNKNOWN_OPCODE),
        ("an opcode not assigned", "RFC 6895 §2.2", with_opcode(3), UNKNOWN_OPCODE),
        ("NOTIFY without a question", "RFC 1996 §3.7", header(4 << 11, [0; 4]), UNREADABLE),
        ("UPDATE", "RFC 2136 §2.2", with_opcode(5), UNKNOWN_OPCODE),
        ("DSO", "RFC 8490 §5.1.1", header(6 << 11, [0; 4]), UNKNOWN_OPCODE),
        ("the last opcode", "RFC 6895 §2.2", with_opcode(15), UNKNOWN_OPCODE),
        (
            "an opcode not assigned, and nothing else",
            "RFC 6895 §2.2",
            header(9 << 11, [0; 4]),
            UNKNOWN_OPCODE,
        ),
    ]
}

/// Threat 35.
fn names() -> Vec<Row> {
    let longest = name(&[63, 63, 63, 61]);
    vec![
        ("a pointer to itself", "RFC 9267 §2", asking(b"\xc0\x0c"), UNREADABLE),
        ("a pointer to the label before it", "RFC 9267 §2", asking(b"\x01a\xc0\x0c"), UNREADABLE),
        ("a pointer forward", "RFC 1035 §4.1.4", asking(b"\xc0\x0e\x01a\x00"), UNREADABLE),
        ("a pointer into the header", "RFC 9267 §2", asking(b"\xc0\x00"), UNREADABLE),
        ("a pointer past the end", "RFC 9267 §2", asking(b"\xff\xff"), UNREADABLE),
        ("half a pointer", "RFC 9267 §2", message(0, [1, 0, 0, 0], &[b"\xc0"]), UNREADABLE),
        ("a label of type 01", "RFC 6891 §5", asking(b"\x41\x01\x00"), UNREADABLE),
        ("a label of type 10", "RFC 1035 §4.1.4", asking(b"\x80\x00"), UNREADABLE),
        (
            "a label that runs past the end",
            "RFC 9267 §3",
            message(0, [1, 0, 0, 0], &[b"\x3fabc"]),
            UNREADABLE,
        ),
        (
            "a name without an end",
            "RFC 9267 §4",
            message(0, [1, 0, 0, 0], &[b"\x03ns1"]),
            UNREADABLE,
        ),
        ("a name of 256 octets", "RFC 1035 §2.3.4", asking(&name(&[63, 63, 63, 62])), UNREADABLE),
        ("a name of 255 octets", "RFC 1035 §2.3.4", asking(&longest), REFUSED),
        ("a name of 127 labels", "RFC 1035 §2.3.4", asking(&name(&[1; 127])), REFUSED),
        ("a name of 128 labels", "RFC 1035 §2.3.4", asking(&name(&[1; 128])), UNREADABLE),
        (
            "labels of any octets",
            "RFC 2181 §11",
            asking(b"\x04\x00.\n\xff\x07example\x00"),
            Expected::Answer { rcode: 3 },
        ),
        ("the root", "RFC 1035 §3.1", asking(b"\x00"), REFUSED),
        (
            "a question without its class",
            "RFC 1035 §4.1.2",
            message(0, [1, 0, 0, 0], &[&QUESTION[..QUESTION.len() - 1]]),
            UNREADABLE,
        ),
        (
            "a question without its type",
            "RFC 1035 §4.1.2",
            message(0, [1, 0, 0, 0], &[&QUESTION[..QUESTION.len() - 4]]),
            UNREADABLE,
        ),
    ]
}

/// Threat 37.
fn questions() -> Vec<Row> {
    let meta = Expected::Error { rcode: FORMERR, echoes: Echoes::Question };
    vec![
        ("type 0", "RFC 6895 §3.1", of(0, 1), ANSWERED),
        ("type 65535", "RFC 6895 §3.1", of(65_535, 1), ANSWERED),
        ("a type nobody knows", "RFC 3597 §3", of(65_280, 1), ANSWERED),
        ("type OPT", "RFC 6891 §6.1.1", of(41, 1), meta),
        ("type TKEY", "RFC 6895 §3.1", of(249, 1), meta),
        ("type TSIG", "RFC 6895 §3.1", of(TSIG, 1), meta),
        ("ANY", "RFC 8482 §4.1", of(255, 1), ANSWERED),
        ("AXFR of a name that is no apex", "RFC 5936 §4", of(252, 1), REFUSED),
        ("IXFR without the SOA held", "RFC 1995 §3", of(251, 1), REFUSED),
        ("class 0", "RFC 6895 §3.2", of(1, 0), REFUSED),
        ("class NONE", "RFC 6895 §3.2", of(1, 254), REFUSED),
        ("class HS", "RFC 6895 §3.2", of(1, 4), REFUSED),
        ("class 65535", "RFC 6895 §3.2", of(1, 65_535), REFUSED),
    ]
}

fn records() -> Vec<Row> {
    let counted = |counts, rest: &[u8]| message(0, counts, &[QUESTION, rest]);
    let address = record(b"\xc0\x0c", 1, 1, 0, &[192, 0, 2, 1]);
    let tsig = record(b"\0", TSIG, 255, 0, &[0; 27]);
    let owner = |owner: &[u8]| with(&[record(owner, 1, 1, 0, &[192, 0, 2, 1])]);
    let too_long = with(&[b"\x00\x00\x01\x00\x01\x00\x00\x00\x00\xff\xff\x01".to_vec()]);
    vec![
        ("ANCOUNT 1 and no answer", "RFC 1035 §4.1", counted([1, 1, 0, 0], &[]), BROKEN),
        ("an answer in a question", "RFC 1035 §4.1", counted([1, 1, 0, 0], &address), BROKEN),
        ("ANCOUNT 65535", "RFC 9267 §6", counted([1, 65_535, 0, 0], &address), BROKEN),
        ("authority that is no IXFR's", "RFC 1995 §3", counted([1, 0, 1, 0], &address), BROKEN),
        ("ARCOUNT 1 and no record", "RFC 1035 §4.1", counted([1, 0, 0, 1], &[]), BROKEN),
        ("ARCOUNT 65535", "RFC 9267 §6", counted([1, 0, 0, 65_535], &address), BROKEN),
        (
            "an additional record of no use",
            "RFC 1035 §4.1",
            counted([1, 0, 0, 1], &address),
            ANSWERED,
        ),
        (
            "octets behind the last record",
            "RFC 1035 §4.1",
            [&with(std::slice::from_ref(&address))[..], &[0]].concat(),
            BROKEN,
        ),
        ("rdata that runs past the end", "RFC 9267 §5", too_long, BROKEN),
        (
            "a record cut before its rdata",
            "RFC 9267 §5",
            counted([1, 0, 0, 1], &address[..9]),
            BROKEN,
        ),
        (
            "an owner that points to itself, of no use and so not followed",
            "RFC 9267 §2",
            owner(b"\xc0\x1d"),
            ANSWERED,
        ),
        (
            "an owner that points past the end, of no use and so not followed",
            "RFC 9267 §2",
            owner(b"\xff\xff"),
            ANSWERED,
        ),
        (
            "a TSIG record that is not the last",
            "RFC 8945 §5.1",
            with(&[tsig.clone(), address]),
            BROKEN,
        ),
        ("two TSIG records", "RFC 8945 §5.1", with(&[tsig.clone(), tsig]), BROKEN),
    ]
}

/// Threat 38. Where the OPT record is itself what is broken, nothing is known of the sender's EDNS.
fn opt_records() -> Vec<Row> {
    let badvers = Expected::Error { rcode: BADVERS, echoes: Echoes::Question };
    let in_section = |counts| message(0, counts, &[QUESTION, &opt(1_232, 0, &[])]);
    vec![
        (
            "two OPT records",
            "RFC 6891 §6.1.1",
            with(&[opt(1_232, 0, &[]), opt(1_232, 0, &[])]),
            BROKEN,
        ),
        (
            "OPT of another owner",
            "RFC 6891 §6.1.2",
            with(&[record(b"\x01a\x00", 41, 1_232, 0, &[])]),
            BROKEN,
        ),
        ("OPT in the answer section", "RFC 6891 §6.1.1", in_section([1, 1, 0, 0]), BROKEN),
        ("OPT in the authority section", "RFC 6891 §6.1.1", in_section([1, 0, 1, 0]), BROKEN),
        ("version 1", "RFC 6891 §6.1.3", with(&[opt(1_232, 0x0001_0000, &[])]), badvers),
        ("version 255", "RFC 6891 §6.1.3", with(&[opt(1_232, 0x00ff_0000, &[])]), badvers),
        (
            "an upper rcode in a question",
            "RFC 6891 §6.1.3",
            with(&[opt(1_232, 0xff00_0000, &[])]),
            ANSWERED,
        ),
        (
            "flags without a meaning",
            "RFC 6891 §6.1.4",
            with(&[opt(1_232, 0x0000_7fff, &[])]),
            ANSWERED,
        ),
        ("payload size 0", "RFC 6891 §6.2.3", with(&[opt(0, 0, &[])]), ANSWERED),
        ("payload size 65535", "RFC 6891 §6.2.3", with(&[opt(65_535, 0, &[])]), ANSWERED),
        (
            "OPT behind another record",
            "RFC 6891 §6.1.1",
            with(&[record(b"\0", 1, 1, 0, &[0; 4]), opt(1_232, 0, &[])]),
            ANSWERED,
        ),
    ]
}

/// Threat 38.
fn options() -> Vec<Row> {
    let carrying = |options: &[u8]| with(&[opt(1_232, 0, options)]);
    let cookie = |octets| carrying(&option(10, &vec![7; octets]));
    vec![
        ("half of an option's head", "RFC 6891 §6.1.2", carrying(&[0, 10, 0]), BROKEN),
        ("an option cut short", "RFC 6891 §6.1.2", carrying(&[0, 10, 0, 8, 1, 2]), BROKEN),
        (
            "an option longer than any message",
            "RFC 6891 §6.1.2",
            carrying(&[0, 10, 0xff, 0xff]),
            BROKEN,
        ),
        ("an option nobody knows", "RFC 6891 §6.1.2", carrying(&option(65_001, b"?")), ANSWERED),
        (
            "two hundred empty options",
            "RFC 6891 §6.1.2",
            carrying(&option(65_001, &[]).repeat(200)),
            ANSWERED,
        ),
        (
            "client subnet of a family nobody knows",
            "RFC 6891 §6.1.2",
            carrying(&option(8, &[0, 9, 200, 7])),
            ANSWERED,
        ),
        ("keepalive over UDP", "RFC 7828 §3.2.1", carrying(&option(11, &[])), ANSWERED),
        ("a cookie of one octet, by who does no cookies", "RFC 7873 §5.2", cookie(1), ANSWERED),
        ("a cookie of 41 octets, by who does no cookies", "RFC 7873 §5.2", cookie(41), ANSWERED),
        ("padding of no length", "RFC 7830 §3", carrying(&option(12, &[])), ANSWERED),
        (
            "padding beyond the payload size",
            "RFC 7830 §3",
            carrying(&option(12, &[0; 2_000])),
            ANSWERED,
        ),
    ]
}
