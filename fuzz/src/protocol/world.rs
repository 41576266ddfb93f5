//! A fixed set of small zones that have every shape, once unsigned and once for each kind of denial.

use super::truth::{Truth, Zone};
use std::sync::LazyLock;
use wire::codes::Rrtype;
use wire::master;
use wire::name::Name;
use zone::{Builder, Limits, Table, ViewId, ZoneId, ZoneState};

/// Zones, and what is known of them.
#[derive(Debug)]
pub struct World {
    /// As the server holds them.
    pub table: Table,
    /// As lists.
    pub truth: Truth,
}

/// The fixed zones: some served, one expired, one never loaded.
pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let mut world = World { table: Table::new(), truth: Truth::default() };
    world.serve("plain.", include_str!("../../zones/plain.zone"));
    world.serve("held.plain.", include_str!("../../zones/held.zone"));
    world.serve("nsec.", include_str!("../../zones/nsec.zone"));
    world.serve("nsec3.", include_str!("../../zones/nsec3.zone"));
    world.serve("optout.", include_str!("../../zones/optout.zone"));
    for zone in &mut world.truth.zones {
        let is_signed = zone.signatures(zone.apex.as_ref(), Rrtype::SOA).next().is_some();
        zone.is_sound = is_signed;
    }
    for (id, apex) in [(100, "expired."), (101, "loading.")] {
        let apex = apex.parse().expect("a name");
        world.table.insert(ZoneId(id), ViewId::DEFAULT, apex).expect("room");
    }
    assert!(world.table.publish(ZoneId(100), ZoneState::Expired));
    world
});

impl World {
    /// Adds a zone from a master file.
    fn serve(&mut self, apex: &str, text: &str) {
        let apex: Name = apex.parse().expect("a name");
        let records = master::read(text.as_bytes(), &apex).expect("a master file");
        let mut builder = Builder::new(apex.clone(), Limits::default());
        for record in &records {
            builder.push(record.as_ref()).expect("a record of the zone");
        }
        let version = builder.finish().expect("a zone");
        let id = ZoneId(u32::try_from(self.truth.zones.len()).expect("few zones"));
        self.table.insert(id, ViewId::DEFAULT, apex.clone()).expect("room");
        assert!(self.table.publish(id, ZoneState::Serving(version)));
        self.truth.zones.push(Zone::new(apex, records));
    }
}
