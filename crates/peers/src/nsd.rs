//! NSD.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::key::Key;
use crate::primary::{Primary, Setup};
use crate::program;
use crate::secondary::{Replies, Secondary, Source};

/// A primary. It takes no edits; [`Primary::replace_zone`] gives it a new version, whose difference
/// it then has for IXFR.
#[track_caller]
#[must_use]
pub fn primary(setup: Setup) -> Primary {
    let primary = Primary::new("nsd", setup, command);
    let Setup { zones, key, notify, signing } = primary.setup();
    assert!(signing.is_none(), "it signs nothing here");
    let key_name = key.as_ref().map_or("NOKEY", |key| &key.name);
    let mut text = server(primary.folder(), primary.at, Replies::Usual);
    text.extend(key.as_ref().map(Key::for_nsd));
    for (number, (apex, _)) in zones.iter().enumerate() {
        let _infallible = writeln!(
            text,
            "zone:\n  name: \"{apex}\"\n  zonefile: \"zone{number}.txt\"\n  \
             provide-xfr: 127.0.0.1 {key_name}\n  store-ixfr: yes"
        );
        if let Some(to) = notify {
            let _infallible = writeln!(text, "  notify: {}@{} {key_name}", to.ip(), to.port());
        }
    }
    primary.with_file("nsd.conf", &text).started()
}

/// A secondary of all zones, transferred whole from one primary.
#[track_caller]
#[must_use]
pub fn secondary(zones: &[&str], primary: SocketAddr, replies: Replies) -> Secondary {
    let config = |folder: &Path, at: SocketAddr| {
        let mut text = server(folder, at, replies) + &Key::of_questions().for_nsd();
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
    Secondary::start("nsd", zones, config, command)
}

/// A secondary of one zone that asks for diffs and takes the whole zone instead.
#[track_caller]
#[must_use]
pub fn follower(zone: &str, source: Source<'_>) -> Secondary {
    let config = |folder: &Path, at: SocketAddr| {
        let mut text = server(folder, at, Replies::Usual);
        text.extend(source.key.map(Key::for_nsd));
        let (ip, port) = (source.at.ip(), source.at.port());
        let key = source.key.map_or("NOKEY", |key| &key.name);
        let _infallible = writeln!(
            text,
            "zone:\n  name: \"{zone}\"\n  zonefile: \"zone.txt\"\n  allow-notify: {ip} NOKEY\n  \
             request-xfr: {ip}@{port} {key}\n  provide-xfr: 127.0.0.1 NOKEY"
        );
        text
    };
    Secondary::start("nsd", &[zone], config, command)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program::find("nsd"));
    command.arg("-d").arg("-c").arg(folder.join("nsd.conf"));
    command
}

/// What every NSD here is told: one server process, everything in its folder, no limits, no word of
/// itself.
fn server(folder: &Path, at: SocketAddr, replies: Replies) -> String {
    let folder = folder.display();
    let minimal = match replies {
        Replies::Usual => "",
        Replies::Minimal => "minimal-responses: yes\n  ",
    };
    format!(
        "server:\n  ip-address: {}@{}\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{folder}\"\n  \
         database: \"\"\n  xfrdfile: \"{folder}/xfrd.state\"\n  zonelistfile: \"{folder}/zone.list\"\n  \
         pidfile: \"{folder}/nsd.pid\"\n  xfrdir: \"{folder}\"\n  server-count: 1\n  \
         rrl-ratelimit: 0\n  {minimal}hide-version: yes\n  hide-identity: yes\n\
         remote-control:\n  control-enable: no\n",
        at.ip(),
        at.port()
    )
}
