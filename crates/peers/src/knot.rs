//! Knot DNS.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::Command;

use crate::program;
use crate::secondary::Secondary;

/// What every Knot here is told: few threads, everything in its folder, no word of itself.
fn server(folder: &str, at: SocketAddr) -> String {
    format!(
        "server:\n  listen: {}@{}\n  rundir: {folder}\n  identity: \"\"\n  version: \"\"\n  \
         udp-workers: 1\n  tcp-workers: 2\n  background-workers: 2\n\
         log:\n  - target: stderr\n    any: info\n\
         database:\n  storage: {folder}/db\n  journal-db-max-size: 200M\n",
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
        let _infallible = writeln!(
            text,
            "remote:\n  - id: primary\n    address: {ip}@{port}\n\
             acl:\n  - id: primary\n    address: {ip}\n    action: notify\n\
             template:\n  - id: default\n    storage: {folder}\n    zonefile-sync: -1\n    \
             journal-content: none\n    master: primary\n    acl: primary\nzone:"
        );
        for (number, zone) in zones.iter().enumerate() {
            let _infallible = writeln!(text, "  - domain: \"{zone}\"\n    file: zone{number}.txt");
        }
        text
    };
    Secondary::start("knotd", zones, config, |file| {
        let mut command = Command::new(program::find("knotd"));
        command.args(["-c", file]);
        command
    })
}
