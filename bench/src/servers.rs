//! Secondaries as child processes on free loopback ports. They end with their guards.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::{cpu, message};

/// How long a server may take to load a zone, or to follow a change.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_QUESTIONS: Duration = Duration::from_micros(300);
const FAREWELL: Duration = Duration::from_secs(5);
/// No server is started later than this, so the whole bench ends within six minutes.
const WHOLE: Duration = Duration::from_secs(285);
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A running server.
pub struct Server {
    /// Where it answers.
    pub at: SocketAddr,
    kind: Kind,
    child: Child,
    arguments: Vec<OsString>,
    folder: TempDir,
}

/// Which program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ours, at a path.
    Understudy(PathBuf),
    /// The peer.
    Nsd,
    /// The limit: ourselves, sending everything back.
    Reflector,
}

/// On which CPUs a server may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpus {
    /// All there are.
    All,
    /// The first only; the load is on the second.
    First,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Understudy(_) => "understudy",
            Self::Nsd => "NSD",
            Self::Reflector => "reflector",
        })
    }
}

impl Server {
    /// Starts a secondary of zones at one primary, with an empty folder.
    pub fn start(
        kind: &Kind,
        zones: &[impl AsRef<str>],
        primary: SocketAddr,
        cpus: Cpus,
    ) -> Result<Self> {
        ensure!(BEGUN.elapsed() < WHOLE, "the bench takes too long; is something else running?");
        let folder = tempfile::Builder::new().prefix("understudy-bench-").tempdir()?;
        let at = free()?;
        let mut arguments: Vec<OsString> = Vec::new();
        if cpus == Cpus::First {
            arguments.extend(["taskset", "-c", "0"].map(OsString::from));
        }
        match kind {
            Kind::Understudy(program) => {
                let text = understudy_toml(at, zones, primary, cpus);
                let file = written(folder.path(), "understudy.toml", &text)?;
                arguments.extend([program.into(), "serve".into(), "--config".into(), file.into()]);
            }
            Kind::Nsd => {
                let text = nsd_conf(at, zones, primary, folder.path());
                let file = written(folder.path(), "nsd.conf", &text)?;
                arguments.extend([find("nsd")?.into(), "-d".into(), "-c".into(), file.into()]);
            }
            Kind::Reflector => {
                let ourselves = std::env::current_exe()?;
                arguments.extend([ourselves.into(), "reflector".into()]);
                arguments.push(at.port().to_string().into());
            }
        }
        let child = spawn(&arguments, folder.path())?;
        Ok(Self { at, kind: kind.clone(), child, arguments, folder })
    }

    /// Waits until it answers with a serial; returns how long that took.
    pub fn wait(&mut self, apex: &str, serial: u32) -> Result<Duration> {
        let started = Instant::now();
        loop {
            if message::served_serial(self.at, apex) == Some(serial) {
                return Ok(started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended ({status}):\n{}", self.kind, self.log());
            }
            let is_late = started.elapsed() > PATIENCE;
            ensure!(!is_late, "{} does not serve {apex} at {serial}:\n{}", self.kind, self.log());
            std::thread::sleep(BETWEEN_QUESTIONS);
        }
    }

    /// Ends it and starts it again with the folder it had. NSD is asked first to write its zones,
    /// which it does by itself only now and then. The time returned is that of the new start.
    pub fn restart(&mut self) -> Result<Instant> {
        if self.kind == Kind::Nsd {
            let mut command = Command::new(find("nsd-control")?);
            command.arg("-c").arg(self.folder.path().join("nsd.conf")).arg("write");
            ensure!(command.stdout(Stdio::null()).status()?.success(), "nsd-control write failed");
            // It is done in the background, and a file that no longer grows is written.
            let size = || folder_size(self.folder.path());
            let mut before = size();
            loop {
                std::thread::sleep(Duration::from_millis(700));
                if size() == before {
                    break;
                }
                before = size();
            }
        }
        self.stop();
        let started = Instant::now();
        self.child = spawn(&self.arguments, self.folder.path())?;
        Ok(started)
    }

    /// Processor time since its start.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::used(self.child.id())
    }

    /// Memory now.
    pub fn memory_bytes(&self) -> Result<u64> {
        cpu::memory_bytes(self.child.id())
    }

    /// The id of its first process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// NSD ends its children when asked to; it is killed if that takes long.
    fn stop(&mut self) {
        let pid = self.child.id().to_string();
        let _gone_already = Command::new("kill").args(["-s", "TERM", &pid]).status();
        let deadline = Instant::now() + FAREWELL;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where a program of the system is.
pub fn find(program: &str) -> Result<PathBuf> {
    ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.is_file())
        .with_context(|| format!("`{program}` is not installed; run: cargo xtask setup"))
}

fn understudy_toml(
    at: SocketAddr,
    zones: &[impl AsRef<str>],
    primary: SocketAddr,
    cpus: Cpus,
) -> String {
    let threads = if cpus == Cpus::First { "udp-threads = 1\n" } else { "" };
    let zones: String = zones
        .iter()
        .map(AsRef::as_ref)
        .map(|apex| format!("[[zone]]\nname = \"{apex}\"\nprimaries = [\"{primary}\"]\n"))
        .collect();
    format!(
        "[server]\nlisten = [\"{at}\"]\ndata-dir = \"data\"\ncontrol-socket = \"control.sock\"\n\
         {threads}{zones}"
    )
}

fn nsd_conf(
    at: SocketAddr,
    zones: &[impl AsRef<str>],
    primary: SocketAddr,
    folder: &Path,
) -> String {
    let path = folder.display();
    let (ip, port) = (primary.ip(), primary.port());
    let zones: String = zones
        .iter()
        .map(AsRef::as_ref)
        .map(|apex| {
            format!(
                "zone:\n  name: {apex}\n  zonefile: \"{apex}txt\"\n  \
                 request-xfr: {ip}@{port} NOKEY\n  allow-notify: 127.0.0.1 NOKEY\n"
            )
        })
        .collect();
    format!(
        "server:\n  ip-address: {}@{}\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{path}\"\n  \
         database: \"\"\n  xfrdfile: \"{path}/xfrd.state\"\n  zonelistfile: \"{path}/zone.list\"\n  \
         pidfile: \"{path}/nsd.pid\"\n  xfrdir: \"{path}\"\n  server-count: 1\n  \
         rrl-ratelimit: 0\n  xfrd-reload-timeout: 0\n  zonefiles-write: 0\n\
         remote-control:\n  control-enable: yes\n  control-interface: \"{path}/sock\"\n{zones}",
        at.ip(),
        at.port(),
    )
}

fn written(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let file = folder.join(name);
    fs::write(&file, text)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

fn spawn(arguments: &[OsString], folder: &Path) -> Result<Child> {
    let (program, arguments) = arguments.split_first().context("no program")?;
    let log = File::options().create(true).append(true).open(folder.join("log"))?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("cannot start {}", program.display()))
}

fn folder_size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

/// A port that is free for UDP and TCP.
fn free() -> Result<SocketAddr> {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0")?;
        let at = tcp.local_addr()?;
        if UdpSocket::bind(at).is_ok() {
            return Ok(at);
        }
    }
}
