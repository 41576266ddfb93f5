//! `understudy zone export` (B-1): what it writes, other name servers load unchanged, and it writes
//! when it is needed most: the zone has expired, the primary is gone, the daemon is down.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};

use peers::ask::{self, Record};
use peers::daemon::{self, Daemon, Zone};
use peers::named::{self, Named};
use peers::nsd;
use peers::primary::Setup;
use peers::records::{self, APEX};
use peers::sign::{self, Denial};
use peers::{program, wait};
use server::demo::primary::{Content, Primary, SoaTimers};
use tokio::runtime::Runtime;
use wire::master;
use wire::name::Name;
use wire::serial::Serial;

/// Names that mean something to shells, paths, terminals and readers of master files (threat 22).
const HOSTILE: [&str; 9] = [
    r#"\"quoted\""#,
    r"\$INCLUDE",
    r"\@",
    r"\092\092",
    r"a\000b",
    r"line\010\$TTL\0320",
    r"\.\./\.\./etc/passwd",
    r"%s%n\;x",
    r"\027[2J\013",
];

/// The daemon as secondary of a `named` that has this zone.
fn following(apex: &str, text: &str) -> (Named, Daemon) {
    let named = named::Setup::new(apex, text).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(apex, named.at, None)]);
    setup.bounds_min_s = Some(1);
    let daemon = setup.start();
    let serial = ask::serial(named.at, apex).expect("named answers");
    daemon.wait_for_serial(apex, serial);
    (named, daemon)
}

#[track_caller]
fn text_of(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    String::from_utf8(output.stdout.clone()).expect("an export is ASCII")
}

#[track_caller]
fn exported(daemon: &Daemon, apex: &str) -> String {
    text_of(&daemon.run(&["zone", "export", apex]))
}

/// Without the comments, which tell when it was written.
fn records_of(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with(';')).collect()
}

/// What a program says of a file; it must like it.
#[track_caller]
fn accepted(program: &str, words: &[&str]) -> String {
    let output = Command::new(program::find(program)).args(words).output().expect(program);
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{program} {words:?}:\n{said}");
    said
}

/// A zone's records; NSD keeps owners and names in lower case, so case may be left out.
fn content_of(server: SocketAddr, apex: &str, case: Case) -> BTreeSet<Record> {
    let records = ask::axfr(server, apex).expect("an AXFR");
    let folded = |record: Record| match case {
        Case::Kept => record,
        Case::Folded => Record {
            owner: record.owner.folded(),
            rdata: record.rdata.to_ascii_lowercase(),
            ..record
        },
    };
    records.into_iter().map(folded).collect()
}

#[derive(Clone, Copy)]
enum Case {
    Kept,
    Folded,
}

/// The export is loaded by the checkers of BIND and NSD and by ldns, and what BIND and NSD then
/// serve from it is what the primary serves.
#[track_caller]
fn assert_loads_unchanged(text: &str, apex: &str, primary: SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zone.txt");
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    accepted("named-checkzone", &["-i", "none", apex, file]);
    accepted("nsd-checkzone", &[apex, file]);
    assert_eq!(read_by_ldns(text), records_of(text).len(), "ldns reads every record");
    let expected = content_of(primary, apex, Case::Kept);
    assert_eq!(records_of(text).len(), expected.len());
    let named = named::Setup::new(apex, text).start();
    assert_same(&expected, &content_of(named.at, apex, Case::Kept));
    let nsd = nsd::primary(Setup::new(apex, text));
    let expected = content_of(primary, apex, Case::Folded);
    assert_same(&expected, &content_of(nsd.at, apex, Case::Folded));
}

/// How many records ldns finds in a master file, none of which it may dislike.
#[track_caller]
fn read_by_ldns(text: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zone.txt");
    fs::write(&file, text).unwrap();
    let said = accepted("ldns-read-zone", &[file.to_str().unwrap()]);
    said.lines().filter(|line| !line.starts_with(';')).count()
}

#[track_caller]
fn assert_same(expected: &BTreeSet<Record>, found: &BTreeSet<Record>) {
    let lost: Vec<_> = expected.difference(found).collect();
    let added: Vec<_> = found.difference(expected).collect();
    assert!(lost.is_empty() && added.is_empty(), "lost: {lost:#?}\nadded: {added:#?}");
}

#[test]
fn export_is_loaded_unchanged_by_named_nsd_and_ldns() {
    let (named, daemon) = following(APEX, &records::zone(7));
    let text = exported(&daemon, APEX);
    assert_loads_unchanged(&text, APEX, named.at);
    let head: Vec<&str> = text.lines().take(4).collect();
    let count = format!("; records: {}", records_of(&text).len());
    assert_eq!(head, ["; zone: example.", "; serial: 7", &count, "; state: served"]);
    assert!(records_of(&text)[0].starts_with("example.\t300\tIN\tSOA\t"), "the SOA comes first");
    assert_eq!(records_of(&exported(&daemon, APEX)), records_of(&text), "the same each time");
}

#[test]
fn export_of_a_zone_signed_with_nsec3_is_loaded_unchanged() {
    let salted = Denial::Nsec3 { iterations: 5, salt: "aabbccdd", opt_out: true };
    for denial in [Denial::nsec3(), salted, Denial::Nsec] {
        let text = sign::with_bind(APEX, &records::zone(7), denial);
        let (named, daemon) = following(APEX, &text);
        let text = exported(&daemon, APEX);
        assert_loads_unchanged(&text, APEX, named.at);
        assert_validates(&text, APEX);
        let denial = if denial == Denial::Nsec { "\tNSEC\t" } else { "\tNSEC3\t" };
        assert!(text.contains(denial) && text.contains("\tRRSIG\t"));
    }
}

#[test]
fn export_of_a_zone_signed_by_ldns_validates() {
    for denial in [Denial::Nsec, Denial::nsec3(), Denial::opt_out()] {
        let (_named, daemon) = following(APEX, &sign::with_ldns(APEX, &records::zone(7), denial));
        assert_validates(&exported(&daemon, APEX), APEX);
    }
}

/// Two validators find each signature good and no gap in the chain of denial.
#[track_caller]
fn assert_validates(text: &str, apex: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zone.txt");
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    accepted("ldns-verify-zone", &[file]);
    accepted("dnssec-verify", &["-q", "-o", apex, file]);
}

/// MD and MF have been obsolete since RFC 1035, and BIND has no form in which it takes them.
#[test]
fn export_of_a_record_of_every_type_is_loaded_unchanged() {
    let runtime = Runtime::new().unwrap();
    let samples = include_bytes!("../../../wire/src/rdata/samples.zone");
    let records = master::read(samples, &name_of(APEX)).unwrap();
    let content = Content::of_zone(records).unwrap();
    let primary = runtime.block_on(Primary::start(content, None)).unwrap();
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, primary.at(), None)]).start();
    daemon.wait_for_serial(APEX, primary.serial().0);
    let text = exported(&daemon, APEX);
    let (folded, kept) = (Case::Folded, Case::Kept);
    let nsd = nsd::primary(Setup::new(APEX, &text));
    assert_same(&content_of(primary.at(), APEX, folded), &content_of(nsd.at, APEX, folded));
    let is_taken = |line: &&str| !line.contains("\tMD\t") && !line.contains("\tMF\t");
    let lines: Vec<&str> = text.lines().filter(is_taken).collect();
    assert_eq!(lines.len() + 2, text.lines().count());
    let named = named::Setup::new(APEX, &(lines.join("\n") + "\n")).start();
    let mut expected = content_of(primary.at(), APEX, kept);
    expected.retain(|record| !matches!(record.rrtype, 3 | 4));
    assert_same(&expected, &content_of(named.at, APEX, kept));
    assert_eq!(read_by_ldns(&text), records_of(&text).len());
}

/// Threat 22: owners that mean something to shells, paths, terminals and readers of master files are
/// exported so that they mean nothing there.
#[test]
fn export_of_hostile_owners_is_loaded_unchanged_and_harmless() {
    let mut text = records::zone(7);
    for label in HOSTILE {
        text.push_str(&format!("{label} TXT \"{label}\"\nto.{label} PTR {label}\n"));
    }
    let (named, daemon) = following(APEX, &text);
    let text = exported(&daemon, APEX);
    assert_loads_unchanged(&text, APEX, named.at);
    let is_plain = |octet: u8| matches!(octet, b'\t' | b'\n' | b' '..=b'~');
    assert!(text.bytes().all(is_plain), "an export is printable ASCII");
    let directives = text.lines().filter(|line| line.starts_with('$')).count();
    assert_eq!(directives, 0, "no owner reads as a directive");
}

/// Threat 22: zones may be called anything, and no file, no line of the log and no output of a
/// command is touched by it.
#[test]
fn zones_of_hostile_names_are_exported_and_harm_no_path_no_log_and_no_terminal() {
    let runtime = Runtime::new().unwrap();
    let timers = SoaTimers { refresh: 7_200, retry: 900, expire: 1_209_600 };
    let primaries: Vec<Primary> = HOSTILE
        .iter()
        .map(|label| Content::new(name_of(&format!("{label}.test.")), Serial(7), timers))
        .map(|content| runtime.block_on(Primary::start(content, None)).unwrap())
        .collect();
    let apexes: Vec<String> =
        primaries.iter().map(|primary| primary.content().apex().to_string()).collect();
    let in_toml = |apex: &str| apex.replace('\\', "\\\\").replace('"', "\\\"");
    let zones = primaries.iter().zip(&apexes);
    let zones = zones.map(|(primary, apex)| Zone::from(&in_toml(apex), primary.at(), None));
    let mut daemon = daemon::Setup::new(zones.collect()).start();
    let is_plain = |text: &str| text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
    for apex in &apexes {
        wait::until(wait::SOON, &format!("{apex} is served"), || {
            daemon.status(apex)["serial"]["served"] == 7
        });
        let text = exported(&daemon, apex);
        let again = master::read(text.as_bytes(), &name_of(apex)).unwrap();
        assert_eq!(again.len(), 3);
        let head = format!("; zone: {apex}\n; serial: 7\n");
        assert!(text.starts_with(&head) && is_plain(&text) && text.lines().count() == 8, "{text}");
        let status = text_of(&daemon.run(&["zone", "status", apex]));
        assert!(is_plain(&status), "{status:?}");
    }
    assert!(is_plain(&text_of(&daemon.run(&["zone", "list"]))));
    let log = daemon.log();
    assert!(is_plain(&log), "{log:?}");
    assert!(
        log.lines().all(|line| line.starts_with(|first: char| first.is_ascii_digit())),
        "{log}"
    );
    daemon.stop();
    let held = daemon.data_dir();
    let is_ours = |name: &str| {
        let is_ordinary =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
        name.chars().all(is_ordinary)
    };
    for folder in [held.clone(), held.join("shard-0")] {
        assert!(names(&folder).iter().all(|name| is_ours(name)), "{:?}", names(&folder));
    }
    for apex in &apexes {
        let held = held.to_str().unwrap();
        let text = text_of(&daemon.run_alone(&["zone", "export", apex, "--data-dir", held]));
        assert!(text.starts_with(&format!("; zone: {apex}\n")), "{text}");
    }
}

#[test]
fn export_works_with_the_primary_gone_and_the_zone_expired() {
    let (mut named, mut daemon) = following(APEX, &records::zone_with(7, "2 1 4"));
    let before = exported(&daemon, APEX);
    named.kill();
    wait::until(wait::SOON, "answers end at EXPIRE", || {
        ask::ask(daemon.at, APEX, ask::SOA).unwrap().rcode == ask::SERVFAIL
    });
    let expired = exported(&daemon, APEX);
    assert!(expired.contains("\n; state: expired\n"), "{}", &expired[..200]);
    assert_eq!(records_of(&expired), records_of(&before));
    daemon.stop();
    daemon.start_again();
    let restarted = exported(&daemon, APEX);
    assert!(restarted.contains("\n; state: expired\n"), "a restart changes nothing");
    assert_eq!(records_of(&restarted), records_of(&before));
    named.start_again();
    assert_loads_unchanged(&expired, APEX, named.at);
}

#[test]
fn export_works_offline_with_daemon_and_primary_down() {
    let (mut named, mut daemon) = following(APEX, &records::zone(7));
    named.update(APEX, &["add new.example. 60 TXT \"new\""]);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_serial(APEX, 8);
    let before = exported(&daemon, APEX);
    let (config, data) = (daemon.config(), daemon.data_dir());
    let (config, data) = (config.to_str().unwrap(), data.to_str().unwrap());
    let by_config = ["zone", "export", "Example", "--offline", "--config", config];
    let refused = daemon.run_alone(&by_config);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("without `--offline`"), "{said}");
    named.kill();
    daemon.kill();
    let by_config = text_of(&daemon.run_alone(&by_config));
    let by_folder = text_of(&daemon.run_alone(&["zone", "export", APEX, "--data-dir", data]));
    for text in [by_config, by_folder] {
        assert!(text.contains("\n; state: stored\n"), "{}", &text[..200]);
        assert_eq!(records_of(&text), records_of(&before));
    }
    let unknown = daemon.run_alone(&["zone", "export", "other.example", "--data-dir", data]);
    assert_eq!(unknown.status.code(), Some(4), "no such zone");
    let asked = daemon.run(&["zone", "export", APEX]);
    let said = String::from_utf8_lossy(&asked.stderr);
    assert_eq!(asked.status.code(), Some(3), "no daemon: {said}");
    assert!(said.contains("`--offline` reads its data directory"), "{said}");
    // Nothing was changed: the daemon goes on from there.
    daemon.start_again();
    daemon.wait_for_serial(APEX, 8);
}

#[test]
fn export_of_what_is_not_held_or_not_there_says_so() {
    let nobody = SocketAddr::from(([127, 0, 0, 1], peers::ports::free()));
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, nobody, None)]).start();
    let refused = daemon.run(&["zone", "export", APEX]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("no version of example. is held"), "{said}");
    assert!(refused.stdout.is_empty());
    let refused = daemon.run(&["zone", "export", "other.example"]);
    assert_eq!(refused.status.code(), Some(4));
}

/// `--out` replaces a file as a whole, or leaves it as it was: here the system refuses to let it
/// grow beyond a size, as a full disk does.
#[test]
fn export_to_a_file_is_whole_or_leaves_what_was_there() {
    let (_named, daemon) = following(APEX, &records::zone(7));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("example.zone");
    let run = |octets_512: u32| {
        let script = format!("trap '' XFSZ; ulimit -f {octets_512}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(program::understudy());
        command.args(["zone", "export", APEX, "--out"]).arg(&file);
        command.arg("--socket").arg(daemon.socket()).output().unwrap()
    };
    let refused = run(4);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("example.zone") && said.contains("File too large"), "{said}");
    assert_eq!(names(folder.path()), BTreeSet::new(), "nothing is left behind");
    fs::write(&file, "the old one").unwrap();
    assert_eq!(run(4).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&file).unwrap(), "the old one");
    let said = text_of(&run(40_000));
    assert!(said.contains("example.zone: example., serial 7, served, "), "{said}");
    assert_eq!(
        records_of(&fs::read_to_string(&file).unwrap()),
        records_of(&exported(&daemon, APEX))
    );
    assert_eq!(names(folder.path()), BTreeSet::from(["example.zone".to_owned()]));
}

fn name_of(text: &str) -> Name {
    text.parse().unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
