//! Our build system: `cargo xtask <verb>`. It needs nothing but cargo, and on a fresh Debian
//! installs what the tests need.

mod bench;
mod deny;
mod flips;
mod fuzz;
mod layers;
mod ledger;
mod mutants;
mod rfc_map;
mod setup;
mod shell;
mod sim;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <verb>

  setup           install what the tests need (real name servers, tools); says so first
  test            everything CI runs: setup, fmt, clippy, layers, tests with real peers, demos
  layers          fail on any import between crates that the design does not list
  ledger          fail if docs/ledger.md names a test that is not there
  tidy            fail on what a reviewer would find by reading alone: headers, lengths, words, claims, threats
  deny            licences and advisories, if cargo-deny is installed
  rfc-map         write docs/rfc-map.md from the headers of the modules
  fuzz [target] [--seconds n] [--keep]
                  run the fuzz targets, half a minute each and each time the same, or n seconds in search
                  of news; --keep adds what they reach to the corpora
  sim [--seeds n] [--from n]
                  lead lives of simulated daemons in bad weather, and fail if one breaks a law
  flips [name | --untried]
                  turn rules around, one at a time, and fail if no test falls; half an hour
  mutants         fail if a change to the code that answers survives the tests; takes an hour
  bench <name>    measure beside the peers: first, small";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["setup"] => setup::run(),
        ["test"] => test::run(),
        ["layers"] => layers::run(),
        ["ledger"] => ledger::run(),
        ["tidy"] => tidy::run(),
        ["deny"] => deny::run(),
        ["rfc-map"] => rfc_map::run(rfc_map::Act::Write),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["flips", rest @ ..] => flips::run(rest),
        ["sim", rest @ ..] => sim::run(rest),
        ["mutants", rest @ ..] => mutants::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("not a verb of ours: {}\n\n{USAGE}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
