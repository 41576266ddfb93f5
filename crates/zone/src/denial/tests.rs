use super::*;
use crate::testing::{apex, name, record, zone};
use crate::{Builder, Limits, Lookup};
use wire::name::{Name, NameBuf};

mod hashes;
mod hostile;

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
