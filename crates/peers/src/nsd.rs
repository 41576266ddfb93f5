//! NSD.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use tempfile::TempDir;

use crate::ask;
use crate::key::Key;
use crate::program::{self, Program};
use crate::secondary::Secondary;
use crate::wait;

/// A running `nsd` with one zone.
pub struct Nsd {
    /// Where it answers.
    pub at: SocketAddr,
    apex: String,
    program: Option<Program>,
    /// Goes last: the guard of the program reads its log there.
    folder: TempDir,
}

impl Nsd {
    /// Starts it and waits until it answers. Transfers are open to this machine, by the key if any;
    /// the secondary is told of changes by the same key.
    pub fn start(apex: &str, text: &str, key: Option<&Key>, notify: Option<SocketAddr>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for nsd");
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, crate::ports::free()));
        let path = folder.path().display();
        let key_name = key.map_or("NOKEY", |key| &key.name);
        let notify = notify
            .map(|to| format!("  notify: {}@{} {key_name}\n", to.ip(), to.port()))
            .unwrap_or_default();
        let config = format!(
            "{}{}zone:\n  name: {apex}\n  zonefile: \"zone.txt\"\n  \
             provide-xfr: 127.0.0.1 {key_name}\n  store-ixfr: yes\n{notify}",
            server(&path.to_string(), at),
            key.map(Key::for_nsd).unwrap_or_default(),
        );
        std::fs::write(folder.path().join("nsd.conf"), config).expect("nsd.conf");
        std::fs::write(folder.path().join("zone.txt"), text).expect("a zone file");
        let mut nsd = Self { folder, at, apex: apex.to_owned(), program: None };
        nsd.start_again();
        nsd
    }

    /// Starts it on the same port after [`Nsd::kill`].
    pub fn start_again(&mut self) {
        let config = self.folder.path().join("nsd.conf");
        let mut command = Command::new(program::find("nsd"));
        command.arg("-d").arg("-c").arg(&config);
        let mut program = Program::start("nsd", &mut command, self.folder.path());
        wait::until(6 * wait::SOON, "nsd answers for its zone", || {
            assert!(program.ended().is_none(), "nsd ended:\n{}", program.log());
            ask::serial(self.at, &self.apex).is_some()
        });
        self.program = Some(program);
    }

    /// Its parent and children: NSD's server processes outlive a parent that was killed hard.
    pub fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.end_gently();
        }
    }

    /// Replaces the zone and has it read again; NSD then tells its secondaries.
    pub fn replace_zone(&self, text: &str) {
        std::fs::write(self.folder.path().join("zone.txt"), text).expect("a zone file");
        self.program.as_ref().expect("nsd is running").signal("HUP");
    }
}

impl Drop for Nsd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What every NSD here is told: one server process, everything in its folder, no limits.
fn server(folder: &str, at: SocketAddr) -> String {
    format!(
        "server:\n  ip-address: {}@{}\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{folder}\"\n  \
         database: \"\"\n  xfrdfile: \"{folder}/xfrd.state\"\n  zonelistfile: \"{folder}/zone.list\"\n  \
         pidfile: \"{folder}/nsd.pid\"\n  xfrdir: \"{folder}\"\n  server-count: 1\n  \
         rrl-ratelimit: 0\n  hide-version: yes\n  hide-identity: yes\n\
         remote-control:\n  control-enable: no\n",
        at.ip(),
        at.port()
    )
}

/// A secondary of all zones, transferred whole from one primary.
#[track_caller]
#[must_use]
pub fn secondary(zones: &[&str], primary: SocketAddr) -> Secondary {
    let config = |folder: &str, at: SocketAddr| {
        let mut text = server(folder, at);
        let (ip, port) = (primary.ip(), primary.port());
        for (number, zone) in zones.iter().enumerate() {
            let _infallible = writeln!(
                text,
                "zone:\n  name: \"{zone}\"\n  zonefile: \"zone{number}.txt\"\n  \
                 allow-notify: {ip} NOKEY\n  request-xfr: AXFR {ip}@{port} NOKEY"
            );
        }
        text
    };
    Secondary::start("nsd", zones, config, |file| {
        let mut command = Command::new(program::find("nsd"));
        command.args(["-d", "-c", file]);
        command
    })
}
