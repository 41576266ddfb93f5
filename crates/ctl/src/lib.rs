//! The command line: verbs that ask the daemon over its API, and `key generate`, which asks nobody.
//!
//! People get words and aligned tables, programs get `--json`. What a daemon answers may hold text
//! of strangers (owners, keys), so everything is escaped before it reaches a terminal.

mod export;
mod key;
mod list;
mod page;
mod replacement;
mod status;
mod text;
mod when;

pub use api::ExportHead;
pub use export::{Export, ExportOffline, Offline, OfflineFault};

use anyhow::{Context as _, Result};
use api::{Client, ClientError, ZoneItem, ZoneState};
use clap::{Args, Subcommand};
use page::Page;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;
use when::Now;

/// Verbs that need no daemon code.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Look at zones, or tell them what to do
    #[command(subcommand)]
    Zone(ZoneVerb),
    /// Make keys
    #[command(subcommand)]
    Key(KeyVerb),
    /// Have the daemon read understudy.toml again
    Reload(Reach),
    /// Show the version of this program
    Version,
}

/// `understudy zone …`
#[derive(Debug, Subcommand)]
pub enum ZoneVerb {
    /// List all zones, those with problems first
    List {
        /// Only zones in this state
        #[arg(long, value_parser = parse_state)]
        state: Option<ZoneState>,
        /// Where the daemon is.
        #[command(flatten)]
        reach: Reach,
    },
    /// Show everything about one zone
    Status {
        /// The zone.
        #[command(flatten)]
        zone: Which,
        /// Also compute the digest of the served version; reads the whole zone
        #[arg(long)]
        digest: bool,
        /// Where the daemon is.
        #[command(flatten)]
        reach: Reach,
    },
    /// Write the version held as a master file, also of a zone that has expired
    Export(Export),
    /// Ask the primaries for their serial now, and transfer what is newer
    Refresh {
        /// The zone.
        #[command(flatten)]
        zone: Which,
        /// Where the daemon is.
        #[command(flatten)]
        reach: Reach,
    },
    /// Fetch the whole zone now, whatever its serial
    Retransfer {
        /// The zone.
        #[command(flatten)]
        zone: Which,
        /// Where the daemon is.
        #[command(flatten)]
        reach: Reach,
    },
}

/// `understudy key …`
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    /// Make a TSIG key and print it for understudy.toml and for a BIND primary
    Generate {
        /// Name of the key; the primary must know it by the same name
        #[arg(value_parser = key::parse_name)]
        name: String,
        /// The primary must use the same one
        #[arg(long, value_enum, default_value_t = key::Algorithm::HmacSha256)]
        algorithm: key::Algorithm,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which zone.
#[derive(Debug, Args)]
pub struct Which {
    /// Name of the zone, with or without the final dot
    name: String,
    /// View of the zone
    #[arg(long, default_value = "default")]
    view: String,
}

/// How to reach the daemon, and how to show what it says.
#[derive(Debug, Args)]
pub struct Reach {
    /// The daemon's control socket [default: $UNDERSTUDY_SOCKET, or /var/lib/understudy/control.sock]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What the shell sees at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: it did not work.
    Failed,
    /// 2: wrong usage that clap does not see.
    Misused,
    /// 3: no daemon could be asked.
    Unreachable,
    /// 4: there is no such zone.
    NotFound,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Misused => 2,
            Exit::Unreachable => 3,
            Exit::NotFound => 4,
        })
    }
}

/// Options that do not go together, in words for the operator.
#[derive(Debug)]
struct WrongUsage(&'static str);

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for WrongUsage {}

/// Does what the verb says and reports errors on standard error. `export_offline` reads a zone from
/// disk, if that is what the verb wants.
#[must_use]
pub fn run(verb: Verb, export_offline: ExportOffline) -> Exit {
    match perform(verb, export_offline) {
        Ok(page) => page.print(),
        Err(error) => {
            eprintln!("understudy: {}", text::lines(&complaint(&error)));
            exit_of(&error)
        }
    }
}

/// What went wrong, and what to do if the daemon said so.
fn complaint(error: &anyhow::Error) -> String {
    match error.downcast_ref::<ClientError>() {
        Some(ClientError::Refused(api::Problem { detail, fix: Some(fix), .. })) => {
            format!("{detail}\n{fix}")
        }
        Some(_) | None => with_causes(error),
    }
}

/// The fault and what caused it, unless it says so itself.
fn with_causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match &*told {
        "" => cause,
        told if told.contains(&cause) => told.to_owned(),
        told => format!("{told}: {cause}"),
    })
}

fn perform(verb: Verb, export_offline: ExportOffline) -> Result<Page> {
    match verb {
        Verb::Version => Ok(Page::text(format!("understudy {}\n", env!("CARGO_PKG_VERSION")))),
        Verb::Key(KeyVerb::Generate { name, algorithm, json }) => {
            let key = key::generate(name, algorithm)?;
            if json { Page::json(&key.to_json()) } else { Ok(Page::text(key.to_text())) }
        }
        Verb::Zone(verb) => in_runtime(zone(verb, export_offline)),
        Verb::Reload(reach) => in_runtime(reload(reach)),
    }
}

fn in_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start")?.block_on(work)
}

async fn zone(verb: ZoneVerb, export_offline: ExportOffline) -> Result<Page> {
    match verb {
        ZoneVerb::List { state, reach } => {
            let zones = all_zones(&reach.client()?, state).await?;
            reach.show(&zones, |page| list::write(page, &zones, Now::read()))
        }
        ZoneVerb::Status { zone, digest, reach } => {
            let client = reach.client()?;
            let view = client.zone(zone.find(&client).await?.id, digest).await?;
            reach.show(&view, |page| status::write(page, &view, Now::read()))
        }
        ZoneVerb::Export(export) => export.perform(export_offline).await,
        ZoneVerb::Refresh { zone, reach } => {
            let client = reach.client()?;
            let accepted = client.refresh(zone.find(&client).await?.id).await?;
            reach.show(&accepted, |page| queued(page, "refresh", &accepted.name))
        }
        ZoneVerb::Retransfer { zone, reach } => {
            let client = reach.client()?;
            let accepted = client.retransfer(zone.find(&client).await?.id).await?;
            reach.show(&accepted, |page| queued(page, "retransfer", &accepted.name))
        }
    }
}

fn queued(page: &mut Page, what: &str, name: &str) {
    let name = text::line(name);
    page.line(&format!("{what} of {name} is queued; `understudy zone status {name}` shows it"));
}

/// All pages of the list.
async fn all_zones(client: &Client, state: Option<ZoneState>) -> Result<Vec<ZoneItem>> {
    let mut zones = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = client.zones(state, cursor.as_deref()).await?;
        zones.extend(page.items);
        match page.next_cursor {
            Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
            Some(_) | None => return Ok(zones),
        }
    }
}

async fn reload(reach: Reach) -> Result<Page> {
    let report = reach.client()?.reload().await?;
    reach.show(&report, |page| {
        page.line(&format!(
            "reloaded: zones {} added, {} changed, {} removed, {} unchanged",
            report.zones_added, report.zones_changed, report.zones_removed, report.zones_unchanged
        ));
        for setting in &report.restart_needed {
            page.line(&format!("{} takes effect at the next start", text::line(setting)));
        }
        for warning in &report.warnings {
            page.line(&format!("warning: {}", text::line(warning)));
        }
    })
}

impl Which {
    async fn find(&self, client: &Client) -> Result<ZoneItem> {
        let found = client.find(&self.name, &self.view).await?;
        let place = match self.view.as_str() {
            "default" => self.name.clone(),
            view => format!("{} in view {view}", self.name),
        };
        found.ok_or_else(|| ClientError::Refused(api::Problem::zone_not_found(place)).into())
    }
}

impl Reach {
    fn client(&self) -> Result<Client> {
        let from_environment = || std::env::var_os("UNDERSTUDY_SOCKET").map(PathBuf::from);
        let socket = self.socket.clone().or_else(from_environment);
        Ok(Client::new(socket.unwrap_or_else(|| api::DEFAULT_SOCKET.into()))?)
    }

    fn show<T: serde::Serialize>(&self, what: &T, words: impl FnOnce(&mut Page)) -> Result<Page> {
        if self.json {
            return Page::json(what);
        }
        let mut page = Page::for_stdout();
        words(&mut page);
        Ok(page)
    }
}

fn exit_of(error: &anyhow::Error) -> Exit {
    if error.is::<WrongUsage>() {
        return Exit::Misused;
    }
    match error.downcast_ref::<ClientError>() {
        Some(ClientError::Refused(problem)) if problem.status == 404 => Exit::NotFound,
        Some(ClientError::Refused(_) | ClientError::Garbled { .. }) | None => Exit::Failed,
        Some(
            ClientError::NotRunning { .. }
            | ClientError::Forbidden { .. }
            | ClientError::Broken { .. },
        ) => Exit::Unreachable,
    }
}

fn parse_state(text: &str) -> Result<ZoneState, String> {
    ZoneState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
        let known = ZoneState::ALL.map(ZoneState::as_str).join(", ");
        format!("expected one of {known}")
    })
}

#[cfg(test)]
mod tests;
