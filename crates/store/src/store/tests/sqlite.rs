//! A damaged `understudy.sqlite`: every zone keeps its number and its content.

use super::*;
use rusqlite::Connection;

fn sqlite(folder: &Path) -> PathBuf {
    folder.join(layout::SQLITE)
}

/// The file of a directory, and where else its content goes.
struct Aged {
    template: tempfile::TempDir,
    ids: Vec<ZoneId>,
}

const TIMERS: Timers =
    Timers { serial: Serial(3), confirmed_at: 1_000, expires_at: 87_400, refresh_at: 4_600 };

const ZONES: [&str; 2] = ["first.example", "second.example"];

fn aged() -> Aged {
    let template = tempfile::tempdir().unwrap();
    let (store, _) = open(template.path());
    let ids = store.meta().assign_ids(&ZONES.map(key)).unwrap();
    let versions = ZONES.map(|apex| version(apex, 3, 8, |_| false));
    store.commit(&[whole(ids[0], &versions[0]), whole(ids[1], &versions[1])]).unwrap();
    // Enough that tables have inner pages, and zones that came and went.
    let more: Vec<_> = (0..400).map(|n| key(&format!("zone{n}.of.many.example"))).collect();
    let more = store.meta().assign_ids(&more).unwrap();
    store.remove_zones(&more[100..]).unwrap();
    let timers: Vec<_> = ids.iter().chain(&more[..100]).map(|id| (*id, TIMERS)).collect();
    store.save_timers(&timers).unwrap();
    store.meta().instance_id("me").unwrap();
    Aged { template, ids }
}

/// Hundreds of folders are opened here, each with a dozen flushes: on a disk in memory, if there is one.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl Aged {
    /// A copy with another `understudy.sqlite`.
    fn with(&self, octets: &[u8]) -> tempfile::TempDir {
        let folder = in_memory();
        for (path, octets) in files(self.template.path()) {
            let to = folder.path().join(path.strip_prefix(self.template.path()).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, octets).unwrap();
        }
        fs::write(sqlite(folder.path()), octets).unwrap();
        folder
    }

    /// The law: it opens, each zone is what it was, and what was lost is told.
    fn check(&self, folder: &Path, told: &str) -> Recovery {
        let (store, recovery) = Store::open_with(folder, TUNING)
            .unwrap_or_else(|fault| panic!("{told}: {fault} {fault:?}"));
        let keys = ZONES.map(key);
        assert_eq!(store.meta().assign_ids(&keys).unwrap(), self.ids, "{told}");
        for (id, key) in self.ids.iter().zip(&keys) {
            let zone = recovery.zones.iter().find(|zone| zone.id == *id).unwrap();
            assert_eq!(zone.key, *key, "{told}");
            let version = held(&recovery, *id);
            assert_eq!(
                (version.apex(), version.serial()),
                (key.apex.as_ref(), Serial(3)),
                "{told}"
            );
        }
        // A number that stands for content is not given again.
        let fresh = store.meta().assign_ids(&[key("fresh.example")]).expect(told)[0];
        assert!(recovery.zones.iter().all(|zone| zone.id != fresh), "{told}: {fresh}");
        store.commit(&[whole(fresh, &version("fresh.example", 1, 3, |_| false))]).unwrap();
        store.save_timers(&[(fresh, TIMERS)]).unwrap();
        recovery
    }
}

/// Threat 46: an octet of the disk goes bad.
#[test]
fn any_bad_octet_of_sqlite_costs_no_zone_its_number_or_content() {
    let aged = aged();
    let sound = fs::read(sqlite(aged.template.path())).unwrap();
    let (mut set_aside, mut put_right) = (0, 0);
    // Not the schema's number: what is newer is refused, and not guessed at.
    // All that means something in the file's header and the first page's, and some of everything else.
    for at in (0..40).chain(90..110).chain((110..sound.len()).step_by(151)) {
        let mut octets = sound.clone();
        octets[at] ^= 1 << (at % 8);
        let folder = aged.with(&octets);
        let recovery = aged.check(folder.path(), &format!("octet {at}"));
        set_aside += recovery
            .faults
            .iter()
            .filter(|fault| matches!(fault.kind, FaultKind::SetAside { .. }))
            .count();
        put_right += recovery
            .faults
            .iter()
            .filter(|fault| matches!(fault.kind, FaultKind::ZoneRecord { .. }))
            .count();
    }
    assert!(set_aside > 20, "{set_aside}");
    eprintln!("{} octets: {set_aside} set aside, {put_right} records put right", sound.len());
}

#[test]
fn a_file_that_is_cut_replaced_or_gone_is_made_again_from_the_logs() {
    let aged = aged();
    let sound = fs::read(sqlite(aged.template.path())).unwrap();
    let noise: Vec<u8> =
        (0..9_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let cases: [(&str, Vec<u8>); 6] = [
        ("cut in the middle of a page", sound[..6_000].to_vec()),
        ("cut in half", sound[..sound.len() / 8_192 * 4_096].to_vec()),
        ("cut after the header", sound[..100].to_vec()),
        ("noise", noise),
        ("zeros", vec![0; 20_000]),
        ("empty", Vec::new()),
    ];
    for (told, octets) in &cases {
        let folder = aged.with(octets);
        let recovery = aged.check(folder.path(), told);
        let restored = recovery
            .faults
            .iter()
            .filter(|fault| matches!(fault.kind, FaultKind::ZoneRecord { .. }))
            .count();
        let is_kept = folder.path().join("understudy.sqlite.damaged-1").exists();
        assert!(is_kept || octets.is_empty() || *told == "zeros", "{told}");
        assert!(restored <= 2, "{told}");
        // Once is enough: the next start finds nothing wrong.
        let (_, recovery) = open(folder.path());
        assert_eq!(recovery.faults, [], "{told}");
    }
    let folder = aged.with(&[]);
    fs::remove_file(sqlite(folder.path())).unwrap();
    assert_eq!(aged.check(folder.path(), "gone").faults.len(), 2);
}

#[test]
fn deadlines_that_read_are_taken_over_and_no_other_is_made_up() {
    let aged = aged();
    let sound = fs::read(sqlite(aged.template.path())).unwrap();
    let pages = sound.len() / 4_096;
    let (mut kept, mut lost) = (0, 0);
    for page in 1..pages {
        let mut octets = sound.clone();
        octets[page * 4_096..page * 4_096 + 600].fill(0x5a);
        let folder = aged.with(&octets);
        let recovery = aged.check(folder.path(), &format!("page {page}"));
        for zone in &recovery.zones {
            match zone.timers {
                Some(timers) => {
                    assert_eq!(timers, TIMERS, "page {page}");
                    kept += 1;
                }
                None => lost += 1,
            }
        }
    }
    assert!(kept > lost && lost > 0, "{kept} {lost}");
}

#[test]
fn damage_that_is_met_while_running_stops_neither_deadlines_nor_history() {
    let aged = aged();
    let sound = fs::read(sqlite(aged.template.path())).unwrap();
    let folder = aged.with(&sound);
    let record = |zone| crate::TransferRecord {
        zone,
        at: 5,
        peer: "192.0.2.1:53".into(),
        kind: crate::TransferKind::Axfr,
        outcome: "ok".into(),
        serial: Some(Serial(3)),
        bytes: 1,
        records: 1,
        elapsed_ms: 1,
    };
    let root: u32 = Connection::open(sqlite(folder.path()))
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'transfers'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let mut octets = fs::read(sqlite(folder.path())).unwrap();
    octets[(root as usize - 1) * 4_096] = 0xee;
    fs::write(sqlite(folder.path()), octets).unwrap();
    let (store, recovery) = open(folder.path());
    assert_eq!(recovery.faults, [], "the history is not read by a start");
    let id = aged.ids[0];
    store.meta().add_transfers(&[record(id)], crate::HistoryCaps::default()).unwrap();
    assert_eq!(store.meta().transfers(id, 9).unwrap(), [record(id)]);
    let faults = store.meta().take_faults();
    assert!(
        matches!(faults[..], [Fault { kind: FaultKind::SetAside { timers: 102, .. }, .. }]),
        "{faults:?}"
    );
    store.save_timers(&[(id, TIMERS)]).unwrap();
    drop(store);
    aged.check(folder.path(), "after the damage");
}

/// What the file has lost, the daemon has not: those zones are followed on under their numbers.
#[test]
fn a_file_made_anew_while_running_gives_no_number_of_a_zone_that_runs_to_another() {
    let folder = in_memory();
    let (store, _) = open(folder.path());
    let ids = store.meta().assign_ids(&ZONES.map(key)).unwrap();
    // Whoever else writes makes the running connection read again.
    let other = Connection::open(sqlite(folder.path())).unwrap();
    other.execute("INSERT INTO settings VALUES ('other', 'writer')", []).unwrap();
    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let octets = fs::read(sqlite(folder.path())).unwrap();
    fs::write(sqlite(folder.path()), vec![0x5a; octets.len()]).unwrap();
    let fresh = store.meta().assign_ids(&[key("third.example")]).unwrap();
    assert_eq!(store.meta().take_faults().len(), 1);
    assert!(!ids.contains(&fresh[0]), "{fresh:?} of {ids:?}");
}

/// The journal is what a crash leaves; damage cuts transactions off its end, and nothing tells.
#[test]
fn zones_whose_numbers_were_lost_with_the_journal_come_back_under_them() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    let before = fs::read(sqlite(folder.path())).unwrap();
    let ids = store.meta().assign_ids(&[key("small.example"), key("large.example")]).unwrap();
    store.commit(&[whole(ids[0], &small(3)), whole(ids[1], &large(3))]).unwrap();
    drop(store);
    fs::write(sqlite(folder.path()), before).unwrap();
    let (store, recovery) = open(folder.path());
    assert_eq!(recovery.faults.len(), 2, "{:?}", recovery.faults);
    assert_eq!(held(&recovery, ids[0]).digest(), small(3).digest());
    // The other way round they would get each other's numbers.
    let swapped = store.meta().assign_ids(&[key("large.example"), key("small.example")]).unwrap();
    assert_eq!(swapped, [ids[1], ids[0]]);
}

#[test]
fn check_and_export_read_the_zones_of_a_damaged_file_and_change_nothing() {
    let aged = aged();
    let sound = fs::read(sqlite(aged.template.path())).unwrap();
    let mut without_magic = sound.clone();
    without_magic[0] = b'X';
    let mut torn = sound.clone();
    torn[4_096..12_288].fill(0x5a);
    for octets in [without_magic, torn] {
        let folder = aged.with(&octets);
        let before = files(folder.path());
        let report = check(folder.path()).unwrap();
        assert!(!report.is_sound() && !report.sqlite_faults.is_empty());
        for (id, apex) in aged.ids.iter().zip(ZONES) {
            let zone = report.zones.iter().find(|zone| zone.id == *id).unwrap();
            assert_eq!((&zone.key, zone.serial()), (&key(apex), Some(Serial(3))));
            let read = read_zone(folder.path(), &key(apex)).unwrap().unwrap();
            assert!(matches!(read.content, Content::Held(_)));
        }
        assert!(read_zone(folder.path(), &key("third.example")).unwrap().is_none());
        assert_eq!(files(folder.path()), before);
    }
}
