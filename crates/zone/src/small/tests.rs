use crate::run::LEAVES_MAX;
use crate::testing::{apex, diff, lines, name, zone};
use crate::tree::View;
use crate::{Limits, Lookup, Version};

fn is_small(version: &Version) -> bool {
    matches!(version.tree(), View::Page(_))
}

/// The answer as far as it can be told from outside.
fn answer(version: &Version, qname: &str) -> String {
    match version.lookup(name(qname).as_ref()) {
        Lookup::Found { leaf, wildcard } => format!("{:?} {wildcard:?}", leaf.label_count()),
        Lookup::EmptyNonTerminal { wildcard } => format!("empty {wildcard:?}"),
        Lookup::Cut { leaf, at_qname } => format!("cut {:?} {at_qname}", leaf.label_count()),
        Lookup::Dname { leaf } => format!("dname {:?}", leaf.label_count()),
        Lookup::Missing { closest_encloser } => format!("missing {closest_encloser}"),
        Lookup::OutOfZone => "elsewhere".to_owned(),
    }
}

/// Both are the same zone, whichever way they came to be.
fn check(version: &Version, anew: &Version) {
    assert_eq!(lines(version), lines(anew));
    assert_eq!(version.counts(), anew.counts());
    assert_eq!(version.negative_ttl(), anew.negative_ttl());
    assert_eq!(version.apex(), apex().as_ref());
    assert!(version.diff(anew).removed().iter().next().is_none());
    for qname in ["@", "n0", "n9", "n99", "x.n3", "cut", "below.cut", "w", "a.w", "deep", "nothing"]
    {
        assert_eq!(answer(version, qname), answer(anew, qname), "{qname}");
    }
}

const ALWAYS: &str = "cut NS ns.elsewhere\nhost.cut A 192.0.2.1\n*.w TXT any\na.deep A 192.0.2.2\n";

/// Record by record over the border and back: each version beside one that was built from nothing.
#[test]
fn a_zone_that_grows_over_a_page_and_shrinks_again_answers_the_same() {
    let of = |names: usize, serial: usize| {
        let names: String = (0..names).map(|n| format!("n{n} A 192.0.2.1\n")).collect();
        let soa = format!("-@ SOA 1\n+@ SOA {serial}");
        let held = zone(&format!("{ALWAYS}{names}"));
        if serial == 1 {
            return held;
        }
        let serial = u32::try_from(serial).unwrap();
        held.apply(&[crate::testing::bare_diff(1, serial, &soa)], &Limits::default()).unwrap()
    };
    let (mut version, mut serial, mut seen) = (of(0, 1), 1, [0, 0]);
    let steps = (1..30).map(|n| (n, '+', n - 1)).chain((0..29).rev().map(|n| (n, '-', n)));
    for (names, sign, name) in steps {
        let step = diff(serial, serial + 1, &format!("{sign}n{name} A 192.0.2.1"));
        version = version.apply(&[step], &Limits::default()).unwrap();
        serial += 1;
        check(&version, &of(names, usize::try_from(serial).unwrap()));
        // Five leaves are always there. Pages fuse when both are small, so the way back is longer.
        assert!(names + 5 <= LEAVES_MAX || !is_small(&version), "{names} names");
        seen[usize::from(is_small(&version))] += 1;
    }
    assert!(seen[0] > 20 && seen[1] > 2, "{seen:?}");
}

#[test]
fn a_chain_of_nsec3_is_not_small_and_nsec_is() {
    assert!(is_small(&zone("@ NSEC a\n@ RRSIG NSEC\n@ DNSKEY key\n@ RRSIG SOA")));
    let chain = zone("@ NSEC3PARAM 1/0/0/");
    assert!(chain.clone().is_same(&chain) && !chain.is_same(&zone("")));
    assert!(!chain.is_same(&zone("@ NSEC3PARAM 1/0/0/")));
}

#[test]
fn clones_are_one_piece_of_memory() {
    let version = zone(ALWAYS);
    assert!(is_small(&version) && version.clone().is_same(&version));
    assert!(!zone(ALWAYS).is_same(&version));
}
