//! Operators' tools: dig and kdig, by AXFR and IXFR, signed and not, over TCP and UDP.

use std::process::Command;

use peers::program;

use super::*;

/// What a tool prints, record by record, comments left out.
fn told(tool: &str, daemon: &Daemon, words: &[&str]) -> Vec<String> {
    let (at, port) = (format!("@{}", daemon.at.ip()), daemon.at.port().to_string());
    let mut command = Command::new(program::find(tool));
    let output = command.args([&at, "-p", &port]).args(words).output().expect("a tool");
    let said = String::from_utf8(output.stdout).expect("text");
    let is_comment = |line: &str| line.starts_with(';') || line.contains("TSIG");
    let is_record = |line: &&str| !is_comment(line) && !line.trim().is_empty();
    said.lines().filter(is_record).map(str::to_owned).collect()
}

/// Records of the zone once it has one TXT more, the SOA at both ends.
fn whole(daemon: &Daemon) -> usize {
    let records = daemon.status(APEX)["records"].as_u64().expect("a number");
    usize::try_from(records).expect("a small zone") + 1
}

#[test]
fn dig_and_kdig_get_zone_and_changes() {
    let key = Key::new("tool.key", "hmac-sha256");
    let allow = format!(
        "\n[transfer]\nallow = [\"127.0.0.1\", {{ from = \"::1\", key = \"{}\" }}]\n",
        key.name
    );
    let (named, daemon) = upstream_and_us(&records::zone(1), Some(&key), allow);
    named.update(APEX, &["add new.example. 60 TXT new"]);
    daemon.wait_for_serial(APEX, 2);
    let signing = key.for_command_line();
    for tool in ["dig", "kdig"] {
        for extra in [&[][..], &["-y", &signing], &["+dnssec"]] {
            let axfr = told(tool, &daemon, &[extra, &["example.", "AXFR"]].concat());
            assert_eq!(axfr.len(), whole(&daemon), "{tool} {extra:?}");
            assert!(axfr.first() == axfr.last() && axfr[0].contains("SOA"), "{tool}");
            let ixfr = told(tool, &daemon, &[extra, &["example.", "IXFR=1"]].concat());
            // SOA 2, SOA 1, SOA 2, the TXT, SOA 2.
            assert_eq!(ixfr.len(), 5, "{tool} {extra:?}: {ixfr:?}");
            assert!(ixfr[3].contains("new"), "{tool} {extra:?}: {ixfr:?}");
        }
        let up_to_date = told(tool, &daemon, &["example.", "IXFR=2"]);
        assert_eq!(up_to_date.len(), 1, "{tool}: {up_to_date:?}");
    }
    // `dig` asks over UDP if it is told to: the changes fit, the whole zone does not.
    let changes = told("dig", &daemon, &["+notcp", "example.", "IXFR=1"]);
    assert_eq!(changes.len(), 5, "{changes:?}");
    let unknown = told("dig", &daemon, &["+notcp", "example.", "IXFR=0"]);
    assert_eq!(unknown.len(), 1, "{unknown:?}");
}
