//! `cargo xtask bench <name>`: release builds of ours and of the bench, then the bench itself.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::{layers, setup, shell};

pub(crate) fn run(words: &[&str]) -> Result<()> {
    setup::run()?;
    shell::run(shell::cargo().args(["build", "--release", "--package", "understudy"]))?;
    let metadata = layers::metadata(&["--no-deps"])?;
    let folder = metadata["target_directory"].as_str().context("cargo names no target folder")?;
    let understudy = PathBuf::from(folder).join("release/understudy");
    let mut bench = shell::cargo();
    bench.args(["run", "--release", "--locked", "--manifest-path", "bench/Cargo.toml", "--"]);
    bench.arg("--understudy").arg(understudy).args(words);
    shell::run(&mut bench)
}
