//! Rdata that must be refused, and rdata that only looks wrong.

use super::*;
use crate::rdata::dependent::Dependent;
use crate::rdata::fixed::Fixed;

/// A row says why it is refused, or that it is not.
fn check(rrtype: Rrtype, cases: &[(&[u8], Result<(), RdataError>)]) {
    for (rdata, expected) in cases {
        assert_eq!(validate(rrtype, rdata), *expected, "{rrtype} {rdata:02x?}");
        assert_eq!(expanded(rrtype, rdata).map(|_| ()), *expected, "{rrtype} {rdata:02x?}");
    }
}

fn short(field: Field, needed: usize, left: usize) -> Result<(), RdataError> {
    Err(RdataError::Short { field: field.label(), needed, left })
}

/// Threat 15.
#[test]
fn service_parameters_that_wrap_repeat_or_overrun_are_refused() {
    let order = |key| Err(RdataError::ParamOrder { key });
    let value = |key| Err(RdataError::ParamValue { key });
    check(
        Rrtype::HTTPS,
        &[
            (b"\0\x01\0\0\x01\0\x03\x02h2", Ok(())),
            (b"\0\x01\0\0\x01\xff\xff\x02h2", short(Field::SvcParams, 0xffff, 3).map_err(param)),
            (b"\0\x01\0\0\x01\0", short(Field::SvcParams, 4, 3).map_err(param)),
            (b"\0\x01\0\0\x03\0\x02\0\x35\0\x01\0\x03\x02h2", order(1)),
            (b"\0\x01\0\0\x03\0\x02\0\x35\0\x03\0\x02\0\x35", order(3)),
            (b"\0\x01\0\0\x01\0\0", value(1)),
            (b"\0\x01\0\0\x01\0\x02\x05h", value(1)),
            (b"\0\x01\0\0\x01\0\x03\x01h\0", value(1)),
            (b"\0\x01\0\0\x02\0\x01x", value(2)),
            (b"\0\x01\0\0\x03\0\x01x", value(3)),
            (b"\0\x01\0\0\x04\0\0", value(4)),
            (b"\0\x01\0\0\x04\0\x03abc", value(4)),
            (b"\0\x01\0\0\x06\0\x04abcd", value(6)),
            (b"\0\x01\0\0\x07\0\x01\xff", value(7)),
            (b"\0\x01\0\0\0\0\x02\0\0", value(0)),
            (b"\0\x01\0\0\0\0\x04\0\x04\0\x01", value(0)),
            (b"\0\x01\0\0\0\0\x03\0\x01\0", value(0)),
            (b"\0\x01\0\0\0\0\x04\0\x01\0\x01", value(0)),
            (b"\0\x01\0\0\x05\0\0", value(5)),
            (b"\0\x01\0\xff\xff\0\0", value(0xffff)),
            (b"\0\x01\0\x12\x34\0\x01\0", Ok(())),
        ],
    );
}

/// Parameters have a label of their own.
fn param(error: RdataError) -> RdataError {
    match error {
        RdataError::Short { needed, left, .. } => {
            RdataError::Short { field: "a service parameter", needed, left }
        }
        other => other,
    }
}

/// Threat 16.
#[test]
fn address_prefixes_longer_than_their_family_or_rdata_are_refused() {
    check(
        Rrtype::APL,
        &[
            (b"", Ok(())),
            (b"\0\x01\x15\x03\xc0\xa8\x20", Ok(())),
            (b"\0\x01\x00\x80", Ok(())),
            (b"\0\x01\x20\x04\x01\x02\x03\x04", Ok(())),
            (b"\0\x02\x80\x10\x20\x01abcdefghijklmn", Ok(())),
            (b"\0\x02\x80\x11\x20\x01abcdefghijklmno", Err(RdataError::Prefix)),
            (b"\0\x03\xff\x05\x01\x02\x03\x04\x05", Ok(())),
            (b"\0\x01\x15\x7f\xc0\xa8\x20", short(Field::Prefixes, 127, 3)),
            (b"\0\x01\x15\xff\xc0\xa8\x20", short(Field::Prefixes, 127, 3)),
            (b"\0\x01\x15", short(Field::Prefixes, 4, 3)),
            (b"\0\x01\x20\x05\x01\x02\x03\x04\x05", Err(RdataError::Prefix)),
            (b"\0\x01\x21\x01\x0a", Err(RdataError::Prefix)),
            (b"\0\x02\x81\x01\x0a", Err(RdataError::Prefix)),
            (b"\0\x01\x08\x02\x0a\0", Err(RdataError::Prefix)),
        ],
    );
}

/// Threat 17: short rdata, and names that cross its end into what follows.
#[test]
fn short_rdata_and_names_that_cross_its_end_are_refused() {
    check(
        Rrtype::DNSKEY,
        &[
            (b"\x01\0\x03\x08", short(Field::Base64(1), 1, 0)),
            (b"\x01\0\x03", short(Field::Fixed(Fixed::Algorithm), 1, 0)),
            (b"\x01", short(Field::Fixed(Fixed::U16), 2, 1)),
        ],
    );
    check(Rrtype::NXT, &[(b"\x01a", Err(RdataError::NameCrossesEnd)), (b"\0", Ok(()))]);
    check(
        Rrtype::MX,
        &[
            (b"\0\x0a", Err(RdataError::NameCrossesEnd)),
            (b"\0\x0a\x05mail", Err(RdataError::NameCrossesEnd)),
            (b"\0\x0a\x04mail", Err(RdataError::NameCrossesEnd)),
            (b"\0\x0a\x04mail\xc0", Err(RdataError::NameCrossesEnd)),
            (b"\0\x0a\x04mail\0\0", Err(RdataError::Trailing { octets: 1 })),
            (b"\0\x0a\x40", Err(RdataError::Name(NameError::BadLabelKind))),
            (b"\0\x0a\x80", Err(RdataError::Name(NameError::BadLabelKind))),
        ],
    );
}

/// Threat 17: the shape of these depends on what stands in them.
#[test]
fn gateways_hosts_and_suffixes_that_are_cut_off_are_refused() {
    let compressed = Err(RdataError::CompressedName);
    let crosses = Err(RdataError::NameCrossesEnd);
    check(
        Rrtype::IPSECKEY,
        &[
            (b"", short(Field::Fixed(Fixed::U8), 1, 0)),
            (b"\x0a\x01", short(Field::Dependent(Dependent::Gateway), 2, 1)),
            (b"\x0a\0\x02", Ok(())),
            (b"\x0a\x01\x02\xc0\0\x02", short(Field::Dependent(Dependent::Gateway), 4, 3)),
            (b"\x0a\x01\x02\xc0\0\x02\x01", Ok(())),
            (b"\x0a\x02\x02fifteen octets!", short(Field::Dependent(Dependent::Gateway), 16, 15)),
            (b"\x0a\x03\x02", crosses),
            (b"\x0a\x03\x02\x05gate", crosses),
            (b"\x0a\x03\x02\x04gate", crosses),
            (b"\x0a\x03\x02\xc0\x0c", compressed),
            (b"\x0a\x03\x02\x04gate\0", Ok(())),
            (b"\x0a\xff\x02\xff", Ok(())), // a type not defined yet: opaque
        ],
    );
    check(
        Rrtype::AMTRELAY,
        &[
            (b"", short(Field::Fixed(Fixed::U8), 1, 0)),
            (b"\x0a", short(Field::Dependent(Dependent::Relay), 1, 0)),
            (b"\x0a\x80", Ok(())),
            (b"\x0a\x80\0", Err(RdataError::Trailing { octets: 1 })),
            (b"\x0a\x81\xc0\0\x02", short(Field::Dependent(Dependent::Relay), 4, 3)),
            (b"\x0a\x02fifteen octets!", short(Field::Dependent(Dependent::Relay), 16, 15)),
            (b"\x0a\x83\x05relay", crosses),
            (b"\x0a\x03\xc0\x0c", compressed),
            (b"\x0a\x03\x05relay\0", Ok(())),
            (b"\x0a\x7f\xff", Ok(())),
        ],
    );
    check(
        Rrtype::HIP,
        &[
            (b"\x02\x02\0", short(Field::Dependent(Dependent::HostIdentity), 4, 3)),
            (b"\x02\x02\0\x01ab", short(Field::Dependent(Dependent::HostIdentity), 3, 2)),
            (
                b"\xff\x02\xff\xffab",
                short(Field::Dependent(Dependent::HostIdentity), 0xffff + 255, 2),
            ),
            (
                b"\0\x02\0\x01a",
                Err(RdataError::Empty { field: Field::Dependent(Dependent::HostIdentity).label() }),
            ),
            (
                b"\x01\x02\0\0a",
                Err(RdataError::Empty { field: Field::Dependent(Dependent::HostIdentity).label() }),
            ),
            (b"\x01\x02\0\x01ab", Ok(())),
            (b"\x01\x02\0\x01ab\x03rvs", crosses),
            (b"\x01\x02\0\x01ab\x03rvs\0\x01", crosses),
            (b"\x01\x02\0\x01ab\xc0\x0c", compressed),
            (b"\x01\x02\0\x01ab\x03rvs\0\0", Ok(())),
        ],
    );
}

/// Threat 17: as above.
#[test]
fn parts_of_addresses_keys_and_endpoints_that_are_cut_off_are_refused() {
    let crosses = Err(RdataError::NameCrossesEnd);
    check(
        Rrtype::A6,
        &[
            (b"", short(Field::Dependent(Dependent::Suffix), 1, 0)),
            (b"\x81", Err(RdataError::Prefix)),
            (b"\0fifteen octets!", short(Field::Dependent(Dependent::Suffix), 16, 15)),
            (b"\0sixteen octets!!", Ok(())),
            (b"\0sixteen octets!!\0", Err(RdataError::Trailing { octets: 1 })),
            (b"\x40eight oc", crosses),
            (b"\x40eight oc\x01p", crosses),
            (b"\x80\xc0\x0c", Err(RdataError::CompressedName)),
            (b"\x80\x01p\0", Ok(())),
        ],
    );
    for rrtype in [Rrtype::HHIT, Rrtype::BRID] {
        check(rrtype, &[(b"", short(Field::Base64(1), 1, 0)), (b"\xff", Ok(()))]);
    }
    check(Rrtype::DSYNC, &[(b"\0\x3b\x01\x14\xef\x05t", crosses)]);
    check(Rrtype::IPN, &[(b"\0\0\0\0\0\0\0", short(Field::Fixed(Fixed::U64), 8, 7))]);
}

#[test]
fn a_name_that_crosses_rdlength_is_refused_even_if_the_message_goes_on() {
    let (mut bytes, range) = message(b"\0\x0a\x04mail");
    bytes.extend_from_slice(b"\x07example\0");
    let mut out = Vec::new();
    let result = expand(&bytes, range, Rrtype::MX, &mut out);
    assert_eq!(result, Err(RdataError::NameCrossesEnd));
}

/// Threat 18.
#[test]
fn bitmaps_with_empty_disordered_or_long_windows_are_refused() {
    let window = |window, octets| Err(RdataError::BitmapWindow { window, octets });
    let long = [&b"\0\0\x21"[..], &[1; 33]].concat();
    let full = [&b"\0\0\x20"[..], &[0xff; 32]].concat();
    check(
        Rrtype::NSEC,
        &[
            (b"\0\0\x01\x40", Ok(())),
            (&full, Ok(())),
            (b"\0", Err(RdataError::Empty { field: "a type bitmap" })),
            (b"\0\0\0", window(0, 0)),
            (b"\0\0\x01\0", window(0, 1)),
            (b"\0\0\x02\x40\0", window(0, 2)),
            (&long, window(0, 33)),
            (b"\0\x01\x01\x40\0\x01\x40", Err(RdataError::BitmapOrder { window: 0 })),
            (b"\0\x01\x01\x40\x01\x01\x40", Err(RdataError::BitmapOrder { window: 1 })),
            (
                b"\0\0\x02\x40",
                Err(RdataError::Short { field: "a bitmap window", needed: 2, left: 1 }),
            ),
            (b"\0\0", Err(RdataError::Short { field: "a bitmap window", needed: 2, left: 1 })),
        ],
    );
    check(
        Rrtype::NSEC3,
        &[
            (b"\x01\0\0\0\0\x01h", Ok(())),
            (b"\x01\0\0\0\0\0", Err(RdataError::Empty { field: Field::NextHashed.label() })),
            (b"\x01\0\0\0\x05salt", short(Field::Salt, 6, 5)),
            (b"\x01\0\0\0\0\x05hash", short(Field::NextHashed, 6, 5)),
            (b"\x01\0\0\0\0\x01h\0\0", window(0, 0)),
        ],
    );
}

/// Threat 18: all 256 windows, each full, is large but in order.
#[test]
fn a_bitmap_of_all_types_is_read_whole() {
    let windows = (0..=u8::MAX).flat_map(|window| [&[window, 32][..], &[0xff; 32]].concat());
    let rdata: Vec<u8> = std::iter::once(0).chain(windows).collect();
    assert_eq!(validate(Rrtype::NSEC, &rdata), Ok(()));
    assert_eq!(
        bitmap_types(&rdata[1..]).map(|rrtype| rrtype.0).collect::<Vec<_>>(),
        (0..=u16::MAX).collect::<Vec<_>>()
    );
}

/// Threat 21: RDLENGTH 0, where a type has fields, and 65,535.
#[test]
fn rdlength_of_zero_and_of_its_maximum_are_handled() {
    let may_be_empty = [Rrtype::APL, Rrtype::NULL];
    for row in table::rows() {
        let is_refused = validate(row.rrtype, b"").is_err();
        assert_eq!(is_refused, !may_be_empty.contains(&row.rrtype), "{}", row.rrtype);
    }
    let largest = vec![0; usize::from(u16::MAX)];
    for row in table::rows() {
        let _ = validate(row.rrtype, &largest); // must end, and must not panic
        let text = present(row.rrtype, &largest).to_string();
        assert!(text.len() < largest.len() * 5, "{}", row.rrtype);
    }
    check(Rrtype(65_280), &[(&largest, Ok(()))]);
    check(Rrtype::TXT, &[(&largest, Ok(()))]);
    check(Rrtype::WKS, &[(&largest, Err(RdataError::Trailing { octets: 65_530 - 8_192 }))]);
    let mut out = Vec::new();
    let outside = expand(&largest, 1..largest.len() + 1, Rrtype::TXT, &mut out);
    assert_eq!(outside, Err(RdataError::OutsideMessage));
    let (from, to) = (5, 4);
    assert_eq!(expand(&largest, from..to, Rrtype::TXT, &mut out), Err(RdataError::OutsideMessage));
}

/// Threat 5.
#[test]
fn signatures_over_meta_types_are_refused() {
    let rrsig = |code: u16| [&code.to_be_bytes()[..], &[0; 16], b"\0sig"].concat();
    for code in [0, 41, 128, 249, 250, 251, 252, 255, 65_535] {
        let expected = Err(RdataError::CoversMeta { rrtype: Rrtype(code) });
        check(Rrtype::RRSIG, &[(&rrsig(code), expected)]);
        check(Rrtype::SIG, &[(&rrsig(code), expected)]);
    }
    for code in [1, 6, 46, 127, 256, 65_280] {
        check(Rrtype::RRSIG, &[(&rrsig(code), Ok(()))]);
    }
    check(Rrtype::RRSIG, &[(&rrsig(1)[..19], short(Field::Base64(1), 1, 0))]);
}

/// Threat 4: SOA rdata that is too short, or longer than its fields.
#[test]
fn soa_of_another_length_is_refused() {
    let good = [&b"\x01m\0\x01r\0"[..], &[0; 20]].concat();
    let long = [&good[..], &[0]].concat();
    check(
        Rrtype::SOA,
        &[
            (&good, Ok(())),
            (&good[..25], short(Field::Fixed(Fixed::Seconds), 4, 3)),
            (&good[..4], Err(RdataError::NameCrossesEnd)),
            (&long, Err(RdataError::Trailing { octets: 1 })),
        ],
    );
    assert!(Soa::parse(&good).is_ok());
    assert_eq!(Soa::parse(&long).map(|_| ()), Err(RdataError::Trailing { octets: 1 }));
    for cut in 0..good.len() {
        assert!(Soa::parse(&good[..cut]).is_err(), "{cut} octets");
    }
}

/// Threat 35: names of 255 octets are whole, longer ones are refused, expanded or not.
#[test]
fn names_longer_than_255_octets_are_refused() {
    let label = [&b"\x3f"[..], &[b'x'; 63]].concat();
    let longest = [&label.repeat(3)[..], b"\x3d", &[b'x'; 61], b"\0"].concat();
    let longer = [&label.repeat(3)[..], b"\x3e", &[b'x'; 62], b"\0"].concat();
    let too_long = Err(RdataError::Name(NameError::TooLong));
    check(Rrtype::NS, &[(&longest, Ok(())), (&longer, too_long)]);
    let compressed = [&label.repeat(4)[..], b"\xc0\x0c"].concat();
    assert_eq!(expanded(Rrtype::NS, &compressed).map(|_| ()), too_long);
}

#[test]
fn a_property_tag_of_other_octets_is_refused() {
    check(
        Rrtype::CAA,
        &[
            (b"\0\x05issueca", Ok(())),
            (b"\0\x05issue", Ok(())),
            (b"\0\0", Err(RdataError::Empty { field: Field::Tag.label() })),
            (b"\0\x05iss\"e", Err(RdataError::Tag)),
            (b"\0\x06issue", short(Field::Tag, 7, 6)),
        ],
    );
}

/// RFC 8976 §2.2.4: a digest has twelve octets at least; RFC 7553 §4.5: a target is never empty.
#[test]
fn fields_to_the_end_have_their_least_length() {
    check(
        Rrtype::ZONEMD,
        &[
            (b"\0\0\0\x01\x01\x01twelve bytes", Ok(())),
            (b"\0\0\0\x01\x01\x01eleven byte", short(Field::Hex(12), 12, 11)),
        ],
    );
    check(Rrtype::URI, &[(b"\0\x01\0\x01", short(Field::Quoted(1), 1, 0))]);
    check(Rrtype::DS, &[(b"\0\x01\x08\x02", short(Field::Hex(1), 1, 0))]);
    check(Rrtype::KEY, &[(b"\xc0\0\x03\x08", Ok(()))]); // RFC 2535 §3.1.2: "no key"
}

#[test]
fn bits_end_where_their_numbers_do() {
    let ports = |octets| [&b"\x7f\0\0\x01\x06"[..], &vec![1; octets]].concat();
    check(
        Rrtype::WKS,
        &[(&ports(8_192), Ok(())), (&ports(8_193), Err(RdataError::Trailing { octets: 1 }))],
    );
    let types = |octets| [&b"\0"[..], &vec![1; octets]].concat();
    check(
        Rrtype::NXT,
        &[(&types(16), Ok(())), (&types(17), Err(RdataError::Trailing { octets: 1 }))],
    );
}

/// Threats 13, 21: names written out may make rdata longer than RDLENGTH can say.
#[test]
fn rdata_that_outgrows_its_length_field_is_refused() {
    let signed = |octets: usize| {
        [&b"\0\x01"[..], &[0; 16], b"\xc0\x0c", &vec![7; octets]].concat() // signer ns.Example.
    };
    let fits = expanded(Rrtype::SIG, &signed(65_535 - 18 - 12)).expect("the largest that fits");
    assert_eq!(fits.len(), 65_535);
    let outgrown = expanded(Rrtype::SIG, &signed(65_535 - 18 - 11));
    assert_eq!(outgrown, Err(RdataError::TooLong { octets: 65_536 }));
    assert_eq!(validate(Rrtype(65_280), &[0; 65_536]), Err(RdataError::TooLong { octets: 65_536 }));
}
