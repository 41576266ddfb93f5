use super::*;
use proptest::prelude::*;

fn message(counts: [u16; 4], parts: &[&[u8]]) -> Vec<u8> {
    let mut octets = vec![0, 1, 0x84, 0];
    counts.iter().for_each(|count| octets.extend_from_slice(&count.to_be_bytes()));
    octets.extend_from_slice(&parts.concat());
    octets
}

const QUESTION: &[u8] = b"\x01a\x00\x00\x01\x00\x01";
const RECORD: &[u8] = b"\xc0\x0c\x00\x02\x00\x01\x80\x00\x00\x07\x00\x04\x01b\xc0\x0c";
const OPT: &[u8] = b"\x00\x00\x29\x02\x00\x00\x00\x00\x00\x00\x00";
const TSIG: &[u8] = b"\x01k\x00\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x00";

#[test]
fn header_and_records_are_read_in_place() {
    let octets = message([1, 1, 1, 0], &[QUESTION, RECORD, RECORD]);
    let message = Message::parse(&octets).unwrap();
    let flags = message.header().flags;
    assert!(flags.is_response() && flags.aa() && !flags.tc() && !flags.rd());
    assert_eq!(format!("{flags:?}"), "QUERY qr aa NOERROR");
    let records: Vec<_> = message.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 2);
    let (section, record) = records[0];
    assert_eq!((section, records[1].0), (Section::Answer, Section::Authority));
    assert_eq!((record.rrtype(), record.class()), (Rrtype::NS, Class::IN));
    assert_eq!((record.ttl_field(), record.start()), (0x8000_0007, 19));
    assert_eq!(record.owner(&mut NameBuf::new()).unwrap().to_string(), "a.");
    let mut rdata = vec![9];
    record.rdata_into(&mut rdata).unwrap();
    assert_eq!(rdata, b"\x09\x01b\x01a\x00");
    assert_eq!(record.rdata_as_sent(), b"\x01b\xc0\x0c");
}

/// Threat 10: trailing octets, and counts that lie.
#[test]
fn walks_end_at_the_first_fault() {
    let octets = message([1, 1, 0, 0], &[QUESTION, RECORD, b"xx"]);
    assert_eq!(Message::parse(&octets).unwrap().end_of_records(), Ok(octets.len() - 2));
    let octets = message([1, 65_535, 65_535, 65_535], &[QUESTION, RECORD]);
    let message_ = Message::parse(&octets).unwrap();
    assert_eq!(message_.records().count(), 2);
    assert_eq!(message_.end_of_records(), Err(MessageError::Truncated));
    let octets = message([1, 1, 0, 0], &[QUESTION, &RECORD[..RECORD.len() - 1]]);
    let message_ = Message::parse(&octets).unwrap();
    assert_eq!(message_.records().next().unwrap().unwrap_err(), MessageError::Truncated);
    let octets = message([3, 1, 0, 0], &[QUESTION]);
    let message_ = Message::parse(&octets).unwrap();
    assert_eq!(message_.questions().count(), 2);
    assert_eq!(message_.records().next().unwrap().unwrap_err(), MessageError::Truncated);
    assert_eq!(Message::parse(&octets[..11]).unwrap_err(), MessageError::NoHeader);
}

/// Threat 30: TSIG not last, twice, or in another section.
#[test]
fn tsig_counts_only_as_the_last_record() {
    let tsig_at = |counts, parts: &[&[u8]]| {
        let octets = message(counts, parts);
        Message::parse(&octets).unwrap().tsig().map(|record| record.map(|tsig| tsig.start()))
    };
    assert_eq!(tsig_at([1, 0, 0, 1], &[QUESTION, TSIG]), Ok(Some(19)));
    assert_eq!(tsig_at([1, 0, 0, 2], &[QUESTION, OPT, TSIG]), Ok(Some(30)));
    assert_eq!(tsig_at([1, 0, 0, 1], &[QUESTION, OPT]), Ok(None));
    for (counts, parts) in [
        ([1, 0, 0, 2], [QUESTION, TSIG, OPT]),
        ([1, 0, 0, 2], [QUESTION, TSIG, TSIG]),
        ([1, 1, 0, 0], [QUESTION, TSIG, b""]),
        ([1, 1, 0, 1], [QUESTION, TSIG, OPT]),
    ] {
        assert_eq!(tsig_at(counts, &parts), Err(MessageError::MisplacedTsig));
    }
}

#[test]
fn opt_is_single_and_additional() {
    let edns = |counts, parts: &[&[u8]]| {
        let octets = message(counts, parts);
        Message::parse(&octets).unwrap().edns().map(|edns| edns.map(|edns| edns.udp_size))
    };
    assert_eq!(edns([0, 0, 0, 1], &[OPT]), Ok(Some(512)));
    assert_eq!(edns([0, 0, 0, 0], &[]), Ok(None));
    assert_eq!(edns([0, 0, 0, 2], &[OPT, OPT]), Err(MessageError::MisplacedOpt));
    assert_eq!(edns([0, 1, 0, 0], &[OPT]), Err(MessageError::MisplacedOpt));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_octets_are_read_without_harm(
        counts in prop::array::uniform4(0_u16..4),
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![QUESTION, OPT, TSIG, RECORD]).prop_map(<[u8]>::to_vec),
                prop::collection::vec(any::<u8>(), 0..20),
            ],
            0..6,
        ),
    ) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let octets = message(counts, &parts);
        let message = Message::parse(&octets).unwrap();
        let mut owner = NameBuf::new();
        let mut walked = 0;
        for (_, record) in message.records().flatten() {
            let _ = record.owner(&mut owner);
            let _ = record.rdata_into(&mut Vec::new());
            prop_assert!(record.start() < record.rdata_range().start);
            walked += 1;
        }
        let whole = message.end_of_records().is_ok();
        let promised: u16 = counts[1..].iter().sum();
        prop_assert_eq!(walked == promised, whole || promised == 0);
        let _ = (message.edns(), message.tsig(), message.questions().count());
    }
}
