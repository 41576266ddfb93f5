//! A peer that serves copies of a primary's zones: BIND, NSD or Knot, each started in its own module.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::program::Program;
use crate::{ask, ports, wait};

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
        secondary
    }

    #[track_caller]
    fn wait_for(&mut self, name: &str, zone: &str) {
        wait::until(4 * wait::SOON, &format!("{name} serves {zone}"), || {
            assert!(self.program.ended().is_none(), "{name} ended:\n{}", self.program.log());
            ask::serial(self.at, zone).is_some()
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
