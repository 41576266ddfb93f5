//! `understudy.toml`: what was written, and what was accepted.
//!
//! The file is parsed once. What is written becomes `Raw…` types that know where each value stood,
//! and these become a [`Config`], inside which invalid values cannot exist. Every fault says file,
//! line, what was found and what was expected; as many faults as possible are told at once. No
//! message and no excerpt of the file ever shows a secret.

mod difference;
mod fault;
mod key;
mod raw;
mod redact;
mod section;
mod size;
mod zones;

#[cfg(test)]
mod tests;

pub use difference::{AtStart, Difference};
pub use fault::{ConfigError, Picture};

use ::zone::Limits as ContentLimits;
use fault::Faults;
use proto::access::{AccessRule, AddressRange};
use proto::answer::Identity;
use proto::refresh::Bounds;
use proto::time::Seconds;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wire::name::Name;
use wire::tsig::Key;

/// Where `serve` and `check` look unless told otherwise.
pub const DEFAULT_PATH: &str = "/etc/understudy/understudy.toml";

/// The name of the view that always exists.
pub const DEFAULT_VIEW: &str = "default";

/// Octets of a configuration file at most: a million zones take a tenth of it.
const FILE_BYTES_MAX: u64 = 4 << 30;

/// An accepted configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file it came from.
    pub path: PathBuf,
    /// `[server]`.
    pub server: Server,
    /// `[store]`.
    pub store: Store,
    /// `[tcp]`.
    pub tcp: Tcp,
    /// `[transfer]`, but for zones that say otherwise: who may transfer them.
    pub transfer: Arc<[AccessRule]>,
    /// `[transfer]`: how many transfers others may have, and how long.
    pub transfers_out: TransfersOut,
    /// `[identity]`: what strangers are told of this instance.
    pub identity: Identity,
    /// `[limits]`, as far as it concerns the instance and not single zones.
    pub limits: Limits,
    /// `[log]`.
    pub log: Log,
    /// `[[key]]`, by name.
    pub keys: BTreeMap<Name, Arc<Key>>,
    /// `[[zone]]`, by view and apex. Zones with equal settings share them.
    pub zones: BTreeMap<ZoneName, Arc<Zone>>,
    /// What works but should be looked at; one line each, with file and line.
    pub warnings: Vec<String>,
}

/// `[server]`: where the instance listens and keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Answer queries here, over UDP and TCP. Not empty, no address twice, no port 0.
    pub listen: Vec<SocketAddr>,
    /// The folder for everything that survives a restart.
    pub data_dir: PathBuf,
    /// The Unix socket of the API; short enough for the operating system.
    pub control_socket: PathBuf,
    /// Threads that answer UDP, 1..=256.
    pub udp_threads: NonZeroUsize,
    /// Octets of a UDP answer at most, whatever the client offers, 512..=4096.
    pub udp_payload_max: u16,
}

/// `[store]`: when the disk is tidied, and how much of it is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Store {
    /// Octets below which a commit log is never compacted for its length.
    /// At least 1.
    pub log_min_bytes: u64,
    /// Octets from which a zone's version gets a file of its own.
    /// At least 1.
    pub image_min_bytes: u64,
    /// Octets of the file system that new versions leave free; 0 is none.
    pub reserve_bytes: u64,
}

/// `[tcp]`: what clients may take of us over TCP. Every number is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// Connections at once.
    pub clients_max: usize,
    /// Connections at once from one address, at most `clients_max`.
    pub per_client_max: usize,
    /// Seconds without a query after which a connection is closed.
    pub idle: Seconds,
    /// Seconds that a client may take to read one answer.
    pub write: Seconds,
}

/// `[transfer]`: what others may take of us in transfers. Every number is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransfersOut {
    /// Transfers at once; only those of more than one message count.
    pub at_once_max: usize,
    /// Transfers at once to one client, at most `at_once_max`.
    pub per_client_max: usize,
    /// Seconds that a transfer may take.
    pub total: Seconds,
}

impl TransfersOut {
    /// Unless the file says otherwise.
    pub const DEFAULT: Self = Self { at_once_max: 100, per_client_max: 20, total: Seconds(7_200) };
}

/// `[limits]` of the whole instance. Every number is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Transfers at once.
    pub transfers_max: usize,
    /// Transfers at once from one primary, at most `transfers_max`.
    pub transfers_per_primary_max: usize,
    /// Octets that all running transfers together may hold, and one alone a quarter of.
    pub memory_bytes_max: u64,
}

/// `[log]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// How much is written.
    pub level: LogLevel,
    /// How a line looks.
    pub format: LogFormat,
}

/// How much is written to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// An operator must act.
    Error,
    /// Degraded, but dealt with.
    Warn,
    /// A zone changed.
    #[default]
    Info,
    /// What was said on the wire.
    Debug,
    /// Everything.
    Trace,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// `journal` under systemd, otherwise `text`.
    #[default]
    Auto,
    /// Time, level, message, fields.
    Text,
    /// A syslog level instead of time and level: the journal has its own.
    Journal,
    /// One JSON object a line.
    Json,
}

/// What names a zone: the same apex may exist in several views.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZoneName {
    /// View. Zones of one view share it.
    pub view: Arc<str>,
    /// Apex.
    pub apex: Name,
}

/// The settings of one zone. Equal settings mean that a reload has nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Where it comes from, in order of preference; not empty, no address with port twice.
    pub primaries: Vec<Primary>,
    /// Who may tell us that it changed.
    pub notify: Vec<AccessRule>,
    /// Who may query it. Shared by all zones that do not say otherwise.
    pub query: Arc<[AddressRange]>,
    /// Who may transfer it from us. Shared by all zones that do not say otherwise.
    pub transfer: Arc<[AccessRule]>,
    /// Bounds on its SOA timers.
    pub bounds: Bounds,
    /// What a version may contain, and how long its transfer may take.
    pub limits: ZoneLimits,
}

/// A primary of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Primary {
    /// Where it listens: one host, IPv4-mapped addresses as IPv4, no port 0.
    pub address: SocketAddr,
    /// What signs our queries and its answers.
    pub key: Option<Arc<Key>>,
    /// Our own address towards it, of the same family.
    pub source: Option<IpAddr>,
}

/// Limits on one zone. Every number is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneLimits {
    /// What a version may contain.
    pub content: ContentLimits,
    /// Seconds that a transfer may take.
    pub transfer: Seconds,
    /// Seconds of silence after which a transfer is given up, at most `transfer`.
    pub transfer_idle: Seconds,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When it cannot be read, or says anything that is not understood or not possible.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: path.to_path_buf(), source };
        let found = std::fs::metadata(path).map_err(unreadable)?;
        if found.len() > FILE_BYTES_MAX {
            return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let mut config = Self::parse(&text, path)?;
        config.warnings.extend(key::warn_of_readers(&text, path, &found));
        Ok(config)
    }

    /// Checks a text. `path` is shown in messages, and its folder is where relative paths start.
    ///
    /// # Errors
    /// When the text says anything that is not understood or not possible.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut faults = Faults::default();
        let config = Self::read(text, path, &mut faults);
        match config {
            Some(config) if faults.none() => {
                Ok(Self { warnings: faults.warnings(text, path), ..config })
            }
            Some(_) | None => Err(faults.into_error(text, path)),
        }
    }

    /// The whole way; `None` only when a fault has been noted.
    fn read(text: &str, path: &Path, faults: &mut Faults) -> Option<Self> {
        let mut raw = raw::Sections::read(text, faults);
        let folder = path.parent().unwrap_or(Path::new(""));
        let server = section::server(raw.server.take(), folder, faults);
        let store = section::store(raw.store.take(), faults);
        let tcp = section::tcp(raw.tcp.take(), faults);
        let identity = section::identity(raw.identity.take(), faults);
        let (limits, zone_limits) = section::limits(raw.limits.take(), faults);
        let bounds = section::bounds(raw.bounds.take(), Bounds::default(), faults);
        let query = section::query(raw.query.take(), faults);
        let log = raw.log.take().unwrap_or_default();
        let mut keys = key::Keys::read(raw.keys, folder, faults);
        let mut raw_transfer = raw.transfer.take().unwrap_or_default();
        let transfers_out = section::transfers_out(&raw_transfer, faults);
        let allow = raw_transfer.allow.take().unwrap_or_default();
        let transfer: Arc<[AccessRule]> = zones::rules(allow, &mut keys, faults).into();
        let defaults =
            zones::Defaults { query, transfer: Arc::clone(&transfer), bounds, limits: zone_limits };
        let zones = zones::read(raw.zones, &defaults, &mut keys, faults);
        keys.warn_of_unused(faults);
        Some(Self {
            path: path.to_path_buf(),
            server: server?,
            store,
            tcp,
            transfer,
            transfers_out,
            identity,
            limits,
            log: Log {
                level: log.level.unwrap_or_default(),
                format: log.format.unwrap_or_default(),
            },
            keys: keys.into_map(),
            zones,
            warnings: Vec::new(),
        })
    }

    /// What a reload from `self` to `newer` has to do.
    #[must_use]
    pub fn difference<'c>(&'c self, newer: &'c Self) -> Difference<'c> {
        Difference::between(self, newer)
    }

    /// What of it holds until the next start; for [`AtStart::restart_needed`].
    #[must_use]
    pub fn at_start(&self) -> AtStart {
        AtStart::of(self)
    }
}
