//! Keys, algorithms and MACs against the vectors of RFC 2202 and RFC 4231; records in and out.
//! Whole exchanges are tested where they are decided, in `proto::tsig`.

use super::*;
use crate::message::MessageError;
use crate::name::{Name, NameRef};
use proptest::prelude::*;

fn key(algorithm: Algorithm, secret: &[u8]) -> Key {
    Key::new("Key.Example.".parse().unwrap(), algorithm, secret).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn mac_of(key: &Key, text: &[u8]) -> Mac {
    let mut digest = Digest::new(key);
    digest.message(text);
    digest.finish()
}

/// RFC 2202 §2, §3 and RFC 4231 §4.3: test case 2, key "Jefe".
#[test]
fn macs_are_those_of_the_rfcs() {
    for (algorithm, mac) in [
        (Algorithm::HmacMd5, "750c783e6ab0b503eaa86e310a5db738"),
        (Algorithm::HmacSha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (Algorithm::HmacSha224, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
        (Algorithm::HmacSha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (Algorithm::HmacSha256To128, "5bdcc146bf60754e6a042426089575c7"),
        (
            Algorithm::HmacSha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649",
        ),
        (Algorithm::HmacSha384To192, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"),
        (
            Algorithm::HmacSha512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            Algorithm::HmacSha512To256,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554",
        ),
    ] {
        let key = key(algorithm, b"Jefe");
        let computed = mac_of(&key, b"what do ya want for nothing?");
        assert_eq!(computed.as_octets(), unhex(mac), "{algorithm}");
    }
}

/// RFC 4231 §4.7: a key longer than the block of the hash.
#[test]
fn long_secrets_are_hashed_first() {
    let key = key(Algorithm::HmacSha256, &[0xaa; 131]);
    let mac = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
    let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
    assert_eq!(mac_of(&key, text).as_octets(), unhex(mac));
}

/// Threat 30: an empty, cut, grown or flipped MAC.
#[test]
fn only_the_right_mac_verifies_at_any_length_it_has() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm, b"secret");
        let mut digest = Digest::new(&key);
        digest.message(b"message");
        let mac = digest.clone().finish();
        let octets = mac.as_octets();
        for length in 0..=octets.len() {
            assert_eq!(digest.clone().verify(&octets[..length]), length > 0, "{algorithm}");
        }
        assert!(!digest.clone().verify(&[octets, b"\0"].concat()));
        let mut flipped = octets.to_vec();
        flipped[0] ^= 1;
        assert!(!digest.verify(&flipped));
    }
}

/// An algorithm that always truncates has no longer MAC.
#[test]
fn untruncated_macs_of_truncating_algorithms_do_not_verify() {
    for (whole, cut) in [
        (Algorithm::HmacSha256, Algorithm::HmacSha256To128),
        (Algorithm::HmacSha384, Algorithm::HmacSha384To192),
        (Algorithm::HmacSha512, Algorithm::HmacSha512To256),
    ] {
        let mac = mac_of(&key(whole, b"secret"), b"message");
        let cut = key(cut, b"secret");
        let mut digest = Digest::new(&cut);
        digest.message(b"message");
        assert!(digest.clone().verify(&mac.as_octets()[..cut.mac_octets()]));
        assert!(!digest.verify(mac.as_octets()), "{cut:?}");
    }
}

/// RFC 8945 §5.2.2.1.
#[test]
fn mac_lengths_follow_the_standard() {
    for (algorithm, min, max) in [
        (Algorithm::HmacMd5, 10, 16),
        (Algorithm::HmacSha1, 10, 20),
        (Algorithm::HmacSha224, 14, 28),
        (Algorithm::HmacSha256, 16, 32),
        (Algorithm::HmacSha256To128, 16, 16),
        (Algorithm::HmacSha384, 24, 48),
        (Algorithm::HmacSha384To192, 24, 24),
        (Algorithm::HmacSha512, 32, 64),
        (Algorithm::HmacSha512To256, 32, 32),
    ] {
        for octets in 0..=70 {
            let expected = match octets {
                _ if octets == max => MacLength::Full,
                _ if octets > max => MacLength::TooLong,
                _ if octets < min => MacLength::TooShort,
                _ => MacLength::Truncated,
            };
            assert_eq!(algorithm.judge(octets), expected, "{algorithm} {octets}");
            let cut = key(algorithm, b"x").with_mac_octets(octets);
            assert_eq!(cut.is_ok(), (min..=max).contains(&octets), "{algorithm} {octets}");
        }
    }
}

#[test]
fn algorithms_are_read_as_operators_write_them() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        assert_eq!(algorithm.to_string().to_uppercase().parse(), Ok(algorithm));
        assert_eq!(format!("{algorithm}.").parse(), Ok(algorithm));
        assert_eq!(algorithm.name().to_string().parse(), Ok(algorithm));
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
    }
    assert_eq!("HMAC-MD5".parse(), Ok(Algorithm::HmacMd5));
    let upper: Name = "HMAC-MD5.SIG-ALG.REG.INT.".parse().unwrap();
    assert_eq!(Algorithm::from_name(upper.as_ref()), Some(Algorithm::HmacMd5));
    for text in ["", ".", "hmac-sha3", "sha256", "hmac-sha256..", "gss-tsig"] {
        assert!(text.parse::<Algorithm>().is_err(), "{text}");
    }
    assert_eq!(Algorithm::from_name(NameRef::ROOT), None);
}

#[test]
fn secrets_never_show_and_fingerprints_are_comparable() {
    let secret = b"correct horse battery staple";
    let key = key(Algorithm::HmacSha256, secret);
    let shown = format!("{key:?} {key:#?} {:?}", Digest::new(&key));
    for telling in ["correct", &key.secret_base64(), &format!("{:?}", &secret[..3])] {
        assert!(!shown.contains(telling), "{shown}");
    }
    assert!(shown.contains("Key.Example.") && shown.contains("secret_bits: 224"), "{shown}");
    // printf 'correct horse battery staple' | sha256sum | cut -c1-8
    assert_eq!(key.fingerprint(), "c4bbcb1f");
}

#[test]
fn secrets_are_taken_from_base64_and_their_faults_named() {
    let from = |text| Key::from_base64(Name::root(), Algorithm::HmacSha256, text);
    assert_eq!(from(" c2Vj\n cmV0 ").unwrap().secret_base64(), "c2VjcmV0");
    assert_eq!(from(""), Err(KeyError::Empty));
    assert_eq!(from("c2Vj*mV0"), Err(KeyError::NotBase64 { position: 4 }));
    assert!(matches!(from("c2VjcmV"), Err(KeyError::NotBase64 { .. })));
    let long = data_encoding::BASE64.encode(&[1; SECRET_OCTETS_MAX + 1]);
    assert_eq!(from(&long), Err(KeyError::TooLong { octets: SECRET_OCTETS_MAX + 1 }));
    assert!(from("AA==").unwrap().is_weak(), "1 octet is accepted and flagged");
    let strong = Key::new(Name::root(), Algorithm::HmacSha256, &[0; 16]).unwrap();
    let md5 = Key::new(Name::root(), Algorithm::HmacMd5, &[0; 16]).unwrap();
    assert!(!strong.is_weak() && md5.is_weak());
}

#[test]
fn new_keys_are_as_long_as_the_hash() {
    let random = core::array::from_fn(|at| at as u8);
    for algorithm in Algorithm::ALL {
        let key = Key::from_random(Name::root(), algorithm, &random);
        assert_eq!(key.secret_bits(), algorithm.hash_octets() * 8, "{algorithm}");
    }
}

fn message() -> Vec<u8> {
    b"\x12\x34\x84\0\0\x01\0\x01\0\0\0\0\x01a\0\0\x06\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04abcd"
        .to_vec()
}

fn fields<'a>(key: &'a Key, mac: &'a [u8], other: &'a [u8]) -> Fields<'a> {
    Fields {
        key_name: key.name().as_ref(),
        algorithm: key.algorithm().name(),
        timers: Timers { time_signed: 0x1234_5678_9abc, fudge: 300 },
        mac,
        original_id: 0xabcd,
        error: ErrorCode::BADTIME,
        other,
    }
}

#[test]
fn appended_records_are_found_again() {
    let key = key(Algorithm::HmacMd5, b"x");
    let mut signed = message();
    append(&mut signed, &fields(&key, b"0123456789", b"\0\0\0\0\x01\0"));
    let found = find(&signed).unwrap().unwrap();
    assert_eq!(found.key_name.as_ref(), key.name().as_ref());
    assert_eq!(found.algorithm.as_ref(), Algorithm::HmacMd5.name());
    assert_eq!(found.timers, Timers { time_signed: 0x1234_5678_9abc, fudge: 300 });
    assert_eq!((found.mac, found.other), (&b"0123456789"[..], &b"\0\0\0\0\x01\0"[..]));
    assert_eq!((found.original_id, found.error), (0xabcd, ErrorCode::BADTIME));
    assert_eq!(found.other_time(), Some(256));
    let mut restored = message();
    (restored[0], restored[1]) = (0xab, 0xcd);
    assert_eq!([&found.header[..], found.rest].concat(), restored);
    assert!(signed.len() - message().len() <= key.record_octets());
}

#[test]
fn messages_without_tsig_have_none() {
    assert!(find(&message()).unwrap().is_none());
    let mut with_opt = message();
    with_opt.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    with_opt[11] = 1;
    assert!(find(&with_opt).unwrap().is_none());
    assert_eq!(find(b"short").unwrap_err(), Malformed::Message(MessageError::NoHeader));
}

/// Threat 30: every length inside the rdata that does not add up.
#[test]
fn inner_lengths_must_add_up() {
    let key = key(Algorithm::HmacSha256, b"x");
    let mut signed = message();
    append(&mut signed, &fields(&key, b"0123456789", b""));
    let rdata_at = message().len() + key.name().as_wire().len() + 10;
    let mac_length_at = rdata_at + Algorithm::HmacSha256.wire_name().len() + 8;
    let other_length_at = signed.len() - 2;
    for (at, value) in [(mac_length_at, 0xff), (mac_length_at + 1, 9), (other_length_at + 1, 1)] {
        let mut broken = signed.clone();
        broken[at] = value;
        assert_eq!(find(&broken).unwrap_err(), Malformed::Rdata, "octet {at}");
    }
    let mut longer = signed.clone();
    longer[rdata_at - 1] += 1;
    longer.push(0);
    assert_eq!(find(&longer).unwrap_err(), Malformed::Rdata, "an octet behind the last field");
    let mut compressed = signed.clone();
    compressed[rdata_at] = 0xc0;
    assert_eq!(find(&compressed).unwrap_err(), Malformed::Rdata);
}

/// Threat 5: a TSIG among the answers of an otherwise unsigned message is not a signature.
#[test]
fn tsig_in_another_section_is_not_last() {
    let key = key(Algorithm::HmacSha256, b"x");
    let mut signed = message();
    append(&mut signed, &fields(&key, b"0123456789", b""));
    (signed[7], signed[11]) = (2, 1);
    signed.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    assert_eq!(find(&signed).unwrap_err(), Malformed::NotLast);
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = find(&octets);
    }

    #[test]
    fn any_mutilated_tsig_is_read_or_refused(at: prop::sample::Index, value: u8, cut: prop::sample::Index) {
        let key = key(Algorithm::HmacSha512, b"x");
        let mut signed = message();
        append(&mut signed, &fields(&key, &[7; 64], b"\0\0\0\0\x01\0"));
        let at = at.index(signed.len());
        signed[at] = value;
        let _ = find(&signed);
        let _ = find(&signed[..cut.index(signed.len())]);
    }

    #[test]
    fn what_is_read_as_an_algorithm_names_it(text in "(?i)hmac-(md5|sha1|sha2(24|56)|sha512)(-128|.sig-alg.reg.int)?[.]?|\\PC*") {
        if let Ok(algorithm) = text.parse::<Algorithm>() {
            let name = text.to_ascii_lowercase();
            prop_assert!(algorithm.as_str().starts_with(name.trim_end_matches('.')), "{algorithm} of {text}");
        }
    }
}
