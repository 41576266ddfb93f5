//! The one binary: a `main` that dispatches to the daemon and to the command line.

use clap::{Parser, Subcommand};
use server::check::{CheckError, check};
use server::config::{ConfigError, DEFAULT_PATH, Picture};
use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

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
    #[command(flatten)]
    Client(ctl::Verb),
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
        Verb::Client(verb) => ctl::run(verb).into(),
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
