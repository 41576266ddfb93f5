//! What has to be done to get from one configuration to the next.

use super::{Config, Zone, ZoneName};
use std::sync::Arc;

/// The work of a reload. Zones in the order of view and apex.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference<'c> {
    /// Zones that are new.
    pub added: Vec<(&'c ZoneName, &'c Arc<Zone>)>,
    /// Zones whose settings, or a key they use, differ; with the new settings.
    pub changed: Vec<(&'c ZoneName, &'c Arc<Zone>)>,
    /// Zones that are gone.
    pub removed: Vec<&'c ZoneName>,
    /// Number of zones with nothing to do.
    pub unchanged: usize,
    /// Settings that differ but are only read at start.
    pub restart_needed: Vec<&'static str>,
}

impl<'c> Difference<'c> {
    pub(super) fn between(old: &'c Config, new: &'c Config) -> Self {
        let mut difference = Self {
            added: Vec::new(),
            changed: Vec::new(),
            removed: old.zones.keys().filter(|name| !new.zones.contains_key(name)).collect(),
            unchanged: 0,
            restart_needed: restart_needed(old, new),
        };
        for (name, zone) in &new.zones {
            match old.zones.get(name) {
                None => difference.added.push((name, zone)),
                Some(old) if old == zone => difference.unchanged += 1,
                Some(_) => difference.changed.push((name, zone)),
            }
        }
        difference
    }
}

fn restart_needed(old: &Config, new: &Config) -> Vec<&'static str> {
    let store = (old.store != new.store, "store");
    let (old, new) = (&old.server, &new.server);
    [
        (old.listen != new.listen, "server.listen"),
        (old.data_dir != new.data_dir, "server.data-dir"),
        (old.control_socket != new.control_socket, "server.control-socket"),
        (old.udp_threads != new.udp_threads, "server.udp-threads"),
        store,
    ]
    .into_iter()
    .filter_map(|(differs, setting)| differs.then_some(setting))
    .collect()
}
