//! Directories as releases of each format left them (`formats/`), and what they hold.
//!
//! A new format gets a folder here before it is released: `FIXTURE=crates/store/tests/formats/format-9 cargo test -p store
//! --test formats` leaves one behind. Format 3 is what a later release could write: a header that says so.

#![expect(clippy::unwrap_used, reason = "what a test stands on either works or fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use store::{Commit, Content, Store, StoreError, Timers, Tuning, ZoneKey, check};
use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::RecordRef;
use wire::serial::Serial;
use wire::ttl::Ttl;
use zone::{Builder, Limits, Version, ZoneId};

/// The second has an image.
const ZONES: [(&str, u32); 2] = [("small.example", 6), ("large.example", 60)];

const TUNING: Tuning = Tuning {
    shards: 1,
    image_min_bytes: 1_500,
    log_min_bytes: 64 << 20,
    reserve_bytes: 0,
    history_steps_max: 0,
};

const TIMERS: Timers = Timers {
    serial: Serial(4),
    confirmed_at: 1_700_000_000,
    expires_at: 1_700_086_400,
    refresh_at: 1_700_003_600,
};

/// Hosts whose addresses depend on the serial, denied by NSEC3.
fn version(apex: &str, hosts: u32, serial: u32) -> Version {
    let apex = Name::from_str(apex).unwrap();
    let mut builder = Builder::new(apex.clone(), Limits::default());
    let mut push = |owner: &Name, rrtype, rdata: &[u8]| {
        let (class, ttl) = (Class::IN, Ttl::from_wire(300));
        builder.push(RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata }).unwrap();
    };
    let server = Name::child(b"ns", apex.as_ref()).unwrap();
    let mut soa = [server.as_wire(), server.as_wire()].concat();
    for field in [serial, 3_600, 600, 86_400, 300] {
        soa.extend(field.to_be_bytes());
    }
    push(&apex, Rrtype::SOA, &soa);
    push(&apex, Rrtype::NS, server.as_wire());
    push(&apex, Rrtype(51), &[1, 0, 0, 0, 0]);
    for host in 0..hosts {
        let owner = Name::child(format!("host{host}").as_bytes(), apex.as_ref()).unwrap();
        let moves = if host == 3 { serial << 16 } else { 0 };
        push(&owner, Rrtype::A, &(host ^ moves).to_be_bytes());
        let hash: String = (0..32)
            .map(|at| {
                b"0123456789abcdefghijklmnopqrstuv"[(host as usize * 7 + at * 3) % 32] as char
            })
            .collect();
        let denial = Name::child(hash.as_bytes(), apex.as_ref()).unwrap();
        let next = [host as u8 + 1; 20];
        push(&denial, Rrtype(50), &[&[1, 0, 0, 0, 0, 20][..], &next, &[0, 1, 0x40]].concat());
    }
    builder.finish().unwrap()
}

fn key(apex: &str) -> ZoneKey {
    ZoneKey { view: "default".into(), apex: Name::from_str(apex).unwrap() }
}

/// Four versions of each zone: whole, diffs, a compaction, diffs.
fn fill(folder: &Path) {
    let (store, _) = Store::open_with(folder, TUNING).unwrap();
    let ids = store.meta().assign_ids(&ZONES.map(|(apex, _)| key(apex))).unwrap();
    let step = |serial: u32| {
        for (id, (apex, hosts)) in ids.iter().zip(ZONES) {
            let (from, to) = (version(apex, hosts, serial), version(apex, hosts, serial + 1));
            let diffs = [from.diff(&to)];
            store.commit(&[Commit::Diffs { id: *id, diffs: &diffs, result: to }]).unwrap();
        }
    };
    for (id, (apex, hosts)) in ids.iter().zip(ZONES) {
        let version = version(apex, hosts, 1);
        store.commit(&[Commit::Whole { id: *id, version }]).unwrap();
    }
    step(1);
    store.compact().unwrap();
    step(2);
    step(3);
    store.save_timers(&[(ids[0], TIMERS), (ids[1], TIMERS)]).unwrap();
}

/// A copy, to be worked in.
fn copy(of: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, octets) in files(of) {
        let to = folder.path().join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, octets).unwrap();
    }
    folder
}

/// All files but the lock, by their paths inside.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "lock" {
                let inside = path.strip_prefix(folder).unwrap().to_path_buf();
                found.insert(inside, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(name)
}

/// Both zones are at this serial, record for record.
#[track_caller]
fn assert_holds(folder: &Path, serial: u32, told: &str) -> Store {
    let (store, recovery) = Store::open_with(folder, TUNING).unwrap();
    assert_eq!(recovery.faults, [], "{told}");
    for (zone, (apex, hosts)) in recovery.zones.iter().zip(ZONES) {
        let Content::Held(version) = &zone.content else { panic!("{told}: {:?}", zone.content) };
        let expected = self::version(apex, hosts, serial);
        assert_eq!((&zone.key, version.digest()), (&key(apex), expected.digest()), "{told}");
        assert_eq!(zone.timers, Some(TIMERS), "{told}");
    }
    assert_eq!(recovery.zones.len(), ZONES.len(), "{told}");
    store
}

#[test]
fn directories_of_every_format_are_read_and_gone_on_with() {
    for format in ["format-1", "format-2"] {
        let folder = copy(&fixture(format));
        let store = assert_holds(folder.path(), 4, format);
        for (id, (apex, hosts)) in (1..).map(ZoneId).zip(ZONES) {
            let (from, to) = (version(apex, hosts, 4), version(apex, hosts, 5));
            let diffs = [from.diff(&to)];
            store.commit(&[Commit::Diffs { id, diffs: &diffs, result: to }]).unwrap();
        }
        drop(store);
        assert_holds(folder.path(), 5, format).compact().unwrap();
        assert_holds(folder.path(), 5, format);
        assert!(check(folder.path()).unwrap().is_sound(), "{format}");
    }
}

#[test]
fn a_directory_of_a_newer_format_is_refused_by_name_and_not_touched() {
    let folder = copy(&fixture("format-3"));
    let before = files(folder.path());
    for fault in [Store::open(folder.path()).err().unwrap(), check(folder.path()).err().unwrap()] {
        assert_eq!(fault.code(), "STORE_NEWER_FORMAT");
        assert!(matches!(fault, StoreError::NewerFormat { found: 3, known: 2, .. }), "{fault}");
    }
    assert_eq!(files(folder.path()), before);
}

#[test]
fn the_present_release_reads_what_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    if let Some(kept) = std::env::var_os("FIXTURE") {
        for (path, octets) in files(folder.path()) {
            let to = Path::new(&kept).join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, octets).unwrap();
        }
    }
    assert_holds(folder.path(), 4, "today's");
}
