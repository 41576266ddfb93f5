//! A peer that serves copies of a primary's zones: BIND, NSD or Knot, each started in its own module.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::key::Key;
use crate::program::Program;
use crate::{ask, ports, wait};

/// How much a secondary says beside what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replies {
    /// What it says out of the box.
    Usual,
    /// What standards require.
    Minimal,
}

/// Whom a secondary transfers from, and how: by IXFR if it can, signed if there is a key.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Where it listens.
    pub at: SocketAddr,
    /// What requests and answers are signed with.
    pub key: Option<&'a Key>,
}

/// Times that all zones are asked for, one after the other, without one being missing.
const ROUNDS_OF_PEACE: u32 = 50;

/// A running secondary. It ends with this.
pub struct Secondary {
    /// Where it answers.
    pub at: SocketAddr,
    program: Program,
    /// Goes last: the guard of the program reads its log there.
    folder: TempDir,
}

impl Secondary {
    /// Writes `name.conf`, whose text is made from folder and address, and starts `command` over the
    /// folder. Returns when each zone is served.
    #[track_caller]
    pub(crate) fn start(
        name: &str,
        zones: &[&str],
        config: impl FnOnce(&Path, SocketAddr) -> String,
        command: fn(&Path) -> Command,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a secondary");
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let file = folder.path().join(name).with_added_extension("conf");
        fs::write(&file, config(folder.path(), at)).expect("the configuration of a secondary");
        let mut command = command(folder.path());
        command.current_dir(folder.path());
        let program = Program::start(name, &mut command, folder.path());
        let mut secondary = Self { at, program, folder };
        for zone in zones {
            secondary.wait_for(name, zone);
        }
        secondary.wait_for_peace(name, zones);
        secondary
    }

    #[track_caller]
    fn wait_for(&mut self, name: &str, zone: &str) {
        wait::until(4 * wait::SOON, &format!("{name} serves {zone}"), || {
            assert!(self.program.ended().is_none(), "{name} ended:\n{}", self.program.log());
            ask::serial(self.at, zone).is_some()
        });
    }

    /// NSD has a new process for each zone that arrives. Those before it, which lack that zone, answer from
    /// the same socket until they are told to end.
    #[track_caller]
    fn wait_for_peace(&self, name: &str, zones: &[&str]) {
        let mut rounds = 0;
        wait::until(4 * wait::SOON, &format!("{name} goes on serving all zones"), || {
            let all = zones.iter().all(|zone| ask::serial(self.at, zone).is_some());
            rounds = if all { rounds + 1 } else { 0 };
            rounds == ROUNDS_OF_PEACE
        });
    }

    /// Tells it that a zone has changed, as its primary would, from the same address; fails the test if it does not
    /// acknowledge that.
    #[track_caller]
    pub fn tell(&self, zone: &str) {
        const OPCODE_NOTIFY: u8 = 4 << 3;
        let mut notify = ask::query(1, zone, ask::SOA);
        notify[2] = OPCODE_NOTIFY;
        let reply = ask::raw(self.at, &notify, ask::Transport::Udp).expect("a socket");
        let reply = reply.expect("NOTIFY is acknowledged");
        assert_eq!(reply[3] & 0x0f, 0, "NOTIFY of {zone} is accepted:\n{}", self.log());
    }

    /// Waits until it answers with this serial.
    #[track_caller]
    pub fn wait_for_serial(&self, zone: &str, serial: u32) {
        wait::until(2 * wait::SOON, &format!("serial {serial} of {zone} at the secondary"), || {
            ask::serial(self.at, zone) == Some(serial)
        });
    }

    /// What it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.program.log()
    }
}

impl Drop for Secondary {
    /// NSD's and Knot's parts end in order; nothing of them outlives the folder.
    fn drop(&mut self) {
        self.program.end_gently();
        debug_assert!(self.folder.path().is_dir(), "the folder outlives what runs in it");
    }
}
