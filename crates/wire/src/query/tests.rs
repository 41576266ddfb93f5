use super::*;
use crate::message::Message;
use proptest::prelude::*;

/// A query for `a.` IN A with these counts and what follows the question.
fn query(flags: u16, counts: [u16; 4], rest: &[u8]) -> Vec<u8> {
    let mut octets = vec![0xab, 0xcd];
    octets.extend_from_slice(&flags.to_be_bytes());
    counts.iter().for_each(|count| octets.extend_from_slice(&count.to_be_bytes()));
    octets.extend_from_slice(rest);
    octets
}

const QUESTION: &[u8] = b"\x01a\x00\x00\x01\x00\x01";
const OPT: &[u8] = b"\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00";
const OPT_1: &[u8] = b"\x00\x00\x29\x04\xd0\x00\x01\x00\x00\x00\x00";
const OPT_NAMED: &[u8] = b"\x01a\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00";
const OPT_CUT: &[u8] = b"\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x06\x00\x03\x00\x03ab";
const TSIG: &[u8] = b"\x01k\x00\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x00";
const RECORD: &[u8] = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x01\x02\x03\x04";

/// Parses and says in one word what came of it.
fn outcome(octets: &[u8]) -> &'static str {
    match Query::parse(octets) {
        Ok(Query { edns, tsig_at, .. }) => match (edns, tsig_at) {
            (None, None) => "plain",
            (Some(_), None) => "edns",
            (None, Some(_)) => "tsig",
            (Some(_), Some(_)) => "edns tsig",
        },
        Err(QueryFault::Drop) => "drop",
        Err(QueryFault::Notify) => "notify",
        Err(QueryFault::FormErr(Echo { question: Some(_), .. })) => "formerr, question echoed",
        Err(QueryFault::FormErr(Echo { question: None, .. })) => "formerr",
        Err(QueryFault::NotImp(_)) => "notimp",
        Err(QueryFault::BadVers(_)) => "badvers",
    }
}

#[track_caller]
fn check(flags: u16, counts: [u16; 4], rest: &[&[u8]], expected: &str) {
    assert_eq!(outcome(&query(flags, counts, &rest.concat())), expected);
}

#[test]
fn ordinary_queries_are_read() {
    check(0x0100, [1, 0, 0, 0], &[QUESTION], "plain");
    check(0x0000, [1, 0, 0, 1], &[QUESTION, OPT], "edns");
    check(0x0000, [1, 0, 0, 1], &[QUESTION, TSIG], "tsig");
    check(0x0000, [1, 0, 0, 2], &[QUESTION, OPT, TSIG], "edns tsig");
    check(0x0000, [1, 0, 0, 2], &[QUESTION, RECORD, OPT], "edns");
    let octets = query(0x0110, [1, 0, 0, 1], &[QUESTION, TSIG].concat());
    let query = Query::parse(&octets).unwrap();
    assert_eq!((query.id, query.qname.to_string().as_str()), (0xabcd, "a."));
    assert_eq!((query.qtype, query.qclass), (Rrtype::A, Class::IN));
    assert_eq!((query.question_len(), query.tsig_at), (7, Some(19)));
    assert_eq!(query.flags.response().0, 0x8110);
}

#[test]
fn ixfr_questions_may_carry_the_soa_held() {
    let ixfr = b"\x01a\x00\x00\xfb\x00\x01";
    check(0, [1, 0, 1, 0], &[ixfr, RECORD], "plain");
    check(0, [1, 0, 1, 1], &[ixfr, RECORD, OPT], "edns");
    check(0, [1, 0, 1, 0], &[QUESTION, RECORD], "formerr, question echoed");
    check(0, [1, 1, 0, 0], &[ixfr, RECORD], "formerr, question echoed");
    check(0, [1, 1, 0, 0], &[QUESTION], "formerr, question echoed");
    // OPT and TSIG belong to the additional section.
    check(0, [1, 0, 1, 0], &[ixfr, OPT], "formerr, question echoed");
    check(0, [1, 0, 1, 0], &[ixfr, TSIG], "formerr, question echoed");
}

#[test]
fn answers_and_scraps_are_dropped() {
    check(0x8000, [1, 0, 0, 0], &[QUESTION], "drop");
    check(0xf800, [9, 9, 9, 9], &[], "drop");
    assert_eq!(outcome(b""), "drop");
    assert_eq!(outcome(&[0; 11]), "drop");
}

#[test]
fn other_opcodes_are_told_apart() {
    check(0x2000, [1, 0, 0, 0], &[QUESTION], "notify");
    for opcode in [1, 2, 3, 5, 6, 15] {
        check(opcode << 11, [0, 9, 9, 9], &[], "notimp");
    }
}

/// RFC 9619, and threat 35 for the question.
#[test]
fn broken_questions_are_formerr() {
    check(0, [0, 0, 0, 0], &[], "formerr");
    check(0, [2, 0, 0, 0], &[QUESTION, QUESTION], "formerr");
    check(0, [1, 0, 0, 0], &[], "formerr");
    check(0, [1, 0, 0, 0], &[b"\x01a\x00\x00\x01\x00"], "formerr");
    check(0, [1, 0, 0, 0], &[b"\xc0\x0c\x00\x01\x00\x01"], "formerr");
    check(0, [1, 0, 0, 0], &[b"\xc0\x00\x00\x01\x00\x01"], "formerr");
    check(0, [1, 0, 0, 0], &[b"\x40\x00\x00\x01\x00\x01"], "formerr");
    check(0, [1, 0, 0, 0], &[&b"\x01a".repeat(127), b"\x01a\x00\x00\x01\x00\x01"], "formerr");
}

/// Threat 38.
#[test]
fn broken_edns_is_formerr_or_badvers() {
    let formerr = "formerr, question echoed";
    check(0, [1, 0, 0, 2], &[QUESTION, OPT, OPT], formerr);
    check(0, [1, 0, 0, 2], &[QUESTION, OPT, OPT_1], formerr);
    check(0, [1, 0, 0, 1], &[QUESTION, OPT_NAMED], formerr);
    check(0, [1, 0, 0, 1], &[QUESTION, OPT_CUT], formerr);
    check(0, [1, 0, 0, 1], &[QUESTION, OPT_1], "badvers");
    check(0, [1, 0, 0, 2], &[QUESTION, OPT_1, TSIG], "badvers");
}

/// Threats 10 and 30.
#[test]
fn lying_counts_and_misplaced_tsig_are_formerr() {
    let formerr = "formerr, question echoed";
    check(0, [1, 0, 0, 0], &[QUESTION, b"\x00"], formerr);
    check(0, [1, 0, 0, 0], &[QUESTION, OPT], formerr);
    check(0, [1, 0, 0, 1], &[QUESTION], formerr);
    check(0, [1, 0, 0, 65_535], &[QUESTION, OPT], formerr);
    check(0, [1, 0, 0, 1], &[QUESTION, OPT, b"\x00"], formerr);
    check(0, [1, 0, 0, 1], &[QUESTION, &RECORD[..15]], formerr);
    check(0, [1, 0, 0, 2], &[QUESTION, TSIG, OPT], formerr);
    check(0, [1, 0, 0, 2], &[QUESTION, TSIG, TSIG], formerr);
}

/// The error message to a request, if it gets one.
fn reply(octets: &[u8]) -> Option<Vec<u8>> {
    let mut out = [0; 512];
    let len = Query::parse(octets).err()?.reply(1_232, &mut out)?;
    Some(out[..len].to_vec())
}

#[test]
fn faults_are_answered_in_kind() {
    let notimp = reply(&query(0x0910, [0, 0, 0, 0], &[])).unwrap();
    assert_eq!(notimp, query(0x8914, [0; 4], &[]));
    let formerr = reply(&query(0x0100, [1, 0, 0, 0], &[QUESTION, b"\x00"].concat())).unwrap();
    assert_eq!(formerr, query(0x8101, [1, 0, 0, 0], QUESTION));
    let badvers = reply(&query(0x0000, [1, 0, 0, 1], &[QUESTION, OPT_1].concat())).unwrap();
    let opt = b"\x00\x00\x29\x04\xd0\x01\x00\x00\x00\x00\x00";
    assert_eq!(badvers, query(0x8000, [1, 0, 0, 1], &[QUESTION, opt].concat()));
    assert_eq!(reply(&query(0x8000, [1, 0, 0, 0], QUESTION)), None);
    let mut small = [0; 11];
    let fault = Query::parse(&[0; 12]).unwrap_err();
    assert_eq!(fault.reply(512, &mut small), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Threat 35, 38: no octets harm; what is read is what the careful reader sees; a fault's
    /// answer is a message, and is itself never answered.
    #[test]
    fn any_octets_are_read_without_harm(
        flags in prop_oneof![Just(0_u16), any::<u16>()],
        counts in prop::array::uniform4(0_u16..3),
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![QUESTION, OPT, OPT_1, OPT_NAMED, OPT_CUT, TSIG, RECORD])
                    .prop_map(<[u8]>::to_vec),
                prop::collection::vec(any::<u8>(), 0..8),
            ],
            0..5,
        ),
    ) {
        let octets = query(flags, counts, &parts.concat());
        match Query::parse(&octets) {
            Ok(query) => {
                let message = Message::parse(&octets).unwrap();
                let question = message.questions().next().unwrap().unwrap();
                prop_assert_eq!(question.qname.as_ref(), query.qname);
                prop_assert_eq!(message.end_of_records(), Ok(octets.len()));
                prop_assert_eq!(message.edns(), Ok(query.edns));
                let tsig = message.tsig().unwrap().map(|record| record.start());
                prop_assert_eq!(tsig, query.tsig_at);
            }
            Err(_) => if let Some(reply) = reply(&octets) {
                prop_assert_eq!(&reply[..2], &octets[..2]);
                let message = Message::parse(&reply).unwrap();
                prop_assert_eq!(message.end_of_records(), Ok(reply.len()));
                prop_assert_eq!(outcome(&reply), "drop");
            }
        }
    }
}
