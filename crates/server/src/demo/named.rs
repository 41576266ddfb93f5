//! The show with a real BIND: `named` with a dynamic zone, edited by `nsupdate`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use wire::name::Name;
use wire::serial::Serial;
use wire::tsig::Key;

use super::folder::Folder;
use super::{DemoError, ask, free_address};

/// A `named` of ours, on a port of ours, in a folder of ours. Killed by its own pid when dropped.
pub(super) struct Named {
    at: SocketAddr,
    serial: AtomicU32,
    key_file: PathBuf,
    nsupdate: PathBuf,
    _child: Child,
}

/// `named` loads one small zone; this is for a machine with other things to do.
const START_LIMIT: Duration = Duration::from_secs(20);
const LOG: &str = "named.log";

impl Named {
    pub(super) async fn start(
        folder: &Folder,
        apex: &Name,
        key: &Key,
        secondary: SocketAddr,
    ) -> Result<Self, DemoError> {
        let (program, nsupdate) = (find("named")?, find("nsupdate")?);
        let at = free_address()?;
        let key_file = folder.write("named.key", &key_clause(key))?;
        folder.write("demo.zone", &first_zone(apex))?;
        let config = folder.write("named.conf", &config(folder, apex, key, [at, secondary]))?;
        let log = folder.write(LOG, "")?;
        let output = fs::File::options().append(true).open(&log);
        let output = output.map_err(|source| DemoError::Folder { path: log.clone(), source })?;
        let mut child = Command::new(program)
            .args(["-g", "-n", "1", "-c"])
            .arg(config)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| DemoError::System { what: "start named", source })?;
        wait_for_answers(&mut child, at, apex, &log).await?;
        Ok(Self { at, serial: AtomicU32::new(1), key_file, nsupdate, _child: child })
    }

    pub(super) const fn at(&self) -> SocketAddr {
        self.at
    }

    pub(super) fn serial(&self) -> Serial {
        Serial(self.serial.load(Ordering::Relaxed))
    }

    /// One signed UPDATE, by which `named` raises its serial by one.
    pub(super) async fn edit(
        &self,
        apex: &Name,
        owner: &Name,
        words: &str,
    ) -> Result<Serial, DemoError> {
        let failed = |source| DemoError::System { what: "run nsupdate", source };
        let mut child = Command::new(&self.nsupdate)
            .arg("-k")
            .arg(&self.key_file)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let script = format!(
            "server {} {}\nzone {apex}\nupdate delete {owner} TXT\n\
             update add {owner} 60 TXT {words:?}\nsend\n",
            self.at.ip(),
            self.at.port()
        );
        if let Some(mut input) = child.stdin.take() {
            input.write_all(script.as_bytes()).await.map_err(failed)?;
        }
        let output = child.wait_with_output().await.map_err(failed)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(DemoError::Peer { program: "nsupdate", said });
        }
        Ok(Serial(self.serial.fetch_add(1, Ordering::Relaxed).wrapping_add(1)))
    }
}

async fn wait_for_answers(
    child: &mut Child,
    at: SocketAddr,
    apex: &Name,
    log: &Path,
) -> Result<(), DemoError> {
    let started = Instant::now();
    while ask::serial(at, apex).await.is_none() {
        let ended = child.try_wait().is_ok_and(|status| status.is_some());
        if ended || started.elapsed() > START_LIMIT {
            let mut said = fs::read_to_string(log).unwrap_or_default();
            if said.contains("permission denied") {
                said.push_str("Does AppArmor confine named? Try: aa-complain /usr/sbin/named\n");
            }
            return Err(DemoError::Peer { program: "named", said });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// A program of BIND; its daemon lies where an ordinary `PATH` does not look.
fn find(program: &'static str) -> Result<PathBuf, DemoError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
        .ok_or(DemoError::NotInstalled { program })
}

fn key_clause(key: &Key) -> String {
    let (name, algorithm, secret) = (key.name(), key.algorithm(), key.secret_base64());
    format!("key \"{name}\" {{ algorithm {algorithm}; secret \"{secret}\"; }};\n")
}

fn config(folder: &Folder, apex: &Name, key: &Key, [at, secondary]: [SocketAddr; 2]) -> String {
    let name = key.name();
    format!(
        "include \"named.key\";\n\
         options {{\n  directory \"{}\";\n  pid-file none;\n  session-keyfile none;\n  \
         listen-on port {} {{ {}; }};\n  listen-on-v6 {{ none; }};\n  recursion no;\n  \
         dnssec-validation no;\n  empty-zones-enable no;\n  notify-delay 0;\n}};\n\
         controls {{ }};\n\
         zone \"{apex}\" {{\n  type primary;\n  file \"demo.zone\";\n  \
         allow-update {{ key \"{name}\"; }};\n  allow-transfer {{ key \"{name}\"; }};\n  \
         notify explicit;\n  also-notify {{ {} port {} key \"{name}\"; }};\n}};\n",
        folder.path().display(),
        at.port(),
        at.ip(),
        secondary.ip(),
        secondary.port(),
    )
}

fn first_zone(apex: &Name) -> String {
    format!(
        "$ORIGIN {apex}\n$TTL 60\n@ SOA ns1 hostmaster 1 3600 600 1209600 60\n@ NS ns1\n\
         ns1 A 192.0.2.1\nwww A 192.0.2.80\nnow TXT \"not edited yet\"\n"
    )
}
