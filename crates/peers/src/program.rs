//! A child process that ends with its guard, by its own pid.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::wait;

/// Where Debian keeps its daemons; not always in `PATH`.
const FOLDERS: [&str; 5] = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/sbin"];

/// A running program, its log in a file. Killed when dropped.
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it with its output in `folder/name.log`, appended to.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let out = File::options().create(true).append(true).open(&log).expect("log of a program");
        let err = out.try_clone().expect("log of a program");
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Self { name: name.to_owned(), child, log }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it ever had at once, in octets.
    pub fn resident_peak_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("a process that runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kib.expect("a peak in KiB") << 10
    }

    /// `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of ours")
    }

    /// Sends a signal by name (`HUP`, `STOP`, `CONT`, `TERM`).
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args(["-s", signal, &self.pid().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "cannot signal {}", self.name);
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks it to stop and waits for the exit code.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        let awaited = format!("{} ends when asked to", self.name);
        wait::within(Duration::from_secs(20), &awaited, || self.ended())
    }

    /// Asks it to stop and gives it time to end its own children; then it is killed.
    pub fn end_gently(&mut self) {
        self.signal("TERM");
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it printed so far.
    pub fn log(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn end(&mut self) {
        let _already_gone = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            eprintln!("── the last of {}'s log", self.name);
            tail.iter().rev().for_each(|line| eprintln!("   {line}"));
        }
    }
}

/// Our own program, as cargo built it for the tests. A runner says where it is; else it is found in
/// the folder above that of the test's own executable.
#[track_caller]
#[must_use]
pub fn understudy() -> PathBuf {
    let said = ["CARGO_BIN_EXE_understudy", "NEXTEST_BIN_EXE_understudy"];
    let above = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("understudy"));
    said.iter()
        .find_map(std::env::var_os)
        .map(PathBuf::from)
        .or_else(above)
        .filter(|path| path.is_file())
        .expect("`understudy` is built with the tests of its package: cargo test -p understudy")
}

/// The path of a program that a test cannot do without.
#[track_caller]
pub fn find(name: &str) -> PathBuf {
    FOLDERS
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("`{name}` is not installed; run: cargo xtask setup"))
}

/// Has a program see another time: the offset in libfaketime's words, such as `+1h`.
pub fn set_clock(command: &mut Command, offset: &str) {
    // After libfaketime comes libc: BIND's jemalloc asks for the time while it starts, and libfaketime
    // would ask jemalloc for memory to answer.
    let preload = format!("{}:libc.so.6", find_library("faketime").display());
    command.env("LD_PRELOAD", preload).env("FAKETIME", offset);
}

/// The words before a program's own that make its date differ from ours by what a file says, such as
/// `+10d`. It sees every change of the file at once; only dates are concerned, no waits.
#[must_use]
pub fn dated_by(file: &Path) -> Vec<String> {
    let preload = format!("LD_PRELOAD={}:libc.so.6", find_library("faketime").display());
    let file = format!("FAKETIME_TIMESTAMP_FILE={}", file.display());
    let fixed = ["FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"].map(str::to_owned);
    ["env".to_owned(), preload, file].into_iter().chain(fixed).collect()
}

/// A library that is preloaded: `/usr/lib/<machine>/<name>/lib<name>.so.1`.
#[track_caller]
fn find_library(name: &str) -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders
        .map(|folder| folder.path().join(name).join(format!("lib{name}.so.1")))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("`{name}` is not installed; run: cargo xtask setup"))
}
