//! A held version as a master file, from a running daemon or from the disk of one that is down.
//!
//! The same version gives the same octets: comments first, which tell zone, serial and moment, then
//! the SOA, then everything in canonical order. Records become text in `wire::master`.

use crate::clock::Clock;
use crate::config::{Config, ConfigError, DEFAULT_VIEW};
use crate::http::timestamp;
use crate::shard::{saved, soa_timers};
use api::{ExportHead, ExportState, Problem};
use proto::refresh::remaining;
use proto::time::{Seconds, UnixSeconds};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use store::{Content, StoreError, ZoneKey};
use wire::codes::{Class, Rrtype};
use wire::master::line;
use wire::name::{Name, NameBuf};
use wire::record::RecordRef;
use zone::{Leaf, Rrset, Version};

/// A version that somebody wants as text.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The version.
    pub(crate) version: Version,
    /// Whether it is served.
    pub(crate) state: ExportState,
    /// Now.
    pub(crate) at: UnixSeconds,
    /// What else the reader of the text should know.
    pub(crate) note: Option<String>,
}

impl Held {
    /// What is told before the text.
    pub(crate) fn head(&self) -> ExportHead {
        let Self { version, state, .. } = self;
        ExportHead { serial: version.serial().0, records: version.record_count(), state: *state }
    }

    /// Writes all of it. Needs no memory beyond one record.
    ///
    /// # Errors
    /// When `out` refuses.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_comments(out)?;
        let apex = self.version.apex_leaf();
        let mut owner = NameBuf::new();
        apex.rrset(Rrtype::SOA).map_or(Ok(()), |soa| write_rrset(&apex, &soa, &mut owner, out))?;
        self.version
            .rrsets()
            .filter(|(leaf, rrset)| !(leaf.is_apex() && rrset.rrtype() == Rrtype::SOA))
            .try_for_each(|(leaf, rrset)| write_rrset(&leaf, &rrset, &mut owner, out))
    }

    fn write_comments(&self, out: &mut impl Write) -> io::Result<()> {
        let ExportHead { serial, records, state } = self.head();
        let at = timestamp(i64::try_from(self.at.0).unwrap_or(i64::MAX).saturating_mul(1_000));
        // A name as text has neither white space nor line ends (threat 22).
        writeln!(out, "; zone: {}", self.version.apex())?;
        writeln!(out, "; serial: {serial}\n; records: {records}\n; state: {state}")?;
        writeln!(out, "; written: {} by understudy {}", at.0, env!("CARGO_PKG_VERSION"))?;
        match &self.note {
            Some(note) => writeln!(out, "; note: {}", note.replace(char::is_control, "?")),
            None => Ok(()),
        }
    }
}

fn write_rrset(
    leaf: &Leaf<'_>,
    rrset: &Rrset<'_>,
    owner: &mut NameBuf,
    out: &mut impl Write,
) -> io::Result<()> {
    leaf.owner(owner);
    let (rrtype, ttl, class) = (rrset.rrtype(), rrset.ttl(), Class::IN);
    rrset.rdatas().try_for_each(|rdata| {
        let record = RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata };
        writeln!(out, "{}", line(record))
    })
}

/// Which zone of which data directory, while no daemon runs.
#[derive(Clone, Debug)]
pub struct FromDisk<'a> {
    /// Name of the zone, as text.
    pub zone: &'a str,
    /// Its view.
    pub view: &'a str,
    /// The settings, which name the data directory.
    pub config: &'a Path,
    /// The data directory, if it is given; then the settings are not read.
    pub data_dir: Option<&'a Path>,
}

/// Why a zone did not come from disk.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The settings, which should name the data directory, have faults.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no such zone, or nothing is held of it.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// A daemon has the data directory.
    #[error(
        "a daemon{} has {}; ask it, without `--offline`",
        pid.map_or_else(String::new, |pid| format!(", process {pid},")),
        folder.display()
    )]
    Running {
        /// The data directory.
        folder: PathBuf,
        /// The daemon, if it is known.
        pid: Option<u32>,
    },
    /// The data directory cannot be read.
    #[error("cannot read {}", folder.display())]
    Store {
        /// The data directory.
        folder: PathBuf,
        /// What stands in the way.
        source: StoreError,
    },
    /// The text has nowhere to go.
    #[error("cannot write")]
    Write(#[source] io::Error),
}

/// Writes a zone out of the data directory of a daemon that is down, and changes nothing there.
/// `begin` is told the version before the first octet is written.
///
/// # Errors
/// See [`ExportError`]. After `Write`, what was written is not the whole zone.
pub fn from_disk(from: &FromDisk<'_>, out: &mut dyn Write) -> Result<ExportHead, ExportError> {
    let held = held_on_disk(from)?;
    let mut out = io::BufWriter::new(out);
    held.write(&mut out).and_then(|()| out.flush()).map_err(ExportError::Write)?;
    Ok(held.head())
}

fn held_on_disk(from: &FromDisk<'_>) -> Result<Held, ExportError> {
    let folder = match from.data_dir {
        Some(folder) => folder.to_path_buf(),
        None => Config::load(from.config)?.server.data_dir,
    };
    let shown = match from.view {
        DEFAULT_VIEW => from.zone.to_owned(),
        view => format!("{} in view {view}", from.zone),
    };
    let unknown = || Problem::zone_not_found(&shown);
    let apex: Name = from.zone.parse().map_err(|_| unknown())?;
    let key = ZoneKey { view: from.view.to_owned(), apex: apex.to_lower_case() };
    let found = store::read_zone(&folder, &key).map_err(|fault| match fault {
        StoreError::Locked { folder, pid } => ExportError::Running { folder, pid },
        source => ExportError::Store { folder, source },
    })?;
    let found = found.ok_or_else(unknown)?;
    let (version, note) = match found.content {
        Content::Held(version) => (version, None),
        Content::Behind(version, loss) => {
            (version, Some(format!("later versions were lost on disk: {loss}")))
        }
        Content::Lost(_) | Content::Empty => return Err(Problem::zone_not_held(&shown).into()),
    };
    if version.apex() != apex.as_ref() {
        // A database restored from a backup may give a number to another zone.
        return Err(Problem::zone_not_held(&shown).into());
    }
    let at = Clock::start().wall();
    let left = remaining(found.timers.map(saved), soa_timers(&version), at);
    let state = if left == Seconds(0) { ExportState::Expired } else { ExportState::Stored };
    Ok(Held { version, state, at, note })
}

#[cfg(test)]
mod tests;
