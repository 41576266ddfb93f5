//! Running programs, and saying which.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// Folders that an unprivileged shell often lacks in `PATH`, where Debian keeps its daemons.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/// The root of the workspace, wherever `cargo xtask` was called from.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The cargo that called us, so that a `+toolchain` holds for everything below.
pub(crate) fn cargo() -> Command {
    let mut command =
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsStr::new("cargo").into()));
    command.current_dir(root());
    command
}

/// Prints the command, runs it with our output, fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    println!("\n──▶ {line}");
    let started = Instant::now();
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    println!("    {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Runs the command silently; true if it exists and succeeds.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where a program is, looking also into the system folders; `None` if it is not installed.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// Installs `cargo-<verb>` of this version, after saying so, unless some version is there.
pub(crate) fn need_cargo_tool(verb: &str, version: &str) -> Result<()> {
    if succeeds(cargo().args([verb, "--version"])) {
        return Ok(());
    }
    let package = format!("cargo-{verb}");
    println!("{verb}: {package} is not installed; installing version {version}.");
    run(cargo().args(["install", "--quiet", "--locked", &package, "--version", version]))
}

/// The command as one would type it: the name of the program, not its path.
fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    words.join(" ")
}
