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

/// A Debian package, by what we see that it is installed, and what for.
struct Need {
    package: &'static str,
    probe: Probe,
    why: &'static str,
}

/// A trace of a package.
#[derive(Clone, Copy, Debug)]
enum Probe {
    /// A program.
    Program(&'static str),
    /// A file by its whole path.
    File(&'static str),
    /// A module of Debian's own Python, whatever else is in `PATH`.
    Python(&'static str),
}

const NEEDS: &[Need] = &[
    need("bind9", Probe::Program("named"), "a primary, and a secondary to compare with"),
    need("bind9-utils", Probe::Program("dnssec-signzone"), "signed zones, a reader of zone files"),
    need("bind9-dnsutils", Probe::Program("nsupdate"), "dig, delv, and edits at a primary"),
    need("nsd", Probe::Program("nsd"), "a primary, a secondary, the peer of benchmarks"),
    need("knot", Probe::Program("knotd"), "a primary that signs, and a secondary"),
    need("knot-dnsutils", Probe::Program("kdig"), "a second tool that asks for transfers"),
    need("pdns-server", Probe::Program("pdns_server"), "a primary that signs as it sends"),
    need("pdns-backend-sqlite3", Probe::File(PDNS_TABLES), "where PowerDNS has its zones"),
    need("yadifa", Probe::Program("yadifad"), "a primary"),
    need("ldnsutils", Probe::Program("ldns-signzone"), "signed zones, a verifier, a reader"),
    need("dnsviz", Probe::Program("dnsviz"), "a judge of signed answers"),
    need("python3-dnspython", Probe::Python("dns"), "a second opinion on types of records"),
    need("faketime", Probe::Program("faketime"), "a primary whose clock is wrong"),
    need("strace", Probe::Program("strace"), "a disk that refuses to flush"),
    need("g++", Probe::Program("c++"), "the engine of the fuzz targets is C++"),
];

/// The same path stands in `crates/peers/src/pdns.rs`, which reads the file.
const PDNS_TABLES: &str = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";

const fn need(package: &'static str, probe: Probe, why: &'static str) -> Need {
    Need { package, probe, why }
}

impl Need {
    fn is_met(&self) -> bool {
        match self.probe {
            Probe::Program(name) => shell::find(name).is_some(),
            Probe::File(path) => Path::new(path).is_file(),
            Probe::Python(module) => {
                let imported = format!("import {module}");
                shell::succeeds(Command::new("/usr/bin/python3").args(["-c", &imported]))
            }
        }
    }
}

pub(crate) fn run() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !need.is_met()).collect();
    if missing.is_empty() {
        println!("setup: the tests have all they need; nothing to install.");
        return Ok(());
    }
    println!("setup: the tests need these Debian packages, which are not installed:");
    for need in &missing {
        println!("  {:<21} {}", need.package, need.why);
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
    let policy = Policy::of(Path::new("/usr/sbin"));
    let in_force = policy.forbid_starts()?;
    let installed = install(&packages);
    policy.put_back(in_force)?;
    installed?;
    match NEEDS.iter().find(|need| !need.is_met()) {
        None => Ok(()),
        Some(Need { package, probe, .. }) => bail!("{package} is installed, but without {probe:?}"),
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

/// Debian asks a script before it starts a daemon. While ours is in force it says no; what the
/// machine had before comes back.
struct Policy {
    script: PathBuf,
    set_aside: PathBuf,
}

/// Whose script says that daemons may not be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InForce {
    /// The machine's own; nothing was changed.
    Theirs,
    Ours,
}

/// By this exit code the script says "do not start it".
const FORBIDDEN: i32 = 101;
/// By this line we know our own script from the machine's.
const MARK: &str = "Written by `cargo xtask setup` of understudy; safe to delete.";

impl Policy {
    fn of(folder: &Path) -> Self {
        let script = folder.join("policy-rc.d");
        Self { set_aside: folder.join("policy-rc.d.before-understudy"), script }
    }

    fn forbid_starts(&self) -> Result<InForce> {
        self.put_back(InForce::Ours)?; // of an earlier run that was killed
        if self.forbids_starts() {
            return Ok(InForce::Theirs);
        }
        if self.script.exists() {
            fs::rename(&self.script, &self.set_aside).context("cannot set the policy aside")?;
        }
        let text = format!("#!/bin/sh\n# {MARK}\nexit {FORBIDDEN}\n");
        let path = self.script.display();
        fs::write(&self.script, text).with_context(|| format!("cannot write {path}"))?;
        fs::set_permissions(&self.script, fs::Permissions::from_mode(0o755))?;
        Ok(InForce::Ours)
    }

    /// Removes our script, if it is there, and brings back the one that was set aside.
    fn put_back(&self, in_force: InForce) -> Result<()> {
        if in_force == InForce::Theirs {
            return Ok(());
        }
        if fs::read_to_string(&self.script).is_ok_and(|text| text.contains(MARK)) {
            fs::remove_file(&self.script).context("cannot remove our policy")?;
        }
        if self.set_aside.exists() && !self.script.exists() {
            fs::rename(&self.set_aside, &self.script).context("cannot restore the policy")?;
        }
        Ok(())
    }

    fn forbids_starts(&self) -> bool {
        let asked = Command::new(&self.script).args(["named", "start"]).output();
        asked.is_ok_and(|output| output.status.code() == Some(FORBIDDEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a policy of the machine's own, or none.
    fn policy(name: &str, machines: Option<&str>) -> Policy {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let policy = Policy::of(&folder);
        if let Some(text) = machines {
            fs::write(&policy.script, text).unwrap();
            fs::set_permissions(&policy.script, fs::Permissions::from_mode(0o755)).unwrap();
        }
        policy
    }

    fn remove(policy: &Policy) {
        fs::remove_dir_all(policy.script.parent().unwrap()).unwrap();
    }

    #[test]
    fn machine_without_a_policy_has_none_afterwards() {
        let policy = policy("none", None);
        let in_force = policy.forbid_starts().unwrap();
        assert!(policy.forbids_starts());
        policy.put_back(in_force).unwrap();
        assert!(!policy.script.exists() && !policy.set_aside.exists());
        remove(&policy);
    }

    #[test]
    fn policy_that_allows_starts_is_set_aside_and_comes_back() {
        let theirs = "#!/bin/sh\nexit 0\n";
        let policy = policy("allows", Some(theirs));
        let in_force = policy.forbid_starts().unwrap();
        assert!(policy.forbids_starts());
        policy.put_back(in_force).unwrap();
        assert_eq!(fs::read_to_string(&policy.script).unwrap(), theirs);
        remove(&policy);
    }

    #[test]
    fn policy_that_forbids_starts_is_left_alone() {
        let theirs = "#!/bin/sh\nexit 101\n";
        let policy = policy("forbids", Some(theirs));
        assert_eq!(policy.forbid_starts().unwrap(), InForce::Theirs);
        policy.put_back(InForce::Theirs).unwrap();
        assert_eq!(fs::read_to_string(&policy.script).unwrap(), theirs);
        remove(&policy);
    }

    #[test]
    fn run_that_was_killed_is_undone_by_the_next() {
        let theirs = "#!/bin/sh\nexit 0\n";
        let policy = policy("killed", Some(theirs));
        policy.forbid_starts().unwrap();
        let in_force = Policy::of(policy.script.parent().unwrap()).forbid_starts().unwrap();
        policy.put_back(in_force).unwrap();
        assert_eq!(fs::read_to_string(&policy.script).unwrap(), theirs);
        remove(&policy);
    }
}
