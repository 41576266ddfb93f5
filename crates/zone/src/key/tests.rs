use super::*;
use proptest::prelude::*;
use wire::name::Name;

/// Labels of few and awkward octets: escapes, letters of both cases, neighbours of both.
fn labels() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let octet = prop::sample::select(b"\0\x01\x02*-aAbzZ@[\xff".as_slice());
    prop::collection::vec(prop::collection::vec(octet, 1..12), 0..6)
}

fn name(labels: &[Vec<u8>]) -> Name {
    labels
        .iter()
        .rev()
        .fold(Name::root(), |parent, label| Name::child(label, parent.as_ref()).unwrap())
}

/// The wire form without its root octet.
fn relative(name: &Name) -> &[u8] {
    name.as_wire().split_last().unwrap().1
}

proptest! {
    /// RFC 4034 §6.1.
    #[test]
    fn keys_order_as_names_do(a in labels(), b in labels()) {
        let (a, b) = (name(&a), name(&b));
        let (key_a, key_b) = (KeyBuf::of(relative(&a)), KeyBuf::of(relative(&b)));
        prop_assert_eq!(key_a.as_slice().cmp(key_b.as_slice()), a.cmp(&b));
        let below = key_a.as_slice().starts_with(key_b.as_slice());
        prop_assert_eq!(below, a.as_ref().is_at_or_under(b.as_ref()));
        if head(key_a.as_slice()) < head(key_b.as_slice()) {
            prop_assert!(a < b);
        }
    }

    #[test]
    fn a_key_and_its_case_bits_give_the_name_back(labels in labels()) {
        let name = name(&labels);
        let (key, mut case, mut out) = (KeyBuf::of(relative(&name)), Vec::new(), [0; NAME_OCTETS_MAX]);
        case_bits(relative(&name), &mut case);
        let length = write_labels(key.as_slice(), &case, &mut out).unwrap();
        prop_assert_eq!(&out[..length], relative(&name));
        prop_assert_eq!(relative_octets(key.as_slice()), length);
        prop_assert_eq!(label_count(key.as_slice()), labels.len());
        prop_assert!(is_key(key.as_slice(), length));
        let shorter = length.checked_sub(1);
        prop_assert!(shorter.is_none_or(|shorter| !is_key(key.as_slice(), shorter)));
        prop_assert_eq!(has_asterisk(key.as_slice()), labels.iter().any(|label| label == b"*"));
    }

    /// NSEC3 lie between the apex and all other names, in canonical order.
    #[test]
    fn keys_aside_are_owners_in_order_before_all_names(a in labels(), b in labels()) {
        let (a, b) = (name(&a), name(&b));
        let aside = |name: &Name| {
            let mut key = KeyBuf::new();
            key.set(Side::Aside, relative(name));
            key.as_slice().to_vec()
        };
        let (key_a, key_b) = (aside(&a), aside(&b));
        prop_assert_eq!(key_a.cmp(&key_b), a.cmp(&b));
        let among_names = KeyBuf::of(relative(&a));
        prop_assert_eq!(owner_part(&key_a), among_names.as_slice());
        prop_assert_eq!(owner_part(among_names.as_slice()), among_names.as_slice());
        prop_assert_eq!(Side::of_key(&key_a), Side::Aside);
        prop_assert_eq!(Side::of_key(among_names.as_slice()), Side::Names);
        prop_assert!(&key_a[..] < ASIDE_END && &key_a[..] >= ASIDE);
        let is_apex = among_names.as_slice().is_empty();
        prop_assert!(is_apex || among_names.as_slice() > ASIDE_END);
        let (mut case, mut out) = (Vec::new(), [0; NAME_OCTETS_MAX]);
        case_bits(relative(&a), &mut case);
        let length = write_labels(&key_a, &case, &mut out).unwrap();
        prop_assert_eq!(&out[..length], relative(&a));
        prop_assert_eq!(relative_octets(&key_a), length);
        prop_assert!(is_key(&key_a, length));
        prop_assert!(!is_key(&[ASIDE, &key_a[..]].concat(), NAME_OCTETS_MAX));
    }

    #[test]
    fn no_octets_make_reading_a_key_panic(key: Vec<u8>, case: Vec<u8>, labels: usize) {
        let mut out = [0; NAME_OCTETS_MAX];
        if write_labels(&key, &case, &mut out).is_none() {
            prop_assert!(!is_key(&key, NAME_OCTETS_MAX));
        }
        let _ = end_of_labels(&key, labels);
    }
}

/// The longest name, of octets that each take two in a key (threat 19).
#[test]
fn the_longest_name_has_a_key_and_comes_back() {
    let labels = [vec![0; 63], vec![1; 63], vec![0; 63], vec![1; 61]];
    let name = name(&labels);
    assert_eq!(name.as_wire().len(), NAME_OCTETS_MAX);
    let (key, mut out) = (KeyBuf::of(relative(&name)), [0; NAME_OCTETS_MAX]);
    let length = write_labels(key.as_slice(), &[], &mut out).unwrap();
    assert_eq!(&out[..length], relative(&name));
}
