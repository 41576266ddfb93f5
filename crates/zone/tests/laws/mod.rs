//! Versions against a plain map: whatever is built, applied, compared or read back holds and answers the same.
//!
//! Runs twice: against the crate as it ships, and inside it with tiny pages, so that small zones have deep trees.

pub(crate) mod model;

use model::{Answer, Model, Path, apex, name_of, path_of, record, soa};
use proptest::prelude::*;
use wire::codes::Rrtype;
use wire::name::NameBuf;
use wire::serial::Serial;
use zone::{Builder, Diff, Limits, Lookup, Version};

/// Chosen for order (0x00 and 0x01 sort low and are escaped in keys), wildcards and long common beginnings.
pub(crate) const LABELS: [&[u8]; 9] =
    [b"a", b"b", b"*", b"\0", b"\x01", b"a\0b", b"longer-label-one", b"longer-label-two", b"Z"];

/// What a step changes.
#[derive(Clone, Debug)]
struct Flips {
    /// Names and types, each from not there to there or back.
    records: Vec<(Vec<prop::sample::Index>, u8, u8)>,
    /// Names to take away with all they have.
    names: Vec<prop::sample::Index>,
}

fn flips(most: usize) -> impl Strategy<Value = Flips> {
    let name = prop::collection::vec(any::<prop::sample::Index>(), 0..=4);
    let records = prop::collection::vec((name, 0..15_u8, 0..4_u8), 0..most);
    let names = prop::collection::vec(any::<prop::sample::Index>(), 0..=most / 2);
    (records, names).prop_map(|(records, names)| Flips { records, names })
}

pub(crate) fn path(labels: &[prop::sample::Index]) -> Path {
    labels.iter().map(|index| index.get(&LABELS).to_ascii_lowercase()).collect()
}

/// Type, ttl and rdata of a flip. NS and DNAME are frequent: what they occlude must be kept right.
fn content(path: &Path, kind: u8, number: u8) -> (Rrtype, u32, Vec<u8>) {
    let target = vec![1, b'a'.wrapping_add(number), 0];
    match kind {
        0..=2 => (Rrtype::A, 300, vec![192, 0, 2, number]),
        3..=5 if !path.is_empty() => (Rrtype::NS, 3_600, target),
        6 | 7 => (Rrtype::DNAME, 3_600, target),
        8 => (Rrtype::CNAME, 60, target),
        9 => (Rrtype::TXT, 60, vec![number; 1_500]),
        10 => (Rrtype::RRSIG, 300, [&[0, 1, 8, 2][..], &[number; 20]].concat()),
        // At any owner: names, cuts and what lies below them, wildcards.
        11 | 12 => (Rrtype::NSEC3, 300, [&[1, number, 0, 0, 0, 20][..], &[number; 20]].concat()),
        13 => (Rrtype::RRSIG, 300, [&[0, 50, 8, 2][..], &[number; 20]].concat()),
        _ => (Rrtype(1_234), 60, vec![number; usize::from(number)]),
    }
}

/// Makes the flips in the model and returns them as a diff.
fn step(model: &mut Model, serial: u32, flips: &Flips) -> Diff {
    let (apex_path, old, new) = (Path::new(), soa(serial), soa(serial + 1));
    let mut diff = Diff::new(Serial(serial), Serial(serial + 1));
    diff.remove(record(&apex(), Rrtype::SOA, 60, &old));
    diff.add(record(&apex(), Rrtype::SOA, 60, &new));
    model.remove(&apex_path, Rrtype::SOA, &old);
    model.add(&apex_path, Rrtype::SOA, 60, &new);
    let before = model.clone();
    let mut seen = std::collections::BTreeSet::new();
    let all = before.records();
    for index in &flips.names {
        let owner = &index.get(&all).owner;
        let path = path_of(owner.as_ref());
        for record in all.iter().filter(|record| record.owner == *owner && !path.is_empty()) {
            if seen.insert((path.clone(), record.rrtype.0, record.rdata.to_vec())) {
                diff.remove(record.as_ref());
                model.remove(&path, record.rrtype, &record.rdata);
            }
        }
    }
    for (labels, kind, number) in &flips.records {
        let path = path(labels);
        let (rrtype, ttl, rdata) = content(&path, *kind, *number);
        if !seen.insert((path.clone(), rrtype.0, rdata.clone())) {
            continue;
        }
        let owner = name_of(&path);
        if before.has(&path, rrtype, &rdata) {
            diff.remove(record(&owner, rrtype, ttl, &rdata));
            model.remove(&path, rrtype, &rdata);
        } else {
            diff.add(record(&owner, rrtype, ttl, &rdata));
            model.add(&path, rrtype, ttl, &rdata);
        }
    }
    diff
}

pub(crate) fn first_model() -> Model {
    let mut model = Model::default();
    model.add(&Path::new(), Rrtype::SOA, 60, &soa(1));
    model.add(&Path::new(), Rrtype::NS, 3_600, b"\x03ns1\0");
    model
}

pub(crate) fn build(model: &Model) -> Version {
    let mut builder = Builder::new(apex(), Limits::default());
    for record in model.records() {
        builder.push(record.as_ref()).unwrap();
    }
    builder.finish().unwrap()
}

fn rebuild(version: &Version) -> Version {
    let mut builder = Builder::new(apex(), Limits::default());
    let mut name = NameBuf::new();
    for (leaf, rrset) in version.rrsets() {
        leaf.owner(&mut name);
        let owner = name.as_ref().to_name();
        for rdata in rrset.rdatas() {
            let ttl = rrset.ttl().as_secs();
            builder.push(record(&owner, rrset.rrtype(), ttl, rdata)).unwrap();
        }
    }
    builder.finish().unwrap()
}

pub(crate) fn owner(leaf: &zone::Leaf<'_>) -> Path {
    let mut name = NameBuf::new();
    leaf.owner(&mut name);
    assert_eq!(name.as_ref().label_count(), leaf.label_count());
    path_of(name.as_ref())
}

fn answer(version: &Version, qname: &Path) -> Answer {
    let below = |labels: usize| labels - 2;
    match version.lookup(name_of(qname).as_ref()) {
        Lookup::Found { leaf, wildcard } => {
            Answer::Found { owner: owner(&leaf), wildcard: wildcard.map(below) }
        }
        Lookup::EmptyNonTerminal { wildcard } => {
            Answer::EmptyNonTerminal { wildcard: wildcard.map(below) }
        }
        Lookup::Cut { leaf, at_qname } => Answer::Cut { owner: owner(&leaf), at_qname },
        Lookup::Dname { leaf } => Answer::Dname { owner: owner(&leaf) },
        Lookup::Missing { closest_encloser } => {
            Answer::Missing { encloser: below(closest_encloser) }
        }
        Lookup::OutOfZone => panic!("{qname:?} is in the zone"),
    }
}

/// The version holds what the model holds, marks what is occluded, and counts right.
fn assert_content(version: &Version, model: &Model) {
    let hashes = |leaf: &zone::Leaf<'_>| {
        leaf.rrsets().any(|rrset| rrset.covered().unwrap_or(rrset.rrtype()) == Rrtype::NSEC3)
    };
    for leaf in version.leaves().filter(|leaf| !hashes(leaf)) {
        let path = owner(&leaf);
        assert_eq!(leaf.is_occluded(), model.is_occluded(&path), "{path:?}");
        let cut = model.owns(&path, Rrtype::NS) && !path.is_empty();
        assert_eq!((leaf.is_cut(), leaf.has_dname()), (cut, model.owns(&path, Rrtype::DNAME)));
    }
    let mut records = Vec::new();
    for (leaf, rrset) in version.rrsets() {
        let signed = rrset.covered().and_then(|covered| leaf.rrsigs(covered));
        let found = leaf.rrset(rrset.rrtype()).or(signed).unwrap();
        assert_eq!(found.rdatas().count(), usize::try_from(rrset.count()).unwrap());
        let secs = rrset.ttl().as_secs();
        let record = |rdata: &[u8]| (owner(&leaf), (rrset.rrtype(), secs, rdata.to_vec()));
        records.extend(rrset.rdatas().map(record));
    }
    assert!(records.is_sorted_by_key(|(path, _)| path.clone()));
    records.sort();
    assert!(version.leaves().map(|leaf| owner(&leaf)).is_sorted());
    let expected: Vec<_> = model
        .records()
        .into_iter()
        .map(|record| {
            let path = path_of(record.owner.as_ref());
            (path, (record.rrtype, record.ttl.as_secs(), record.rdata.to_vec()))
        })
        .collect();
    assert_eq!(records, expected);
    let counts = version.counts();
    let size = |(path, record): &(Path, (Rrtype, u32, Vec<u8>))| {
        name_of(path).as_wire().len() + 10 + record.2.len()
    };
    assert_eq!(counts.size_bytes, expected.iter().map(size).sum::<usize>() as u64);
    assert_eq!(counts.records, expected.len() as u64);
    assert_eq!(counts.names, (model.paths().count() + model.hashes().count()) as u64);
    assert_eq!(version.leaves().count() as u64, counts.names);
    assert_eq!(version.digest(), model.digest());
    let is_cut =
        |path: &&Path| !path.is_empty() && model.owns(path, Rrtype::NS) && !model.is_occluded(path);
    assert_eq!(counts.cuts, model.paths().filter(is_cut).count() as u64);
    let has_asterisk = |path: &&Path| path.iter().any(|label| label == b"*");
    assert_eq!(counts.wildcards, model.paths().filter(has_asterisk).count() as u64);
}

/// Every name of the model, its neighbours above and below, and whatever else.
fn assert_answers(version: &Version, model: &Model, more: &[Path]) {
    let mut qnames: Vec<Path> = more.to_vec();
    for path in model.paths() {
        for depth in 0..=path.len() {
            qnames.push(path[..depth].to_vec());
            for label in LABELS {
                let mut below = path[..depth].to_vec();
                below.push(label.to_ascii_lowercase());
                qnames.push(below);
            }
        }
    }
    qnames.sort();
    qnames.dedup();
    for qname in qnames {
        assert_eq!(answer(version, &qname), model.lookup(&qname), "{qname:?}");
        let glue = version.glue(name_of(&qname).as_ref()).map(|leaf| owner(&leaf));
        assert_eq!(glue.is_some(), model.paths().any(|path| *path == qname));
    }
}

fn assert_same(version: &Version, other: &Version) {
    assert_eq!(version.counts(), other.counts());
    assert_eq!(version.digest(), other.digest());
    assert_eq!(version.serial(), other.serial());
    let marks = |version: &Version| -> Vec<_> {
        version.leaves().map(|leaf| (owner(&leaf), leaf.is_occluded(), leaf.is_cut())).collect()
    };
    assert_eq!(marks(version), marks(other));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// One after the other, all at once, from scratch, by comparison, from pages: the same version.
    #[test]
    fn every_way_to_a_version_leads_to_the_same(
        first in flips(150),
        steps in prop::collection::vec(flips(12), 1..8),
        more in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..5), 20),
    ) {
        let mut model = first_model();
        let limits = Limits::default();
        let start = build(&model);
        let mut diffs = vec![step(&mut model, 1, &first)];
        let mut version = start.apply(&diffs, &limits).unwrap();
        assert_same(&version, &build(&model));
        for (index, flips) in steps.iter().enumerate() {
            let diff = step(&mut model, 2 + u32::try_from(index).unwrap(), flips);
            version = version.apply(std::slice::from_ref(&diff), &limits).unwrap();
            diffs.push(diff);
        }
        assert_content(&version, &model);
        let more: Vec<Path> = more.iter().map(|labels| path(labels)).collect();
        assert_answers(&version, &model, &more);
        assert_same(&version, &build(&model));
        assert_same(&version, &start.apply(&diffs, &limits).unwrap());

        let diff = start.diff(&version);
        let mut octets = Vec::new();
        diff.encode(&mut octets);
        let diff = Diff::decode(&octets).unwrap();
        assert_same(&version, &start.apply(&[diff], &limits).unwrap());
        let back = version.diff(&start);
        prop_assert_eq!(back.removed().count(), start.diff(&version).added().count());

        let pages: Vec<Vec<u8>> = version.pages().map(<[u8]>::to_vec).collect();
        let read = Version::from_pages(apex(), pages.iter().map(Vec::as_slice)).unwrap();
        assert_same(&version, &read);
    }

    /// Pages with any octet changed are refused, or are a sound version: the one that its own records make.
    #[test]
    fn damaged_pages_are_refused_or_sound(
        first in flips(60),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut model = first_model();
        step(&mut model, 1, &first);
        let mut pages: Vec<Vec<u8>> = build(&model).pages().map(<[u8]>::to_vec).collect();
        for (page, octet, value) in damage {
            let page = page.index(pages.len());
            let octet = octet.index(pages[page].len());
            pages[page][octet] = value;
        }
        if let Ok(version) = Version::from_pages(apex(), pages.iter().map(Vec::as_slice)) {
            for path in model.paths() {
                let _ = answer(&version, path);
            }
            assert_same(&version, &rebuild(&version));
            let (removed, added) = (soa(2), soa(3));
            let mut diff = Diff::new(Serial(2), Serial(3));
            diff.remove(record(&apex(), Rrtype::SOA, 60, &removed));
            diff.add(record(&apex(), Rrtype::SOA, 60, &added));
            let _ = version.apply(&[diff], &Limits::default());
        }
    }

    /// Pages that are left out, doubled or out of order are refused.
    #[test]
    fn pages_are_a_version_in_their_order_only(
        first in flips(150),
        which in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let mut model = first_model();
        step(&mut model, 1, &first);
        let version = build(&model);
        let pages: Vec<&[u8]> = version.pages().collect();
        let (which, other) = (which.index(pages.len()), other.index(pages.len()));
        let read = |pages: &[&[u8]]| Version::from_pages(apex(), pages.iter().copied()).is_ok();
        prop_assert!(read(&pages));
        let mut swapped = pages.clone();
        swapped.swap(which, other);
        prop_assert_eq!(read(&swapped), which == other);
        prop_assert!(!read(&[&pages[..=which], &pages[which..]].concat()));
        prop_assert!(!read(&pages[1..]));
    }

    #[test]
    fn no_octets_make_decoding_a_diff_panic(octets: Vec<u8>) {
        let _ = Diff::decode(&octets);
        let _ = Diff::decode(&[&[1, 0, 0, 0, 0, 0, 0, 0, 0][..], &octets].concat());
    }
}
