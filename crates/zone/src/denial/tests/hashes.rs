//! Proofs by NSEC3 in sound zones.

use super::*;

/// As appendix B prints them: closest encloser, next closer name, wildcard.
#[test]
fn rfc_5155_examples_come_out_as_printed() {
    let version = zone(OF_RFC_5155);
    check(
        &version,
        "a.c.x.w => b4um86eghhds6nea196smvmlo4ors995 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom 35mthgpgcu1qg68fab165klnsnk3dpvl
         A.C.X.W => b4um86eghhds6nea196smvmlo4ors995 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom 35mthgpgcu1qg68fab165klnsnk3dpvl
         ns1     => 2t7b4g4vsa5smi47k61mv5bv1a22bojr
         y.w     => ji6neoaepv8b5o6k4ev33abha8ht9fgc
         mc.c    => 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom 35mthgpgcu1qg68fab165klnsnk3dpvl
         expansion a.z.w => q04jkcevqvmu85r014c7dkba38o0ji5r
         a.z.w   => k8udemvp1j2f7eg6jebps17vp3n8i58h q04jkcevqvmu85r014c7dkba38o0ji5r r53bq7cc2uvmubfu5ocmm6pers9tk9en
         @       => 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom
         a       => 35mthgpgcu1qg68fab165klnsnk3dpvl",
    );
    assert_eq!(
        version
            .proof(Absent::Type { qname: apex().as_ref() }, &mut HashBudget::of_an_answer())
            .rrtype(),
        Rrtype::NSEC3
    );
}

/// RFC 5155 §7.2.8, and the A of appendix A that stands at the hash of another name.
#[test]
fn an_owner_of_nsec3_exists_only_if_it_has_other_records() {
    let version = zone(OF_RFC_5155);
    let lookup = |label: &str| version.lookup(name(label).as_ref());
    assert!(matches!(lookup("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"), Lookup::Missing { .. }));
    let with_a = lookup("2t7b4g4vsa5smi47k61mv5bv1a22bojr");
    assert!(matches!(with_a, Lookup::Found { leaf, .. } if leaf.rrsets().count() == 1));
    check(&version, "2t7b4g4vsa5smi47k61mv5bv1a22bojr => kohar7mbb8dc2ce8a9qvl8hon4k53uhi");
}

#[test]
fn before_the_first_hash_comes_the_last() {
    let version = zone(
        "@ NSEC3PARAM 1/0/12/aabbccdd
         0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/0/12/aabbccdd/SOA
         q04jkcevqvmu85r014c7dkba38o0ji5r NSEC3 1/0/12/aabbccdd
         ns2 A 192.0.2.2\n *.x A 192.0.2.1",
    );
    // The hash of a name that lies before the first of the chain.
    let chain = Chain::of_param(&record("@ NSEC3PARAM 1/0/12/aabbccdd").rdata).unwrap();
    let lowest = (0..5_000).map(|number| format!("n{number}")).find(|label| {
        let key = chain.key(b"", name(label).as_ref(), &mut HashBudget::of_an_answer()).unwrap();
        key.get(..2) == Some(b"\x000") && key.get(2).is_some_and(|digit| *digit < b'p')
    });
    check(
        &version,
        &format!(
            "{} => 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom q04jkcevqvmu85r014c7dkba38o0ji5r",
            lowest.unwrap()
        ),
    );
}

/// RFC 5155 §7.2.9.
#[test]
fn a_missing_name_with_the_hash_of_another_is_told_as_a_collision() {
    let collides = |more: &str, qname: &str| {
        let version = zone(&format!("{OF_RFC_5155}\n{more}"));
        proof_of(&version, qname).ends_with(" collides")
    };
    // The hashes of c.x.w (next closer name) and *.x.w.
    let next_closer = "0va5bpr2ou0vk0lbqeeljri88laipsfh NSEC3 1/1/12/aabbccdd";
    let wildcard = "92pqneegtaue7pjatc3l3qnk738c6v5m NSEC3 1/1/12/aabbccdd";
    assert!(!collides("", "a.c.x.w"));
    assert!(collides(next_closer, "a.c.x.w"));
    assert!(collides(next_closer, "c.x.w"));
    assert!(collides(wildcard, "a.c.x.w"));
    // The hash of z.w, next closer name of what *.w matches.
    let z_w = format!("{OF_RFC_5155}\nqlu7gtfaeh0ek0c05ksfhdpbcgglbe03 NSEC3 1/1/12/aabbccdd");
    let version = zone(&z_w);
    assert!(expansion(&version, "a.z.w").ends_with(" collides"));
    assert!(proof_of(&version, "a.z.w").ends_with(" collides"));
    // That a wildcard with data has an NSEC3 is no collision.
    assert!(!collides("", "a.z.w"));
}

/// RFC 5155 §7.2.7; only unsigned cuts below make b.c exist, so opt-out left it out.
#[test]
fn opt_out_proves_from_the_closest_encloser_that_has_an_nsec3() {
    let version = zone(&format!("{OF_RFC_5155}\n cut.b.k NS ns1\n *.k.xx A 192.0.2.1"));
    let apex = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
    let (of_k, of_wildcard) = (proof_of(&version, "k"), proof_of(&version, "zz.b.k"));
    assert!(of_k.starts_with(apex), "{of_k}");
    assert_eq!(proof_of(&version, "b.k"), of_k);
    assert_eq!(proof_of(&version, "cut.b.k"), of_k);
    assert_eq!(proof_of(&version, "q.cut.b.k"), of_k);
    assert!(of_wildcard.starts_with(&of_k) && !of_wildcard.ends_with("collides"), "{of_wildcard}");
}

#[test]
fn a_wildcard_above_an_encloser_without_nsec3_is_no_collision() {
    let hash = "92pqneegtaue7pjatc3l3qnk738c6v5m";
    let version = zone(&format!(
        "{OF_RFC_5155}\n cut.b.x.w NS ns1\n *.x.w TXT t\n{hash} NSEC3 1/1/12/aabbccdd"
    ));
    let proof = proof_of(&version, "zz.b.x.w");
    assert!(proof.ends_with(hash), "{proof}");
}

#[test]
fn a_hash_is_the_same_in_any_case() {
    let version = zone(&OF_RFC_5155.to_ascii_uppercase());
    let proof = proof_of(&version, "ns1").to_ascii_lowercase();
    assert_eq!(proof, "2t7b4g4vsa5smi47k61mv5bv1a22bojr");
}

/// A version does not use such a chain; the search must end all the same, at the apex.
#[test]
fn a_chain_without_the_apex_proves_no_encloser() {
    let (low, high) = ("0vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv", "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv");
    let chain = Chain::of_param(&record("@ NSEC3PARAM 1/0/12/aabbccdd").rdata).unwrap();
    let version = zone(&format!("{low} NSEC3 1/1/12/aabbccdd\n{high} NSEC3 1/1/12/aabbccdd"));
    let prove = |qname: NameRef<'_>| {
        let (absent, mut budget) = (Absent::Type { qname }, HashBudget::of_an_answer());
        describe(&nsec3::proof(&version, &chain, absent, &mut budget).unwrap())
    };
    // The hash of c, the next closer name of the apex, begins with 4, that of the apex with 0p.
    assert_eq!(prove(name("a.b.c").as_ref()), low);
    assert_eq!(prove(apex().as_ref()), high);
}
