//! The one binary: a `main` that dispatches to the daemon and to the command line.

use clap::{Parser, Subcommand, ValueEnum};
use server::check::{CheckError, check};
use server::config::{ConfigError, DEFAULT_PATH, Picture};
use server::demo;
use server::export::{self, ExportError, FromDisk};
use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// A secondary DNS service: follows zones of your primaries and answers for them
#[derive(Debug, Parser)]
#[command(name = "understudy", version, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the daemon until it is told to stop
    Serve {
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = DEFAULT_PATH)]
        config: PathBuf,
    },
    /// Check the configuration, and every checksum of the data on disk
    Check {
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = DEFAULT_PATH)]
        config: PathBuf,
        /// Check this data directory in place of the configured one
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show how it works: a primary, this program as its secondary, an account of each change
    Demo {
        /// Who plays the primary: a small one of our own, or the named of an installed BIND
        #[arg(long, value_enum, default_value_t = Primary::Scripted)]
        primary: Primary,
        /// Show your own zone, from this master file; what it includes must lie beside it
        #[arg(long, value_name = "FILE", conflicts_with = "primary")]
        zone: Option<PathBuf>,
        /// Where the names in the file end that have no final dot [default: the file's name]
        #[arg(long, value_name = "NAME", requires = "zone")]
        origin: Option<String>,
        /// End after so many seconds [default: at Ctrl-C]
        #[arg(long)]
        seconds: Option<u64>,
    },
    #[command(flatten)]
    Client(ctl::Verb),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Primary {
    Scripted,
    Named,
}

fn main() -> ExitCode {
    match Line::parse().verb {
        Verb::Serve { config } => match server::serve(&config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(server::Error::Config(fault)) => show_faults(&fault),
            Err(fault) => complain(&fault),
        },
        Verb::Check { config, data_dir, json } => match check(&config, data_dir.as_deref()) {
            Ok(report) => {
                let page = if json { as_json(&report) } else { report.to_string() };
                print(&page, report.sound)
            }
            Err(CheckError::Config(fault)) => show_faults(&fault),
            Err(fault) => complain(&fault),
        },
        Verb::Demo { primary, zone, origin, seconds } => {
            let options = demo::Options {
                primary: primary.into(),
                zone: zone.map(|file| demo::OwnZone { file, origin }),
                length: seconds.map(Duration::from_secs),
            };
            match demo::run(&options) {
                Ok(()) => ExitCode::SUCCESS,
                Err(fault) => complain(&fault),
            }
        }
        Verb::Client(verb) => ctl::run(verb, export_offline).into(),
    }
}

/// The part of `zone export` that reads the daemon's files.
fn export_offline(
    from: ctl::Offline<'_>,
    out: &mut dyn Write,
) -> Result<ctl::ExportHead, ctl::OfflineFault> {
    let ctl::Offline { zone, view, config, data_dir } = from;
    let config = config.unwrap_or(Path::new(DEFAULT_PATH));
    export::from_disk(&FromDisk { zone, view, config, data_dir }, out).map_err(
        |fault| match fault {
            ExportError::Refused(problem) => ctl::OfflineFault::Refused(problem),
            ExportError::Write(fault) => ctl::OfflineFault::Write(fault),
            fault @ (ExportError::Config(_)
            | ExportError::Running { .. }
            | ExportError::Store { .. }) => ctl::OfflineFault::Read(fault.into()),
        },
    )
}

impl From<Primary> for demo::PrimaryKind {
    fn from(primary: Primary) -> Self {
        match primary {
            Primary::Scripted => Self::Scripted,
            Primary::Named => Self::Named,
        }
    }
}

fn as_json(report: &server::check::CheckReport) -> String {
    serde_json::to_string_pretty(report).map_or_else(|fault| fault.to_string(), |json| json + "\n")
}

fn print(page: &str, success: bool) -> ExitCode {
    // A reader that went away has seen what it wanted.
    let _ = io::stdout().lock().write_all(page.as_bytes());
    if success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Pictures of the places for people, a line for each fault for everything else.
fn show_faults(fault: &ConfigError) -> ExitCode {
    if io::stderr().is_terminal() {
        let colours = std::env::var_os("NO_COLOR").is_none();
        eprint!("{}", fault.draw(if colours { Picture::Coloured } else { Picture::Plain }));
    } else {
        eprintln!("{fault}");
    }
    ExitCode::FAILURE
}

/// The fault and what caused it, unless it says so itself.
fn complain(fault: &dyn Error) -> ExitCode {
    let mut message = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = inner.source();
    }
    eprintln!("understudy: {message}");
    ExitCode::FAILURE
}
