use super::*;
use crate::testing::{apex, name, record, zone};
use crate::{Builder, Limits, Lookup};
use wire::name::{Name, NameBuf};

/// What is sent for a question whose type is not there: the absence that lookup tells of, and its proof.
fn proof_of(version: &Version, qname: &str) -> String {
    let qname = name(qname);
    let qname = qname.as_ref();
    let absent = match version.lookup(qname) {
        Lookup::Found { leaf: _, wildcard } | Lookup::EmptyNonTerminal { wildcard } => {
            match wildcard {
                None => Absent::Type { qname },
                Some(closest_encloser) => Absent::WildcardType { qname, closest_encloser },
            }
        }
        Lookup::Cut { leaf, at_qname: _ } | Lookup::Dname { leaf } => {
            Absent::Type { qname: qname.ancestor(leaf.label_count()) }
        }
        Lookup::Missing { closest_encloser } => Absent::Name { qname, closest_encloser },
        Lookup::OutOfZone => panic!("{qname} is not in the zone"),
    };
    describe(&version.proof(absent, &mut HashBudget::of_an_answer()))
}

fn expansion(version: &Version, qname: &str) -> String {
    let qname = name(qname);
    let Lookup::Found { wildcard: Some(closest_encloser), .. } = version.lookup(qname.as_ref())
    else {
        panic!("{qname} is not a wildcard's");
    };
    let absent = Absent::Expansion { qname: qname.as_ref(), closest_encloser };
    describe(&version.proof(absent, &mut HashBudget::of_an_answer()))
}

/// First labels of the owners below the apex, `@` for that.
fn describe(proof: &Proof<'_>) -> String {
    let mut words = Vec::new();
    for leaf in proof.iter() {
        assert!(leaf.rrset(proof.rrtype()).is_some());
        let mut owner = NameBuf::new();
        leaf.owner(&mut owner);
        let text = owner.as_ref().to_string();
        words.push(text.strip_suffix(".example.").unwrap_or("@").to_owned());
    }
    if proof.collides() {
        words.push("collides".into());
    }
    if proof.too_costly() {
        words.push("costly".into());
    }
    words.join(" ")
}

/// Lines of `qname => owners`.
fn check(version: &Version, script: &str) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (qname, expected) = line.split_once("=>").unwrap();
        let proof = match qname.trim().strip_prefix("expansion ") {
            Some(qname) => expansion(version, qname),
            None => proof_of(version, qname.trim()),
        };
        assert_eq!(proof, expected.trim(), "{line}");
    }
}

/// The zone of RFC 4035 appendix A, and what appendix B sends.
#[test]
fn rfc_4035_examples_come_out_as_printed() {
    let version = zone(
        "@ NSEC a
         a NS ns1.a\n a DS x\n a NSEC ai\n ns1.a A 192.0.2.5\n ns2.a A 192.0.2.6
         ai A 192.0.2.9\n ai NSEC b
         b NS ns1.b\n b NSEC ns1\n ns1.b A 192.0.2.7\n ns2.b A 192.0.2.8
         ns1 A 192.0.2.1\n ns1 NSEC ns2
         ns2 A 192.0.2.2\n ns2 NSEC *.w
         *.w MX ai\n *.w NSEC x.w
         x.w MX xx\n x.w NSEC x.y.w
         x.y.w MX xx\n x.y.w NSEC xx
         xx A 192.0.2.10\n xx NSEC @",
    );
    check(
        &version,
        "ml           => b @
         ns1          => ns1
         mc.b         => b
         expansion a.z.w => x.y.w
         a.z.w        => x.y.w *.w
         @            => @
         y.w          => x.w
         zz           => xx @
         a.x.w        => x.w
         a.ns1        => ns1",
    );
    assert_eq!(
        version
            .proof(Absent::Type { qname: apex().as_ref() }, &mut HashBudget::of_an_answer())
            .rrtype(),
        Rrtype::NSEC
    );
}

/// Appendix A of RFC 5155: opt-out, salt aabbccdd, 12 iterations; an A stands at the hash of ns1.
const OF_RFC_5155: &str = "
    @ NSEC3PARAM 1/0/12/aabbccdd
    2t7b4g4vsa5smi47k61mv5bv1a22bojr A 192.0.2.127
    a NS ns1.a\n a DS x\n ns1.a A 192.0.2.5\n ns2.a A 192.0.2.6
    ai A 192.0.2.9
    c NS ns1.c\n ns1.c A 192.0.2.7\n ns2.c A 192.0.2.8
    ns1 A 192.0.2.1\n ns2 A 192.0.2.2
    *.w MX ai\n x.w MX xx\n x.y.w MX xx\n xx A 192.0.2.10
    0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/1/12/aabbccdd/SOA
    2t7b4g4vsa5smi47k61mv5bv1a22bojr NSEC3 1/1/12/aabbccdd
    2vptu5timamqttgl4luu9kg21e0aor3s NSEC3 1/1/12/aabbccdd
    35mthgpgcu1qg68fab165klnsnk3dpvl NSEC3 1/1/12/aabbccdd
    b4um86eghhds6nea196smvmlo4ors995 NSEC3 1/1/12/aabbccdd
    gjeqe526plbf1g8mklp59enfd789njgi NSEC3 1/1/12/aabbccdd
    ji6neoaepv8b5o6k4ev33abha8ht9fgc NSEC3 1/1/12/aabbccdd
    k8udemvp1j2f7eg6jebps17vp3n8i58h NSEC3 1/1/12/aabbccdd
    kohar7mbb8dc2ce8a9qvl8hon4k53uhi NSEC3 1/1/12/aabbccdd
    q04jkcevqvmu85r014c7dkba38o0ji5r NSEC3 1/1/12/aabbccdd
    r53bq7cc2uvmubfu5ocmm6pers9tk9en NSEC3 1/1/12/aabbccdd
    t644ebqk9bibcna874givr6joj62mlhv NSEC3 1/1/12/aabbccdd";

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
fn nsec3_is_used_if_its_parameters_say_so_and_it_has_the_apex() {
    let at_apex = |rdata: &str| format!("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 {rdata}");
    let kind = |lines: &str| match zone(lines).denial() {
        Denial::Unsigned => "none",
        Denial::Nsec => "NSEC",
        Denial::Nsec3(_) => "NSEC3",
        Denial::Costly(_) => "costly",
    };
    let good = at_apex("1/1/12/aabbccdd/SOA");
    let param = "@ NSEC3PARAM 1/0/12/aabbccdd";
    for (lines, expected) in [
        (String::new(), "none"),
        ("@ NSEC a".into(), "NSEC"),
        ("a NSEC a".into(), "none"),
        (good.clone(), "none"),
        (param.into(), "none"),
        (format!("{param}\n{good}"), "NSEC3"),
        (format!("{param}\n{good}\n@ NSEC a"), "NSEC3"),
        (format!("{param}\n@ NSEC a"), "NSEC"),
        (format!("{good}\n@ NSEC a"), "NSEC"),
        // RFC 5155 §4.1.2: flags other than 0; and a hash that is not SHA-1.
        (format!("@ NSEC3PARAM 1/1/12/aabbccdd\n{good}"), "none"),
        (format!("@ NSEC3PARAM 2/0/12/aabbccdd\n{}", at_apex("2/0/12/aabbccdd/SOA")), "none"),
        (format!("{param}\n{}", at_apex("2/0/12/aabbccdd/SOA")), "none"),
        (format!("{param}\n{}", at_apex("1/0/11/aabbccdd/SOA")), "none"),
        (format!("{param}\n{}", at_apex("1/0/12/aabbccde/SOA")), "none"),
        (format!("{param}\n{}", at_apex("1/0/12/aabbcc/SOA")), "none"),
        (format!("{param}\n{}", at_apex("1/0/12/aabbccdd")), "none"),
        (format!("{param}\nzp9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/1/12/aabbccdd/SOA"), "none"),
        (format!("{param}\n@ NSEC3PARAM 1/0/12/\n{good}"), "NSEC3"),
        (format!("{param}\n@ NSEC3PARAM 1/0/65535/\n{good}"), "NSEC3"),
        (format!("@ NSEC3PARAM 1/0/501/\n@ NSEC a\n{}", at_apex("1/0/501//SOA")), "NSEC"),
        (format!("@ NSEC3PARAM 1/0/501/\n{}", at_apex("1/0/501/")), "costly"),
        (format!("@ NSEC3PARAM 1/0/501/\n{good}"), "none"),
    ] {
        assert_eq!(kind(&lines), expected, "{lines}");
    }
}

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

#[test]
fn a_hash_is_the_same_in_any_case() {
    let version = zone(&OF_RFC_5155.to_ascii_uppercase());
    let proof = proof_of(&version, "ns1").to_ascii_lowercase();
    assert_eq!(proof, "2t7b4g4vsa5smi47k61mv5bv1a22bojr");
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
    let proofs = (0..).take_while(|_| !version.proof(absent, &mut budget).too_costly()).count();
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

#[test]
fn what_is_occluded_proves_nothing_even_if_it_has_an_nsec() {
    let version = zone(
        "@ NSEC cut
         cut NS ns.cut\n cut NSEC d\n ns.cut A 192.0.2.1\n zz.cut NSEC d\n q.zz.cut NS ns.cut
         d DNAME x.test.\n d NSEC @\n a.d NSEC @\n b.d NS ns1",
    );
    check(
        &version,
        "cut-on => cut @
         cuu    => cut @
         d1     => d @
         zz     => d @
         b.d    => d",
    );
}

/// RFC 6672 §2.3; without a mark on any name below.
#[test]
fn below_a_dname_at_the_apex_nothing_has_an_nsec() {
    let version = zone("@ DNAME x.test.\n@ NSEC @\n a NSEC @\n b NSEC @");
    check(&version, "@ => @\n a => @");
    let (qname, closest_encloser) = (name("zz"), 1);
    let absent = Absent::Name { qname: qname.as_ref(), closest_encloser };
    let proof = version.proof(absent, &mut HashBudget::of_an_answer());
    assert_eq!(describe(&proof), "@");
}

/// While a zone changes from one kind to the other both are there.
#[test]
fn nsec3_of_an_unfinished_chain_stand_in_nobodys_way() {
    let version = zone(
        "@ NSEC b\n b NSEC @\n b A 192.0.2.1
         0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1/1/12/aabbccdd
         2t7b4g4vsa5smi47k61mv5bv1a22bojr NSEC3 1/1/12/aabbccdd",
    );
    check(&version, "a => @\n c => b @\n b => b");
}

#[test]
fn an_apex_without_nsec_gives_a_proof_with_a_hole() {
    let version = zone("@ NSEC3PARAM 1/0/12/aabbccdd\n k NSEC @\n k A 192.0.2.1");
    assert_eq!(describe(&nsec::proof(&version, Absent::Type { qname: name("a").as_ref() })), "");
    check(&version, "a => \n zz => ");
    assert_eq!(
        version
            .proof(Absent::Type { qname: name("a").as_ref() }, &mut HashBudget::of_an_answer())
            .rrtype(),
        Rrtype::NSEC
    );
}

/// Threat 20: leaves of other chains are stepped over, but not without end.
#[test]
fn leaves_of_other_chains_are_stepped_over_up_to_a_bound() {
    let (apex, last) = ("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "0vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv");
    for (others, expected) in [(STEPS_MAX - 1, format!("{apex} {last}")), (STEPS_MAX, apex.into())]
    {
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

/// A version does not use such a chain; the search must end all the same.
#[test]
fn a_chain_without_the_apex_proves_no_encloser() {
    let chain = Chain::of_param(&record("@ NSEC3PARAM 1/0/12/aabbccdd").rdata).unwrap();
    let version = zone("0vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv NSEC3 1/1/12/aabbccdd");
    let prove = |absent: Absent<'_>| {
        let mut budget = HashBudget::of_an_answer();
        describe(&nsec3::proof(&version, &chain, absent, &mut budget).unwrap())
    };
    let (deep, apex) = (name("a.b.c"), apex());
    for qname in [deep.as_ref(), apex.as_ref()] {
        assert_eq!(prove(Absent::Type { qname }), "0vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv");
    }
}
