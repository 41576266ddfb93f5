use super::*;
use crate::recovery::ZoneKey;
use std::str::FromStr;
use wire::name::Name;
use wire::serial::Serial;
use zone::ZoneId;

fn key(view: &str, apex: &str) -> ZoneKey {
    ZoneKey { view: view.into(), apex: Name::from_str(apex).unwrap() }
}

fn opened() -> (tempfile::TempDir, Meta) {
    let folder = tempfile::tempdir().unwrap();
    let meta = Meta::open(&folder.path().join("understudy.sqlite")).unwrap().0;
    (folder, meta)
}

fn record(zone: ZoneId, at: u64) -> TransferRecord {
    TransferRecord {
        zone,
        at,
        peer: "192.0.2.1:53".into(),
        kind: TransferKind::Ixfr,
        outcome: "ok".into(),
        serial: Some(Serial(u32::MAX)),
        bytes: 512,
        records: 4,
        elapsed_ms: 3,
    }
}

#[test]
fn a_zone_has_one_id_whatever_the_case_of_its_apex() {
    let (_folder, meta) = opened();
    let keys = [key("default", "Example.ORG"), key("inside", "example.org"), key("default", ".")];
    let ids = meta.assign_ids(&keys).unwrap();
    assert_eq!(ids, [ZoneId(1), ZoneId(2), ZoneId(3)]);
    assert_eq!(meta.assign_ids(&[key("default", "eXample.org")]).unwrap(), [ZoneId(1)]);
    let zones = meta.zones().unwrap();
    assert_eq!(zones.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    assert!(zones.iter().zip(&keys).all(|(row, key)| row.key == *key));
}

#[test]
fn apexes_with_odd_octets_come_back_as_they_are() {
    let (_folder, meta) = opened();
    let odd = [&b"\x05a.\\\"\0\x03'; \x00"[..], b"\x040/25\x02in\x00", b"\x02\xff\xfe\x00"];
    let keys = odd.map(|wire| ZoneKey { view: "v".into(), apex: Name::from_wire(wire).unwrap() });
    meta.assign_ids(&keys).unwrap();
    let found: Vec<_> = meta.zones().unwrap().into_iter().map(|row| row.key).collect();
    assert_eq!(found, keys);
}

#[test]
fn the_last_id_is_not_followed_by_another() {
    let (_folder, meta) = opened();
    let last = i64::from(u32::MAX);
    let sql = "INSERT INTO zones (id, view, apex) VALUES (?1, 'default', 'last.')";
    meta.lock().execute(sql, [last]).unwrap();
    let fault = meta.assign_ids(&[key("default", "one.more")]).unwrap_err();
    assert_eq!(fault.code(), "STORE_ZONE_IDS_EXHAUSTED");
    assert_eq!(meta.zones().unwrap().len(), 1);
}

#[test]
fn what_belongs_to_a_removed_zone_goes_with_it_and_does_not_return() {
    let (_folder, meta) = opened();
    let ids = meta.assign_ids(&[key("default", "a"), key("default", "b")]).unwrap();
    let timers = Timers { serial: Serial(1), confirmed_at: 1, expires_at: u64::MAX, refresh_at: 2 };
    meta.save_timers(&[(ids[0], timers), (ids[1], timers)]).unwrap();
    meta.add_transfers(&[record(ids[0], 1)], HistoryCaps::default()).unwrap();
    meta.remove_zones(&[ids[0]]).unwrap();
    // A batch that was on its way when the zone was removed.
    meta.save_timers(&[(ids[0], timers), (ids[1], timers)]).unwrap();
    meta.add_transfers(&[record(ids[0], 2)], HistoryCaps::default()).unwrap();
    assert_eq!(meta.timers().unwrap().into_keys().collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(meta.transfers(ids[0], 10).unwrap(), []);
    let never = i64::MAX.unsigned_abs();
    assert_eq!(meta.timers().unwrap()[&ids[1]].expires_at, never, "the end of time is far away");
}

#[test]
fn history_is_newest_first_and_bounded_per_zone_and_in_all() {
    let (_folder, meta) = opened();
    let ids = meta.assign_ids(&[key("default", "a"), key("default", "b")]).unwrap();
    let caps = HistoryCaps { per_zone: 3, total: 5 };
    for at in 0..10 {
        meta.add_transfers(&[record(ids[0], at), record(ids[1], at)], caps).unwrap();
    }
    let kept = |zone| {
        let found = meta.transfers(zone, 100).unwrap();
        found.iter().map(|entry| entry.at).collect::<Vec<_>>()
    };
    assert_eq!(kept(ids[1]), [9, 8, 7]);
    assert_eq!(kept(ids[0]), [9, 8], "the oldest of all has gone");
    assert_eq!(meta.transfers(ids[1], 1).unwrap(), [record(ids[1], 9)]);
}

#[test]
fn settings_are_kept_and_the_instance_id_is_made_once() {
    let (folder, meta) = opened();
    assert_eq!(meta.setting("region").unwrap(), None);
    meta.set("region", "eu").unwrap();
    meta.set("region", "us").unwrap();
    assert_eq!(meta.instance_id("first").unwrap(), "first");
    drop(meta);
    let meta = Meta::open(&folder.path().join("understudy.sqlite")).unwrap().0;
    assert_eq!(meta.setting("region").unwrap().as_deref(), Some("us"));
    assert_eq!(meta.instance_id("second").unwrap(), "first");
}

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    let (folder, meta) = opened();
    meta.lock().pragma_update(None, "user_version", 2).unwrap();
    drop(meta);
    let path = folder.path().join("understudy.sqlite");
    let before = std::fs::read(&path).unwrap();
    for fault in [Meta::open(&path).err().unwrap(), Meta::open_read_only(&path).err().unwrap()] {
        assert!(matches!(fault, StoreError::NewerFormat { found: 2, known: 1, .. }), "{fault}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn every_write_is_flushed() {
    let (_folder, meta) = opened();
    let connection = meta.lock();
    let pragma = |name: &str| -> String {
        let number = |row: &rusqlite::Row<'_>| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => other.as_str()?.to_owned(),
            })
        };
        connection.pragma_query_value(None, name, number).unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2");
    assert_eq!(pragma("foreign_keys"), "1");
}

#[test]
fn damage_to_the_file_is_found_by_the_check() {
    let (folder, meta) = opened();
    let keys: Vec<_> = (0..2_000).map(|n| key("default", &format!("zone{n}.example"))).collect();
    meta.assign_ids(&keys).unwrap();
    assert!(meta.integrity_faults().unwrap().is_empty());
    drop(meta);
    let path = folder.path().join("understudy.sqlite");
    let mut octets = std::fs::read(&path).unwrap();
    let pages = octets.len() / 4_096;
    for page in 3..pages {
        octets[page * 4_096 + 2_000..page * 4_096 + 2_900].fill(0x5a);
        octets[page * 4_096] ^= 0xff;
    }
    std::fs::write(&path, octets).unwrap();
    let meta = Meta::open_read_only(&path).unwrap();
    assert!(meta.integrity_faults().map_or(true, |faults| !faults.is_empty()));
}
