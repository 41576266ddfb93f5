//! The one binary: a `main` that dispatches to the daemon and to the command line.

use clap::{Parser, Subcommand};
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
        #[arg(long, default_value = server::config::DEFAULT_PATH)]
        config: PathBuf,
    },
    #[command(flatten)]
    Client(ctl::Verb),
}

fn main() -> ExitCode {
    match Line::parse().verb {
        Verb::Serve { config } => match server::serve(&config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(fault) => {
                eprintln!("understudy: {fault}");
                ExitCode::FAILURE
            }
        },
        Verb::Client(verb) => ctl::run(verb).into(),
    }
}
