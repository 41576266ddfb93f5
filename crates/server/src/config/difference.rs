//! What has to be done to get from one configuration to the next.

use super::{Config, Limits, LogFormat, Server, Store, Tcp, Zone, ZoneName};
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
}

impl<'c> Difference<'c> {
    pub(super) fn between(old: &'c Config, new: &'c Config) -> Self {
        let mut difference = Self {
            added: Vec::new(),
            changed: Vec::new(),
            removed: old.zones.keys().filter(|name| !new.zones.contains_key(name)).collect(),
            unchanged: 0,
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

/// The settings that are read at start only: what runs, whatever was reloaded since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtStart {
    server: Server,
    store: Store,
    tcp: Tcp,
    limits: Limits,
    log_format: LogFormat,
}

impl AtStart {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            server: config.server.clone(),
            store: config.store,
            tcp: config.tcp,
            limits: config.limits,
            log_format: config.log.format,
        }
    }

    /// Settings that `newer` has otherwise than what runs: only a restart brings them into force.
    #[must_use]
    pub fn restart_needed(&self, newer: &Config) -> Vec<&'static str> {
        let newer = Self::of(newer);
        let (server, new_server) = (&self.server, &newer.server);
        let (store, new_store) = (self.store, newer.store);
        let (tcp, new_tcp) = (self.tcp, newer.tcp);
        let (limits, new_limits) = (self.limits, newer.limits);
        [
            (server.listen != new_server.listen, "server.listen"),
            (server.data_dir != new_server.data_dir, "server.data-dir"),
            (server.control_socket != new_server.control_socket, "server.control-socket"),
            (server.udp_threads != new_server.udp_threads, "server.udp-threads"),
            (store.log_min_bytes != new_store.log_min_bytes, "store.log-size-min"),
            (store.image_min_bytes != new_store.image_min_bytes, "store.image-size-min"),
            (store.reserve_bytes != new_store.reserve_bytes, "store.reserve-bytes"),
            (tcp.clients_max != new_tcp.clients_max, "tcp.clients-max"),
            (tcp.per_client_max != new_tcp.per_client_max, "tcp.per-client-max"),
            (tcp.idle != new_tcp.idle, "tcp.idle-seconds"),
            (tcp.write != new_tcp.write, "tcp.write-seconds"),
            (limits.transfers_max != new_limits.transfers_max, "limits.transfers-max"),
            (
                limits.transfers_per_primary_max != new_limits.transfers_per_primary_max,
                "limits.transfers-per-primary-max",
            ),
            (limits.memory_bytes_max != new_limits.memory_bytes_max, "limits.memory-bytes-max"),
            (self.log_format != newer.log_format, "log.format"),
        ]
        .into_iter()
        .filter_map(|(differs, setting)| differs.then_some(setting))
        .collect()
    }
}
