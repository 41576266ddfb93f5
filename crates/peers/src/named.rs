//! BIND.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::ask;
use crate::key::Key;
use crate::primary::{self, zone_file};
use crate::program::{self, Program};
use crate::secondary::{Replies, Secondary, Source};
use crate::sign::Denial;
use crate::wait;

/// What a `named` is to be. Start it with [`Setup::start`].
pub struct Setup {
    /// Where it listens, at a free port.
    pub address: IpAddr,
    /// The first is the key of edits too.
    pub keys: Vec<Key>,
    /// Apex and text of each zone.
    pub zones: Vec<(String, String)>,
    /// Who is told of changes, by which key.
    pub notify: Option<(SocketAddr, Option<Key>)>,
    /// The address-match list of `allow-transfer`, as BIND writes it.
    pub allow_transfer: String,
    /// Offset of its clock in libfaketime's words, such as `+1h`.
    pub clock: Option<String>,
    /// If it is to sign its zones itself, with keys of its own.
    pub signing: Option<Denial>,
}

impl Setup {
    /// One zone, which everyone on this machine may transfer.
    pub fn new(apex: &str, text: &str) -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            keys: Vec::new(),
            zones: vec![(apex.to_owned(), text.to_owned())],
            notify: None,
            allow_transfer: "any;".to_owned(),
            clock: None,
            signing: None,
        }
    }

    /// The same with a key that transfers need.
    pub fn with_key(mut self, key: &Key) -> Self {
        self.allow_transfer = format!("key \"{}\";", key.name);
        self.keys.push(key.clone());
        self
    }

    /// The same, telling a secondary of changes.
    pub fn notifying(mut self, secondary: SocketAddr, key: Option<&Key>) -> Self {
        self.notify = Some((secondary, key.cloned()));
        self
    }

    /// Starts it and waits until it answers for its first zone.
    pub fn start(self) -> Named {
        let folder = tempfile::tempdir().expect("a folder for named");
        let at = SocketAddr::new(self.address, crate::ports::free());
        for (number, (_, text)) in self.zones.iter().enumerate() {
            std::fs::write(folder.path().join(zone_file(number)), text).expect("a zone file");
        }
        let named = Named { folder, at, setup: self, program: None };
        let config = named.config();
        std::fs::write(named.folder.path().join("named.conf"), config).expect("named.conf");
        named.restarted()
    }
}

/// A running `named`, or one that was stopped and can be started again on the same port.
pub struct Named {
    /// Where it answers.
    pub at: SocketAddr,
    setup: Setup,
    program: Option<Program>,
    /// Goes last: the guard of the program reads its log there.
    folder: TempDir,
}

impl Named {
    /// Starts it again after [`Named::kill`], with whatever its files hold by now.
    pub fn start_again(&mut self) {
        let mut command = command(self.folder.path());
        if let Some(offset) = &self.setup.clock {
            program::set_clock(&mut command, offset);
        }
        let mut program = Program::start("named", &mut command, self.folder.path());
        let apex = self.setup.zones[0].0.clone();
        wait::until(wait::SOON, "named answers for its zone", || {
            assert!(program.ended().is_none(), "named ended:\n{}", program.log());
            ask::serial(self.at, &apex).is_some()
        });
        self.program = Some(program);
    }

    fn restarted(mut self) -> Self {
        self.start_again();
        self
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(program) = self.program.take() {
            program.kill();
        }
    }

    /// Replaces a zone's file while it is stopped; its journal goes too.
    pub fn write_zone(&self, apex: &str, text: &str) {
        assert!(self.program.is_none(), "stop named before its file changes");
        let number = self.setup.zones.iter().position(|(name, _)| name == apex);
        let file = self.folder.path().join(zone_file(number.expect("a zone of this primary")));
        let _none_yet = std::fs::remove_file(file.with_added_extension("jnl"));
        std::fs::write(file, text).expect("a zone file");
    }

    /// Edits a zone as operators do. Lines as `add www.example. 60 A 192.0.2.1`.
    pub fn update(&self, apex: &str, lines: &[&str]) {
        primary::update(self.at, self.setup.keys.first(), apex, lines);
    }

    fn config(&self) -> String {
        let Self { setup, at, .. } = self;
        let folder = self.folder.path().display();
        let listen = if at.is_ipv4() {
            format!("listen-on port {} {{ {}; }};\n  listen-on-v6 {{ none; }};", at.port(), at.ip())
        } else {
            format!("listen-on {{ none; }};\n  listen-on-v6 port {} {{ {}; }};", at.port(), at.ip())
        };
        let mut text = format!(
            "options {{\n  directory \"{folder}\";\n  pid-file none;\n  session-keyfile none;\n  \
             {listen}\n  recursion no;\n  dnssec-validation no;\n  empty-zones-enable no;\n  \
             notify-delay 0;\n  allow-transfer {{ {} }};\n}};\ncontrols {{ }};\n",
            setup.allow_transfer
        );
        text.extend(setup.keys.iter().map(Key::for_named));
        let notify = setup.notify.as_ref().map_or("notify no;".to_owned(), |(to, key)| {
            let key = key.as_ref().map_or(String::new(), |key| format!(" key \"{}\"", key.name));
            format!("notify explicit; also-notify {{ {} port {}{key}; }};", to.ip(), to.port())
        });
        let editors = setup
            .keys
            .first()
            .map_or_else(|| "localhost".to_owned(), |key| format!("key \"{}\"", key.name));
        text.extend(setup.signing.map(policy));
        let signed = setup.signing.map_or("", |_| "dnssec-policy ours;");
        for (number, (apex, _)) in setup.zones.iter().enumerate() {
            let file = zone_file(number);
            let file = file.display();
            let _infallible = writeln!(
                text,
                "zone \"{apex}\" {{ type primary; file \"{file}\"; allow-update {{ {editors}; }}; \
                 {notify} {signed} }};"
            );
        }
        text
    }
}

/// How a zone that BIND signs is signed: one key, and by what it says that something is not there.
fn policy(denial: Denial) -> String {
    let denial = match denial {
        Denial::Nsec => String::new(),
        Denial::Nsec3 { iterations, salt, opt_out } => format!(
            "nsec3param iterations {iterations} optout {} salt-length {};",
            if opt_out { "yes" } else { "no" },
            salt.len() / 2
        ),
    };
    format!(
        "dnssec-policy \"ours\" {{\n  keys {{ csk lifetime unlimited algorithm ecdsap256sha256; }};\n  \
         {denial}\n}};\n"
    )
}

/// A secondary of all zones, transferred whole from one primary.
#[track_caller]
#[must_use]
pub fn secondary(zones: &[&str], primary: SocketAddr, replies: Replies) -> Secondary {
    let minimal = match replies {
        Replies::Usual => "",
        Replies::Minimal => "minimal-responses no-auth;\n  ",
    };
    let config = |folder: &Path, at: SocketAddr| {
        let folder = folder.display();
        let mut text = format!(
            "options {{\n  directory \"{folder}\";\n  pid-file none;\n  session-keyfile none;\n  \
             listen-on port {} {{ {}; }};\n  listen-on-v6 {{ none; }};\n  recursion no;\n  \
             dnssec-validation no;\n  empty-zones-enable no;\n  notify no;\n  request-ixfr no;\n  \
             transfers-in 100;\n  transfers-per-ns 100;\n  serial-query-rate 1000;\n  \
             {minimal}version none;\n  hostname none;\n  server-id none;\n}};\ncontrols {{ }};\n",
            at.port(),
            at.ip()
        );
        text.push_str(&Key::of_questions().for_named());
        for (number, zone) in zones.iter().enumerate() {
            let _infallible = writeln!(
                text,
                "zone \"{zone}\" {{ type secondary; file \"zone{number}\"; primaries {{ {} port {}; }}; }};",
                primary.ip(),
                primary.port()
            );
        }
        text
    };
    Secondary::start("named", zones, config, command)
}

/// A secondary of one zone that asks for diffs and takes the whole zone instead.
#[track_caller]
#[must_use]
pub fn follower(zone: &str, source: Source<'_>) -> Secondary {
    let config = |folder: &Path, at: SocketAddr| {
        let folder = folder.display();
        let mut text = format!(
            "options {{\n  directory \"{folder}\";\n  pid-file none;\n  session-keyfile none;\n  \
             listen-on port {} {{ {}; }};\n  listen-on-v6 {{ none; }};\n  recursion no;\n  \
             dnssec-validation no;\n  empty-zones-enable no;\n  notify no;\n  \
             allow-transfer {{ any; }};\n}};\ncontrols {{ }};\n",
            at.port(),
            at.ip()
        );
        text.extend(source.key.map(Key::for_named));
        let key = source.key.map_or_else(String::new, |key| format!(" key \"{}\"", key.name));
        let _infallible = writeln!(
            text,
            "zone \"{zone}\" {{ type secondary; file \"zone\"; primaries {{ {} port {}{key}; }}; }};",
            source.at.ip(),
            source.at.port()
        );
        text
    };
    Secondary::start("named", &[zone], config, command)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program::find("named"));
    command.args(["-g", "-n", "1", "-c"]).arg(folder.join("named.conf")).current_dir(folder);
    command
}

/// How soon a change must be served after a signed NOTIFY.
pub const CHANGE_IS_SERVED_WITHIN: Duration = Duration::from_secs(1);
