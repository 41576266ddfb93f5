//! NSD as the primary.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use tempfile::TempDir;

use crate::ask;
use crate::key::Key;
use crate::program::{self, Program};
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
            "server:\n  ip-address: {}@{}\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{path}\"\n  \
             database: \"\"\n  xfrdfile: \"{path}/xfrd.state\"\n  zonelistfile: \"{path}/zone.list\"\n  \
             pidfile: \"{path}/nsd.pid\"\n  xfrdir: \"{path}\"\n  server-count: 1\n  \
             rrl-ratelimit: 0\nremote-control:\n  control-enable: no\n{}zone:\n  name: {apex}\n  \
             zonefile: \"zone.txt\"\n  provide-xfr: 127.0.0.1 {key_name}\n  store-ixfr: yes\n{notify}",
            at.ip(),
            at.port(),
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
