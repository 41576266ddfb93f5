//! What the tests need beside cargo: real name servers and their tools.
//!
//! Does nothing if all is there. On Debian and its children it installs the packages, after saying
//! so, with a `policy-rc.d` that keeps the daemons from being started on port 53. Elsewhere it says
//! what is missing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// A Debian package, and a program by which we see that it is installed.
struct Need {
    package: &'static str,
    program: &'static str,
    why: &'static str,
}

const NEEDS: [Need; 4] = [
    Need { package: "bind9", program: "named", why: "a primary" },
    Need { package: "bind9-dnsutils", program: "nsupdate", why: "dig, and edits at a primary" },
    Need { package: "nsd", program: "nsd", why: "a primary, and the peer of benchmarks" },
    Need { package: "faketime", program: "faketime", why: "a primary whose clock is wrong" },
];

/// Debian asks this script before it starts a daemon; exit code 101 means "do not".
const POLICY: &str = "/usr/sbin/policy-rc.d";
const POLICY_SAVED: &str = "/usr/sbin/policy-rc.d.before-understudy";
const POLICY_FORBIDS: i32 = 101;

pub(crate) fn run() -> Result<()> {
    let missing: Vec<&Need> =
        NEEDS.iter().filter(|need| shell::find(need.program).is_none()).collect();
    if missing.is_empty() {
        println!("setup: the tests have all they need; nothing to install.");
        return Ok(());
    }
    println!("setup: the tests need these Debian packages, which are not installed:");
    for need in &missing {
        println!("  {:<16} {} ({})", need.package, need.program, need.why);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if shell::find("apt-get").is_none() {
        bail!("no apt-get here: please install what is listed above by your system's own means");
    }
    if !is_root() {
        bail!("not root, so it is for you to run: sudo {by_hand}");
    }
    println!("setup: installing them now; their daemons will not be started.");
    let policy = DaemonsStayDown::begin()?;
    let installed = install(&packages);
    policy.end()?;
    installed?;
    match NEEDS.iter().find(|need| shell::find(need.program).is_none()) {
        None => Ok(()),
        Some(need) => {
            bail!("package {} is installed, but it has no `{}`", need.package, need.program)
        }
    }
}

/// Installs; refreshes the package lists only if apt does not know a package or cannot fetch it.
fn install(packages: &[&str]) -> Result<()> {
    let known = packages.iter().all(|package| {
        shell::succeeds(Command::new("apt-cache").args(["show", "--no-all-versions", package]))
    });
    if known && shell::run(&mut apt_install(packages)).is_ok() {
        return Ok(());
    }
    shell::run(Command::new("apt-get").args(["update", "--quiet=2"]))?;
    shell::run(&mut apt_install(packages))
}

fn apt_install(packages: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
        .args(["install", "--yes", "--quiet=2", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"])
        .args(packages);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// While this lives, no package starts its daemon. What the machine had before comes back.
struct DaemonsStayDown {
    /// Ours is in place; false if the machine's own policy already forbids starts.
    replaced: bool,
}

impl DaemonsStayDown {
    fn begin() -> Result<Self> {
        put_back()?; // an earlier run that was killed
        if forbids_starts(Path::new(POLICY)) {
            return Ok(Self { replaced: false });
        }
        if Path::new(POLICY).exists() {
            fs::rename(POLICY, POLICY_SAVED).context("cannot set the machine's policy aside")?;
        }
        fs::write(POLICY, format!("#!/bin/sh\n# {MARK}\nexit {POLICY_FORBIDS}\n"))
            .with_context(|| format!("cannot write {POLICY}"))?;
        fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))?;
        Ok(Self { replaced: true })
    }

    fn end(self) -> Result<()> {
        if self.replaced { put_back() } else { Ok(()) }
    }
}

/// By this line we know our own policy from the machine's.
const MARK: &str = "Written by `cargo xtask setup` of understudy; safe to delete.";

/// Removes our policy, if it is there, and brings back the one we had set aside.
fn put_back() -> Result<()> {
    if fs::read_to_string(POLICY).is_ok_and(|text| text.contains(MARK)) {
        fs::remove_file(POLICY).with_context(|| format!("cannot remove {POLICY}"))?;
    }
    let saved = PathBuf::from(POLICY_SAVED);
    if saved.exists() && !Path::new(POLICY).exists() {
        fs::rename(&saved, POLICY).with_context(|| format!("cannot restore {POLICY}"))?;
    }
    Ok(())
}

fn forbids_starts(policy: &Path) -> bool {
    let asked = Command::new(policy).args(["named", "start"]).output();
    asked.is_ok_and(|output| output.status.code() == Some(POLICY_FORBIDS))
}
