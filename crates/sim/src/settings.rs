//! What the operator of the simulated daemon has set.
//!
//! Pure.

use crate::asking::Patience;
use crate::primary::Primary;
use proto::access::{AccessRule, AddressRange};
use proto::refresh::{Bounds, Policy};
use proto::time::Seconds;
use proto::xfr::inbound::Limits;
use std::net::IpAddr;
use std::sync::Arc;
use wire::name::Name;
use wire::tsig::Key;
use zone::ZoneId;

/// A primary as the settings name it.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Where it is.
    pub address: IpAddr,
    /// Which one of the world's it is.
    pub primary: usize,
    /// The key for it.
    pub key: Option<Arc<Key>>,
}

/// One zone of the settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its number.
    pub id: ZoneId,
    /// Its apex.
    pub apex: Name,
    /// Its primaries, in order.
    pub upstreams: Vec<Upstream>,
    /// What REFRESH and RETRY are clamped to.
    pub bounds: Bounds,
    /// How much of a wait is left to chance.
    pub jitter_percent: u8,
    /// How long an attempt may take in all.
    pub attempt_limit: Seconds,
    /// How long a transfer may take.
    pub patience: Patience,
}

/// What a zone of the world may hold: enough for all editions, too little for what liars send.
const CONTENT: zone::Limits = zone::Limits {
    records_max: 200,
    bytes_max: 100_000,
    rrset_records_max: 50,
    rrset_bytes_max: 8_000,
    types_per_name_max: 10,
};

impl Settings {
    /// How much a transfer may bring.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { empty_messages_max: 20, ..Limits::of_zone(CONTENT) }
    }

    /// How the zone is refreshed.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            bounds: self.bounds,
            attempt_limit: self.attempt_limit,
            jitter_percent: self.jitter_percent,
            seed: u64::from(self.id.0),
        }
    }

    /// Who may send NOTIFY: the primaries, with their keys.
    #[must_use]
    pub fn senders(&self) -> Vec<AccessRule> {
        let rule = |upstream: &Upstream| AccessRule {
            range: AddressRange::single(upstream.address),
            key: upstream.key.as_ref().map(|key| key.name().clone()),
        };
        self.upstreams.iter().map(rule).collect()
    }

    /// The settings that name these primaries of the world.
    #[must_use]
    pub fn with_upstreams(mut self, primaries: &[Primary], named: &[usize]) -> Self {
        let upstream = |number: &usize| {
            let primary = primaries.get(*number)?;
            let (address, key) = (primary.address, primary.key.clone());
            Some(Upstream { address, primary: *number, key })
        };
        self.upstreams = named.iter().filter_map(upstream).collect();
        self
    }
}
