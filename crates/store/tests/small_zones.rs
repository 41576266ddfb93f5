//! Zones of a dozen records have no file of their own: a thousand of them are as many files as one.

#![expect(clippy::unwrap_used, reason = "what a test stands on either works or fails the test")]

use std::fs;
use std::path::Path;
use store::{Commit, Content, Store, ZoneKey};
use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::RecordRef;
use wire::ttl::Ttl;
use zone::{Builder, Limits, Version, ZoneId};

/// SOA, NS and nine hosts.
fn version(apex: &Name, serial: u32) -> Version {
    let mut builder = Builder::new(apex.clone(), Limits::default());
    let mut push = |owner: &Name, rrtype, rdata: &[u8]| {
        let (class, ttl) = (Class::IN, Ttl::from_wire(300));
        builder.push(RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata }).unwrap();
    };
    let numbers = [serial, 3_600, 600, 86_400, 300].map(u32::to_be_bytes);
    push(apex, Rrtype::SOA, &[apex.as_wire(), apex.as_wire(), numbers.as_flattened()].concat());
    push(apex, Rrtype::NS, apex.as_wire());
    for host in 0..9_u8 {
        let owner = Name::child(format!("host{host}").as_bytes(), apex.as_ref()).unwrap();
        push(&owner, Rrtype::A, &[192, 0, 2, host]);
    }
    builder.finish().unwrap()
}

fn apex(number: usize) -> Name {
    format!("zone{number}.example.").parse().unwrap()
}

fn open(folder: &Path, zones: usize) -> (Store, Vec<ZoneId>) {
    let (store, _) = Store::open(folder).unwrap();
    let keys: Vec<ZoneKey> =
        (0..zones).map(|n| ZoneKey { view: "default".to_owned(), apex: apex(n) }).collect();
    let ids = store.meta().assign_ids(&keys).unwrap();
    (store, ids)
}

/// One commit for all, whole or by a diff from the serial before.
fn commit(store: &Store, ids: &[ZoneId], serial: u32) {
    let steps: Vec<_> = (0..ids.len())
        .map(|n| (version(&apex(n), serial - 1), version(&apex(n), serial)))
        .map(|(from, to)| ([from.diff(&to)], to))
        .collect();
    let commits: Vec<Commit<'_>> = ids
        .iter()
        .zip(&steps)
        .map(|(id, (diffs, to))| match serial {
            1 => Commit::Whole { id: *id, version: to.clone() },
            _ => Commit::Diffs { id: *id, diffs, result: to.clone() },
        })
        .collect();
    store.commit(&commits).unwrap();
}

fn file_count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { file_count(&path) } else { 1 }).sum()
}

#[test]
fn a_thousand_small_zones_are_as_many_files_as_one() {
    let counts = [1, 1_000].map(|zones| {
        let folder = tempfile::tempdir().unwrap();
        let (store, ids) = open(folder.path(), zones);
        commit(&store, &ids, 1);
        commit(&store, &ids, 2);
        let committed = file_count(folder.path());
        store.compact().unwrap();
        commit(&store, &ids, 3);
        let compacted = file_count(folder.path());
        drop(store);
        let (_store, recovery) = Store::open(folder.path()).unwrap();
        let held = recovery.zones.iter().filter(|zone| match &zone.content {
            Content::Held(version) => version.serial().0 == 3 && version.record_count() == 11,
            Content::Behind(..) | Content::Lost(_) | Content::Empty => false,
        });
        assert_eq!(held.count(), zones, "all are back");
        (committed, compacted)
    });
    assert_eq!(counts[0], counts[1]);
}
