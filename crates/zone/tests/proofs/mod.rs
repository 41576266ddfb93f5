//! Proofs of absence against a plain list: whatever the zone, the leaves are those that the RFCs ask for.
//!
//! Runs twice, as `laws` do: against the crate as it ships, and inside it with tiny pages.

mod model;

use crate::laws::model::{Answer, Model, Path, name_of};
use crate::laws::{LABELS, build, first_model, owner, path};
use model::{Chain, Signed, hash_label};
use proptest::prelude::*;
use std::collections::BTreeSet;
use wire::codes::Rrtype;
use zone::{Absent, HashBudget, Version};

/// What a random zone is made of.
#[derive(Clone, Debug)]
struct Plan {
    /// Names and what they have.
    records: Vec<(Vec<prop::sample::Index>, u8)>,
    /// Parameters of the chain; `None` for NSEC.
    chain: Option<Chain>,
    /// Parameters of another chain over the same names, which is not the one in use.
    other: Option<Chain>,
    /// Unsigned cuts are left out of a chain of NSEC3, but for those whose turn is in here.
    opt_out: Option<u64>,
    /// Members that are missing, by turn: a broken zone.
    holes: u64,
    /// Owners of NSEC or NSEC3 that are of no chain.
    strangers: Vec<Vec<prop::sample::Index>>,
}

fn chain() -> impl Strategy<Value = Chain> {
    let octets = prop::sample::select(vec![0_usize, 1, 60, 255]);
    let salt = (any::<u8>(), octets).prop_map(|(octet, octets)| vec![octet; octets]);
    (0..4_u16, salt).prop_map(|(iterations, salt)| Chain { iterations, salt })
}

fn plan() -> impl Strategy<Value = Plan> {
    let name = || prop::collection::vec(any::<prop::sample::Index>(), 0..=4);
    let records = prop::collection::vec((name(), 0..16_u8), 0..40);
    let holes = prop_oneof![3 => Just(0_u64), 1 => any::<u64>()];
    let strangers = prop::collection::vec(name(), 0..6);
    let chains = (prop::option::weighted(0.7, chain()), prop::option::of(chain()));
    (records, chains, prop::option::of(any::<u64>()), holes, strangers).prop_map(
        |(records, (chain, other), opt_out, holes, strangers)| {
            let other = other.filter(|other| Some(other) != chain.as_ref());
            Plan { records, chain, other, opt_out, holes, strangers }
        },
    )
}

/// Cuts, signed or not, are frequent, and names below them; so are wildcards, by their label.
fn fill(model: &mut Model, plan: &Plan) {
    for (labels, kind) in &plan.records {
        let path = path(labels);
        let target = b"\x01a\0";
        let (rrtype, rdata) = match kind {
            0..=3 if !path.is_empty() => (Rrtype::NS, &target[..]),
            4 if !path.is_empty() => {
                model.add(&path, Rrtype::NS, 300, target);
                (Rrtype::DS, &target[..])
            }
            5 if !path.is_empty() || plan.holes & 1 == 1 => (Rrtype::DNAME, &target[..]),
            6 => (Rrtype::CNAME, &target[..]),
            _ => (Rrtype::TXT, &target[..]),
        };
        model.add(&path, rrtype, 300, rdata);
    }
}

/// Signs the zone; returns what a proof may use.
fn sign(model: &mut Model, plan: &Plan) -> Signed {
    let bit = |bits: u64, turn: usize| bits >> (turn % 64) & 1 == 1;
    // The apex comes first, and is never missing.
    let is_there = |turn: usize| turn == 0 || !bit(plan.holes, turn);
    let strangers: Vec<Path> = plan.strangers.iter().map(|labels| path(labels)).collect();
    let signed = Signed::new(model, plan.chain.clone(), |turn| {
        plan.opt_out.is_none_or(|kept| bit(kept, turn))
    });
    let signed = signed.retaining(is_there);
    match &plan.chain {
        None => {
            for path in &signed.members {
                model.add(path, Rrtype::NSEC, 300, b"\0\0\x01\x40");
            }
            // What is occluded is of no chain, whatever it has.
            let is_occluded = |path: &&Path| signed.is_occluded(model, path);
            for path in strangers.iter().filter(is_occluded).collect::<Vec<_>>() {
                model.add(path, Rrtype::NSEC, 300, b"\0\0\x01\x40");
            }
        }
        Some(chain) => {
            model.add(&Path::new(), Rrtype::NSEC3PARAM, 0, &chain.param());
            for path in &signed.members {
                let has_soa = path.is_empty();
                let label = vec![hash_label(chain, path)];
                model.add(&label, Rrtype::NSEC3, 300, &chain.nsec3(has_soa));
            }
            for path in &strangers {
                model.add(path, Rrtype::NSEC3, 300, &chain.nsec3(true));
            }
        }
    }
    // Another chain, of which nothing at the apex tells.
    for path in plan.other.iter().flat_map(|_| &signed.members) {
        let Some(other) = &plan.other else { continue };
        let label = vec![hash_label(other, path)];
        model.add(&label, Rrtype::NSEC3, 300, &other.nsec3(path.is_empty()));
    }
    signed
}

/// Asks for the proof of an absence, and compares.
fn assert_proof(version: &Version, signed: &Signed, absent: Absent<'_>, qname: &Path) {
    let proof = version.proof(absent, &mut HashBudget::of_an_answer());
    let found: Vec<Path> = proof.iter().map(|leaf| owner(&leaf)).collect();
    let each: BTreeSet<Path> = found.iter().cloned().collect();
    assert_eq!(found.len(), each.len(), "{qname:?}: one is there twice");
    let below = |labels: usize| labels - 2;
    let expected = match absent {
        Absent::Name { closest_encloser, .. } | Absent::WildcardType { closest_encloser, .. } => {
            signed.missing(qname, below(closest_encloser))
        }
        Absent::Type { .. } => signed.without_type(qname),
        Absent::Expansion { closest_encloser, .. } => {
            signed.expanded(qname, below(closest_encloser))
        }
    };
    assert_eq!(each, expected, "{qname:?} {absent:?}");
    assert_eq!((proof.collides(), proof.too_costly()), (false, false));
    let rrtype = if signed.chain.is_some() { Rrtype::NSEC3 } else { Rrtype::NSEC };
    assert_eq!(proof.rrtype(), rrtype);
    assert!(proof.iter().all(|leaf| leaf.rrset(rrtype).is_some()));
}

/// All absences that a question for this name can have.
fn assert_proofs(version: &Version, model: &Model, signed: &Signed, qname: &Path) {
    let name = name_of(qname);
    let above = |labels: usize| name.as_ref().ancestor(labels + 2);
    let prove = |absent: Absent<'_>, qname: &Path| assert_proof(version, signed, absent, qname);
    let from_wildcard = |encloser: usize| {
        let (qname_ref, closest_encloser) = (name.as_ref(), encloser + 2);
        prove(Absent::Expansion { qname: qname_ref, closest_encloser }, qname);
        prove(Absent::WildcardType { qname: qname_ref, closest_encloser }, qname);
    };
    match model.lookup(qname) {
        Answer::Found { wildcard: None, .. } | Answer::EmptyNonTerminal { wildcard: None } => {
            prove(Absent::Type { qname: name.as_ref() }, qname);
        }
        Answer::Found { wildcard: Some(encloser), .. }
        | Answer::EmptyNonTerminal { wildcard: Some(encloser) } => from_wildcard(encloser),
        Answer::Cut { owner, .. } | Answer::Dname { owner } => {
            prove(Absent::Type { qname: above(owner.len()) }, &owner);
        }
        Answer::Missing { encloser } => {
            prove(Absent::Name { qname: name.as_ref(), closest_encloser: encloser + 2 }, qname);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// RFC 4035 §3.1.3 and RFC 5155 §7.2, for every name of the zone, those above, and their neighbours.
    #[test]
    fn proofs_have_the_leaves_that_a_list_says(
        plan in plan(),
        more in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..6), 20),
    ) {
        let mut model = first_model();
        fill(&mut model, &plan);
        let signed = sign(&mut model, &plan);
        let version = build(&model);
        let mut qnames: BTreeSet<Path> = more.iter().map(|labels| path(labels)).collect();
        for name in model.paths() {
            for depth in 0..=name.len() {
                qnames.insert(name[..depth].to_vec());
                for label in LABELS {
                    qnames.insert([&name[..depth], &[label.to_ascii_lowercase()]].concat());
                }
            }
        }
        for qname in &qnames {
            assert_proofs(&version, &model, &signed, qname);
        }
    }
}
