//! PowerDNS, over a database of its own. It answers every IXFR with the whole zone.

use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::primary::{Primary, Setup};
use crate::program;
use crate::sign::Denial;

/// Where Debian's package has the tables; with `pdns-backend-sqlite3`.
const SCHEMA: &str = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";

/// A primary that takes edits. Zones that somebody else signed are not for it: it would load their
/// proofs of absence as if they were data.
#[track_caller]
#[must_use]
pub fn primary(setup: Setup) -> Primary {
    let primary = Primary::new("pdns_server", setup, command);
    let (at, folder) = (primary.at, primary.folder().display());
    let (keyed, notify) = (primary.setup().key.is_some(), primary.setup().notify);
    let transfers = if keyed { "" } else { "127.0.0.0/8" };
    let text = format!(
        "launch=gsqlite3\ngsqlite3-database={folder}/pdns.sqlite\ngsqlite3-dnssec=yes\n\
         gsqlite3-pragma-synchronous=0\nsocket-dir={folder}\nlocal-address={}\nlocal-port={}\n\
         primary=yes\nonly-notify=\nalso-notify={}\nallow-axfr-ips={transfers}\ndnsupdate=yes\n\
         allow-dnsupdate-from=127.0.0.0/8\ncache-ttl=0\nquery-cache-ttl=0\nnegquery-cache-ttl=0\n\
         zone-cache-refresh-interval=0\nsecurity-poll-suffix=\nversion-string=anonymous\n\
         receiver-threads=1\ndistributor-threads=1\nwrite-pid=no\nguardian=no\ndaemon=no\n",
        at.ip(),
        at.port(),
        notify.map(|to| to.to_string()).unwrap_or_default(),
    );
    let primary = primary.with_file("pdns.conf", &text);
    let schema = std::fs::read_to_string(SCHEMA);
    let schema = schema.expect("tables of pdns-backend-sqlite3; run: cargo xtask setup");
    let database = Connection::open(primary.folder().join("pdns.sqlite")).expect("a database");
    database.execute_batch(&schema).expect("the tables of PowerDNS");
    fill(&primary);
    primary.started()
}

/// Loads the zones, says who may do what, and has them signed.
fn fill(primary: &Primary) {
    let Setup { zones, key, signing, .. } = primary.setup();
    let run = |words: &[&str]| pdnsutil(primary.folder(), words);
    if let Some(key) = key {
        run(&["import-tsig-key", &key.name, &key.algorithm, &key.secret]);
    }
    for (number, (apex, text)) in zones.iter().enumerate() {
        assert!(!text.contains("RRSIG"), "PowerDNS signs itself");
        run(&["load-zone", apex, &format!("zone{number}.txt")]);
        run(&["set-kind", apex, "primary"]);
        if let Some(key) = key {
            run(&["activate-tsig-key", apex, &key.name, "primary"]);
            run(&["set-meta", apex, "TSIG-ALLOW-DNSUPDATE", &key.name]);
        }
        run(&["set-meta", apex, "SOA-EDIT-DNSUPDATE", "INCREASE"]);
        run(&["set-meta", apex, "NOTIFY-DNSUPDATE", "1"]);
        if let Some(denial) = signing {
            run(&["secure-zone", apex]);
            if let Denial::Nsec3 { iterations, salt, opt_out } = denial {
                let salt = if salt.is_empty() { "-" } else { salt };
                let parameters = format!("1 {} {iterations} {salt}", u8::from(*opt_out));
                run(&["set-nsec3", apex, &parameters]);
            }
        }
    }
}

fn pdnsutil(folder: &Path, words: &[&str]) {
    let mut command = Command::new(program::find("pdnsutil"));
    command.arg(config_dir(folder)).args(words).current_dir(folder);
    let output = command.output().expect("pdnsutil");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pdnsutil {words:?}: {said}");
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program::find("pdns_server"));
    command.arg(config_dir(folder));
    command
}

fn config_dir(folder: &Path) -> String {
    format!("--config-dir={}", folder.display())
}
