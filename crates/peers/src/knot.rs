//! Knot DNS.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::key::Key;
use crate::primary::{Primary, Setup};
use crate::program;
use crate::secondary::{Secondary, Source};
use crate::sign::Denial;

/// A primary that takes edits and keeps them for IXFR.
#[track_caller]
#[must_use]
pub fn primary(setup: Setup) -> Primary {
    let primary = Primary::new("knotd", setup, command);
    let Setup { zones, key, notify, signing } = primary.setup();
    let mut text = server(primary.folder(), primary.at);
    let by_key = key.as_ref().map(|key| format!("    key: {}\n", key.name)).unwrap_or_default();
    text.extend(key.as_ref().map(Key::for_knot));
    if let Some(to) = notify {
        let _infallible = write!(
            text,
            "remote:\n  - id: secondary\n    address: {}@{}\n{by_key}",
            to.ip(),
            to.port()
        );
    }
    let signed = signing.map_or_else(String::new, |denial| {
        text.push_str(&policy(denial));
        "    dnssec-signing: on\n    dnssec-policy: ours\n".to_owned()
    });
    let told = notify.map_or("", |_| "    notify: secondary\n");
    let _infallible = write!(
        text,
        "acl:\n  - id: ours\n    address: [127.0.0.0/8, ::1]\n{by_key}    action: [transfer, update]\n\
         template:\n  - id: default\n    storage: {}\n    zonefile-sync: -1\n    acl: ours\n{told}{signed}\
         zone:\n",
        primary.folder().display()
    );
    for (number, (apex, _)) in zones.iter().enumerate() {
        let _infallible = writeln!(text, "  - domain: \"{apex}\"\n    file: zone{number}.txt");
    }
    primary.with_file("knotd.conf", &text).started()
}

/// By what a zone that Knot signs says that something is not there.
fn policy(denial: Denial) -> String {
    let text = "policy:\n  - id: ours\n    algorithm: ecdsap256sha256\n".to_owned();
    let Denial::Nsec3 { iterations, salt, opt_out } = denial else { return text };
    let opt_out = if opt_out { "on" } else { "off" };
    text + &format!(
        "    nsec3: on\n    nsec3-iterations: {iterations}\n    nsec3-salt-length: {}\n    \
         nsec3-opt-out: {opt_out}\n",
        salt.len() / 2
    )
}

/// A secondary of all zones, transferred whole from one primary.
#[track_caller]
#[must_use]
pub fn secondary(zones: &[&str], primary: SocketAddr) -> Secondary {
    let config = |folder: &Path, at: SocketAddr| {
        let mut text = server(folder, at) + &Key::of_questions().for_knot();
        let (ip, port) = (primary.ip(), primary.port());
        let _infallible = writeln!(
            text,
            "remote:\n  - id: primary\n    address: {ip}@{port}\n\
             acl:\n  - id: primary\n    address: {ip}\n    action: notify\n\
             \x20 - id: questions\n    key: {}\n    action: query\n\
             template:\n  - id: default\n    storage: {}\n    zonefile-sync: -1\n    \
             journal-content: none\n    master: primary\n    acl: [primary, questions]\nzone:",
            Key::of_questions().name,
            folder.display()
        );
        for (number, zone) in zones.iter().enumerate() {
            let _infallible = writeln!(text, "  - domain: \"{zone}\"\n    file: zone{number}.txt");
        }
        text
    };
    Secondary::start("knotd", zones, config, command)
}

/// A secondary of one zone that asks for diffs and takes the whole zone instead.
#[track_caller]
#[must_use]
pub fn follower(zone: &str, source: Source<'_>) -> Secondary {
    let config = |folder: &Path, at: SocketAddr| {
        let mut text = server(folder, at);
        text.extend(source.key.map(Key::for_knot));
        let (ip, port) = (source.at.ip(), source.at.port());
        let by_key = source.key.map_or_else(String::new, |key| format!("    key: {}\n", key.name));
        let _infallible = write!(
            text,
            "remote:\n  - id: primary\n    address: {ip}@{port}\n{by_key}\
             acl:\n  - id: primary\n    address: {ip}\n    action: [notify, transfer]\n\
             template:\n  - id: default\n    storage: {}\n    zonefile-sync: -1\n    \
             journal-content: all\n    zonefile-load: none\n    master: primary\n    acl: primary\n\
             zone:\n  - domain: \"{zone}\"\n    file: zone.txt\n",
            folder.display()
        );
        text
    };
    Secondary::start("knotd", &[zone], config, command)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program::find("knotd"));
    command.arg("-c").arg(folder.join("knotd.conf"));
    command
}

/// What every Knot here is told: few threads, everything in its folder, no word of itself.
fn server(folder: &Path, at: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "server:\n  listen: {}@{}\n  rundir: {folder}\n  identity: \"\"\n  version: \"\"\n  \
         udp-workers: 1\n  tcp-workers: 2\n  background-workers: 2\n\
         log:\n  - target: stderr\n    any: info\n\
         database:\n  storage: {folder}\n  journal-db-max-size: 200M\n",
        at.ip(),
        at.port()
    )
}
