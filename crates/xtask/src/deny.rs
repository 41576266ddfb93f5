//! Licences, advisories, duplicate versions: `deny.toml`, by cargo-deny where it is installed.

use anyhow::Result;

use crate::shell;

pub(crate) fn run() -> Result<()> {
    if shell::find("cargo-deny").is_none() {
        println!("cargo-deny is not installed, so deny.toml was not checked.");
        println!("To check it: cargo install --locked cargo-deny && cargo xtask deny");
        return Ok(());
    }
    shell::run(shell::cargo().args(["deny", "check"]))
}
