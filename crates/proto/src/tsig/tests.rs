//! Threats 29, 30 and 31.

use super::*;
use crate::primaries::{Ask, Remedy};
use proptest::prelude::*;
use wire::codes::Rcode;
use wire::message::MessageError;
use wire::name::Name;
use wire::serial::Serial;
use wire::tsig::{Algorithm, Malformed, TsigRecord};

mod oracle;

/// When the exchanges in the fixture were signed.
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
fn find(message: &[u8]) -> TsigRecord<'_> {
    wire::tsig::find(message).unwrap().unwrap()
}

fn mac_of(message: &[u8]) -> Mac {
    Mac::from_octets(find(message).mac).unwrap()
}

fn key(name: &str, algorithm: Algorithm, secret: &[u8]) -> Arc<Key> {
    Arc::new(Key::new(name.parse().unwrap(), algorithm, secret).unwrap())
}

fn sha256() -> Arc<Key> {
    key("transfer.key.", Algorithm::HmacSha256, b"0123456789abcdef")
}

fn query() -> Vec<u8> {
    b"\x12\x34\0\0\0\x01\0\0\0\0\0\0\x07example\0\0\xfc\0\x01".to_vec()
}

fn answer(number: u8) -> Vec<u8> {
    let mut message = query();
    (message[2], message[12 + 2]) = (0x84, b'a' + number % 26);
    message
}

/// A request signed by the key, and a signer and a verifier for what answers it.
fn exchange(key: &Arc<Key>) -> (ResponseSigner, ResponseVerifier) {
    let mut request = query();
    let mac = sign_request(key, &mut request, NOW);
    let signed = verify_request(&Keyring::new([Arc::clone(key)]), &request, NOW).unwrap();
    (signed.signer().unwrap(), ResponseVerifier::new(Arc::clone(key), mac))
}

/// Signs the answers where the pattern has an `S` and feeds them all.
fn run(pattern: &str, key: &Arc<Key>) -> Result<(), TsigFault> {
    let (mut signer, mut verifier) = exchange(key);
    for (number, kind) in pattern.bytes().enumerate() {
        let mut message = answer((number % 256) as u8);
        let plain = message.clone();
        match kind {
            b'S' => signer.sign(&mut message, NOW),
            b'U' => signer.pass(&message),
            _ => panic!("S or U, not {kind}"),
        }
        if let Some(record) = wire::tsig::find(&message).unwrap() {
            assert_eq!([&record.header[..], record.rest].concat(), plain, "what was signed");
        }
        verifier.feed(&message, NOW)?;
    }
    verifier.finish()
}

/// Threat 31: every way in which a stream may and may not be signed.
#[test]
fn streams_may_leave_out_99_signatures_between_two() {
    let gap = |unsigned: usize| format!("S{}S", "U".repeat(unsigned));
    for pattern in ["S", "SS", "SUS", "SSUUSSUS", &gap(99)] {
        assert_eq!(run(pattern, &sha256()), Ok(()), "{pattern}");
    }
    assert_eq!(run(&gap(100), &sha256()), Err(TsigFault::StreamGap { unsigned: 100 }));
    assert_eq!(run("SU", &sha256()), Err(TsigFault::LastUnsigned { unsigned: 1 }));
    assert_eq!(run("SSUU", &sha256()), Err(TsigFault::LastUnsigned { unsigned: 2 }));
    assert_eq!(run("", &sha256()), Err(TsigFault::LastUnsigned { unsigned: 0 }));
}

/// Threat 31.
#[test]
fn first_message_must_be_signed_and_its_rcode_is_told() {
    let (_, mut verifier) = exchange(&sha256());
    let mut message = answer(0);
    message[3] = 5;
    let fault = verifier.feed(&message, NOW).unwrap_err();
    let rcode = Rcode::REFUSED;
    assert_eq!(fault, TsigFault::Unsigned { rcode, message: 1 });
}

/// Threat 31: the messages of a stream, each good on its own, in any other order.
#[test]
fn reordered_dropped_and_repeated_messages_are_found() {
    let key = sha256();
    let (mut signer, _) = exchange(&key);
    let signed: Vec<_> = (0..3)
        .map(|number| {
            let mut message = answer(number);
            signer.sign(&mut message, NOW);
            message
        })
        .collect();
    for (order, fails_at) in
        [(vec![0, 2, 1], 2), (vec![1, 0], 1), (vec![0, 0], 2), (vec![0, 2], 2), (vec![2], 1)]
    {
        let (_, mut verifier) = exchange(&key);
        let fault = order.iter().find_map(|&at| verifier.feed(&signed[at], NOW).err());
        let Some(TsigFault::BadSignature { message, .. }) = fault else {
            panic!("{order:?}: {fault:?}")
        };
        assert_eq!(message, fails_at, "{order:?}");
    }
}

/// Threat 31: timers only on the first message, all variables on a later one, and a chain that
/// starts anew with the request's MAC.
#[test]
fn wrong_components_do_not_verify() {
    let key = sha256();
    let (_, mut verifier) = exchange(&key);
    let mut request = query();
    let mac = sign_request(&key, &mut request, NOW);
    let mut timers_only = answer(0);
    let mut digest = Digest::new(&key);
    digest.prior_mac(&mac.0);
    digest.message(&timers_only);
    digest.timers(timers_at(NOW));
    let what = Signing { timers: timers_at(NOW), error: ErrorCode::NOERROR, other: &[] };
    append(&key, &mut timers_only, &what, &digest.finish());
    assert!(is_bad_signature(verifier.feed(&timers_only, NOW)));

    let (mut signer, mut verifier) = exchange(&key);
    let (mut first, mut again) = (answer(0), answer(1));
    signer.sign(&mut first, NOW);
    assert!(verifier.feed(&first, NOW).is_ok());
    ResponseSigner::new(Arc::clone(&key), mac).sign(&mut again, NOW);
    assert!(is_bad_signature(verifier.feed(&again, NOW)));
}

fn is_bad_signature(fed: Result<(), TsigFault>) -> bool {
    matches!(fed, Err(TsigFault::BadSignature { .. }))
}

/// Threat 31: any octet of an unsigned message in between is covered by the next signature.
#[test]
fn unsigned_messages_are_covered_by_the_next_signature() {
    let key = sha256();
    let (mut signer, mut verifier) = exchange(&key);
    let (mut first, mut between, mut last) = (answer(0), answer(1), answer(2));
    signer.sign(&mut first, NOW);
    signer.pass(&between);
    signer.sign(&mut last, NOW);
    between[14] ^= 1;
    assert!(verifier.feed(&first, NOW).is_ok());
    assert!(verifier.feed(&between, NOW).is_ok());
    assert!(is_bad_signature(verifier.feed(&last, NOW)));
}

/// Threat 29: the MAC is right and the time is not.
#[test]
fn the_window_includes_its_edges_and_skew_has_a_sign() {
    let key = sha256();
    for (ahead, skew) in
        [(0, None), (300, None), (-300, None), (301, Some(301)), (-301, Some(-301))]
    {
        let (mut signer, mut verifier) = exchange(&key);
        let mut message = answer(0);
        signer.sign(&mut message, UnixSeconds(NOW.0.saturating_add_signed(ahead)));
        let fault = verifier.feed(&message, NOW).err();
        assert_eq!(fault.as_ref().and_then(TsigFault::skew_seconds), skew, "{ahead}");
        assert_eq!(fault.is_some(), skew.is_some(), "{ahead}");
    }
}

/// Threat 29: fudge 0 allows the very second, 65535 allows 18 hours, and 48 bits wrap nothing.
#[test]
fn extreme_fudges_and_times_mean_what_they_say() {
    let key = sha256();
    for (time_signed, fudge, good) in [
        (NOW.0, 0, true),
        (NOW.0 + 1, 0, false),
        (NOW.0 - 1, 0, false),
        (NOW.0 + 65_535, u16::MAX, true),
        (NOW.0 + 65_536, u16::MAX, false),
        (0, u16::MAX, false),
        (TIME_MAX, u16::MAX, false),
    ] {
        let mut request = query();
        let timers = Timers { time_signed, fudge };
        let signing = Signing { timers, error: ErrorCode::NOERROR, other: &[] };
        sign(&key, None, &mut request, &signing);
        let verified = verify_request(&Keyring::new([Arc::clone(&key)]), &request, NOW);
        assert_eq!(verified.is_ok(), good, "{time_signed} {fudge}");
    }
}

/// Threat 29: the server's whole answer to a client whose clock is wrong.
#[test]
fn badtime_reply_is_signed_repeats_the_client_and_tells_the_time() {
    let key = sha256();
    let mut request = query();
    let mac = sign_request(&key, &mut request, UnixSeconds(NOW.0 - 4_000));
    let bad = verify_request(&Keyring::new([Arc::clone(&key)]), &request, NOW).unwrap_err();
    assert_eq!(bad.fault.skew_seconds(), Some(-4_000));
    let reply = bad.reply(&request, NOW).unwrap();
    let record = find(&reply);
    assert_eq!(record.error, ErrorCode::BADTIME);
    assert_eq!(record.timers, find(&request).timers);
    assert_eq!(record.other_time(), Some(NOW.0));
    assert_eq!(reply[3], 9, "NOTAUTH");
    let then = UnixSeconds(NOW.0 - 4_000);
    let fault = ResponseVerifier::new(key, mac).feed(&reply, then).unwrap_err();
    let noticed_by = NoticedBy::Peer;
    assert_eq!(fault, TsigFault::Clock { noticed_by, ours: then, theirs: NOW, fudge: 300 });
}

/// Threat 29 (CVE-2020-8617): a BADTIME answer recorded elsewhere proves nothing, and a request
/// that is itself marked BADTIME is a request like others.
#[test]
fn replayed_badtime_is_not_taken_for_proof() {
    let key = sha256();
    let mut request = query();
    let _ = sign_request(&key, &mut request, UnixSeconds(NOW.0 - 4_000));
    let bad = verify_request(&Keyring::new([Arc::clone(&key)]), &request, NOW).unwrap_err();
    let recorded = bad.reply(&request, NOW).unwrap();
    let (_, mut verifier) = exchange(&key);
    let fault = verifier.feed(&recorded, NOW).unwrap_err();
    assert!(
        matches!(fault, TsigFault::Clock { noticed_by: NoticedBy::PeerUnproven, .. }),
        "{fault:?}"
    );
    let mut marked = query();
    let timers = timers_at(NOW);
    let signing = Signing { timers, error: ErrorCode::BADTIME, other: &[0; 6] };
    sign(&key, None, &mut marked, &signing);
    assert!(verify_request(&Keyring::new([key]), &marked, NOW).is_ok());
}

#[test]
fn badkey_and_badsig_replies_are_unsigned_and_told_from_missing_signatures() {
    let ours = sha256();
    let other_secret = key("transfer.key.", Algorithm::HmacSha256, b"another");
    let other_algorithm = key("transfer.key.", Algorithm::HmacSha512, b"0123456789abcdef");
    let other_name = key("x.", Algorithm::HmacSha256, b"0123456789abcdef");
    for (theirs, error) in [
        (other_secret, ErrorCode::BADSIG),
        (other_algorithm, ErrorCode::BADKEY),
        (other_name, ErrorCode::BADKEY),
    ] {
        let mut request = query();
        let mac = sign_request(&ours, &mut request, NOW);
        let bad = verify_request(&Keyring::new([theirs]), &request, NOW).unwrap_err();
        let reply = bad.reply(&request, NOW).unwrap();
        let record = find(&reply);
        assert_eq!((record.error, record.mac, reply[3]), (error, &[][..], 9));
        let fault = ResponseVerifier::new(Arc::clone(&ours), mac).feed(&reply, NOW);
        let Err(TsigFault::Refused { error: told, key, .. }) = fault else { panic!("{fault:?}") };
        assert_eq!((told, &key), (error, ours.name()));
    }
}

/// Threat 30: lengths 0 to half, to full, and beyond.
#[test]
fn mac_lengths_are_judged_by_standard_then_by_policy() {
    for algorithm in Algorithm::ALL {
        let (min, max) = (algorithm.mac_octets_min(), algorithm.mac_octets());
        let full = key("k.", algorithm, b"0123456789abcdef");
        let short = Arc::new(Key::clone(&full).with_mac_octets(min).unwrap());
        let mut request = query();
        let _ = sign_request(&full, &mut request, NOW);
        for octets in 0..=max + 1 {
            let cut = with_mac_octets(&request, octets);
            let ask = |key| verify_request(&Keyring::new([Arc::clone(key)]), &cut, NOW);
            let (strict, lenient) = (ask(&full), ask(&short));
            let told = |verdict: &Result<VerifiedRequest, BadRequest>| match verdict {
                Ok(_) => "good",
                Err(BadRequest { fault: TsigFault::Truncated { .. }, .. }) => "badtrunc",
                Err(BadRequest { fault: TsigFault::MacLength { .. }, .. }) => "formerr",
                Err(other) => panic!("{other:?}"),
            };
            let permitted = (min..=max).contains(&octets);
            let strictly = if permitted { "badtrunc" } else { "formerr" };
            let expected = if octets == max { "good" } else { strictly };
            assert_eq!(told(&strict), expected, "{algorithm} {octets}");
            let expected = if permitted { "good" } else { "formerr" };
            assert_eq!(told(&lenient), expected, "{algorithm} {octets}");
        }
    }
}

/// The message with its MAC cut or grown to that many octets.
fn with_mac_octets(message: &[u8], octets: usize) -> Vec<u8> {
    let record = find(message);
    let mut mac = record.mac.to_vec();
    mac.resize(octets, 0xaa);
    let mut out = [&record.header[..], record.rest].concat();
    let fields = Fields {
        key_name: record.key_name.as_ref(),
        algorithm: record.algorithm.as_ref(),
        timers: record.timers,
        mac: &mac,
        original_id: record.original_id,
        error: record.error,
        other: record.other,
    };
    wire::tsig::append(&mut out, &fields);
    out
}

/// Threat 30: BADTRUNC is signed, and says the policy to nobody without the key.
#[test]
fn truncated_streams_work_when_both_ends_agree_and_name_the_fault_when_not() {
    let full = sha256();
    let short = Arc::new(Key::clone(&full).with_mac_octets(16).unwrap());
    assert_eq!(run("SSUS", &short), Ok(()));
    let mut request = query();
    let mac = sign_request(&short, &mut request, NOW);
    let bad = verify_request(&Keyring::new([full]), &request, NOW).unwrap_err();
    let reply = bad.reply(&request, NOW).unwrap();
    assert_eq!(find(&reply).error, ErrorCode::BADTRUNC);
    let fault = ResponseVerifier::new(short, mac).feed(&reply, NOW).unwrap_err();
    let noticed_by = NoticedBy::Peer;
    assert_eq!(fault, TsigFault::Truncated { noticed_by, octets: 16, required: None });
}

/// Threat 30 (CVE-2025-40775): names of algorithms that do not exist.
#[test]
fn garbage_algorithms_are_badkey_and_quoted_back() {
    let key = sha256();
    for name in [".", "hmac-sha257.", "a\\000b\\255.", &format!("{}.", "x".repeat(63))] {
        let algorithm: Name = name.parse().unwrap();
        let mut request = query();
        let _ = sign_request(&key, &mut request, NOW);
        let record = find(&request);
        let mut garbage = [&record.header[..], record.rest].concat();
        let fields = Fields {
            key_name: key.name().as_ref(),
            algorithm: algorithm.as_ref(),
            timers: record.timers,
            mac: record.mac,
            original_id: 1,
            error: ErrorCode::NOERROR,
            other: &[],
        };
        wire::tsig::append(&mut garbage, &fields);
        let bad = verify_request(&Keyring::new([Arc::clone(&key)]), &garbage, NOW).unwrap_err();
        let reply = bad.reply(&garbage, NOW).unwrap();
        assert_eq!(find(&reply).algorithm.as_ref(), algorithm.as_ref());
        let (_, mut verifier) = exchange(&key);
        let changed = verifier.feed(&garbage, NOW).unwrap_err();
        assert!(matches!(changed, TsigFault::AlgorithmChanged { .. }), "{changed:?}");
    }
}

/// Threat 30: TSIG before another record, twice, with octets behind it, with class or TTL.
#[test]
fn misplaced_tsig_is_formerr_without_tsig() {
    let key = sha256();
    let mut signed = query();
    let _ = sign_request(&key, &mut signed, NOW);
    let opt = b"\0\0\x29\x04\xd0\0\0\0\0\0\0";
    let record = signed[query().len()..].to_vec();
    let class_at = query().len() + key.name().as_wire().len() + 2;
    let mut not_last = [&signed[..], opt].concat();
    let mut twice = [&signed[..], &record].concat();
    (not_last[11], twice[11]) = (2, 2);
    let trailing = [&signed[..], b"\0"].concat();
    let (mut class, mut ttl, mut lies) = (signed.clone(), signed.clone(), signed.clone());
    (class[class_at + 1], ttl[class_at + 5], lies[11]) = (1, 1, 2);
    for (message, said) in [
        (not_last, Malformed::NotLast),
        (twice, Malformed::Twice),
        (trailing, Malformed::TrailingOctets),
        (class, Malformed::ClassOrTtl { class: wire::codes::Class::IN, ttl: 0 }),
        (ttl, Malformed::ClassOrTtl { class: wire::codes::Class::ANY, ttl: 1 }),
        (lies, Malformed::Message(MessageError::Truncated)),
    ] {
        let bad = verify_request(&Keyring::new([Arc::clone(&key)]), &message, NOW).unwrap_err();
        assert_eq!(bad.fault, TsigFault::Malformed(said));
        let reply = bad.reply(&message, NOW).unwrap();
        assert_eq!((reply[3], reply[11]), (1, 0), "{said}");
    }
}

/// Threat 30: the original ID is what the MAC covers, the header's is anybody's.
#[test]
fn forwarded_ids_are_restored_and_forged_originals_found() {
    let (mut signer, mut verifier) = exchange(&sha256());
    let mut message = answer(0);
    signer.sign(&mut message, NOW);
    (message[0], message[1]) = (0xab, 0xcd);
    assert_eq!(verifier.feed(&message, NOW), Ok(()));

    let (mut signer, mut verifier) = exchange(&sha256());
    let mut message = answer(0);
    signer.sign(&mut message, NOW);
    let original_id_at = message.len() - 6;
    message[original_id_at] ^= 1;
    assert!(is_bad_signature(verifier.feed(&message, NOW)));
}

/// Threat 30: names are compared and digested without their case.
#[test]
fn key_names_differ_in_case_without_harm() {
    let (upper, lower) = (
        key("TRANSFER.Key.", Algorithm::HmacSha256, b"0123456789abcdef"),
        key("transfer.kEY.", Algorithm::HmacSha256, b"0123456789abcdef"),
    );
    let mut request = query();
    let mac = sign_request(&upper, &mut request, NOW);
    let verified = verify_request(&Keyring::new([lower]), &request, NOW).unwrap();
    let mut message = answer(0);
    verified.signer().unwrap().sign(&mut message, NOW);
    assert!(ResponseVerifier::new(upper, mac).feed(&message, NOW).is_ok());
}

#[test]
fn responses_under_another_key_name_both() {
    let (ours, theirs) = (sha256(), key("other.", Algorithm::HmacSha256, b"x"));
    let mut request = query();
    let mac = sign_request(&ours, &mut request, NOW);
    let mut message = answer(0);
    ResponseSigner::new(Arc::clone(&theirs), mac).sign(&mut message, NOW);
    let fault = ResponseVerifier::new(Arc::clone(&ours), mac).feed(&message, NOW).unwrap_err();
    let (ours, theirs) = (ours.name().clone(), theirs.name().clone());
    assert_eq!(fault, TsigFault::OtherKey { ours, theirs });
}

#[test]
fn signed_answers_to_unsigned_requests_are_unexpected() {
    let (mut signer, _) = exchange(&sha256());
    let mut message = answer(0);
    assert!(ResponseVerifier::unsigned().feed(&message, NOW).is_ok());
    signer.sign(&mut message, NOW);
    let fault = ResponseVerifier::unsigned().feed(&message, NOW).unwrap_err();
    assert_eq!(fault, TsigFault::Unexpected { key: sha256().name().clone() });
}

/// M-3: the facts by which an operator tells one fault from another; never the secret.
#[test]
fn faults_have_codes_and_facts() {
    let key = key("Transfer.Key.", Algorithm::HmacSha256, b"0123456789abcdef");
    let (ours, algorithm) = (key.name().clone(), key.algorithm());
    let (rcode, message) = (Rcode::NOERROR, 1);
    let refused = |error| {
        let (key, theirs) = (ours.clone(), ours.clone());
        TsigFault::Refused { error, key, algorithm, theirs }
    };
    let (noticed_by, fudge) = (NoticedBy::Us, 300);
    let clock = TsigFault::Clock { noticed_by, ours: NOW, theirs: UnixSeconds(0), fudge };
    for (fault, shown) in [
        (refused(ErrorCode::BADKEY), "TSIG_BADKEY tsig_error=BADKEY key_ours=Transfer.Key."),
        (refused(ErrorCode::BADSIG), "TSIG_BADSIG tsig_error=BADSIG key_ours=Transfer.Key."),
        (refused(ErrorCode(99)), "NOTAUTH tsig_error=99"),
        (clock, "TSIG_BADTIME skew_s=-1700000000 clock_ours=1700000000 clock_theirs=0"),
        (TsigFault::ClockUntold { ours: NOW }, "TSIG_BADTIME clock_ours=1700000000"),
        (
            TsigFault::Truncated { noticed_by, octets: 10, required: Some(16) },
            "TSIG_BADTRUNC mac_octets=10 noticed_by=us mac_octets_required=16",
        ),
        (
            TsigFault::AlgorithmChanged {
                key: ours.clone(),
                ours: algorithm,
                theirs: Algorithm::HmacMd5.name().to_name(),
            },
            "TSIG_ALGORITHM_CHANGED key=Transfer.Key. algorithm_ours=hmac-sha256 \
             algorithm_theirs=hmac-md5.sig-alg.reg.int.",
        ),
        (TsigFault::Unsigned { rcode, message }, "TSIG_UNSIGNED_RESPONSE signed=no rcode=NOERROR"),
        (
            TsigFault::Unsigned { rcode: Rcode::REFUSED, message },
            "REFUSED signed=no rcode=REFUSED message=1",
        ),
        (TsigFault::StreamGap { unsigned: 100 }, "TSIG_STREAM_GAP unsigned_messages=100"),
        (TsigFault::Unexpected { key: ours.clone() }, "TSIG_UNEXPECTED key_theirs=Transfer.Key."),
    ] {
        let told = fault.fault().to_string();
        assert!(told.starts_with(shown), "{told}");
        assert!(!told.contains("0123456789abcdef") && !told.contains(&key.secret_base64()));
    }
}

/// I-1: a primary that refuses the question without signing may still give the whole zone, or the
/// SOA without EDNS; one whose signature is wrong may not.
#[test]
fn only_unsigned_refusals_are_worth_another_question() {
    let ixfr = Ask::Ixfr(Serial(7));
    for (rcode, in_transfer, in_probe) in [
        (Rcode::FORMERR, Remedy::FetchWholeZone, Remedy::UseTcp),
        (Rcode::NOTIMP, Remedy::FetchWholeZone, Remedy::UseTcp),
        (Rcode::REFUSED, Remedy::FetchWholeZone, Remedy::TryNextPrimary),
        (Rcode::SERVFAIL, Remedy::FetchWholeZone, Remedy::TryNextPrimary),
        (Rcode::NOTAUTH, Remedy::TryNextPrimary, Remedy::TryNextPrimary),
        (Rcode::NOERROR, Remedy::TryNextPrimary, Remedy::TryNextPrimary),
    ] {
        let unsigned = TsigFault::Unsigned { rcode, message: 1 };
        assert_eq!(unsigned.remedy(ixfr), in_transfer, "{rcode}");
        assert_eq!(unsigned.remedy(Ask::ProbeTcp), in_probe, "{rcode}");
    }
    for ask in [ixfr, Ask::ProbeUdp] {
        let gap = TsigFault::StreamGap { unsigned: 100 };
        assert_eq!(gap.remedy(ask), Remedy::TryNextPrimary);
    }
}

/// Threats 29 and 30: over UDP, whatever a stranger can write too leads to TCP and not past the primary.
#[test]
fn only_what_is_proven_is_held_against_a_primary_over_udp() {
    let (key, algorithm) = (sha256().name().clone(), Algorithm::HmacSha256);
    let clock = |noticed_by| TsigFault::Clock { noticed_by, ours: NOW, theirs: NOW, fudge: 0 };
    let cut = |noticed_by| TsigFault::Truncated { noticed_by, octets: 16, required: None };
    let (bad, theirs) = (ErrorCode::BADKEY, key.clone());
    let refused = TsigFault::Refused { error: bad, key: key.clone(), algorithm, theirs };
    let unsigned = TsigFault::Unsigned { rcode: Rcode::REFUSED, message: 1 };
    let forged = TsigFault::BadSignature { key: key.clone(), algorithm, message: 1 };
    for (fault, over_udp) in [
        (clock(NoticedBy::Us), Remedy::TryNextPrimary),
        (clock(NoticedBy::Peer), Remedy::TryNextPrimary),
        (clock(NoticedBy::PeerUnproven), Remedy::UseTcp),
        (cut(NoticedBy::Us), Remedy::TryNextPrimary),
        (cut(NoticedBy::PeerUnproven), Remedy::UseTcp),
        (TsigFault::ClockUntold { ours: NOW }, Remedy::UseTcp),
        (TsigFault::Unexpected { key }, Remedy::UseTcp),
        (TsigFault::from(Malformed::Twice), Remedy::UseTcp),
        (refused, Remedy::UseTcp),
        (unsigned, Remedy::UseTcp),
        (forged, Remedy::UseTcp),
    ] {
        assert_eq!(fault.remedy(Ask::ProbeUdp), over_udp, "{fault}");
        assert_eq!(fault.remedy(Ask::ProbeTcp), Remedy::TryNextPrimary, "{fault}");
    }
}

/// I-1: what cannot be read at all is as bad, and no worse, than without signatures.
#[test]
fn malformed_messages_get_the_remedy_of_malformed_messages() {
    let unreadable = TsigFault::Malformed(Malformed::Message(MessageError::Truncated));
    assert_eq!(unreadable.remedy(Ask::Ixfr(Serial(7))), Remedy::FetchWholeZone);
    assert_eq!(unreadable.remedy(Ask::ProbeUdp), Remedy::UseTcp);
    for fault in [Malformed::NotLast, Malformed::Twice, Malformed::Rdata] {
        assert_eq!(TsigFault::from(fault).remedy(Ask::ProbeTcp), Remedy::TryNextPrimary);
        assert_eq!(TsigFault::from(fault).remedy(Ask::Axfr), Remedy::TryNextPrimary);
    }
}

#[test]
fn of_two_keys_with_one_name_the_first_counts() {
    let (first, second) = (sha256(), key("TRANSFER.key.", Algorithm::HmacMd5, b"x"));
    let keys = Keyring::new([Arc::clone(&first), second, key("a.", Algorithm::HmacMd5, b"x")]);
    assert_eq!(keys.find(first.name().as_ref()), Some(&first));
    assert_eq!(keys.find(NameRef::ROOT), None);
}

proptest! {
    #[test]
    fn any_octets_are_refused_or_unsigned(message in prop::collection::vec(any::<u8>(), 0..600)) {
        let keys = Keyring::new([sha256()]);
        match verify_request(&keys, &message, NOW) {
            Ok(verified) => prop_assert!(verified.key().is_none()),
            Err(bad) => drop(bad.reply(&message, NOW)),
        }
        let _ = exchange(&sha256()).1.feed(&message, NOW);
        let _ = ResponseVerifier::unsigned().feed(&message, NOW);
    }

    /// Whatever one octet becomes, the message is refused, or is what it was.
    #[test]
    fn any_changed_octet_is_found(at: prop::sample::Index, xor in 1_u8..) {
        let (mut signer, mut verifier) = exchange(&sha256());
        let plain = answer(0);
        let mut message = plain.clone();
        signer.sign(&mut message, NOW);
        let at = at.index(message.len());
        message[at] ^= xor;
        if verifier.feed(&message, NOW).is_ok() {
            let record = find(&message);
            prop_assert_eq!([&record.header[..], record.rest].concat(), plain);
        }
    }
}
