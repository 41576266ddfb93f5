//! A primary of many zones: NSD, Knot, PowerDNS or YADIFA, each started in its own module. (BIND,
//! which tests bend in more ways, has its own [`crate::named::Setup`].)

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::key::Key;
use crate::program::{self, Program};
use crate::sign::Denial;
use crate::{ask, ports, wait};

/// What a primary serves, and to whom it speaks. Transfers and edits are open to this machine, by
/// the key if there is one.
#[derive(Clone)]
pub struct Setup {
    /// Apex and text of each zone.
    pub zones: Vec<(String, String)>,
    /// What transfers and edits need, and NOTIFY is signed with.
    pub key: Option<Key>,
    /// Who is told of changes.
    pub notify: Option<SocketAddr>,
    /// If it is to sign the zones itself (Knot, PowerDNS).
    pub signing: Option<Denial>,
}

impl Setup {
    /// One zone, no key, nobody told.
    #[must_use]
    pub fn new(apex: &str, text: &str) -> Self {
        Self::of(vec![(apex.to_owned(), text.to_owned())])
    }

    /// Several zones, no key, nobody told.
    #[must_use]
    pub const fn of(zones: Vec<(String, String)>) -> Self {
        Self { zones, key: None, notify: None, signing: None }
    }

    /// One zone more.
    #[must_use]
    pub fn with_zone(mut self, apex: &str, text: &str) -> Self {
        self.zones.push((apex.to_owned(), text.to_owned()));
        self
    }

    /// The same with a key.
    #[must_use]
    pub fn with_key(mut self, key: &Key) -> Self {
        self.key = Some(key.clone());
        self
    }

    /// The same, telling a secondary of changes.
    #[must_use]
    pub const fn notifying(mut self, secondary: SocketAddr) -> Self {
        self.notify = Some(secondary);
        self
    }

    /// The same, signing its zones with keys of its own.
    #[must_use]
    pub const fn signing(mut self, denial: Denial) -> Self {
        self.signing = Some(denial);
        self
    }
}

/// A running primary, or one that was stopped and can be started again on the same port.
pub struct Primary {
    /// Where it answers.
    pub at: SocketAddr,
    name: &'static str,
    setup: Setup,
    command: fn(&Path) -> Command,
    program: Option<Program>,
    /// Goes last: the guard of the program reads its log there.
    folder: TempDir,
}

impl Primary {
    /// The folder with its zones as `zone0.txt` and so on, and its port; nothing runs yet.
    pub(crate) fn new(name: &'static str, setup: Setup, command: fn(&Path) -> Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a primary");
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        for (number, (_, text)) in setup.zones.iter().enumerate() {
            fs::write(folder.path().join(zone_file(number)), text).expect("a zone file");
        }
        Self { at, name, setup, command, program: None, folder }
    }

    /// The same with a file in its folder.
    pub(crate) fn with_file(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(name), text).expect("a file of a primary");
        self
    }

    pub(crate) fn started(mut self) -> Self {
        self.start_again();
        self
    }

    pub(crate) const fn setup(&self) -> &Setup {
        &self.setup
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it after [`Primary::kill`], with whatever its files hold by now; returns when it
    /// answers for every zone.
    #[track_caller]
    pub fn start_again(&mut self) {
        let mut command = (self.command)(self.folder.path());
        command.current_dir(self.folder.path());
        let name = self.name;
        let mut program = Program::start(name, &mut command, self.folder.path());
        for (apex, _) in &self.setup.zones {
            wait::until(6 * wait::SOON, &format!("{name} answers for {apex}"), || {
                assert!(program.ended().is_none(), "{name} ended:\n{}", program.log());
                ask::serial(self.at, apex).is_some()
            });
        }
        self.program = Some(program);
    }

    /// It and its children: NSD's server processes outlive a parent that was killed hard.
    pub fn kill(&mut self) {
        let Some(mut program) = self.program.take() else { return };
        if self.name == "nsd" {
            program.end_gently();
        }
        program.kill();
    }

    /// Replaces a zone's file and has it read again (NSD and Knot); the secondary is told then.
    pub fn replace_zone(&self, apex: &str, text: &str) {
        let number = self.setup.zones.iter().position(|(name, _)| name == apex);
        let file = self.folder.path().join(zone_file(number.expect("a zone of this primary")));
        fs::write(file, text).expect("a zone file");
        self.program.as_ref().expect("it is running").signal("HUP");
    }

    /// Edits a zone by RFC 2136 (not NSD). Lines as `add www.example. 60 A 192.0.2.1`.
    pub fn update(&self, apex: &str, lines: &[&str]) {
        update(self.at, self.setup.key.as_ref(), apex, lines);
    }

    /// What it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.program.as_ref().map(Program::log).unwrap_or_default()
    }
}

impl Drop for Primary {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The file of a zone, by its place in the setup: an apex need not be a good name for a file.
pub(crate) fn zone_file(number: usize) -> PathBuf {
    PathBuf::from(format!("zone{number}.txt"))
}

/// Edits a zone with `nsupdate`; fails the test if the primary refuses.
pub(crate) fn update(server: SocketAddr, key: Option<&Key>, apex: &str, lines: &[&str]) {
    let mut script = format!("server {} {}\nzone {apex}\n", server.ip(), server.port());
    for line in lines {
        let _infallible = writeln!(script, "update {line}");
    }
    script.push_str("send\n");
    let mut command = Command::new(program::find("nsupdate"));
    if let Some(key) = key {
        command.args(["-y", &key.for_command_line()]);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("nsupdate");
    child.stdin.take().expect("its input").write_all(script.as_bytes()).expect("a script");
    let output = child.wait_with_output().expect("nsupdate ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "nsupdate: {said}\n{script}");
}
