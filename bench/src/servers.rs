//! Name servers as child processes on free loopback ports, killed with their guards.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::{cpu, question};

/// A running server.
pub struct Server {
    /// Where it answers.
    pub at: SocketAddr,
    child: Child,
    folder: TempDir,
}

/// On which CPUs a server may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpus {
    /// All there are.
    All,
    /// The first only; the load is on the second.
    First,
}

/// A zone that a server copies.
pub struct Source<'a> {
    /// Apex.
    pub apex: &'a str,
    /// From where.
    pub primary: SocketAddr,
}

impl Server {
    /// Our own, as a secondary.
    pub fn understudy(
        program: &Path,
        at: SocketAddr,
        from: &[Source<'_>],
        cpus: Cpus,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut text = format!(
            "[server]\nlisten = [\"{at}\"]\ndata-dir = \"data\"\ncontrol-socket = \"control.sock\"\n"
        );
        if cpus == Cpus::First {
            text.push_str("udp-threads = 1\n");
        }
        for Source { apex, primary } in from {
            write!(
                text,
                "\n[[zone]]\nname = \"{apex}\"\n\
                 primaries = [{{ address = \"{}\", port = {} }}]\n",
                primary.ip(),
                primary.port()
            )?;
        }
        let file = folder.path().join("understudy.toml");
        fs::write(&file, text)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        let arguments = ["serve".into(), "--config".into(), file];
        Self::start(program, &arguments, cpus, folder, at)
    }

    /// NSD as a secondary.
    pub fn nsd(at: SocketAddr, from: &[Source<'_>], cpus: Cpus) -> Result<Self> {
        let mut zones = String::new();
        for Source { apex, primary } in from {
            let (ip, port) = (primary.ip(), primary.port());
            write!(
                zones,
                "zone:\n  name: {apex}\n  zonefile: \"{apex}txt\"\n  \
                 request-xfr: {ip}@{port} NOKEY\n  allow-notify: 127.0.0.1 NOKEY\n"
            )?;
        }
        Self::nsd_with(at, &zones, &[], cpus)
    }

    /// NSD as a primary of zones given as text.
    pub fn nsd_primary(at: SocketAddr, texts: &[(&str, &str)], cpus: Cpus) -> Result<Self> {
        let mut zones = String::new();
        for (apex, _) in texts {
            write!(
                zones,
                "zone:\n  name: {apex}\n  zonefile: \"{apex}txt\"\n  \
                 provide-xfr: 127.0.0.1 NOKEY\n"
            )?;
        }
        Self::nsd_with(at, &zones, texts, cpus)
    }

    fn nsd_with(at: SocketAddr, zones: &str, texts: &[(&str, &str)], cpus: Cpus) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().display();
        let config = format!(
            "server:\n  ip-address: {}@{}\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{path}\"\n  \
             database: \"\"\n  xfrdfile: \"{path}/xfrd.state\"\n  zonelistfile: \"{path}/zone.list\"\n  \
             pidfile: \"{path}/nsd.pid\"\n  xfrdir: \"{path}\"\n  server-count: 1\n  \
             rrl-ratelimit: 0\n  xfrd-reload-timeout: 0\nremote-control:\n  control-enable: no\n{zones}",
            at.ip(),
            at.port(),
        );
        for (apex, text) in texts {
            fs::write(folder.path().join(format!("{apex}txt")), text)?;
        }
        let file = folder.path().join("nsd.conf");
        fs::write(&file, config)?;
        Self::start(&find("nsd")?, &["-d".into(), "-c".into(), file], cpus, folder, at)
    }

    /// BIND as a primary of a dynamic zone that tells others of changes.
    pub fn named(at: SocketAddr, apex: &str, text: &str, tell: &[SocketAddr]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut notify = String::new();
        for to in tell {
            write!(notify, "{} port {}; ", to.ip(), to.port())?;
        }
        let config = format!(
            "options {{ directory \"{}\"; pid-file none; session-keyfile none; \
             listen-on port {} {{ {}; }}; listen-on-v6 {{ none; }}; recursion no; \
             dnssec-validation no; empty-zones-enable no; notify-delay 0; \
             allow-transfer {{ any; }}; }};\ncontrols {{ }};\n\
             zone \"{apex}\" {{ type primary; file \"zone.txt\"; allow-update {{ localhost; }}; \
             notify explicit; also-notify {{ {notify}}}; }};\n",
            folder.path().display(),
            at.port(),
            at.ip()
        );
        fs::write(folder.path().join("zone.txt"), text)?;
        let file = folder.path().join("named.conf");
        fs::write(&file, config)?;
        let arguments = ["-g".into(), "-n".into(), "1".into(), "-c".into(), file];
        Self::start(&find("named")?, &arguments, Cpus::All, folder, at)
    }

    /// The limit: ourselves, sending everything back.
    pub fn reflector(at: SocketAddr) -> Result<Self> {
        let ourselves = std::env::current_exe()?;
        let arguments = ["reflector".into(), at.port().to_string().into()];
        Self::start(&ourselves, &arguments, Cpus::First, tempfile::tempdir()?, at)
    }

    fn start(
        program: &Path,
        arguments: &[PathBuf],
        cpus: Cpus,
        folder: TempDir,
        at: SocketAddr,
    ) -> Result<Self> {
        let log = File::create(folder.path().join("log"))?;
        let mut command = match cpus {
            Cpus::All => Command::new(program),
            Cpus::First => {
                let mut command = Command::new("taskset");
                command.args(["-c", "0"]).arg(program);
                command
            }
        };
        let command = command.args(arguments).current_dir(folder.path()).stdin(Stdio::null());
        let command = command.stdout(log.try_clone()?).stderr(log);
        let child =
            command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self { at, child, folder })
    }

    /// Waits until it answers for a zone, at a serial if one is given; returns how long that took.
    pub fn wait(&mut self, apex: &str, serial: Option<u32>, limit: Duration) -> Result<Duration> {
        let started = Instant::now();
        loop {
            let found = question::serial(self.at, apex);
            if found.is_some() && (serial.is_none() || found == serial) {
                return Ok(started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("a server ended ({status}):\n{}", self.log());
            }
            ensure!(started.elapsed() < limit, "{apex} not served in {limit:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// Processor time so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::used(self.child.id())
    }

    /// Memory now.
    pub fn memory_bytes(&self) -> Result<u64> {
        cpu::memory_bytes(self.child.id())
    }

    fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        text.lines().rev().take(20).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // NSD ends its children when asked to; it is killed if that takes long.
        let pid = self.child.id().to_string();
        let _gone_already = Command::new("kill").args(["-s", "TERM", &pid]).status();
        let deadline = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A port that is free for UDP and TCP.
pub fn free() -> Result<SocketAddr> {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0")?;
        let at = tcp.local_addr()?;
        if UdpSocket::bind(at).is_ok() {
            return Ok(at);
        }
    }
}

/// Edits a zone of [`Server::named`].
pub fn nsupdate(primary: SocketAddr, apex: &str, line: &str) -> Result<()> {
    let script =
        format!("server {} {}\nzone {apex}\nupdate {line}\nsend\n", primary.ip(), primary.port());
    let mut child = Command::new(find("nsupdate")?).stdin(Stdio::piped()).spawn()?;
    child.stdin.take().context("its input")?.write_all(script.as_bytes())?;
    ensure!(child.wait()?.success(), "nsupdate failed: {line}");
    Ok(())
}

fn find(program: &str) -> Result<PathBuf> {
    ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.is_file())
        .with_context(|| format!("`{program}` is not installed; run: cargo xtask setup"))
}
