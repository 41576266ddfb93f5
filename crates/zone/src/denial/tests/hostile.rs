//! What a hostile primary may put into a zone costs little, and proves nothing it should not.

use super::*;

/// A primary may list thousands of chains; each would be hashed for at every new version.
#[test]
fn chains_beyond_the_first_few_are_not_tried() {
    let good = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/1/12/aabbccdd/SOA";
    for (others, expected) in [(CHAINS_MAX - 1, true), (CHAINS_MAX, false)] {
        // These come first in canonical order.
        let params: Vec<String> =
            (0..others).map(|number| format!("@ NSEC3PARAM 1/0/{number}/")).collect();
        let params = params.join("\n");
        let version = zone(&format!("{params}\n@ NSEC3PARAM 1/0/12/aabbccdd\n{good}"));
        assert_eq!(matches!(version.denial(), Denial::Nsec3(_)), expected, "{others}");
    }
}

/// Threat 20: thousands of NSEC3 of other chains at one owner, as at those around it, cost no more than a few.
#[test]
fn behind_the_first_few_nsec3_of_an_owner_none_is_looked_at() {
    let owner = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
    for (others, expected) in [(CHAINS_MAX - 1, true), (CHAINS_MAX, false)] {
        // These come first in canonical order.
        let others: Vec<String> =
            (0..others).map(|number| format!("{owner} NSEC3 1/0/{number}/")).collect();
        let others = others.join("\n");
        let ours = format!("@ NSEC3PARAM 1/0/12/aabbccdd\n{owner} NSEC3 1/0/12/aabbccdd/SOA");
        let version = zone(&format!("{others}\n{ours}"));
        assert_eq!(matches!(version.denial(), Denial::Nsec3(_)), expected, "{expected}");
    }
}

/// Threat 19: owners that are no hashes lie between those that are.
#[test]
fn owners_that_are_no_hashes_are_stepped_over() {
    let before_gjeq = [
        // The hash of a name below the apex is one label of 32 characters from 0 to v, not one of these.
        "gjeqe526plbf1g8mklp59enfd789njg",
        "gjeqe526plbf1g8mklp59enfd789njg-",
        "gjeqe526plbf1g8mklp59enfd789njg\\000",
        "gjeqe526plbf1g8mklp59enfd789njghh",
        "gjeqe526plbf1g8mklp59enfd789njgw",
        "x.gjeqe526plbf1g8mklp59enfd789njgh",
        "abcdefghijklmno.gjeqe526plbf1g8m",
        "*",
    ];
    let odd: Vec<String> =
        before_gjeq.iter().map(|owner| format!("{owner} NSEC3 1/1/12/aabbccdd/SOA")).collect();
    let version = zone(&format!("{OF_RFC_5155}\n{}", odd.join("\n")));
    let same = zone(OF_RFC_5155);
    for qname in ["ai", "a.c.x.w", "a.z.w", "mc.c", "zz", "ai.ai", "q.xx", "0", "1", "2", "3", "4"]
    {
        assert_eq!(proof_of(&version, qname), proof_of(&same, qname), "{qname}");
    }
    assert_eq!(version.counts().wildcards, same.counts().wildcards);
}

/// Threats 17 and 18: what is too short, or ends inside a field, is of no chain.
#[test]
fn malformed_nsec3_prove_nothing_and_do_no_harm() {
    let whole = record("h NSEC3 1/1/12/aabbccdd/SOA").rdata;
    for length in 0..=whole.len() {
        let mut nsec3 = record("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/1/12/aabbccdd/SOA");
        nsec3.rdata = whole.get(..length).unwrap().into();
        let mut builder = Builder::new(apex(), Limits::default());
        for line in ["@ SOA 1", "@ NS ns1", "@ NSEC3PARAM 1/0/12/aabbccdd"] {
            builder.push(record(line).as_ref()).unwrap();
        }
        builder.push(nsec3.as_ref()).unwrap();
        let version = builder.finish().unwrap();
        let usable = matches!(version.denial(), Denial::Nsec3(_));
        assert_eq!(usable, length == whole.len(), "{length} octets");
        let _ = proof_of(&version, "q");
    }
    for windows in [&[0, 0][..], &[0, 33, 2], &[1, 1, 2], &[0, 1, 0xfd], &[0]] {
        let chain = Chain::of_param(&record("@ NSEC3PARAM 1/0/12/aabbccdd").rdata).unwrap();
        let mut nsec3 = record("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/1/12/aabbccdd");
        nsec3.rdata = [&nsec3.rdata[..], windows].concat().into();
        let mut builder = Builder::new(apex(), Limits::default());
        for record in [record("@ SOA 1"), record("@ NS ns1"), nsec3] {
            builder.push(record.as_ref()).unwrap();
        }
        let version = builder.finish().unwrap();
        assert!(!nsec3::is_usable(&version, &chain), "{windows:?}");
    }
}

#[test]
fn parameters_cut_short_or_with_more_behind_tell_of_no_chain() {
    let whole = record("@ NSEC3PARAM 1/0/12/aabbccdd").rdata.to_vec();
    for length in 0..whole.len() {
        assert_eq!(Chain::of_param(whole.get(..length).unwrap()), None);
    }
    assert!(Chain::of_param(&whole).is_some());
    assert_eq!(Chain::of_param(&[&whole[..], &[0]].concat()), None);
}

/// Threat 20: 65,535 iterations with the longest salt.
#[test]
fn iterations_above_the_limit_are_never_done_and_the_zone_says_so() {
    let salt = "ff".repeat(255);
    let version = zone(&format!(
        "@ NSEC3PARAM 1/0/65535/{salt}\n a A 192.0.2.1
         00000000000000000000000000000000 NSEC3 1/0/65534/{salt}
         11111111111111111111111111111111 NSEC3 1/0/65535/{salt}
         22222222222222222222222222222222 NSEC3 1/0/65535/{salt}
         33333333333333333333333333333333 NSEC3 1/0/65534/{salt}"
    ));
    check(&version, "a => 22222222222222222222222222222222 costly");
    check(&version, "zz => 22222222222222222222222222222222 costly");
}

/// Threat 20: the most iterations that are done, with the longest salt. Three names are hashed, deep ones with holes
/// in the chain above them are not.
#[test]
fn hashing_for_one_proof_is_bounded() {
    let param = format!("1/0/500/{}", "ff".repeat(255));
    let chain = Chain::of_param(&record(&format!("@ NSEC3PARAM {param}")).rdata).unwrap();
    let mut budget = HashBudget::of_an_answer();
    let key = chain.key(b"", apex().as_ref(), &mut budget).unwrap();
    let owner = str::from_utf8(key.get(1..33).unwrap()).unwrap().to_owned();
    let version = zone(&format!(
        "@ NSEC3PARAM {param}\n{owner} NSEC3 {param}/SOA\n z.z.z.z.z A 192.0.2.1\n z A 192.0.2.1"
    ));
    check(
        &version,
        &format!(
            "a         => {owner}
             z         => {owner}
             z.z       => {owner}
             z.z.z     => {owner} costly
             z.z.z.z.z => {owner} costly"
        ),
    );
    assert!(chain.key(b"", apex().as_ref(), &mut budget).is_some());
    assert!(chain.key(b"", apex().as_ref(), &mut budget).is_some());
    assert!(chain.key(b"", apex().as_ref(), &mut budget).is_none());
}

/// Threat 20: a chain of aliases needs a proof for each link; together they may cost no more than one.
#[test]
fn all_proofs_of_an_answer_have_one_budget() {
    let version = zone(OF_RFC_5155);
    let (qname, mut budget) = (name("zz"), HashBudget::of_an_answer());
    let absent = Absent::Name { qname: qname.as_ref(), closest_encloser: 1 };
    // Three names of 13 blocks each.
    let proofs =
        (0..1_000).take_while(|_| !version.proof(absent, &mut budget).too_costly()).count();
    assert_eq!(proofs, 8_192 / 39);
}

/// Threat 19: no hash fits below an apex of 223 octets or more, so no zone there can have NSEC3.
#[test]
fn below_the_longest_apexes_there_is_nsec_or_nothing() {
    for apex_octets in [222_usize, 223, 254, 255] {
        let mut apex = name("@");
        while apex.as_wire().len() < apex_octets {
            let label = (apex_octets - apex.as_wire().len() - 1).min(63);
            let label = if apex_octets - apex.as_wire().len() - 1 == 64 { 62 } else { label };
            apex = Name::child(&vec![b'l'; label], apex.as_ref()).unwrap();
        }
        let at = |line: &str| {
            let mut record = record(line);
            record.owner = apex.clone();
            record
        };
        let mut builder = Builder::new(apex.clone(), Limits::default());
        for line in ["@ SOA 1", "@ NS ns1", "@ NSEC3PARAM 1/0/0/", "@ NSEC3 1/0/0//SOA"] {
            builder.push(at(line).as_ref()).unwrap();
        }
        let chain = Chain::of_param(&record("@ NSEC3PARAM 1/0/0/").rdata).unwrap();
        let key = chain.key(b"", apex.as_ref(), &mut HashBudget::of_an_answer()).unwrap();
        let owner = Name::child(key.get(1..33).unwrap(), apex.as_ref());
        assert_eq!(owner.is_ok(), apex_octets == 222);
        if let Ok(owner) = owner {
            let mut nsec3 = record("@ NSEC3 1/0/0//SOA");
            nsec3.owner = owner;
            builder.push(nsec3.as_ref()).unwrap();
        }
        let version = builder.finish().unwrap();
        assert_eq!(matches!(version.denial(), Denial::Nsec3(_)), apex_octets == 222);
        for absent in [
            Absent::Type { qname: apex.as_ref() },
            Absent::Name { qname: apex.as_ref(), closest_encloser: 127 },
        ] {
            let found = version.proof(absent, &mut HashBudget::of_an_answer()).iter().count();
            assert_eq!(found, usize::from(apex_octets == 222));
        }
    }
}

#[test]
fn names_without_nsec_are_stepped_over_up_to_a_bound() {
    for (bare, expected) in [(STEPS_MAX - 1, "a @"), (STEPS_MAX, "@")] {
        let bare: Vec<String> = (100..100 + bare).map(|n| format!("b{n} A 192.0.2.1")).collect();
        let version = zone(&format!("@ NSEC a\n a A 192.0.2.1\n a NSEC @\n{}", bare.join("\n")));
        check(&version, &format!("c => {expected}"));
    }
}

/// Threat 20: leaves of other chains are stepped over, but not without end. Thousands lie between two of a chain with
/// opt-out while one without is built beside it.
#[test]
fn leaves_of_other_chains_are_stepped_over_up_to_a_bound() {
    let (apex, last) = ("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "0vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv");
    // Two names of 13 blocks each, and 2 blocks for a step.
    let most = (8_192 - 2 * 13) / 2;
    for (others, expected) in [(most, format!("{apex} {last}")), (most + 1, "costly".into())] {
        let others: Vec<String> =
            (0..others).map(|n| format!("1{n:031} NSEC3 1/1/13/aabbccdd")).collect();
        let version = zone(&format!(
            "@ NSEC3PARAM 1/0/12/aabbccdd\n ns1 A 192.0.2.1
             {apex} NSEC3 1/1/12/aabbccdd/SOA\n {last} NSEC3 1/1/12/aabbccdd
             {}",
            others.join("\n")
        ));
        // The hash of ns1 begins with 2.
        check(&version, &format!("ns1 => {expected}"));
    }
}
