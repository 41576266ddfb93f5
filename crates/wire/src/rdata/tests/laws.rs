//! What holds for every rdata, hostile ones first.

use super::*;
use crate::name::NameRef;
use crate::rdata::table::rows;
use proptest::prelude::*;

/// A type with a row, or any other.
fn any_type() -> impl Strategy<Value = Rrtype> {
    let known: Vec<Rrtype> = rows().iter().map(|row| row.rrtype).collect();
    prop_oneof![4 => proptest::sample::select(known), 1 => any::<u16>().prop_map(Rrtype)]
}

/// Octets that often fit the fields of `rrtype`.
fn any_rdata() -> impl Strategy<Value = (Rrtype, Vec<u8>)> {
    any_type().prop_flat_map(|rrtype| {
        let fields = table::row(rrtype).map_or(&[][..], |row| row.fields);
        let parts: Vec<_> = fields.iter().map(|field| any_field(*field)).collect();
        let fitting = (parts, Just(fields.is_empty())).prop_perturb(|(parts, opaque), mut rng| {
            if opaque { rng.random::<[u8; 7]>().to_vec() } else { parts.concat() }
        });
        (Just(rrtype), fitting)
    })
}

fn any_field(field: Field) -> BoxedStrategy<Vec<u8>> {
    let octets =
        |range: std::ops::RangeInclusive<usize>| proptest::collection::vec(any::<u8>(), range);
    let counted =
        |content: Vec<u8>| [vec![u8::try_from(content.len()).unwrap_or(0)], content].concat();
    match field {
        Field::Name(_) => proptest::collection::vec(octets(1..=9).prop_map(counted), 0..5)
            .prop_map(|labels| [labels.concat(), vec![0]].concat())
            .boxed(),
        Field::U8 | Field::Algorithm => octets(1..=1).boxed(),
        Field::U16 | Field::CertType => octets(2..=2).boxed(),
        Field::U32 | Field::Seconds | Field::Time | Field::Ipv4 => octets(4..=4).boxed(),
        Field::Eui48 => octets(6..=6).boxed(),
        Field::Eui64 | Field::Locator => octets(8..=8).boxed(),
        Field::Ipv6 => octets(16..=16).boxed(),
        Field::Covered => (1_u16..128).prop_map(|code| code.to_be_bytes().to_vec()).boxed(),
        Field::Text | Field::Salt => octets(0..=20).prop_map(counted).boxed(),
        Field::Texts => proptest::collection::vec(octets(0..=20).prop_map(counted), 1..4)
            .prop_map(|texts| texts.concat())
            .boxed(),
        Field::NextHashed => octets(1..=40).prop_map(counted).boxed(),
        Field::Tag => "[a-zA-Z0-9]{1,15}".prop_map(move |tag| counted(tag.into_bytes())).boxed(),
        Field::Quoted(min) | Field::Hex(min) | Field::Base64(min) => octets(min..=300).boxed(),
        Field::Bitmap(_) => proptest::collection::vec(any::<u16>().prop_map(Rrtype), 1..9)
            .prop_map(|mut types| {
                let mut out = Vec::new();
                bitmap::build(&mut types, &mut out);
                out
            })
            .boxed(),
        Field::NxtBitmap => octets(0..=16).boxed(),
        Field::Ports => octets(0..=40).boxed(),
        Field::SvcParams => any_params().boxed(),
        Field::Prefixes => {
            proptest::collection::vec((1_u16..4, 0_u8..33, any::<bool>(), octets(0..=4)), 0..4)
                .prop_map(|items| {
                    let item = |(family, bits, negated, mut address): (u16, u8, bool, Vec<u8>)| {
                        while address.last() == Some(&0) {
                            address.pop();
                        }
                        let length = u8::try_from(address.len()).unwrap_or(0)
                            | if negated { 0x80 } else { 0 };
                        [family.to_be_bytes().to_vec(), vec![bits, length], address].concat()
                    };
                    items.into_iter().flat_map(item).collect()
                })
                .boxed()
        }
        Field::Location => (octets(3..=3), octets(12..=12))
            .prop_map(|(sizes, rest)| {
                let near = |octet: &u8| (octet % 10) | ((octet >> 4) % 10) << 4;
                [vec![0], sizes.iter().map(near).collect(), rest].concat()
            })
            .boxed(),
    }
}

fn any_params() -> impl Strategy<Value = Vec<u8>> {
    let value = |key: u16, octets: Vec<u8>| -> Vec<u8> {
        match key {
            svcb::ALPN => octets
                .chunks(5)
                .flat_map(|id| [&[u8::try_from(id.len()).unwrap_or(0)], id].concat())
                .collect(),
            svcb::MANDATORY => vec![0, 1, 0, 4],
            svcb::NO_DEFAULT_ALPN | svcb::OHTTP => Vec::new(),
            svcb::PORT => octets.iter().copied().cycle().take(2).collect(),
            svcb::IPV4HINT => octets.iter().copied().cycle().take(8).collect(),
            svcb::IPV6HINT => octets.iter().copied().cycle().take(32).collect(),
            svcb::DOHPATH => b"/dns-query{?dns}".to_vec(),
            _ => octets,
        }
    };
    let octets = proptest::collection::vec(any::<u8>(), 1..20);
    let param = (prop_oneof![0_u16..12, any::<u16>()], octets);
    proptest::collection::btree_map(param.0, param.1, 0..6).prop_map(move |params| {
        params
            .into_iter()
            .flat_map(|(key, octets)| {
                let value = value(key, octets);
                let length = u16::try_from(value.len()).unwrap_or(0);
                [&key.to_be_bytes()[..], &length.to_be_bytes(), &value].concat()
            })
            .collect()
    })
}

/// Prints, reads back, and finds the same octets (I3).
fn round_trip(rrtype: Rrtype, rdata: &[u8]) -> Result<(), TestCaseError> {
    let text = present(rrtype, rdata).to_string();
    prop_assert!(text.bytes().all(|octet| (0x20..0x7f).contains(&octet)), "threat 22: {text}");
    let mut out = Vec::new();
    let read = parse(rrtype, &text, NameRef::ROOT, &mut out);
    if validate(rrtype, rdata).is_ok() {
        prop_assert_eq!(read, Ok(()), "{} {}", rrtype, text);
        prop_assert_eq!(&out, rdata, "{} {}", rrtype, text);
    } else {
        prop_assert!(read.is_err(), "{rrtype} {text}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn fitting_rdata_prints_and_reads_back((rrtype, rdata) in any_rdata()) {
        round_trip(rrtype, &rdata)?;
    }

    /// Threats 15–18, 21.
    #[test]
    fn any_octets_print_and_read_back_or_are_refused(
        rrtype in any_type(),
        rdata in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        round_trip(rrtype, &rdata)?;
    }

    /// Threats 15–18, 21, 35: one octet of a good rdata changed, or its end cut off.
    #[test]
    fn damaged_rdata_never_panics(
        (rrtype, mut rdata) in any_rdata(),
        at: proptest::sample::Index,
        octet: u8,
        cut: bool,
    ) {
        if !rdata.is_empty() {
            let at = at.index(rdata.len());
            rdata[at] = octet;
            if cut { rdata.truncate(at); }
        }
        round_trip(rrtype, &rdata)?;
        let mut out = Vec::new();
        if expand(&rdata, 0..rdata.len(), rrtype, &mut out).is_ok() {
            prop_assert_eq!(validate(rrtype, &out), Ok(()), "I1");
        }
    }

    #[test]
    fn canonical_form_is_valid_idempotent_and_changes_case_only((rrtype, rdata) in any_rdata()) {
        prop_assume!(validate(rrtype, &rdata).is_ok());
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        canonical_into(rrtype, &rdata, &mut once);
        canonical_into(rrtype, &once, &mut twice);
        prop_assert_eq!(&once, &twice);
        prop_assert!(once.eq_ignore_ascii_case(&rdata));
        prop_assert_eq!(validate(rrtype, &once), Ok(()));
    }

    #[test]
    fn any_text_is_read_or_refused(rrtype in any_type(), text in "[ -~\\n\\t]{0,60}") {
        let mut out = Vec::new();
        if parse(rrtype, &text, NameRef::ROOT, &mut out).is_ok() {
            prop_assert_eq!(validate(rrtype, &out), Ok(()));
        }
    }
}
