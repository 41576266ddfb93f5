//! `cargo xtask mutants [arguments of cargo-mutants]`: changes the code that answers, one place at a time, and
//! fails if a change survives the tests that is not argued for by name.
//!
//! What is changed, and what is argued for, stands in `.cargo/mutants.toml` and `docs/mutants.md`. It takes an
//! hour; CI does not run it.

use anyhow::Result;

use crate::shell;

/// The version that the names in `.cargo/mutants.toml` come from.
const CARGO_MUTANTS: &str = "27.1.0";

pub(crate) fn run(words: &[&str]) -> Result<()> {
    shell::need_cargo_tool("mutants", CARGO_MUTANTS)?;
    let mut mutants = shell::cargo();
    mutants.args(["mutants", "--workspace"]);
    if shell::find("cargo-nextest").is_some() {
        mutants.args(["--test-tool", "nextest"]); // it stops at the first test that notices
    }
    shell::run(mutants.args(words))
}
