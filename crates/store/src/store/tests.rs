use super::*;
use crate::recovery::{FaultKind, ZoneKey};
use crate::{Timers, check, read_zone};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;
use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::RecordRef;
use wire::serial::Serial;
use wire::ttl::Ttl;
use zone::{Builder, Limits};

mod sqlite;

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

fn key(apex: &str) -> ZoneKey {
    ZoneKey { view: "default".into(), apex: name(apex) }
}

/// A zone with that many hosts, whose addresses depend on the serial where `moves` says so.
fn version(apex: &str, serial: u32, hosts: u32, moves: impl Fn(u32) -> bool) -> Version {
    let apex = name(apex);
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
    for host in 0..hosts {
        let owner = Name::child(format!("host{host}").as_bytes(), apex.as_ref()).unwrap();
        let address = host ^ if moves(host) { serial << 16 } else { 0 };
        push(&owner, Rrtype::A, &address.to_be_bytes());
    }
    builder.finish().unwrap()
}

fn small(serial: u32) -> Version {
    version("small.example", serial, 8, |host| host == 3)
}

/// Gets an image.
fn large(serial: u32) -> Version {
    version("large.example", serial, 2_000, |host| host == 333)
}

const TUNING: Tuning = Tuning {
    shards: 1,
    image_min_bytes: 40_000,
    log_min_bytes: 64 << 20,
    reserve_bytes: 0,
    history_steps_max: 100,
};

fn open(folder: &Path) -> (Store, Recovery) {
    Store::open_with(folder, TUNING).unwrap()
}

fn whole(id: ZoneId, version: &Version) -> Commit<'static> {
    Commit::Whole { id, version: version.clone() }
}

fn held(recovery: &Recovery, id: ZoneId) -> &Version {
    let zone = recovery.zones.iter().find(|zone| zone.id == id).unwrap();
    match &zone.content {
        Content::Held(version) => version,
        other => panic!("{other:?}"),
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Two zones, a whole version and two diffs each.
fn filled(folder: &Path) -> Vec<ZoneId> {
    let (store, _) = open(folder);
    let ids = store.meta().assign_ids(&[key("small.example"), key("large.example")]).unwrap();
    for (id, make) in ids.iter().zip([small, large]) {
        let versions = [1, 2, 3].map(make);
        store.commit(&[whole(*id, &versions[0])]).unwrap();
        let steps = [versions[0].diff(&versions[1]), versions[1].diff(&versions[2])];
        let result = versions[2].clone();
        store.commit(&[Commit::Diffs { id: *id, diffs: &steps, result }]).unwrap();
    }
    ids
}

#[test]
fn committed_versions_come_back_record_for_record() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    for compact in [false, true, false] {
        let (store, recovery) = open(folder.path());
        assert_eq!(recovery.faults, []);
        assert_eq!(held(&recovery, ids[0]).digest(), small(3).digest());
        assert_eq!(held(&recovery, ids[1]).digest(), large(3).digest());
        if compact {
            assert_eq!(store.compact().unwrap().len(), 1);
        }
    }
}

#[test]
fn diffs_that_the_log_still_has_come_back_with_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    let spans = |folder: &Path, tuning| -> Vec<Vec<(u32, u32)>> {
        let (_, recovery) = Store::open_with(folder, tuning).unwrap();
        let span = |diff: &Diff| (diff.from().0, diff.to().0);
        ids.iter()
            .map(|id| recovery.zones.iter().find(|zone| zone.id == *id).unwrap())
            .map(|zone| zone.diffs.iter().map(span).collect())
            .collect()
    };
    let both = vec![(1, 2), (2, 3)];
    assert_eq!(spans(folder.path(), TUNING), [both.clone(), both.clone()]);
    let last = Tuning { history_steps_max: 1, ..TUNING };
    assert_eq!(spans(folder.path(), last), [[(2, 3)], [(2, 3)]]);
    assert_eq!(spans(folder.path(), Tuning { history_steps_max: 0, ..TUNING }), [[], []]);
    // The small zone is written whole when the log is compacted; the large one keeps its diffs.
    open(folder.path()).0.compact().unwrap();
    assert_eq!(spans(folder.path(), TUNING), [vec![], both]);
}

/// Threat 46, RFC 1982 §7 and RFC 2182 §7: a serial that was too high is led around the circle, and then back to where it was.
#[test]
fn serials_that_come_back_around_the_circle_are_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    let id = store.meta().assign_ids(&[key("small.example")]).unwrap()[0];
    let serials = [7, 2_000_000_000, 4_000_000_000, 7, 8, 2_000_000_000, 4_000_000_000, 9];
    store.commit(&[whole(id, &small(serials[0]))]).unwrap();
    for step in serials.windows(2) {
        let (from, result) = (small(step[0]), small(step[1]));
        let diffs = [from.diff(&result)];
        from.apply(&diffs, &Limits::default()).unwrap();
        store.commit(&[Commit::Diffs { id, diffs: &diffs, result }]).unwrap();
    }
    drop(store);
    let (_store, recovery) = open(folder.path());
    assert_eq!(held(&recovery, id).digest(), small(9).digest());
}

/// The last version that can be put together is served: a zone is not given up for what came after it.
#[test]
fn diffs_that_do_not_apply_leave_the_version_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    let ids = store.meta().assign_ids(&[key("small.example"), key("large.example")]).unwrap();
    for (id, make) in ids.iter().zip([small, large]) {
        let versions = [1, 2, 3, 4].map(make);
        store.commit(&[whole(*id, &versions[0])]).unwrap();
        let steps = [
            versions[0].diff(&versions[1]),
            version("small.example", 2, 9, |_| true)
                .diff(&version("small.example", 3, 9, |_| true)),
            versions[2].diff(&versions[3]),
        ];
        for (step, result) in steps.iter().zip(&versions[1..]) {
            let (diffs, result) = (std::slice::from_ref(step), result.clone());
            store.commit(&[Commit::Diffs { id: *id, diffs, result }]).unwrap();
        }
    }
    drop(store);
    let (store, recovery) = open(folder.path());
    for (zone, make) in recovery.zones.iter().zip([small, large]) {
        let Content::Behind(found, Loss::Undecodable { .. }) = &zone.content else {
            panic!("{:?}", zone.content)
        };
        assert_eq!(found.digest(), make(2).digest());
        // The chain on disk is broken, so what follows is written whole.
        let diffs = [make(2).diff(&make(5))];
        store.commit(&[Commit::Diffs { id: zone.id, diffs: &diffs, result: make(5) }]).unwrap();
    }
    drop(store);
    let (_store, recovery) = open(folder.path());
    assert_eq!(held(&recovery, ids[0]).digest(), small(5).digest());
    assert_eq!(held(&recovery, ids[1]).digest(), large(5).digest());
}

#[test]
fn check_tells_serial_and_digest_of_every_zone_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let before = files(folder.path());
    let report = check(folder.path()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let told: Vec<_> = report.zones.iter().map(|zone| (zone.serial(), zone.digest)).collect();
    let expected = [small(3), large(3)].map(|zone| (Some(Serial(3)), Some(zone.digest())));
    assert_eq!(told, expected);
    assert!(files(folder.path()) == before, "something was changed");
}

#[test]
fn check_names_the_damaged_file_and_the_zone_it_costs() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    let shard = folder.path().join("shard-0");
    let image = fs::read_dir(&shard).unwrap().map(|entry| entry.unwrap().path());
    let image = image.into_iter().find(|path| path.to_str().unwrap().contains("image")).unwrap();
    let mut octets = fs::read(&image).unwrap();
    octets[30_000] ^= 1;
    fs::write(&image, octets).unwrap();
    let report = check(folder.path()).unwrap();
    assert!(!report.is_sound());
    let zone = report.zones.iter().find(|zone| zone.id == ids[1]).unwrap();
    assert!(
        matches!(&zone.content, Content::Lost(Loss::ImageDamaged { file }) if *file == image),
        "{zone:?}"
    );
    assert!(matches!(report.zones[0].content, Content::Held(_)));
    // The daemon finds the same, and can start over with that zone.
    let (store, recovery) = open(folder.path());
    assert!(matches!(recovery.zones[1].content, Content::Lost(_)));
    assert!(image.exists(), "somebody may want to look at it");
    store.commit(&[whole(ids[1], &large(9))]).unwrap();
    drop(store);
    let (_, recovery) = open(folder.path());
    assert_eq!(held(&recovery, ids[1]).serial(), Serial(9));
    assert!(!image.exists(), "another version has taken its place");
}

#[test]
fn check_of_an_open_directory_and_a_second_daemon_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    for fault in [Store::open(folder.path()).err().unwrap(), check(folder.path()).err().unwrap()] {
        assert_eq!(fault.code(), "STORE_LOCKED");
        let told = format!("is in use by process {}", std::process::id());
        assert!(fault.to_string().ends_with(&told), "{fault}");
    }
    drop(store);
    assert!(check(folder.path()).unwrap().is_sound());
    open(folder.path());
}

#[test]
fn one_zone_is_read_without_a_daemon_and_without_changing_anything() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    // A crash left half a commit behind; it stays for the daemon to cut off.
    let log = folder.path().join("shard-0/log-0000000001");
    fs::write(&log, [fs::read(&log).unwrap(), vec![7; 100]].concat()).unwrap();
    let before = files(folder.path());
    for (apex, id, version) in
        [("small.example", ids[0], small(3)), ("LARGE.example", ids[1], large(3))]
    {
        let zone = read_zone(folder.path(), &key(apex)).unwrap().unwrap();
        let Content::Held(found) = &zone.content else { panic!("{zone:?}") };
        assert_eq!((zone.id, found.digest()), (id, version.digest()));
    }
    assert!(read_zone(folder.path(), &key("other.example")).unwrap().is_none());
    let inside = ZoneKey { view: "inside".into(), apex: name("small.example") };
    assert!(read_zone(folder.path(), &inside).unwrap().is_none());
    assert!(files(folder.path()) == before, "something was changed");
    let (_store, _) = open(folder.path());
    let refused = read_zone(folder.path(), &key("small.example")).unwrap_err();
    assert_eq!(refused.code(), "STORE_LOCKED");
}

#[test]
fn one_zone_is_read_though_the_image_of_another_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    for path in files(folder.path()).into_keys() {
        if path.to_str().unwrap().contains("image") {
            fs::write(&path, b"nothing of a zone").unwrap();
        }
    }
    let zone = read_zone(folder.path(), &key("small.example")).unwrap().unwrap();
    assert!(matches!(zone.content, Content::Held(_)), "{zone:?}");
    let zone = read_zone(folder.path(), &key("large.example")).unwrap().unwrap();
    assert_eq!(zone.id, ids[1]);
    assert!(matches!(zone.content, Content::Lost(Loss::ImageDamaged { .. })), "{zone:?}");
}

#[test]
fn torn_tail_is_cut_off_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    let log = folder.path().join("shard-0/log-0000000001");
    let mut octets = fs::read(&log).unwrap();
    let size = octets.len();
    octets.extend([7; 100]);
    fs::write(&log, octets).unwrap();
    let (store, recovery) = open(folder.path());
    assert_eq!(recovery.faults.len(), 1);
    let torn = FaultKind::TornTail { offset: size as u64, octets: 100 };
    assert_eq!(recovery.faults[0].kind, torn);
    assert!(matches!(recovery.zones[0].content, Content::Held(_)));
    store.commit(&[whole(ids[0], &small(8))]).unwrap();
    drop(store);
    let (_, recovery) = open(folder.path());
    assert_eq!(recovery.faults, []);
    assert_eq!(held(&recovery, ids[0]).serial(), Serial(8));
}

#[test]
fn removed_zones_do_not_come_back_and_their_ids_are_not_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    let (store, _) = open(folder.path());
    store.remove_zones(&[ids[0]]).unwrap();
    // As if the power had gone before the content was dropped.
    store.meta().remove_zones(&[ids[1]]).unwrap();
    drop(store);
    assert_eq!(check(folder.path()).unwrap().removed, [ids[1]]);
    let (store, recovery) = open(folder.path());
    assert!(recovery.zones.is_empty());
    let again = store.meta().assign_ids(&[key("small.example"), key("large.example")]).unwrap();
    assert!(again.iter().all(|id| !ids.contains(id)), "{again:?}");
    drop(store);
    let (_, recovery) = open(folder.path());
    assert!(recovery.zones.iter().all(|zone| matches!(zone.content, Content::Empty)));
}

#[test]
fn number_of_shards_is_kept_and_a_batch_belongs_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let two = Tuning { shards: 2, ..Tuning::default() };
    let (store, _) = Store::open_with(folder.path(), two).unwrap();
    let ids = store.meta().assign_ids(&[key("a.example"), key("b.example")]).unwrap();
    let versions = ["a.example", "b.example"].map(|apex| version(apex, 1, 4, |_| false));
    let batch = [whole(ids[0], &versions[0]), whole(ids[1], &versions[1])];
    assert_eq!(store.commit(&batch).unwrap_err().code(), "STORE_MIXED_BATCH");
    batch.chunks(1).for_each(|batch| store.commit(batch).unwrap());
    drop(store);
    let (store, recovery) = open(folder.path());
    assert_eq!(store.shard_count(), 2);
    ids.iter().zip(&versions).for_each(|(id, version)| {
        assert_eq!(held(&recovery, *id).digest(), version.digest());
    });
}

#[test]
fn timers_come_back_with_their_zones() {
    let folder = tempfile::tempdir().unwrap();
    let ids = filled(folder.path());
    let (store, _) = open(folder.path());
    let timers = Timers { serial: Serial(3), confirmed_at: 10, expires_at: 99, refresh_at: 20 };
    store.save_timers(&[(ids[1], timers)]).unwrap();
    drop(store);
    let (_, recovery) = open(folder.path());
    let found: Vec<_> = recovery.zones.iter().map(|zone| zone.timers).collect();
    assert_eq!(found, [None, Some(timers)]);
}

#[test]
fn nobody_else_may_look_into_the_directory() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    filled(&folder);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("shard-0")), 0o700);
    assert_eq!(mode(&folder.join(layout::SQLITE)), 0o600);
    for path in fs::read_dir(folder.join("shard-0")).unwrap() {
        assert_eq!(mode(&path.unwrap().path()), 0o600);
    }
}

const FULL_FOLDER: &str = "UNDERSTUDY_TEST_FULL_FOLDER";
const FULL_TEST: &str =
    "store::tests::full_disk_stops_commits_until_there_is_space_and_nothing_else";

/// Runs itself again under a limit on the size of files, which the system enforces as it does a full
/// disk: writes are done in part and then refused.
#[test]
fn full_disk_stops_commits_until_there_is_space_and_nothing_else() {
    if let Some(folder) = std::env::var_os(FULL_FOLDER) {
        return fill_up(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let script = r#"trap '' XFSZ; ulimit -f 400; exec "$0" "$@""#;
    let ended = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", FULL_TEST, "--nocapture"])
        .env(FULL_FOLDER, folder.path())
        .status()
        .unwrap();
    assert!(ended.success());
    let (store, recovery) = open(folder.path());
    assert_eq!(recovery.faults, []);
    let ids = [ZoneId(1), ZoneId(2)];
    assert!(held(&recovery, ids[0]).serial().0 > 3);
    assert_eq!(held(&recovery, ids[1]).serial(), Serial(77));
    // With space again, the same commit works.
    store.commit(&[whole(ids[0], &version("a.example", 1_000, 500, |_| true))]).unwrap();
}

fn fill_up(folder: &Path) {
    let (store, _) = open(folder);
    let ids = store.meta().assign_ids(&[key("a.example"), key("b.example")]).unwrap();
    let last = (1..1_000).find_map(|serial| {
        let version = version("a.example", serial, 500, |_| true);
        store.commit(&[whole(ids[0], &version)]).err().map(|fault| (serial, fault))
    });
    let (serial, fault) = last.unwrap();
    assert_eq!(fault.code(), "STORE_DISK_FULL", "{fault}");
    assert!(serial > 3);
    // A small commit still finds room in front of the limit.
    store.commit(&[whole(ids[1], &version("b.example", 77, 2, |_| false))]).unwrap();
    // A version that wants a file of its own is refused and leaves none behind.
    let larger = version("b.example", 78, 20_000, |_| false);
    assert_eq!(store.commit(&[whole(ids[1], &larger)]).unwrap_err().code(), "STORE_DISK_FULL");
    let names = fs::read_dir(folder.join("shard-0")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
}
