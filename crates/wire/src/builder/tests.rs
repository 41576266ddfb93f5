use super::*;
use crate::edns::{DoBit, Edns, ExtendedError, OptionCode};
use crate::message::Message;
use crate::name::{Name, NameBuf};
use crate::record::Record;
use crate::ttl::Ttl;
use proptest::prelude::*;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn record(owner: &str, rrtype: Rrtype, rdata: &[u8]) -> Record {
    let ttl = Ttl::from_wire(3_600);
    Record { owner: name(owner), rrtype, class: Class::IN, ttl, rdata: rdata.into() }
}

/// Builds a message with one question and these answers, as far as they fit.
fn build(octets: &mut [u8], qname: &str, records: &[Record]) -> usize {
    let mut builder = Builder::new(octets, 7, Flags::QR).unwrap();
    if builder.question(name(qname).as_ref(), Rrtype::A, Class::IN).is_ok() {
        for record in records {
            let _ = builder.push_record(Section::Answer, record.as_ref());
        }
    }
    builder.finish()
}

/// Owner octets as read back, type and expanded rdata of every record.
fn read(octets: &[u8]) -> Vec<(Vec<u8>, Rrtype, Vec<u8>)> {
    let message = Message::parse(octets).unwrap();
    assert_eq!(message.end_of_records(), Ok(octets.len()));
    let mut owner = NameBuf::new();
    let records = message.records().map(|record| {
        let (_, record) = record.unwrap();
        let mut rdata = Vec::new();
        record.rdata_into(&mut rdata).unwrap();
        (record.owner(&mut owner).unwrap().as_wire().to_vec(), record.rrtype(), rdata)
    });
    records.collect()
}

/// What follows the question when `records` answer it.
#[track_caller]
fn check(qname: &str, records: &[Record], expected: &[u8]) {
    let mut octets = [0; 512];
    let len = build(&mut octets, qname, records);
    let start = HEADER_OCTETS + name(qname).as_wire().len() + 4;
    assert_eq!(&octets[start..len], expected);
}

#[test]
fn owner_equal_to_the_question_takes_two_octets_and_its_case() {
    check(
        "WwW.example",
        &[record("www.EXAMPLE", Rrtype::A, &[192, 0, 2, 1])],
        b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x0e\x10\x00\x04\xc0\x00\x02\x01",
    );
}

#[test]
fn owner_above_the_question_points_into_it_whatever_its_case() {
    check(
        "www.EXAMPLE",
        &[record("example", Rrtype::A, &[1, 2, 3, 4])],
        b"\xc0\x10\x00\x01\x00\x01\x00\x00\x0e\x10\x00\x04\x01\x02\x03\x04",
    );
}

/// RFC 5936 §3.4.
#[test]
fn owners_of_copies_keep_their_case_whatever_the_question() {
    let records =
        ["EXAMPLE.", "example.", "Sub.Example."].map(|owner| record(owner, Rrtype::A, &[0; 4]));
    for qname in ["example.", "EXAMPLE.", "eXaMpLe."] {
        let mut octets = [0; 512];
        let mut builder = Builder::new(&mut octets, 7, Flags::QR).unwrap();
        builder.question(name(qname).as_ref(), Rrtype::AXFR, Class::IN).unwrap();
        builder.write_owners(Owners::AsTheyAre);
        for record in &records {
            builder.push_record(Section::Answer, record.as_ref()).unwrap();
        }
        let len = builder.finish();
        let owners = read(&octets[..len]).into_iter().map(|(owner, ..)| owner);
        assert!(owners.eq(records.iter().map(|record| record.owner.as_wire().to_vec())), "{qname}");
    }
}

#[test]
fn names_in_rdata_keep_their_case() {
    let ns = name("ns.example");
    check(
        "EXAMPLE",
        &[
            record("example", Rrtype::NS, ns.as_wire()),
            record("ns.example", Rrtype::NS, ns.as_wire()),
        ],
        b"\xc0\x0c\x00\x02\x00\x01\x00\x00\x0e\x10\x00\x0c\x02ns\x07example\x00\
          \xc0\x25\x00\x02\x00\x01\x00\x00\x0e\x10\x00\x02\xc0\x25",
    );
}

#[test]
fn name_that_ends_in_a_pointer_is_found_again() {
    let (one, two) = (name("a.x.net"), name("b.x.net"));
    check(
        "z",
        &[
            record("z", Rrtype::NS, one.as_wire()),
            record("z", Rrtype::NS, two.as_wire()),
            record("b.x.net", Rrtype::NULL, &[]),
        ],
        b"\xc0\x0c\x00\x02\x00\x01\x00\x00\x0e\x10\x00\x09\x01a\x01x\x03net\x00\
          \xc0\x0c\x00\x02\x00\x01\x00\x00\x0e\x10\x00\x04\x01b\xc0\x21\
          \xc0\x34\x00\x0a\x00\x01\x00\x00\x0e\x10\x00\x00",
    );
}

#[test]
fn octets_of_the_question_that_start_inside_a_label_are_no_name() {
    check(
        r"x\001a.",
        &[record("a", Rrtype::NULL, &[])],
        b"\x01a\x00\x00\x0a\x00\x01\x00\x00\x0e\x10\x00\x00",
    );
}

#[test]
fn names_beyond_the_reach_of_pointers_are_written_out() {
    let far = record("far.away", Rrtype::NS, name("ns.far.away").as_wire());
    let records = [record("q", Rrtype::NULL, &[0; 0x4000]), far.clone(), far.clone(), far];
    let mut octets = vec![0; 20_000];
    let len = build(&mut octets, "q", &records);
    let back = read(&octets[..len]);
    assert_eq!(back.len(), 4);
    assert!(back[1..].iter().all(|(owner, _, _)| owner == b"\x03far\x04away\x00"));
}

/// RFC 3597 §4: SRV, DNAME and unknown types are sent as they are (threat 21).
#[test]
fn rdata_of_newer_types_is_not_compressed() {
    for (rrtype, front) in [
        (Rrtype::SRV, &[0; 6][..]),
        (Rrtype::DNAME, &[]),
        (Rrtype(65_280), &[]),
        (Rrtype::RP, &[0]),
    ] {
        let rdata = [front, name("www.example").as_wire()].concat();
        let mut octets = [0; 512];
        let len = build(&mut octets, "www.example", &[record("www.example", rrtype, &rdata)]);
        assert!(octets[..len].ends_with(&rdata), "{rrtype}");
    }
}

#[test]
fn root_is_one_octet_everywhere() {
    let mut octets = [0; 64];
    let len = build(&mut octets, ".", &[record(".", Rrtype::NS, &[0])]);
    assert_eq!(octets[12..len], *b"\0\0\x01\0\x01\0\0\x02\0\x01\0\0\x0e\x10\0\x01\0");
}

#[test]
fn second_question_is_refused() {
    let mut octets = [0; 64];
    let mut builder = Builder::new(&mut octets, 1, Flags::default()).unwrap();
    assert_eq!(builder.question(name("a").as_ref(), Rrtype::A, Class::IN), Ok(()));
    assert_eq!(builder.question(name("b").as_ref(), Rrtype::A, Class::IN), Err(Full));
    assert_eq!(builder.finish(), 19);
    assert!(Builder::new(&mut [0; 11], 1, Flags::default()).is_err());
}

#[test]
fn opt_carries_size_bit_rcode_and_options() {
    let mut octets = [0; 80];
    let mut builder = Builder::new(&mut octets, 1, Flags::QR).unwrap();
    builder.push_opt(1_232, Rcode::BADVERS, DoBit::Set).unwrap();
    assert_eq!(builder.push_opt(1_232, Rcode::BADVERS, DoBit::Set), Err(Full));
    builder.push_option(OptionCode::NSID, b"one").unwrap();
    builder.push_extended_error(ExtendedError::NOT_READY, "soon").unwrap();
    assert_eq!(builder.push_option(OptionCode::PADDING, &[0; 40]), Err(Full));
    let len = builder.finish();
    let message = Message::parse(&octets[..len]).unwrap();
    let edns = message.edns().unwrap().unwrap();
    let Edns { udp_size, version, .. } = edns;
    assert_eq!((udp_size, version, edns.do_bit()), (1_232, 0, DoBit::Set));
    assert_eq!(edns.rcode(message.header().flags.rcode()), Rcode::BADVERS);
    assert_eq!(edns.option(OptionCode::NSID), Some(&b"one"[..]));
    assert_eq!(edns.option(OptionCode::EDE), Some(&b"\x00\x0esoon"[..]));
    assert_eq!(edns.options().count(), 2);
}

#[test]
fn options_go_to_opt_only_while_it_is_the_last_record() {
    let mut octets = [0; 128];
    let mut builder = Builder::new(&mut octets, 1, Flags::QR).unwrap();
    assert_eq!(builder.push_option(OptionCode::NSID, b"x"), Err(Full));
    let bare = builder.mark();
    builder.push_opt(512, Rcode::NOERROR, DoBit::Clear).unwrap();
    let glue = record("a", Rrtype::A, &[1, 2, 3, 4]);
    builder.push_record(Section::Additional, glue.as_ref()).unwrap();
    assert_eq!(builder.push_option(OptionCode::NSID, b"x"), Err(Full));
    builder.rollback(bare);
    assert_eq!(builder.push_option(OptionCode::NSID, b"x"), Err(Full));
    assert!(builder.is_empty() && builder.count_in(Section::Additional) == 0);
    builder.push_opt(512, Rcode::NOERROR, DoBit::Clear).unwrap();
    builder.push_option(OptionCode::NSID, b"x").unwrap();
    assert_eq!(builder.finish(), 12 + Builder::OPT_OCTETS + 5);
}

#[test]
fn reserved_octets_are_kept_from_records_until_released() {
    let mut octets = [0; 12 + 17 + Builder::OPT_OCTETS];
    let mut builder = Builder::new(&mut octets, 1, Flags::QR).unwrap();
    builder.reserve(Builder::OPT_OCTETS).unwrap();
    let first = record("a", Rrtype::A, &[1, 2, 3, 4]);
    builder.push_record(Section::Answer, first.as_ref()).unwrap();
    let second = record("a", Rrtype::NULL, &[]);
    assert_eq!(builder.room(), 0);
    assert_eq!(builder.push_record(Section::Answer, second.as_ref()), Err(Full));
    assert_eq!(builder.reserve(1), Err(Full));
    builder.release(Builder::OPT_OCTETS);
    builder.push_opt(512, Rcode::NOERROR, DoBit::Clear).unwrap();
    assert_eq!((builder.room(), builder.finish()), (0, 12 + 17 + 11));
}

/// Threat 35: ten thousand unlike names cost octets, and pointers stay within their reach.
#[test]
fn message_of_very_many_names_reads_back() {
    let records: Vec<Record> = (0..1_500)
        .map(|i| {
            record(&format!("a{i}.b{i}.c{}.example", i % 7), Rrtype::NS, name("x.y").as_wire())
        })
        .collect();
    let mut octets = vec![0; 65_535];
    let len = build(&mut octets, "example", &records);
    let back = read(&octets[..len]);
    assert_eq!(back.len(), records.len());
    for ((owner, _, rdata), record) in back.iter().zip(&records) {
        assert_eq!((owner.as_slice(), rdata.as_slice()), (record.owner.as_wire(), &*record.rdata));
    }
}

/// Names of few labels in two cases, so that suffixes are shared and differ in case.
fn any_name() -> impl Strategy<Value = Name> {
    let label = prop::sample::select(vec!["a", "A", "b", "www", "WWW", "*"]);
    prop::collection::vec(label, 0..5).prop_map(|labels| name(&format!("{}.", labels.join("."))))
}

fn any_record() -> impl Strategy<Value = Record> {
    let kinds = vec![Rrtype::A, Rrtype::NS, Rrtype::MX, Rrtype::SOA, Rrtype::SRV, Rrtype(65_280)];
    let parts = (any_name(), prop::sample::select(kinds), any_name(), any_name());
    parts.prop_map(|(owner, rrtype, first, second)| {
        let (first, second) = (first.as_wire(), second.as_wire());
        let rdata = match rrtype {
            Rrtype::A => vec![192, 0, 2, 1],
            Rrtype::MX => [&[0, 10], first].concat(),
            Rrtype::SOA => [first, second, &[0; 20]].concat(),
            Rrtype::SRV => [&[0; 6], first].concat(),
            Rrtype(_) => first.to_vec(),
        };
        Record { owner, rrtype, class: Class::IN, ttl: Ttl::ZERO, rdata: rdata.into() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// B3: rdata comes back octet for octet, owners too unless the question shows them.
    #[test]
    fn what_is_built_reads_back(
        qname in any_name(),
        records in prop::collection::vec(any_record(), 0..12),
    ) {
        let mut octets = [0; 4_096];
        let len = build(&mut octets, &qname.to_string(), &records);
        let back = read(&octets[..len]);
        prop_assert_eq!(back.len(), records.len());
        for ((owner, rrtype, rdata), record) in back.iter().zip(&records) {
            prop_assert_eq!(Name::from_wire(owner).unwrap(), record.owner.clone());
            prop_assert_eq!((*rrtype, rdata.as_slice()), (record.rrtype, &*record.rdata));
            let shared = record.owner.as_ref().common_labels(qname.as_ref());
            let own = record.owner.as_ref().ancestor(shared).wire_len();
            let own = owner.len() - own;
            prop_assert_eq!(&owner[..own], &record.owner.as_wire()[..own]);
        }
    }

    /// B1, B2: whatever the limit, the message is whole and within it.
    #[test]
    fn records_are_whole_at_every_limit(
        records in prop::collection::vec(any_record(), 1..6),
        limit in 12_usize..200,
    ) {
        let mut octets = [0xee; 300];
        let len = build(&mut octets[..limit], "www.a.", &records);
        prop_assert!(len <= limit);
        prop_assert!(octets[limit..].iter().all(|&octet| octet == 0xee));
        prop_assert!(read(&octets[..len]).len() <= records.len());
    }

    #[test]
    fn rolled_back_records_leave_no_trace(
        kept in prop::collection::vec(any_record(), 0..4),
        dropped in prop::collection::vec(any_record(), 0..4),
        later in prop::collection::vec(any_record(), 0..4),
    ) {
        let push = |builder: &mut Builder<'_>, records: &[Record]| {
            for record in records {
                builder.push_record(Section::Authority, record.as_ref()).unwrap();
            }
        };
        let mut octets = [0; 4_096];
        let mut builder = Builder::new(&mut octets, 7, Flags::QR).unwrap();
        push(&mut builder, &kept);
        let mark = builder.mark();
        push(&mut builder, &dropped);
        builder.rollback(mark);
        prop_assert_eq!(builder.len(), mark.len);
        push(&mut builder, &later);
        let len = builder.finish();
        let back = read(&octets[..len]);
        prop_assert_eq!(back.len(), kept.len() + later.len());
        for ((owner, _, rdata), record) in back.iter().zip(kept.iter().chain(&later)) {
            prop_assert_eq!(owner.as_slice(), record.owner.as_wire());
            prop_assert_eq!(rdata.as_slice(), &*record.rdata);
        }
    }
}
