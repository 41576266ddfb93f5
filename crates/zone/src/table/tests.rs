use super::*;
use crate::testing::{name, zone};

fn table(apexes: &[&str]) -> Table {
    let table = Table::new();
    for (id, apex) in (0..).zip(apexes) {
        table.insert(ZoneId(id), ViewId::DEFAULT, name(apex)).unwrap();
    }
    table
}

fn found(found: Option<Found>) -> Option<u32> {
    found.map(|found| found.slot().id().0)
}

#[test]
fn the_closest_apex_at_or_above_is_found() {
    let table = table(&["test.", "sub.test.", "a.b.c.sub.test."]);
    for (qname, expected) in [
        ("test.", Some(0)),
        ("www.test.", Some(0)),
        ("SUB.Test.", Some(1)),
        ("x.sub.test.", Some(1)),
        ("c.sub.test.", Some(1)),
        ("x.y.a.b.c.sub.test.", Some(2)),
        ("xsub.test.", Some(0)),
        ("other.", None),
        (".", None),
    ] {
        assert_eq!(found(table.find(ViewId::DEFAULT, name(qname).as_ref())), expected, "{qname}");
        assert!(table.find(ViewId(1), name(qname).as_ref()).is_none());
    }
}

/// RFC 4035 §3.1.4.1.
#[test]
fn ds_at_an_apex_is_asked_of_the_parent() {
    let table = table(&["test.", "sub.test."]);
    let parent = |qname| found(table.find_parent_side(ViewId::DEFAULT, name(qname).as_ref()));
    assert_eq!(parent("sub.test."), Some(0));
    assert_eq!(parent("x.sub.test."), Some(1));
    assert_eq!(parent("test."), None);
    assert_eq!(parent("."), None);
}

#[test]
fn the_root_zone_takes_what_no_other_does() {
    let table = table(&[".", "test."]);
    assert_eq!(found(table.find(ViewId::DEFAULT, name("x.y.").as_ref())), Some(0));
    assert_eq!(found(table.find(ViewId::DEFAULT, name("x.test.").as_ref())), Some(1));
}

#[test]
fn a_number_or_a_name_in_a_view_is_given_once() {
    let table = table(&["test."]);
    let taken = Err(TableError::Taken { id: ZoneId(0) });
    assert_eq!(table.insert(ZoneId(0), ViewId(1), name("x.")), taken);
    assert_eq!(table.insert(ZoneId(1), ViewId::DEFAULT, name("TEST.")), taken);
    assert_eq!(table.insert(ZoneId(1), ViewId(1), name("test.")), Ok(()));
    let twice = [(ZoneId(5), ViewId(2), name("b.")), (ZoneId(6), ViewId(2), name("B."))];
    assert_eq!(table.insert_all(twice), [TableError::Taken { id: ZoneId(5) }]);
}

#[test]
fn a_published_state_is_seen_and_a_removed_zone_is_not() {
    let table = table(&["example."]);
    let pinned = table.find(ViewId::DEFAULT, name("www").as_ref()).unwrap();
    assert!(matches!(**pinned.slot().state(), ZoneState::NotLoaded));
    assert!(table.publish(ZoneId(0), ZoneState::Serving(zone(""))));
    assert!(matches!(**pinned.slot().state(), ZoneState::Serving(_)));
    assert!(table.remove(ZoneId(0)) && !table.remove(ZoneId(0)));
    assert!(!table.publish(ZoneId(0), ZoneState::Expired));
    assert!(table.find(ViewId::DEFAULT, name("www").as_ref()).is_none());
    assert!(table.slot(ZoneId(0)).is_none());
    // Whoever found it before may finish the answer.
    assert!(matches!(**pinned.slot().state(), ZoneState::Serving(_)));
    assert_eq!(table.insert(ZoneId(9), ViewId::DEFAULT, name("example.")), Ok(()));
}

#[test]
fn ten_thousand_zones_are_all_found() {
    let table = Table::new();
    let apexes = (0..10_000).map(|id| (ZoneId(id), ViewId::DEFAULT, name(&format!("z{id}.test."))));
    assert!(table.insert_all(apexes).is_empty());
    for id in 0..10_000 {
        let qname = name(&format!("www.Z{id}.test."));
        assert_eq!(found(table.find(ViewId::DEFAULT, qname.as_ref())), Some(id));
    }
    assert_eq!(table.slots().len(), 10_000);
}
