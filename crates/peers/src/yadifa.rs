//! YADIFA. It knows no type newer than 2018 by its name and stores owners in lower case.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::key::Key;
use crate::primary::{Primary, Setup};
use crate::program;

/// A primary that takes edits and keeps them for IXFR.
#[track_caller]
#[must_use]
pub fn primary(setup: Setup) -> Primary {
    let primary = Primary::new("yadifad", setup, command);
    let Setup { zones, key, notify, signing } = primary.setup();
    assert!(signing.is_none(), "it signs nothing here");
    let (at, folder) = (primary.at, primary.folder().display());
    let whose = key.as_ref().map_or("127.0.0.1".to_owned(), |key| format!("key {}", key.name));
    let by_key = key.as_ref().map(|key| format!(" key {}", key.name)).unwrap_or_default();
    let told = notify
        .map_or(String::new(), |to| format!("  notifies {} port {}{by_key}\n", to.ip(), to.port()));
    let mut text = format!(
        "<main>\n  daemon off\n  chroot off\n  logpath \"{folder}\"\n  pidfile \"{folder}/yadifad.pid\"\n  \
         datapath \"{folder}\"\n  keyspath \"{folder}\"\n  xfrpath \"{folder}\"\n  listen {}\n  port {}\n  \
         statistics off\n  thread-count-by-address 1\n</main>\n\
         <channels>\n  stderr STDERR\n</channels>\n\
         <loggers>\n  database NOTICE,WARNING,ERR stderr\n  server NOTICE,WARNING,ERR stderr\n  \
         zone NOTICE,WARNING,ERR stderr\n</loggers>\n<acl>\n  ours {whose}\n</acl>\n",
        at.ip(),
        at.port(),
    );
    text.extend(key.as_ref().map(Key::for_yadifa));
    for (number, (apex, _)) in zones.iter().enumerate() {
        let _infallible = write!(
            text,
            "<zone>\n  type primary\n  domain {apex}\n  file zone{number}.txt\n  \
             allow-transfer ours\n  allow-update ours\n  notify-auto off\n{told}</zone>\n"
        );
    }
    primary.with_file("yadifad.conf", &text).started()
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program::find("yadifad"));
    command.arg("--nodaemon").arg("-c").arg(folder.join("yadifad.conf"));
    command
}
