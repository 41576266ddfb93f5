//! The one writer of settings, and the daemon as the API sees it.

use crate::clock::Clock;
use crate::config::{AtStart, Config, Zone, ZoneName};
use crate::daemon::Error;
use crate::event::DriverEvent;
use crate::export::Held;
use crate::http::{Control, Detail, ZoneFilter, timestamp};
use crate::log::LevelSwitch;
use crate::net::{Access, Counters};
use crate::shard::{Message, Restored, Shared, ZoneDriver, saved, soa_timers};
use api::{
    Health, Listener, Problem, ReloadReport, SystemView, Transport, ZoneItem, ZoneState, ZoneView,
};
use arc_swap::ArcSwap;
use data_encoding::HEXLOWER;
use proto::admit::{Admission, Queriers};
use proto::refresh::remaining;
use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use proto::xfr::outbound::Grants;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Content, RecoveredZone, Recovery, Store, StoreError, ZoneKey};
use tokio::sync::oneshot;
use tokio::task::block_in_place;
use wire::name::Name;
use zone::{Diff, History, Version, ViewId, ZoneId, ZoneState as Published};

/// A running daemon's settings and the ways to its parts. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Running(Arc<Parts>);

struct Parts {
    /// Held across a whole reload: there is one writer.
    settings: tokio::sync::Mutex<Settings>,
    /// What reloads do not change.
    at_start: AtStart,
    /// What the API shows of the settings without waiting for a reload.
    overview: Overview,
    access: Arc<ArcSwap<Access>>,
    store: Arc<Store>,
    shared: Arc<Shared>,
    log_level: Option<LevelSwitch>,
    counters: Mutex<Vec<Arc<Counters>>>,
}

struct Settings {
    config: Config,
    ids: BTreeMap<ZoneName, ZoneId>,
}

struct Overview {
    started_at: UnixSeconds,
    listeners: Vec<Listener>,
    config_path: String,
    data_dir: String,
}

impl Running {
    /// No zones yet; [`Running::load`] brings them.
    pub(crate) fn new(
        config: Config,
        store: Arc<Store>,
        shared: Arc<Shared>,
        log_level: Option<LevelSwitch>,
    ) -> Self {
        let transports = [Transport::Udp, Transport::Tcp];
        let listener = |address| transports.map(|transport| Listener { address, transport });
        let overview = Overview {
            started_at: shared.clock.wall(),
            listeners: config.server.listen.iter().copied().flat_map(listener).collect(),
            config_path: config.path.display().to_string(),
            data_dir: config.server.data_dir.display().to_string(),
        };
        Self(Arc::new(Parts {
            at_start: config.at_start(),
            settings: tokio::sync::Mutex::new(Settings { config, ids: BTreeMap::new() }),
            overview,
            access: Arc::default(),
            store,
            shared,
            log_level,
            counters: Mutex::default(),
        }))
    }

    /// What queries and NOTIFY are judged by.
    pub(crate) fn access(&self) -> &Arc<ArcSwap<Access>> {
        &self.0.access
    }

    /// Counters of one more thread or listener.
    pub(crate) fn new_counters(&self) -> Arc<Counters> {
        let counters = Arc::new(Counters::new());
        self.counters().push(counters.clone());
        counters
    }

    fn counters(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Counters>>> {
        self.0.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts every zone of the settings into the table, with what the disk held of it, and starts
    /// following it. Zones that the settings no longer have are forgotten.
    pub(crate) async fn load(&self, recovery: Recovery) -> Result<(), Error> {
        let mut settings = self.0.settings.lock().await;
        let names: Vec<ZoneName> = settings.config.zones.keys().cloned().collect();
        settings.ids = self.number(names)?;
        let mut held: BTreeMap<ZoneId, RecoveredZone> =
            recovery.zones.into_iter().map(|zone| (zone.id, zone)).collect();
        let table = &self.0.shared.table;
        let all = settings.ids.iter().map(|(name, id)| (*id, ViewId::DEFAULT, name.apex.clone()));
        for fault in table.insert_all(all) {
            tracing::error!(%fault, "a zone cannot be served");
        }
        let mut drivers = Vec::with_capacity(settings.ids.len());
        for (name, id) in &settings.ids {
            let Some(config) = settings.config.zones.get(name) else { continue };
            let restored = held.remove(id).and_then(|zone| self.restore(zone, config));
            if let Some(Restored { version, expires_at, .. }) = &restored {
                let is_good = *expires_at > self.0.shared.clock.now();
                let state =
                    if is_good { Published::Serving(version.clone()) } else { Published::Expired };
                table.publish(*id, state);
            }
            let shared = self.0.shared.clone();
            drivers.push(ZoneDriver::new(*id, name.clone(), config.clone(), shared, restored));
        }
        self.0.access.store(Arc::new(access(&settings.config, &settings.ids)));
        let gone: Vec<ZoneId> = held.into_keys().collect();
        if let Err(fault) = block_in_place(|| self.0.store.remove_zones(&gone)) {
            let zones = gone.len();
            tracing::error!(zones, %fault, "zones that the settings no longer have are still on disk");
        }
        for driver in drivers {
            self.0.shared.inbox.send(Message::Put(Box::new(driver))).await;
        }
        Ok(())
    }

    /// The number of each zone. On a disk that takes no writes a new zone gets none, and the others are served.
    fn number(&self, names: Vec<ZoneName>) -> Result<BTreeMap<ZoneName, ZoneId>, StoreError> {
        let meta = self.0.store.meta();
        let keys: Vec<_> = names.iter().map(zone_key).collect();
        let fault = match meta.assign_ids(&keys) {
            Ok(ids) => return Ok(names.into_iter().zip(ids).collect()),
            Err(fault) if fault.is_worth_retrying() => fault,
            Err(fault) => return Err(fault),
        };
        let known: HashMap<ZoneKey, ZoneId> =
            meta.zones()?.into_iter().map(|row| (row.key, row.id)).collect();
        let mut ids = BTreeMap::new();
        for (name, key) in names.into_iter().zip(keys) {
            match known.get(&key) {
                Some(id) => drop(ids.insert(name, *id)),
                None => {
                    let (zone, fix) = (&name.apex, fault.fix());
                    tracing::error!(%zone, %fault, fix, "a new zone waits for the next start");
                }
            }
        }
        Ok(ids)
    }

    /// What the disk held of a zone, if it may be served or shown.
    fn restore(&self, zone: RecoveredZone, config: &Zone) -> Option<Restored> {
        let version = match zone.content {
            Content::Held(version) => version,
            Content::Behind(version, loss) => {
                let (zone, serial) = (&zone.key.apex, version.serial().0);
                tracing::error!(%zone, serial, ?loss, "later versions were lost on disk");
                version
            }
            Content::Lost(loss) => {
                tracing::error!(zone = %zone.key.apex, ?loss, "lost on disk; it is transferred anew");
                return None;
            }
            Content::Empty => return None,
        };
        if version.apex() != zone.key.apex.as_ref() {
            // A database restored from a backup may give a number to another zone.
            let (zone, held) = (&zone.key.apex, version.apex());
            tracing::error!(%zone, %held, "the disk holds another zone's content; not served");
            return None;
        }
        let version =
            if config.transfer.is_empty() { version } else { remembering(version, zone.diffs) };
        let clock = self.0.shared.clock;
        let saved = zone.timers.map(saved);
        let left = remaining(saved, soa_timers(&version), clock.wall());
        let confirmed_at = saved.map_or(UnixSeconds(0), |saved| saved.confirmed_at);
        Some(Restored { version, confirmed_at, expires_at: clock.now().plus(left) })
    }

    /// Reads the configuration again; what does not parse changes nothing.
    pub(crate) async fn reload(&self) -> Result<ReloadReport, Problem> {
        let mut settings = self.0.settings.lock().await;
        let path = settings.config.path.clone();
        let read = tokio::task::spawn_blocking(move || Config::load(&path)).await;
        let newer = match read {
            Ok(Ok(newer)) => newer,
            Ok(Err(fault)) => return Err(reload_refused(fault)),
            Err(fault) => return Err(reload_refused(fault)),
        };
        let report = self.apply(&mut settings, newer).await?;
        self.0.shared.inbox.send(Message::Reloaded).await;
        let ReloadReport { zones_added, zones_changed, zones_removed, .. } = report;
        tracing::info!(zones_added, zones_changed, zones_removed, "configuration reloaded");
        Ok(report)
    }

    async fn apply(&self, settings: &mut Settings, newer: Config) -> Result<ReloadReport, Problem> {
        let Parts { shared, store, .. } = &*self.0;
        let old = std::mem::replace(&mut settings.config, newer);
        let difference = old.difference(&settings.config);
        let added: Vec<ZoneKey> = difference.added.iter().map(|(name, _)| zone_key(name)).collect();
        let added_ids = match block_in_place(|| store.meta().assign_ids(&added)) {
            Ok(ids) => ids,
            Err(fault) => {
                settings.config = old; // nothing has been done yet
                return Err(Problem::new(507, fault.code(), fault.to_string()));
            }
        };
        let mut removed = Vec::new();
        for name in &difference.removed {
            if let Some(id) = settings.ids.remove(name) {
                shared.table.remove(id);
                shared.inbox.send(Message::Remove(id)).await;
                removed.push(id);
            }
        }
        for ((name, _), id) in difference.added.iter().zip(&added_ids) {
            settings.ids.insert((*name).clone(), *id);
        }
        // The rules are in force before the first zone that they protect.
        let rules = access(&settings.config, &settings.ids);
        self.0.access.store(Arc::new(rules));
        for ((name, config), id) in difference.added.iter().zip(added_ids) {
            if let Err(fault) = shared.table.insert(id, ViewId::DEFAULT, name.apex.clone()) {
                tracing::error!(zone = %name.apex, %fault, "a new zone cannot be served");
            }
            let (name, config) = ((*name).clone(), Arc::clone(config));
            let driver = ZoneDriver::new(id, name, config, shared.clone(), None);
            shared.inbox.send(Message::Put(Box::new(driver))).await;
        }
        for (name, config) in &difference.changed {
            if let Some(id) = settings.ids.get(name) {
                shared.inbox.send(Message::Change(*id, Arc::clone(config))).await;
            }
        }
        let restart_needed = self.0.at_start.restart_needed(&settings.config);
        let report = ReloadReport {
            zones_added: difference.added.len() as u64,
            zones_changed: difference.changed.len() as u64,
            zones_removed: removed.len() as u64,
            zones_unchanged: difference.unchanged as u64,
            restart_needed: restart_needed.into_iter().map(str::to_owned).collect(),
            warnings: settings.config.warnings.clone(),
        };
        if let Some(level) = &self.0.log_level {
            level.set(settings.config.log.level);
        }
        if let Err(fault) = block_in_place(|| store.remove_zones(&removed)) {
            tracing::error!(%fault, "removed zones are no longer served, but still on disk");
        }
        Ok(report)
    }

    /// Lets the shards save what they must, and end.
    pub(crate) async fn stop_shards(&self) {
        self.0.shared.inbox.send(Message::Stop).await;
    }

    async fn list(&self) -> Vec<ZoneItem> {
        let (reply, items) = oneshot::channel();
        self.0.shared.inbox.send(Message::List(reply)).await;
        items.await.unwrap_or_default()
    }

    /// The zone's name, if there is such a zone; the command is queued.
    async fn command(&self, id: ZoneId, event: DriverEvent) -> Result<Name, Problem> {
        let slot = self.0.shared.table.slot(id).ok_or_else(|| Problem::zone_not_found(id))?;
        self.0.shared.inbox.send(Message::Event(id, event)).await;
        Ok(slot.apex().clone())
    }
}

impl Control for Running {
    async fn zones(&self, filter: ZoneFilter) -> Vec<ZoneItem> {
        let name = filter.name.as_ref().map(|name| name.to_lower_case().to_string());
        let mut items = self.list().await;
        items.retain(|item| {
            name.as_ref().is_none_or(|name| item.name.eq_ignore_ascii_case(name))
                && filter.view.as_ref().is_none_or(|view| item.view == *view)
                && filter.state.is_none_or(|state| item.state == state)
                && filter.after.is_none_or(|after| item.id > after.0)
        });
        items.truncate(filter.limit);
        items
    }

    async fn zone(&self, id: ZoneId, detail: Detail) -> Option<ZoneView> {
        let (reply, view) = oneshot::channel();
        self.0.shared.inbox.send(Message::View(id, reply)).await;
        let mut view = view.await.ok().flatten()?;
        if detail == Detail::WithDigest {
            let state = self.0.shared.table.slot(id)?.state().clone();
            if let Published::Serving(version) = &*state {
                let version = version.clone();
                let digest = tokio::task::spawn_blocking(move || version.digest()).await.ok()?;
                view.digest = Some(HEXLOWER.encode(&digest));
            }
        }
        Some(view)
    }

    async fn held(&self, id: ZoneId) -> Result<Held, Problem> {
        let slot = self.0.shared.table.slot(id).ok_or_else(|| Problem::zone_not_found(id))?;
        let (reply, held) = oneshot::channel();
        self.0.shared.inbox.send(Message::Held(id, reply)).await;
        held.await.ok().flatten().ok_or_else(|| Problem::zone_not_held(slot.apex()))
    }

    async fn refresh(&self, id: ZoneId) -> Result<Name, Problem> {
        self.command(id, DriverEvent::Refresh).await
    }

    async fn retransfer(&self, id: ZoneId) -> Result<Name, Problem> {
        self.command(id, DriverEvent::Retransfer).await
    }

    async fn reload(&self) -> Result<ReloadReport, Problem> {
        // In a task of its own: a client that goes away must not leave it half done.
        let running = self.clone();
        let reloading = tokio::spawn(async move { Self::reload(&running).await });
        reloading.await.unwrap_or_else(|fault| Err(reload_refused(fault)))
    }

    async fn system(&self) -> SystemView {
        let Overview { started_at, listeners, config_path, data_dir } = &self.0.overview;
        let mut zones: BTreeMap<ZoneState, u64> = BTreeMap::new();
        for item in self.list().await {
            *zones.entry(item.state).or_default() += 1;
        }
        let mut queries = BTreeMap::new();
        for counters in self.counters().iter() {
            counters.add_to(&mut queries);
        }
        let clock: Clock = self.0.shared.clock;
        SystemView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: timestamp(i64::try_from(started_at.0).unwrap_or(i64::MAX) * 1_000),
            uptime_s: clock.now().0 / 1_000,
            zones,
            listeners: listeners.clone(),
            queries,
            config_path: Some(config_path.clone()),
            data_dir: Some(data_dir.clone()),
        }
    }

    async fn health(&self) -> Health {
        Health { ready: true, reason: None } // the socket opens after everything else
    }
}

/// The version with the diffs that the log still has of it.
fn remembering(version: Version, diffs: Vec<Diff>) -> Version {
    let diffs = diffs.into_iter().map(Arc::new);
    version.with_history(&History::NONE, diffs)
}

fn zone_key(name: &ZoneName) -> ZoneKey {
    ZoneKey { view: name.view.to_string(), apex: name.apex.clone() }
}

fn reload_refused(fault: impl std::fmt::Display) -> Problem {
    let found = fault.to_string();
    let in_one_line = found.lines().collect::<Vec<_>>().join("; ");
    tracing::error!("reload refused, nothing has changed: {in_one_line}");
    Problem::new(422, "config.invalid", found)
        .with_fix("correct the file and reload again; nothing has changed")
}

/// What the settings say about queries and NOTIFY, by zone id.
fn access(config: &Config, ids: &BTreeMap<ZoneName, ZoneId>) -> Access {
    let zones = ids.iter().filter_map(|(name, id)| Some((*id, config.zones.get(name)?)));
    // Most zones share their rules, and what is the default costs no search for each query.
    let default = zones.clone().next().map(|(_, zone)| queriers_of(zone)).unwrap_or_default();
    Access {
        queriers: Admission::new(default, zones.clone().map(|(id, zone)| (id, queriers_of(zone)))),
        udp_size_max: config.server.udp_payload_max,
        keys: Keyring::new(config.keys.values().cloned()),
        grants: Grants::new(
            Arc::clone(&config.transfer),
            zones.clone().map(|(id, zone)| (id, Arc::clone(&zone.transfer))),
        ),
        transfers_out: config.transfers_out,
        identity: config.identity.clone(),
        zones: zones.map(|(id, zone)| (id, zone.clone())).collect(),
    }
}

fn queriers_of(zone: &Zone) -> Queriers {
    let is_open_to = |family: fn(&IpAddr) -> bool| {
        zone.query.iter().any(|range| range.prefix_bits() == 0 && family(&range.first()))
    };
    if is_open_to(IpAddr::is_ipv4) && is_open_to(IpAddr::is_ipv6) {
        return Queriers::Everybody;
    }
    Queriers::Listed(zone.query.iter().copied().collect())
}
