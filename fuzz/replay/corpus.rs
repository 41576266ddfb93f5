//! Runs a target over its committed inputs.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Where the inputs of all targets are, a folder each.
pub const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");

/// Every input of a target; fails with the names of those that break a promise.
pub fn replay(target: &str, run: fn(&[u8])) -> io::Result<()> {
    let inputs = sorted(&Path::new(CORPUS).join(target))?;
    assert!(!inputs.is_empty(), "{target} has no corpus");
    let mut findings = Vec::new();
    for input in inputs {
        let octets = fs::read(&input)?;
        if catch_unwind(|| run(&octets)).is_err() {
            findings.push(input);
        }
    }
    assert!(findings.is_empty(), "{target} breaks its promises for {findings:#?}");
    Ok(())
}

/// What is in a folder, in the order of names.
pub fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}
