//! Random rdata, made field by field from the rows of the table.

use crate::codes::Rrtype;
use crate::rdata::dependent::Dependent;
use crate::rdata::fixed::Fixed;
use crate::rdata::table::{self, Field, rows};
use crate::rdata::{bitmap, svcb};
use proptest::prelude::*;

/// A type with a row, or any other.
pub(crate) fn any_type() -> impl Strategy<Value = Rrtype> {
    let known: Vec<Rrtype> = rows().iter().map(|row| row.rrtype).collect();
    prop_oneof![4 => proptest::sample::select(known), 1 => any::<u16>().prop_map(Rrtype)]
}

/// Octets that often fit the fields of `rrtype`.
pub(crate) fn any_rdata() -> impl Strategy<Value = (Rrtype, Vec<u8>)> {
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
        Field::Name(_) => any_name().boxed(),
        Field::Names => {
            proptest::collection::vec(any_name(), 0..4).prop_map(|names| names.concat()).boxed()
        }
        Field::Dependent(field) => any_dependent(field),
        Field::Fixed(Fixed::Scheme) => (0_u8..4).prop_map(|scheme| vec![scheme]).boxed(),
        Field::Fixed(Fixed::Covered) => {
            (1_u16..128).prop_map(|code| code.to_be_bytes().to_vec()).boxed()
        }
        Field::Fixed(field) => octets(field.octets()..=field.octets()).boxed(),
        Field::Text | Field::Salt => octets(0..=20).prop_map(counted).boxed(),
        Field::Texts => proptest::collection::vec(octets(0..=20).prop_map(counted), 1..4)
            .prop_map(|texts| texts.concat())
            .boxed(),
        Field::TextPair => proptest::collection::vec(octets(0..=20).prop_map(counted), 1..3)
            .prop_map(|texts| texts.concat())
            .boxed(),
        Field::NextHashed => octets(1..=40).prop_map(counted).boxed(),
        Field::Tag => "[a-zA-Z0-9]{1,15}".prop_map(move |tag| counted(tag.into_bytes())).boxed(),
        Field::Quoted(min) | Field::Hex(min) | Field::Base64(min) => octets(min..=300).boxed(),
        Field::Blob => octets(0..=300).boxed(),
        Field::Nsap => octets(1..=30).boxed(),
        Field::AtmAddress => prop_oneof![
            octets(1..=20).prop_map(|octets| [vec![0], octets].concat()),
            "[0-9]{1,15}".prop_map(|digits| [vec![1], digits.into_bytes()].concat()),
            octets(2..=20),
        ]
        .boxed(),
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
            proptest::collection::vec(any_prefix(), 0..4).prop_map(|items| items.concat()).boxed()
        }
        Field::Location => (octets(3..=3), octets(12..=12))
            .prop_map(|(sizes, rest)| {
                let near = |octet: &u8| (octet % 10) | ((octet >> 4) % 10) << 4;
                [vec![0], sizes.iter().map(near).collect(), rest].concat()
            })
            .boxed(),
    }
}

fn any_dependent(field: Dependent) -> BoxedStrategy<Vec<u8>> {
    let octets = |range| proptest::collection::vec(any::<u8>(), range);
    match field {
        Dependent::Suffix => (0_u8..=128, octets(16..=16), any_name())
            .prop_map(|(prefix_bits, mut suffix, name)| {
                suffix.drain(..usize::from(prefix_bits / 8));
                if let Some(first) = suffix.first_mut() {
                    *first &= 0xff >> (prefix_bits & 7);
                }
                let name = if prefix_bits == 0 { Vec::new() } else { name };
                [vec![prefix_bits], suffix, name].concat()
            })
            .boxed(),
        Dependent::Gateway => (any_gateway(), any::<u8>())
            .prop_map(|((kind, gateway), algorithm)| [vec![kind, algorithm], gateway].concat())
            .boxed(),
        Dependent::Relay => (any_gateway(), any::<bool>())
            .prop_map(|((kind, relay), is_optional)| {
                [vec![kind | if is_optional { 0x80 } else { 0 }], relay].concat()
            })
            .boxed(),
        Dependent::HostIdentity => (octets(1..=30), any::<u8>(), octets(1..=300))
            .prop_map(|(tag, algorithm, key)| {
                let key_octets = u16::try_from(key.len()).unwrap_or(0);
                let head = [u8::try_from(tag.len()).unwrap_or(0), algorithm];
                [&head[..], &key_octets.to_be_bytes(), &tag, &key].concat()
            })
            .boxed(),
    }
}

/// An item of APL, in normal form.
fn any_prefix() -> impl Strategy<Value = Vec<u8>> {
    let address = proptest::collection::vec(any::<u8>(), 0..=4);
    (1_u16..4, 0_u8..33, any::<bool>(), address).prop_map(|(family, bits, negated, mut address)| {
        while address.last() == Some(&0) {
            address.pop();
        }
        let length = u8::try_from(address.len()).unwrap_or(0) | if negated { 0x80 } else { 0 };
        [family.to_be_bytes().to_vec(), vec![bits, length], address].concat()
    })
}

/// Up to four labels of any octets.
fn any_name() -> impl Strategy<Value = Vec<u8>> {
    let label = proptest::collection::vec(any::<u8>(), 1..=9);
    proptest::collection::vec(label, 0..5).prop_map(|labels| {
        let counted =
            |label: &Vec<u8>| [&[u8::try_from(label.len()).unwrap_or(0)], &label[..]].concat();
        [labels.iter().flat_map(counted).collect(), vec![0]].concat()
    })
}

/// A type and what it says that the gateway is.
fn any_gateway() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let octets = |count: usize| proptest::collection::vec(any::<u8>(), count);
    prop_oneof![
        Just((0, Vec::new())),
        octets(4).prop_map(|address| (1, address)),
        octets(16).prop_map(|address| (2, address)),
        any_name().prop_map(|name| (3, name)),
        (4_u8..128, octets(7)),
    ]
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
