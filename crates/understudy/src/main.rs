//! The one binary: a `main` that dispatches to the daemon and to the command line.

use clap::{Parser, Subcommand};
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
    #[command(flatten)]
    Client(ctl::Verb),
}

fn main() -> ExitCode {
    match Line::parse().verb {
        Verb::Client(verb) => ctl::run(verb).into(),
    }
}
