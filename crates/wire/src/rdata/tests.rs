//! What is accepted, what is refused, and what canonical form changes.

#![expect(clippy::arithmetic_side_effects, reason = "tests may overflow loudly")]

mod dnspython;
pub(crate) mod generator;
mod hostile;
mod iana;
mod laws;
mod readers;
mod types;

use super::*;
use crate::name::NameError;

/// A message with the name `ns.Example.` at offset 12 and the rdata at its end.
fn message(rdata: &[u8]) -> (Vec<u8>, Range<usize>) {
    let mut message = vec![0; 12];
    message.extend_from_slice(b"\x02ns\x07Example\x00");
    let start = message.len();
    message.extend_from_slice(rdata);
    (message, start..start + rdata.len())
}

fn expanded(rrtype: Rrtype, rdata: &[u8]) -> Result<Vec<u8>, RdataError> {
    let (message, range) = message(rdata);
    let mut out = b"kept".to_vec();
    let result = expand(&message, range, rrtype, &mut out);
    let appended = out.strip_prefix(b"kept").expect("what was there stays").to_vec();
    if result.is_err() {
        assert!(appended.is_empty(), "I2: nothing is left behind after an error");
    } else {
        assert_eq!(validate(rrtype, &appended), Ok(()), "I1");
    }
    result.map(|()| appended)
}

#[test]
fn names_of_rfc_1035_types_are_expanded_between_fields() {
    assert_eq!(
        expanded(Rrtype::MX, b"\x00\x0a\x02mx\xc0\x0f"),
        Ok(b"\x00\x0a\x02mx\x07Example\x00".to_vec())
    );
    let soa = b"\xc0\x0c\x01h\xc0\x0f\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05";
    let whole = expanded(Rrtype::SOA, soa).expect("a compressed SOA");
    let soa = Soa::parse(&whole).expect("an SOA");
    assert_eq!(
        (soa.mname.to_string(), soa.rname.to_string()),
        ("ns.Example.".into(), "h.Example.".into())
    );
    assert_eq!(
        (soa.serial.0, soa.refresh, soa.retry, soa.expire, soa.negative_ttl),
        (1, 2, 3, 4, 5)
    );
}

/// Threat 21, RFC 3597 §4: a pointer in the place of each name of each type that has one.
#[test]
fn compressed_names_are_refused_where_the_type_forbids_them() {
    let origin = "example.".parse().expect("a name");
    let samples = crate::master::read(include_bytes!("samples.zone"), &origin).expect("samples");
    let mut forbidden = std::collections::BTreeSet::new();
    for record in &samples {
        let (rrtype, rdata) = (record.rrtype, &record.rdata[..]);
        for (range, rule) in names(rrtype, rdata) {
            let before = &rdata[..range.start];
            let compressed = [before, b"\xc0\x0c", &rdata[range.end..]].concat();
            let whole = [before, b"\x02ns\x07Example\0", &rdata[range.end..]].concat();
            let expected = if rule.may_arrive_compressed() {
                Ok(whole)
            } else {
                forbidden.insert(rrtype);
                Err(RdataError::CompressedName)
            };
            assert_eq!(expanded(rrtype, &compressed), expected, "{rrtype} at {}", range.start);
        }
    }
    let some = [Rrtype::DNAME, Rrtype::NSEC, Rrtype::A6, Rrtype::HIP, Rrtype::AMTRELAY];
    assert!(some.iter().all(|rrtype| forbidden.contains(rrtype)), "{forbidden:?}");
    assert!(forbidden.len() > 10, "{forbidden:?}");
    assert_eq!(expanded(Rrtype(999), b"\xc0\x0c"), Ok(b"\xc0\x0c".to_vec()), "opaque and exact");
}

/// Threat 35.
#[test]
fn pointers_that_do_not_lead_back_are_refused() {
    for pointer in [b"\xc0\x18", b"\xc0\x19", b"\xc0\x00", b"\xff\xff"] {
        assert_eq!(
            expanded(Rrtype::NS, pointer),
            Err(RdataError::Name(NameError::BadPointer)),
            "{pointer:02x?}"
        );
    }
}

/// RFC 4034 §6.2, RFC 6840 §5.1.
#[test]
fn canonical_form_lower_cases_the_names_it_should_and_no_others() {
    for (rrtype, rdata, canonical) in [
        (Rrtype::NS, &b"\x02NS\0"[..], &b"\x02ns\0"[..]),
        (Rrtype::SRV, b"\0\x41\0\x42\0\x43\x01T\0", b"\0\x41\0\x42\0\x43\x01t\0"),
        (Rrtype::DNAME, b"\x01T\0", b"\x01t\0"),
        (
            Rrtype::NAPTR,
            b"\0\x41\0\x42\x01U\x01S\x01R\x01N\0",
            b"\0\x41\0\x42\x01U\x01S\x01R\x01n\0",
        ),
        (Rrtype::NSEC, b"\x01N\0\0\x01\x40", b"\x01N\0\0\x01\x40"),
        (Rrtype::SVCB, b"\0\x01\x01T\0", b"\0\x01\x01T\0"),
        (Rrtype::TXT, b"\x01T", b"\x01T"),
        (Rrtype(65_280), b"\x01T\0", b"\x01T\0"),
    ] {
        let mut out = b"kept".to_vec();
        canonical_into(rrtype, rdata, &mut out);
        assert_eq!(out.strip_prefix(b"kept"), Some(canonical), "{rrtype}");
    }
    let rrsig = [&b"\0\x41"[..], &[b'A'; 16], b"\x06Signer\0SIG"].concat();
    let mut out = Vec::new();
    canonical_into(Rrtype::RRSIG, &rrsig, &mut out);
    assert_eq!(&out[18..], b"\x06signer\0SIG", "the signer's name is lower-cased, the rest is not");
}

#[test]
fn names_are_found_with_how_they_may_travel() {
    let found = |rrtype, rdata| names(rrtype, rdata).collect::<Vec<_>>();
    assert_eq!(found(Rrtype::MX, b"\0\x01\x01m\0"), [(2..5, NameRule::WellKnown)]);
    assert_eq!(
        found(Rrtype::MINFO, b"\0\x01m\0"),
        [(0..1, NameRule::WellKnown), (1..4, NameRule::WellKnown)]
    );
    assert_eq!(found(Rrtype::SRV, b"\0\0\0\0\0\0\x01m\0"), [(6..9, NameRule::Legacy)]);
    assert_eq!(found(Rrtype::NSEC, b"\x01m\0\0\x01\x40"), [(0..3, NameRule::Plain)]);
    assert_eq!(found(Rrtype::A, b"\x7f\0\0\x01"), []);
    assert_eq!(found(Rrtype(65_280), b"\0"), []);
    assert!(NameRule::WellKnown.may_compress() && !NameRule::Legacy.may_compress());
}

/// RFC 1035 §3.3; RFC 3597 §4; RFC 4034 §6.2 and RFC 6840 §5.1: every type with names, by rule.
#[test]
fn names_travel_as_the_standards_say() {
    use Rrtype as T;
    let rules: [(NameRule, &[Rrtype]); 4] = [
        (
            NameRule::WellKnown,
            &[T::NS, T::MD, T::MF, T::CNAME, T::SOA, T::MB, T::MG, T::MR, T::PTR, T::MINFO, T::MX],
        ),
        (
            NameRule::Legacy,
            &[T::RP, T::AFSDB, T::RT, T::SIG, T::PX, T::NXT, T::NAPTR, T::SRV, T::RRSIG],
        ),
        (NameRule::Lowered, &[T::KX, T::DNAME]),
        (NameRule::Plain, &[T::NSEC, T::SVCB, T::HTTPS, T::LP, T::NSAP_PTR, T::TALINK, T::DSYNC]),
    ];
    for row in table::rows() {
        for field in row.fields {
            let Field::Name(rule) = field else { continue };
            let (_, types) = rules.iter().find(|(listed, _)| listed == rule).expect("all listed");
            assert!(types.contains(&row.rrtype), "{} is not {rule:?}", row.rrtype);
        }
    }
    for (rule, types) in rules {
        for rrtype in types {
            let row = table::row(*rrtype).expect("a row");
            assert!(row.fields.contains(&Field::Name(rule)), "{rrtype}");
        }
        assert_eq!(rule.may_compress(), rule == NameRule::WellKnown);
        assert_eq!(
            rule.may_arrive_compressed(),
            matches!(rule, NameRule::WellKnown | NameRule::Legacy)
        );
    }
}
