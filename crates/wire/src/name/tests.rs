use super::*;
use proptest::prelude::*;
use std::hash::DefaultHasher;

fn name(text: &str) -> Name {
    text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn hash_of(name: &Name) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Any name: few octets, so that equal labels and case differences do occur.
pub(crate) fn any_name() -> impl Strategy<Value = Name> {
    let octet =
        prop_oneof![4 => prop::sample::select(b"aAbBzZ-.*\\\x00\xff".to_vec()), 1 => any::<u8>()];
    let label = prop::collection::vec(octet, 1..=6);
    prop::collection::vec(label, 0..=6).prop_map(|labels| {
        let parent = Name::root();
        labels.iter().fold(parent, |parent, label| Name::child(label, parent.as_ref()).unwrap())
    })
}

#[test]
fn text_forms_read_and_print() {
    for (text, printed) in [
        (".", "."),
        ("example", "example."),
        ("Example.COM.", "Example.COM."),
        (r"a\.b.c", r"a\.b.c."),
        (r"\065\046.", r"A\.."),
        (r"a\032b", r"a\032b."),
        (r"\@.\$x.\(\)\;", r"\@.\$x.\(\)\;."),
        ("é.x", r"\195\169.x."),
        ("*.example.", "*.example."),
        ("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa."),
    ] {
        assert_eq!(name(text).to_string(), printed, "{text:?}");
    }
}

#[test]
fn broken_text_is_refused_with_its_reason() {
    let long_label = "a".repeat(64);
    let long_name = vec!["a".repeat(63); 4].join(".");
    for (text, error) in [
        ("", NameError::EmptyLabel),
        ("..", NameError::EmptyLabel),
        (".a", NameError::EmptyLabel),
        ("a..b", NameError::EmptyLabel),
        ("a.b..", NameError::EmptyLabel),
        ("a\\", NameError::BadEscape),
        ("a\\1", NameError::BadEscape),
        ("a\\25x", NameError::BadEscape),
        ("a\\256", NameError::BadEscape),
        (&long_label, NameError::LabelTooLong),
        (&long_name, NameError::TooLong),
    ] {
        assert_eq!(text.parse::<Name>(), Err(error), "{text:?}");
    }
}

#[test]
fn relative_text_is_completed_by_the_origin() {
    let origin = name("example.com");
    let parse = |text: &str| Name::parse(text.as_bytes(), origin.as_ref());
    assert_eq!(parse("www"), Ok(name("www.example.com")));
    assert_eq!(parse("www."), Ok(name("www.")));
    assert_eq!(parse("."), Ok(Name::root()));
    assert_eq!(parse("a.".repeat(122).trim_end_matches('.')), Err(NameError::TooLong));
}

/// Threat 19: names of exactly 255 octets, and of one more.
#[test]
fn longest_name_is_255_octets() {
    let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(61));
    assert_eq!(name(&longest).as_wire().len(), 255);
    assert_eq!(format!("{longest}b").parse::<Name>(), Err(NameError::TooLong));
    assert_eq!(name(&"a.".repeat(127)).as_ref().label_count(), LABELS_MAX);
    assert_eq!("a.".repeat(128).parse::<Name>(), Err(NameError::TooLong));
    let deepest = name(&"a.".repeat(127));
    assert_eq!(deepest.cmp(&deepest.clone()), Ordering::Equal);
    assert_eq!(Name::child(b"a", deepest.as_ref()), Err(NameError::TooLong));
}

#[test]
fn wire_form_must_be_exact() {
    for (wire, error) in [
        (&b""[..], NameError::Truncated),
        (b"\x01", NameError::Truncated),
        (b"\x01a", NameError::Truncated),
        (b"\x00\x00", NameError::TrailingOctets),
        (b"\x40a", NameError::BadLabelKind),
        (b"\xc0\x0c", NameError::BadLabelKind),
    ] {
        assert_eq!(Name::from_wire(wire), Err(error), "{wire:?}");
    }
    assert_eq!(Name::from_wire(b"\x01a\x00"), Ok(name("a")));
    let too_long = [&b"\x02bb"[..], &b"\x01a".repeat(126), &[0]].concat();
    assert_eq!((too_long.len(), Name::from_wire(&too_long)), (256, Err(NameError::TooLong)));
    assert!(Name::from_wire(&[&b"\x01a".repeat(127)[..], &[0]].concat()).is_ok());
}

/// RFC 4034 §6.1, the RFC's own example.
#[test]
fn canonical_order_is_that_of_the_rfc() {
    let order = [
        "example",
        "a.example",
        "yljkjljk.a.example",
        "Z.a.example",
        "zABC.a.EXAMPLE",
        "z.example",
        r"\001.z.example",
        "*.z.example",
        r"\200.z.example",
    ];
    for pair in order.windows(2) {
        assert!(name(pair[0]) < name(pair[1]), "{pair:?}");
    }
}

#[test]
fn ancestors_and_relations() {
    let www = name("www.Example.com");
    let zone = name("example.COM");
    assert!(
        www.as_ref().is_at_or_under(zone.as_ref()) && zone.as_ref().is_at_or_under(zone.as_ref())
    );
    assert!(!zone.as_ref().is_at_or_under(www.as_ref()));
    assert!(!name("badexample.com").as_ref().is_at_or_under(zone.as_ref()));
    // Octets that look like the suffix but start inside a label.
    let inside = Name::child(b"x\x07example\x03com", NameRef::ROOT).unwrap();
    assert!(!inside.as_ref().is_at_or_under(zone.as_ref()));
    assert_eq!(www.as_ref().relative_to(zone.as_ref()), Some(&b"\x03www"[..]));
    assert_eq!(www.as_ref().ancestor(1), name("com").as_ref());
    assert_eq!(www.as_ref().ancestor(9), www.as_ref());
    assert_eq!(www.as_ref().parent(), Some(zone.as_ref()));
    assert_eq!(NameRef::ROOT.parent(), None);
    assert_eq!(www.as_ref().common_labels(name("x.y.example.com").as_ref()), 2);
    assert_eq!(www.as_ref().common_labels(name("www.example.org").as_ref()), 0);
}

/// Threat 35: loops, forward, self, into the header, cut off, 127 labels, and too long by pointers.
#[test]
fn hostile_pointers_end_in_an_error() {
    let header = [0_u8; 12];
    for (tail, start, error) in [
        (&b"\xc0\x0c"[..], 12, NameError::BadPointer), // self
        (b"\xc0\x0e\xc0\x0c", 12, NameError::BadPointer), // forward
        (b"\xc0\x0e\xc0\x0c", 14, NameError::BadPointer), // back, then forward again
        (b"\x01a\xc0\x11\xff\x00\xc0\x0c", 18, NameError::BadPointer), // back, label, forward
        (b"\x01a\xc0\x0c", 12, NameError::BadPointer), // loop through a label
        (b"\xc0\x00", 12, NameError::BadPointer),      // into the header
        (b"\x00\xc0\x0b", 13, NameError::BadPointer),  // last octet of the header
        (b"\xc0", 12, NameError::Truncated),
        (b"\x01a", 12, NameError::Truncated),
        (b"\x3faaa", 12, NameError::Truncated),
        (b"\x80a\x00", 12, NameError::BadLabelKind),
        (b"\x41a\x00", 12, NameError::BadLabelKind),
        (b"", 12, NameError::Truncated),
    ] {
        let message = [&header[..], tail].concat();
        let mut buf = NameBuf::from(name("left.over").as_ref());
        assert_eq!(buf.read(&message, start), Err(error), "{tail:?} at {start}");
        assert!(buf.as_ref().is_root());
    }
    assert_eq!(NameBuf::new().read(b"", usize::MAX), Err(NameError::Truncated));
}

#[test]
fn pointers_to_earlier_names_are_followed() {
    let mut message = vec![0_u8; 12];
    message.extend_from_slice(b"\x03com\x00\x07example\xc0\x0c\x03www\xc0\x11\xff");
    let mut buf = NameBuf::new();
    assert_eq!(buf.read(&message, 27), Ok(33));
    assert_eq!(buf.as_ref(), name("www.example.com").as_ref());
    assert_eq!(buf.read(&message, 12), Ok(17));
    assert_eq!(buf.as_ref(), name("com").as_ref());
}

/// Threat 35: each name points at the one before and adds a label, until it does not fit.
#[test]
fn names_grown_by_pointers_stop_at_255_octets() {
    let mut message = vec![0_u8; 12];
    message.extend_from_slice(b"\x01a\x00");
    let mut at = 12;
    for labels in 2..=200 {
        let start = message.len();
        message.extend_from_slice(b"\x01a");
        message.extend_from_slice(&(0xc000 | u16::try_from(at).unwrap()).to_be_bytes());
        at = start;
        let read = NameBuf::new().read(&message, start);
        assert_eq!(read.is_ok(), labels <= 127, "{labels} labels");
    }
}

/// Threat 35: a chain of pointers to pointers costs no more than a name has labels.
#[test]
fn chains_of_bare_pointers_are_cut_short() {
    let mut message = vec![0_u8; 12];
    message.push(0);
    let mut at = 12;
    for hops in 1..=300 {
        let start = message.len();
        message.extend_from_slice(&(0xc000 | u16::try_from(at).unwrap()).to_be_bytes());
        at = start;
        assert_eq!(NameBuf::new().read(&message, start).is_ok(), hops <= LABELS_MAX, "{hops} hops");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn printing_and_reading_are_inverse(name in any_name()) {
        let text = name.to_string();
        prop_assert!(text.bytes().all(|octet| (0x21..=0x7e).contains(&octet)));
        let back: Name = text.parse().unwrap();
        prop_assert_eq!(back.as_wire(), name.as_wire());
    }

    #[test]
    fn order_hash_and_equality_agree_and_ignore_case(a in any_name(), b in any_name()) {
        let key = |name: &Name| {
            let mut labels: Vec<Vec<u8>> =
                name.as_ref().labels().map(<[u8]>::to_ascii_lowercase).collect();
            labels.reverse();
            labels
        };
        prop_assert_eq!(a.cmp(&b), key(&a).cmp(&key(&b)));
        prop_assert_eq!(a == b, key(&a) == key(&b));
        let lower = a.to_lower_case();
        prop_assert_eq!(&lower, &a);
        prop_assert_eq!(hash_of(&lower), hash_of(&a));
    }

    #[test]
    fn common_labels_name_the_closest_shared_ancestor(a in any_name(), b in any_name()) {
        let (a, b) = (a.as_ref(), b.as_ref());
        let shared = a.common_labels(b);
        prop_assert_eq!(shared, b.common_labels(a));
        prop_assert!(b.is_at_or_under(a.ancestor(shared)));
        if shared < a.label_count() {
            prop_assert!(!b.is_at_or_under(a.ancestor(shared + 1)));
        }
    }

    #[test]
    fn a_name_is_its_relative_part_before_its_ancestor(name in any_name(), keep in 0_usize..8) {
        let name = name.as_ref();
        let ancestor = name.ancestor(keep);
        let mut buf = NameBuf::new();
        buf.join(name.relative_to(ancestor).unwrap(), ancestor).unwrap();
        prop_assert_eq!(buf.as_ref().as_wire(), name.as_wire());
    }

    #[test]
    fn any_octets_are_read_without_harm(octets: Vec<u8>, start in 0_usize..64) {
        let mut buf = NameBuf::new();
        let read = buf.read(&octets, start);
        prop_assert!(NameRef::from_wire(buf.as_ref().as_wire()).is_ok());
        prop_assert!(read.is_err() || read.is_ok_and(|end| end > start && end <= octets.len()));
        if let Ok((name, _)) = NameRef::split_from(&octets) {
            prop_assert_eq!(buf.read(&octets, 0), Ok(name.wire_len()));
            prop_assert_eq!(buf.as_ref().as_wire(), name.as_wire());
        }
    }
}
