//! Small random zones, whose names are so few that cuts, wildcards, empty non-terminals and aliases meet.
//!
//! The seed is fixed, so that every run asks the same; `DIFFERENTIAL_SEED` makes it another, and
//! `DIFFERENTIAL_ZONES` the zones of each kind more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::known::Strictness;
use crate::run::Run;
use crate::servers::{Loaded, Servers};
use crate::subject::Kind;

const KINDS: [Kind; 4] = [Kind::Unsigned, Kind::Nsec, Kind::Nsec3, Kind::OptOut];
const ZONES_OF_A_KIND: u32 = 12;
const SEED: u32 = 20_240_229;

/// A relative name: few labels of few kinds, from the left. The apex has none.
type Relative = Vec<&'static str>;

/// What a name may have. Targets are relative too.
#[derive(Clone, Debug)]
enum Content {
    A,
    Txt,
    Mx(Relative),
    Srv(Relative),
    Alias(Relative),
    Dname(Relative),
    Cut(Relative),
    SignedCut(Relative),
}

#[test]
fn random_zones_are_answered_as_by_the_peers() {
    let seed = variable("DIFFERENTIAL_SEED").unwrap_or(SEED);
    let count = variable("DIFFERENTIAL_ZONES").unwrap_or(ZONES_OF_A_KIND);
    println!("DIFFERENTIAL_SEED={seed} DIFFERENTIAL_ZONES={count}");
    let mut generator = Generator::new(seed);
    let mut zones = BTreeMap::new();
    for kind in KINDS {
        let of_kind = (0..count).map(|number| generator.zone(number, kind));
        zones.insert(kind, of_kind.collect::<Vec<Loaded>>());
    }
    let all: Vec<Loaded> = zones.values().flatten().cloned().collect();
    let servers = Servers::start(&all);
    let mut faults = String::new();
    for (kind, zones) in &zones {
        let mut run = Run::new(*kind, Strictness::Listed);
        for zone in zones {
            run.compare(&servers, zones, zone);
        }
        faults.push_str(&run.faults());
    }
    assert!(faults.is_empty(), "{faults}");
}

fn variable(name: &str) -> Option<u32> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Zones one after the other, the same ones for the same seed.
struct Generator {
    runner: TestRunner,
}

impl Generator {
    fn new(seed: u32) -> Self {
        let mut octets = [0; 32];
        octets[..4].copy_from_slice(&seed.to_be_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &octets);
        Self { runner: TestRunner::new_with_rng(Config::default(), rng) }
    }

    fn zone(&mut self, number: u32, kind: Kind) -> Loaded {
        let tree = vec((relative(1), content()), 4..16).new_tree(&mut self.runner);
        let records = tree.expect("a strategy without filters").current();
        let apex = format!("r{number}.{}.", kind.text());
        let text = text(&records);
        println!("── {apex}\n{text}");
        Loaded { text: kind.sign(&apex, &format!("$ORIGIN {apex}\n{text}")), apex, refused_by: &[] }
    }
}

/// At least so many labels.
fn relative(least: usize) -> impl Strategy<Value = Relative> {
    let label = prop::sample::select(vec!["a", "b", "B", "*", "ab", "z"]);
    vec(label, least..4)
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        3 => Just(Content::A),
        2 => Just(Content::Txt),
        1 => relative(0).prop_map(Content::Mx),
        1 => relative(0).prop_map(Content::Srv),
        3 => relative(0).prop_map(Content::Alias),
        2 => relative(0).prop_map(Content::Dname),
        2 => relative(0).prop_map(Content::Cut),
        1 => relative(0).prop_map(Content::SignedCut),
    ]
}

/// The zone as a file, without what some server refuses to load: the first content of a name counts
/// where an alias, a cut and other things exclude each other.
fn text(records: &[(Relative, Content)]) -> String {
    let lower = |name: &Relative| -> Relative {
        name.iter().map(|&label| if label == "B" { "b" } else { label }).collect()
    };
    let dnames: BTreeSet<Relative> = records
        .iter()
        .filter(|(_, content)| matches!(content, Content::Dname(_)))
        .map(|(owner, _)| lower(owner))
        .collect();
    let is_below_dname =
        |owner: &Relative| (1..owner.len()).any(|skipped| dnames.contains(&owner[skipped..]));
    let mut text = String::from(
        "$TTL 300\n@ SOA ns.invalid. admin.invalid. 1 7200 900 1209600 60\n@ NS ns.invalid.\n",
    );
    let mut single: BTreeMap<Relative, bool> = BTreeMap::new();
    for (number, (owner, content)) in records.iter().enumerate() {
        let owner_is_wild = owner[0] == "*";
        let (is_single, line) = line(number, content);
        let is_cut = matches!(content, Content::Cut(_) | Content::SignedCut(_));
        let is_first = single.get(&lower(owner)).is_none_or(|&held| !held && !is_single);
        let is_dname = matches!(content, Content::Dname(_));
        let is_refused = owner_is_wild && (is_cut || is_dname)
            || is_below_dname(&lower(owner))
            || dnames.contains(&lower(owner)) && is_cut;
        if is_first && !is_refused {
            single.insert(lower(owner), is_single);
            let owner = owner.join(".");
            line.iter().for_each(|line| {
                let _infallible = writeln!(text, "{owner} {line}");
            });
        }
    }
    text
}

/// Lines without the owner, and whether nothing may stand beside them.
fn line(number: usize, content: &Content) -> (bool, Vec<String>) {
    let name = |name: &Relative| if name.is_empty() { "@".to_owned() } else { name.join(".") };
    let ds = "DS 1 13 2 0101010101010101010101010101010101010101010101010101010101010101";
    match content {
        Content::A => (false, vec![format!("A 192.0.2.{number}")]),
        Content::Txt => (false, vec![format!("TXT \"{number}\"")]),
        Content::Mx(target) => (false, vec![format!("MX {number} {}", name(target))]),
        Content::Srv(target) => (false, vec![format!("SRV 0 0 {number} {}", name(target))]),
        Content::Alias(target) => (true, vec![format!("CNAME {}", name(target))]),
        Content::Dname(target) => (true, vec![format!("DNAME {}", name(target))]),
        Content::Cut(target) => (true, vec![format!("NS {}", name(target))]),
        Content::SignedCut(target) => (true, vec![format!("NS {}", name(target)), ds.to_owned()]),
    }
}
