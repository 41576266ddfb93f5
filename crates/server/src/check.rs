//! `understudy check`: is the configuration good, and is the data on disk whole?
//!
//! Reads, and changes nothing. Needs no daemon; while one runs, its data cannot be judged, but a
//! configuration can be tried before `understudy reload`.

use crate::config::{Config, ConfigError};
use data_encoding::HEXLOWER;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use store::{CheckedZone, Content, Report, StoreError};

/// Why nothing could be checked, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The configuration has faults.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory cannot be read.
    #[error("cannot check {}", folder.display())]
    Store {
        /// The data directory.
        folder: PathBuf,
        /// What stands in the way.
        source: StoreError,
    },
}

/// What a check found. Displays as a page for people.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// The configuration that was accepted.
    pub config: PathBuf,
    /// What in it works but should be looked at.
    pub warnings: Vec<String>,
    /// Zones that it names.
    pub zones_configured: usize,
    /// The data directory that was read.
    pub data_dir: PathBuf,
    /// Why the data was not read, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Zones in the data directory.
    pub zones: Vec<ZoneCheck>,
    /// What is wrong on disk, or was before a crash was cleaned up.
    pub faults: Vec<String>,
    /// Octets whose checksums were compared.
    pub bytes_read: u64,
    /// True when nothing that was acknowledged is missing.
    pub sound: bool,
}

/// One zone in the data directory.
#[derive(Debug, Serialize)]
pub struct ZoneCheck {
    /// Apex.
    pub name: String,
    /// View.
    pub view: String,
    /// Serial of the version held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<u32>,
    /// Records of the version held.
    pub records: u64,
    /// SHA-384 of the version held, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Why commits of it are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<String>,
}

/// Checks a configuration and the data directory that it names, or `data_dir` in its place.
///
/// A folder that does not exist yet is sound, and so is one that a running daemon has; but one that
/// was asked for by name must be there and readable.
///
/// # Errors
/// When the configuration has faults, or the data cannot be read. Damage is no error but in the
/// report.
pub fn check(config: &Path, data_dir: Option<&Path>) -> Result<CheckReport, CheckError> {
    let config = Config::load(config)?;
    let folder = data_dir.unwrap_or(&config.server.data_dir).to_path_buf();
    let mut report = CheckReport {
        config: config.path,
        warnings: config.warnings,
        zones_configured: config.zones.len(),
        data_dir: folder.clone(),
        skipped: None,
        zones: Vec::new(),
        faults: Vec::new(),
        bytes_read: 0,
        sound: true,
    };
    if data_dir.is_none() && !folder.exists() {
        report.skipped = Some("it does not exist yet".to_owned());
        return Ok(report);
    }
    match store::check(&folder) {
        Ok(found) => report.add(found),
        Err(StoreError::Locked { pid, .. }) if data_dir.is_none() => {
            let holder = pid.map_or_else(String::new, |pid| format!(", process {pid}"));
            report.skipped = Some(format!("a daemon has it{holder}; stop it to check the data"));
        }
        Err(source) => return Err(CheckError::Store { folder, source }),
    }
    Ok(report)
}

impl CheckReport {
    fn add(&mut self, found: Report) {
        self.sound = found.is_sound();
        self.bytes_read = found.bytes_read;
        self.zones = found.zones.iter().map(ZoneCheck::new).collect();
        let sqlite = found.sqlite_faults.iter().map(|fault| format!("understudy.sqlite: {fault}"));
        self.faults = found.faults.iter().map(ToString::to_string).chain(sqlite).collect();
    }
}

impl ZoneCheck {
    fn new(zone: &CheckedZone) -> Self {
        let (version, loss) = match &zone.content {
            Content::Empty => (None, None),
            Content::Held(version) => (Some(version), None),
            Content::Behind(version, loss) => (Some(version), Some(loss)),
            Content::Lost(loss) => (None, Some(loss)),
        };
        Self {
            name: zone.key.apex.to_string(),
            view: zone.key.view.clone(),
            serial: version.map(|version| version.serial().0),
            records: version.map_or(0, |version| version.record_count()),
            digest: zone.digest.map(|digest| HEXLOWER.encode(&digest)),
            loss: loss.map(ToString::to_string),
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (config, data_dir) = (self.config.display(), self.data_dir.display());
        writeln!(f, "configuration {config}: good, zones: {}", self.zones_configured)?;
        for warning in &self.warnings {
            writeln!(f, "  warning: {warning}")?;
        }
        if let Some(why) = &self.skipped {
            return writeln!(f, "data {data_dir}: not checked: {why}");
        }
        let verdict = if self.sound { "whole" } else { "damaged" };
        let (number, octets) = (self.zones.len(), self.bytes_read);
        writeln!(f, "data {data_dir}: {verdict}, zones: {number}, octets read: {octets}")?;
        for fault in &self.faults {
            writeln!(f, "  {fault}")?;
        }
        for zone in &self.zones {
            zone.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for ZoneCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, view, records, .. } = self;
        write!(f, "  {name}")?;
        if view != crate::config::DEFAULT_VIEW {
            write!(f, " in view {view}")?;
        }
        match self.serial {
            Some(serial) => write!(f, ": serial {serial}, records: {records}")?,
            None => f.write_str(": nothing held")?,
        }
        match &self.loss {
            Some(loss) => writeln!(f, "; {loss}"),
            None => writeln!(f),
        }
    }
}
