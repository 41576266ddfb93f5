//! Threats 2, 13 and 14: content that is larger here than on its way, or than anything should be.

use super::*;

/// A message of as many NS records as fit, whose owners and targets are a label and a pointer to one long name.
fn swollen(first: u32) -> Vec<u8> {
    let suffix = format!("{}example.", format!("{}.", "x".repeat(60)).repeat(3));
    let mut octets = vec![0; 65_535];
    let mut writer = Writer::new(&mut octets, ID, Flags::QR.with(Flags::AA)).unwrap();
    for number in first.. {
        let owner = name(&format!("{number:06}.{suffix}"));
        let (rrtype, class, ttl) = (Rrtype::NS, Class::IN, Ttl::from_wire(60));
        let record =
            RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata: owner.as_wire() };
        if writer.push_record(Section::Answer, record).is_err() {
            break;
        }
    }
    let len = writer.finish();
    octets.truncate(len);
    octets
}

/// Threat 2: names written out are counted as they are held, in both kinds of transfer.
#[test]
fn what_is_held_is_counted_and_not_what_arrived() {
    for (qtype, opening, mut inbound) in
        [(Rrtype::AXFR, "soa7 ns", axfr()), (Rrtype::IXFR, "soa7 ns", ixfr())]
    {
        inbound.feed(&messages(qtype, opening)[0]).unwrap();
        let small = inbound.held_bytes();
        inbound.feed(&swollen(0)).unwrap();
        let Received { records, bytes, .. } = inbound.received();
        let held = inbound.held_bytes() - small;
        assert!(held > records.saturating_mul(2 * 190), "{held} octets of {records} records");
        assert!(held > 5 * bytes, "{held} octets of {bytes}");
    }
    let limits = Limits { diffs_max: 1, ..limits() };
    let mut diffs = Inbound::ixfr(ID, held(), limits);
    assert_eq!(diffs.held_bytes(), 0);
    diffs.feed(&messages(Rrtype::IXFR, "soa4 soa3 a1 soa4 a5")[0]).unwrap();
    assert!(diffs.held_bytes() > 100, "two SOAs and two hosts");
}

fn many(count: u32, of: impl Fn(u32) -> (Rrtype, Vec<u8>)) -> Result<Fetched, XfrError> {
    let mut inbound = axfr();
    inbound.feed(&messages(Rrtype::AXFR, "soa7 ns")[0])?;
    let owner = name("h1.example.");
    for chunk in (0..count).collect::<Vec<_>>().chunks(200) {
        let mut octets = vec![0; 65_535];
        let mut writer = Writer::new(&mut octets, ID, Flags::QR).unwrap();
        for number in chunk {
            let (rrtype, rdata) = of(*number);
            let (class, ttl) = (Class::IN, Ttl::from_wire(60));
            let record = RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata: &rdata };
            writer.push_record(Section::Answer, record).unwrap();
        }
        let len = writer.finish();
        inbound.feed(&octets[..len])?;
    }
    inbound.feed(&messages(Rrtype::AXFR, "| soa7")[1])?;
    inbound.finish()
}

/// Threat 14: 10⁵ records of one type, 70,000 signatures, 10⁴ types, each at one name. Threat 13: few records that fill
/// a message.
#[test]
fn rrsets_and_names_beyond_measure_are_told_by_their_code() {
    let address = |number: u32| (Rrtype::A, number.to_be_bytes().to_vec());
    let signature =
        |number: u32| (Rrtype::RRSIG, [rrsig_rdata(1), number.to_be_bytes().to_vec()].concat());
    let kind = |number: u32| (Rrtype(1_000 + number as u16), vec![1]);
    let text = |number: u32| (Rrtype::TXT, [&[23][..], &[number as u8; 23]].concat());
    for (verdict, expected) in [
        (many(100_000, address), "RRSET_TOO_LARGE next"),
        (many(70_000, signature), "RRSET_TOO_LARGE next"),
        (many(10_000, kind), "TOO_MANY_TYPES next"),
        (many(256, text), "whole 7: "),
    ] {
        assert_eq!(told(&verdict), expected);
    }
    let filling = |number: u32| {
        (Rrtype::TXT, vec![254, number as u8].into_iter().chain([b'x'; 253]).collect())
    };
    assert_eq!(told(&many(250, filling)), "RRSET_TOO_LARGE next", "250 × 267 octets");
    assert_eq!(told(&many(239, filling)), "whole 7: ", "239 × 267 octets");
}
