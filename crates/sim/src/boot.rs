//! Starting a daemon: disk, table, machines, in the order in which `server` does it.
//!
//! Touches nothing but the world's disk. Stands where `server::daemon` and `server::control` stand.

use crate::asking::soa_timers;
use crate::clock::Clock;
use crate::dice::Dice;
use crate::disk::Disk;
use crate::instance::{Followed, Instance};
use crate::settings::Settings;
use proto::follow::Follow;
use proto::refresh::{Saved, remaining};
use proto::time::{Mono, UnixSeconds};
use std::sync::Arc;
use store::simulated::Recovered;
use store::{Content, StoreError, Timers};
use zone::{History, Table, Version, ViewId, ZoneState};

/// Diffs that a restart brings back of a zone.
pub const HISTORY_STEPS: usize = 8;

/// A version as the disk gave it back.
struct Restored {
    version: Version,
    confirmed_at: UnixSeconds,
    expires_at: Mono,
}

/// Starts a daemon on what the disk holds. Its conversations are numbered from `boot` on.
///
/// # Errors
/// When the log cannot be opened.
pub fn start(
    disk: &Disk,
    zones: &[Settings],
    clock: &Clock,
    (boot, dice): (u64, Dice),
) -> Result<Instance, StoreError> {
    let (log, mut recovered) = disk.open()?;
    let table = Table::new();
    let all = zones.iter().map(|zone| (zone.id, ViewId::DEFAULT, zone.apex.clone()));
    drop(table.insert_all(all));
    let mut followed = Vec::new();
    for settings in zones {
        let restored = restore(&mut recovered, disk.deadlines(settings.id), settings, clock);
        if let Some(Restored { version, expires_at, .. }) = &restored {
            let is_good = *expires_at > clock.now();
            let state =
                if is_good { ZoneState::Serving(version.clone()) } else { ZoneState::Expired };
            table.publish(settings.id, state);
        }
        followed.push(follow(settings.clone(), restored, clock.now()));
    }
    Ok(Instance::new(table, log, followed, (boot, dice)))
}

fn follow(settings: Settings, restored: Option<Restored>, now: Mono) -> Followed {
    let (policy, primaries) = (settings.policy(), settings.upstreams.len());
    match restored {
        Some(Restored { version, confirmed_at, expires_at }) => {
            let soa = soa_timers(&version);
            let follow = Follow::restore(policy, primaries, soa, expires_at, now);
            Followed::new(settings, follow, Some(version), Some(confirmed_at))
        }
        None => Followed::new(settings, Follow::new(policy, primaries, now), None, None),
    }
}

fn restore(
    recovered: &mut Recovered,
    saved: Option<Timers>,
    settings: &Settings,
    clock: &Clock,
) -> Option<Restored> {
    let diffs = recovered.diffs(settings.id, HISTORY_STEPS);
    let version = match recovered.take(settings.id) {
        Content::Held(version) | Content::Behind(version, _) => version,
        Content::Lost(_) | Content::Empty => return None,
    };
    if version.apex() != settings.apex.as_ref() {
        return None;
    }
    let diffs = diffs.into_iter().map(Arc::new);
    let version = version.with_history(&History::NONE, diffs);
    let saved = saved.map(|saved| Saved {
        serial: saved.serial,
        confirmed_at: UnixSeconds(saved.confirmed_at),
        expires_at: UnixSeconds(saved.expires_at),
    });
    let left = remaining(saved, soa_timers(&version), clock.wall());
    let confirmed_at = saved.map_or(UnixSeconds(0), |saved| saved.confirmed_at);
    Some(Restored { version, confirmed_at, expires_at: clock.now().plus(left) })
}
