//! `understudy serve` as a child process, and its command line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::ask;
use crate::key::Key;
use crate::program::{self, Program};
use crate::wait;

/// A primary as our settings name it.
#[derive(Clone)]
pub struct Upstream {
    /// Where it listens.
    pub at: SocketAddr,
    /// Signs what it is asked and what it answers.
    pub key: Option<Key>,
}

impl Upstream {
    fn text(&self) -> String {
        let (address, port) = (self.at.ip(), self.at.port());
        let key =
            self.key.as_ref().map_or(String::new(), |key| format!(", key = \"{}\"", key.name));
        format!("{{ address = \"{address}\", port = {port}{key} }}")
    }
}

/// A zone as our settings declare it: the notify senders are the hosts of its primaries.
#[derive(Clone)]
pub struct Zone {
    /// Absolute.
    pub apex: String,
    /// In the order in which they are tried.
    pub upstreams: Vec<Upstream>,
}

impl Zone {
    /// One primary.
    pub fn from(apex: &str, primary: SocketAddr, key: Option<&Key>) -> Self {
        let upstreams = vec![Upstream { at: primary, key: key.cloned() }];
        Self { apex: apex.to_owned(), upstreams }
    }
}

/// What understudy is to be. Start it with [`Setup::start`].
pub struct Setup {
    /// Where it will listen.
    pub at: SocketAddr,
    /// Which zones it is to serve.
    pub zones: Vec<Zone>,
    /// Least refresh and retry in seconds; tests of timers go far below the default.
    pub bounds_min_s: Option<u32>,
    /// Length from which the commit log, and the diffs of a zone, are folded into images.
    pub compact_at: Option<&'static str>,
    /// The program that starts it and becomes it, with its arguments: `nsenter`, into a namespace of the
    /// test's own. Empty for none.
    pub under: Vec<String>,
    /// Offset of its clock in libfaketime's words, such as `+1h`.
    pub clock: Option<String>,
    /// Sections of `understudy.toml` that nothing above stands for, as they are written there.
    pub further: String,
}

impl Setup {
    /// At a free port of 127.0.0.1.
    pub fn new(zones: Vec<Zone>) -> Self {
        Self::on(IpAddr::V4(Ipv4Addr::LOCALHOST), zones)
    }

    /// At a free port of an address.
    pub fn on(address: IpAddr, zones: Vec<Zone>) -> Self {
        let at = SocketAddr::new(address, crate::ports::free());
        Self::listening(at, zones)
    }

    /// A port to be told of changes on, before the primary exists.
    pub fn listening(at: SocketAddr, zones: Vec<Zone>) -> Self {
        let (under, further) = (Vec::new(), String::new());
        Self { at, zones, bounds_min_s: None, compact_at: None, under, clock: None, further }
    }

    /// The settings as `understudy.toml` has them.
    fn text(&self, folder: &Path) -> String {
        let folder = folder.display();
        let mut text = format!(
            "[server]\nlisten = [\"{}\"]\ndata-dir = \"{folder}/data\"\n\
             control-socket = \"{folder}/control.sock\"\n\n[log]\nlevel = \"debug\"\n",
            self.at
        );
        if let Some(least) = self.bounds_min_s {
            let _infallible =
                write!(text, "\n[bounds]\nrefresh-min = {least}\nretry-min = {least}\n");
        }
        if let Some(size) = self.compact_at {
            let _infallible =
                write!(text, "\n[store]\nlog-size-min = \"{size}\"\nimage-size-min = \"{size}\"\n");
        }
        text.push_str(&self.further);
        let mut keys = BTreeMap::new();
        for zone in &self.zones {
            keys.extend(zone.upstreams.iter().flat_map(|up| &up.key).map(|key| (&key.name, key)));
        }
        for Key { name, algorithm, secret } in keys.into_values() {
            let _infallible = write!(
                text,
                "\n[[key]]\nname = \"{name}\"\nalgorithm = \"{algorithm}\"\nsecret = \"{secret}\"\n"
            );
        }
        for Zone { apex, upstreams } in &self.zones {
            let primaries: Vec<String> = upstreams.iter().map(Upstream::text).collect();
            let primaries = primaries.join(", ");
            let _infallible =
                write!(text, "\n[[zone]]\nname = \"{apex}\"\nprimaries = [{primaries}]\n");
        }
        text
    }

    /// Starts it; returns as soon as its API answers, not when zones are loaded.
    pub fn start(self) -> Daemon {
        let folder = tempfile::tempdir().expect("a folder for understudy");
        let mut daemon = Daemon { at: self.at, folder, program: None, setup: self };
        daemon.write_settings();
        daemon.start_again();
        daemon
    }
}

/// A running understudy, or one that was ended and can be started again over the same disk.
pub struct Daemon {
    /// Where it answers.
    pub at: SocketAddr,
    /// What it was started with; [`Daemon::write_settings`] after a change.
    pub setup: Setup,
    program: Option<Program>,
    /// Goes last: the guard of the program reads its log there.
    folder: TempDir,
}

impl Daemon {
    /// Starts it over the same settings and data.
    pub fn start_again(&mut self) {
        self.launch();
        let awaited = "understudy's API answers";
        wait::until(wait::SOON, awaited, || {
            let program = self.program.as_mut().expect("just started");
            assert!(program.ended().is_none(), "understudy ended:\n{}", program.log());
            self.run(&["zone", "list", "--json"]).status.success()
        });
    }

    /// Starts it and does not wait for anything.
    pub fn launch(&mut self) {
        let mut command = match self.setup.under.split_first() {
            Some((first, words)) => {
                let mut command = Command::new(program::find(first));
                command.args(words).arg(program::understudy());
                command
            }
            None => Command::new(program::understudy()),
        };
        if let Some(offset) = &self.setup.clock {
            program::set_clock(&mut command, offset);
        }
        command.arg("serve").arg("--config").arg(self.config());
        command.env("UNDERSTUDY_FAULT", self.faults());
        self.program = Some(Program::start("understudy", &mut command, self.folder.path()));
    }

    /// From now on, whoever passes one of these spots panics, such as `step example.`; with the
    /// feature `faults` only. None of them: no more.
    pub fn break_at(&self, spots: &[&str]) {
        // Renamed into place: half a line would break nothing.
        let beside = self.folder.path().join("faults.new");
        std::fs::write(&beside, spots.join("\n")).expect("the file of faults");
        std::fs::rename(beside, self.faults()).expect("the file of faults");
    }

    fn faults(&self) -> PathBuf {
        self.folder.path().join("faults")
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.program.take().expect("understudy is running").kill();
    }

    /// SIGTERM; it must end with exit code 0.
    pub fn stop(&mut self) {
        let status = self.program.take().expect("understudy is running").stop();
        assert!(status.success(), "a clean shutdown, not {status}");
    }

    /// How it ended by itself; `None` while it runs.
    pub fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.program.as_mut().expect("understudy was started").ended()
    }

    /// The process; it must be running.
    pub fn program(&self) -> &Program {
        self.program.as_ref().expect("understudy is running")
    }

    /// Writes `understudy.toml` from `setup` once more; [`Program::signal`] HUP makes it read it.
    pub fn write_settings(&self) {
        let text = self.setup.text(self.folder.path());
        self.write(&text);
    }

    /// Writes something else as `understudy.toml`.
    pub fn write_broken_settings(&self) {
        let text =
            self.setup.text(self.folder.path()) + "\n[[zone]]\nname = \"broken.\"\nprimary = 3\n";
        self.write(&text);
    }

    fn write(&self, text: &str) {
        std::fs::write(self.config(), text).expect("understudy.toml");
        let only_ours = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.config(), only_ours).expect("understudy.toml");
    }

    /// SIGHUP: it reads its settings again.
    pub fn reload_by_signal(&self) {
        self.program().signal("HUP");
    }

    /// Runs a verb of the command line against this daemon.
    pub fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(program::understudy());
        command.args(words).arg("--socket").arg(self.socket());
        command.output().expect("understudy's command line")
    }

    /// Runs a verb of the command line that asks no daemon.
    pub fn run_alone(&self, words: &[&str]) -> Output {
        let mut command = Command::new(program::understudy());
        command.args(words).output().expect("understudy's command line")
    }

    /// Everything it printed on its log, while it runs.
    pub fn log(&self) -> String {
        self.program().log()
    }

    /// Where its zones and records are.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its control socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("control.sock")
    }

    /// `understudy zone status APEX --json`.
    pub fn status(&self, apex: &str) -> Value {
        let output = self.run(&["zone", "status", apex, "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("zone status {apex}: {error}\n{said}")
        })
    }

    /// Verifies every checksum on disk; the daemon must not run.
    pub fn check_disk(&self) -> Output {
        assert!(self.program.is_none(), "check reads a disk at rest");
        let mut command = Command::new(program::understudy());
        command.arg("check").arg("--config").arg(self.config()).arg("--json");
        command.output().expect("understudy check")
    }

    /// The serial it answers with.
    pub fn serial(&self, apex: &str) -> Option<u32> {
        ask::serial(self.at, apex)
    }

    /// Waits until it answers with this serial.
    #[track_caller]
    pub fn wait_for_serial(&self, apex: &str, serial: u32) {
        let awaited = format!("serial {serial} of {apex} is served");
        wait::until(wait::SOON, &awaited, || self.serial(apex) == Some(serial));
    }

    /// Waits until a primary's entry has a failure with this code at any action, and returns it.
    #[track_caller]
    pub fn wait_for_failure(&self, apex: &str, code: &str) -> Value {
        let mut last = Value::Null;
        wait::within(wait::SOON, &format!("{code} in the status of {apex}"), || {
            last = self.status(apex);
            let primaries = last["primaries"].as_array().cloned().unwrap_or_default();
            let at_primaries = primaries
                .iter()
                .filter_map(|primary| primary["actions"].as_object())
                .flat_map(|actions| actions.values().map(|action| action["last_failure"].clone()));
            let mut failures = at_primaries.chain([last["last_failure"].clone()]);
            failures.find(|failure| failure["code"] == code)
        })
    }

    /// Its settings.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("understudy.toml")
    }
}
