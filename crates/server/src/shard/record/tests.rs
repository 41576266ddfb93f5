use super::*;
use crate::config::Config;
use std::path::Path;

/// A zone with primaries at these addresses.
fn zone(primaries: &[u8]) -> Zone {
    let primaries: Vec<String> = primaries.iter().map(|n| format!("\"192.0.2.{n}\"")).collect();
    let text = format!("[[zone]]\nname = \"a\"\nprimaries = [{}]\n", primaries.join(", "));
    let config = Config::parse(&text, Path::new("/etc/x.toml")).unwrap();
    Zone::clone(config.zones.values().next().unwrap())
}

fn address(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 53))
}

fn done(at: u64, action: Action, primary: u8, serial: u32) -> Done {
    let (at, primary, serial) = (UnixSeconds(at), Some(address(primary)), Some(Serial(serial)));
    Done { at, action, primary, serial, bytes: 0, records: 0, elapsed_ms: 0 }
}

fn missed(at: u64, action: Action, primary: u8) -> Missed {
    let (at, primary) = (UnixSeconds(at), Some(address(primary)));
    Missed { at, action, primary, serial: None, fault: Fault::new(Code::ConnectRefused) }
}

/// What worked last, as (index of the primary, action, moment).
fn last(record: &Record) -> Option<(usize, Action, u64)> {
    record.last_success().map(|(primary, action, success)| (primary, action, success.at.0))
}

#[test]
fn the_last_success_is_the_newest_even_within_a_second() {
    let (config, mut record) = (zone(&[1, 2]), Record::default());
    assert_eq!(last(&record), None);
    record.succeeded(&config, &done(5, Action::Soa, 1, 7));
    record.succeeded(&config, &done(5, Action::Ixfr, 1, 8));
    assert_eq!(last(&record), Some((0, Action::Ixfr, 5)));
    record.succeeded(&config, &done(5, Action::Soa, 2, 6));
    assert_eq!(last(&record), Some((1, Action::Soa, 5)));
    record.succeeded(&config, &done(6, Action::Soa, 1, 9));
    assert_eq!(last(&record), Some((0, Action::Soa, 6)));
    assert_eq!((record.serial_at(0), record.serial_at(1)), (Some(Serial(9)), Some(Serial(6))));
    assert_eq!(record.offered, Some(Serial(9)));
    assert_eq!(record.ends_at(0).count(), 2, "one for each action");
}

#[test]
fn a_failure_takes_nothing_from_what_worked_before() {
    let (config, mut record) = (zone(&[1]), Record::default());
    record.succeeded(&config, &done(5, Action::Axfr, 1, 7));
    record.failed(&config, missed(6, Action::Soa, 1));
    record.failed(&config, missed(7, Action::Axfr, 1));
    assert_eq!(last(&record), Some((0, Action::Axfr, 5)));
    let ends: Vec<_> =
        record.ends_at(0).map(|ends| (ends.action, ends.failure.is_some())).collect();
    assert_eq!(ends, [(Action::Soa, true), (Action::Axfr, true)]);
    assert_eq!(record.overcome(), Some(Code::ConnectRefused));
    assert_eq!(record.overcome(), None);
    assert!(record.last_failure.is_some(), "shown on, as history");
}

#[test]
fn a_reload_keeps_what_is_known_of_primaries_that_stay() {
    let (old, new) = (zone(&[1, 2, 3]), zone(&[3, 4, 1]));
    let mut record = Record::default();
    for primary in 1..=3 {
        record.succeeded(&old, &done(primary.into(), Action::Soa, primary, primary.into()));
    }
    record.failed(&old, missed(9, Action::Axfr, 1));
    record.on_changed(&old, &new);
    let serials = [0, 1, 2].map(|index| record.serial_at(index));
    assert_eq!(serials, [Some(Serial(3)), None, Some(Serial(1))]);
    assert_eq!([0, 1, 2].map(|index| record.ends_at(index).count()), [1, 0, 2]);
}

#[test]
fn a_notify_is_no_answer_and_its_refusals_are_counted_by_reason() {
    let (config, mut record) = (zone(&[1]), Record::default());
    let seen = |last| {
        let (from, at) = (address(last).ip(), UnixSeconds(4));
        NotifySeen { from, at, serial: Some(Serial(8)), key: None }
    };
    record.notified(&config, seen(1));
    assert_eq!((last(&record), record.offered), (None, Some(Serial(8))));
    assert_eq!((record.serial_at(0), record.ends_at(0).count()), (None, 1));
    for sender in [1, 9, 9] {
        record.notify_refused(&config, seen(sender), Fault::new(Code::ConnectRefused));
    }
    assert_eq!(record.refusals().collect::<Vec<_>>(), [(Code::ConnectRefused, 3)]);
    assert_eq!(record.ends_at(0).filter(|ends| ends.failure.is_some()).count(), 1);
}

/// Of a hundred thousand zones each has this.
#[test]
fn the_memory_of_a_zone_without_trouble_is_small() {
    assert!(size_of::<Record>() <= 88, "{}", size_of::<Record>());
    assert!(size_of::<Ends>() <= 32, "{}", size_of::<Ends>());
}
