//! The program as a shell sees it: what it prints where, and how it ends.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn understudy(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_understudy"))
        .args(arguments)
        .env_remove("UNDERSTUDY_SOCKET")
        .output()
        .unwrap_or_else(|error| panic!("the program does not start: {error}"))
}

fn said(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

#[test]
fn wrong_usage_ends_with_2_and_shows_the_right_one() {
    for arguments in [
        &[][..],
        &["zone"],
        &["zone", "status"],
        &["zone", "list", "--state", "fine"],
        &["key", "generate", "a b"],
        &["key", "generate", "k1", "--algorithm", "hmac-sha3"],
        &["zone", "export"],
        &["zone", "export", "a", "--json"],
        &["zone", "export", "a", "--json", "--out", "-"],
        &["zone", "export", "a", "--offline", "--socket", "/s"],
        &["demo", "--origin", "example"],
        &["nonsense"],
    ] {
        let output = understudy(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn without_a_daemon_every_client_verb_ends_with_3_and_says_how_to_start_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("control.sock").display().to_string();
    for verb in [
        &["zone", "list"][..],
        &["zone", "status", "example.net"],
        &["zone", "refresh", "example.net"],
        &["zone", "retransfer", "example.net"],
        &["zone", "export", "example.net"],
        &["reload"],
    ] {
        let output = understudy(&[verb, &["--socket", &socket]].concat());
        assert_eq!(output.status.code(), Some(3), "{verb:?}");
        let stderr = said(&output.stderr);
        assert!(stderr.contains(&format!("no daemon listens at {socket}")), "{stderr}");
        assert!(stderr.contains("understudy serve"), "{stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn socket_is_taken_from_the_environment_too() {
    let output = Command::new(env!("CARGO_BIN_EXE_understudy"))
        .args(["zone", "list"])
        .env("UNDERSTUDY_SOCKET", "/nonexistent/a.sock")
        .output()
        .expect("the program starts");
    assert!(said(&output.stderr).contains("/nonexistent/a.sock"));
}

#[test]
fn version_is_printed_by_verb_and_by_flag() {
    for arguments in [["version"], ["--version"]] {
        let output = understudy(&arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(said(&output.stdout).starts_with("understudy "));
    }
}

/// I-5: keys are generated for you.
#[test]
fn generated_key_is_accepted_by_the_configuration_as_it_is_printed() {
    for algorithm in
        ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]
    {
        let output = understudy(&["key", "generate", "tsig.example.net", "--algorithm", algorithm]);
        assert_eq!(output.status.code(), Some(0));
        let printed = said(&output.stdout);
        let (toml, bind) = printed.split_once("# For named.conf").expect("both ends");
        let config = server::config::Config::parse(toml, Path::new("understudy.toml"))
            .unwrap_or_else(|error| panic!("{error}"));
        let key = config.keys.values().next().expect("one key");
        assert_eq!(key.name().to_string(), "tsig.example.net.");
        assert!(key.algorithm().as_str().starts_with(algorithm));
        assert_eq!(key.secret_bits(), key.algorithm().hash_octets() * 8);
        assert!(bind.contains(&key.secret_base64()), "one secret at both ends");
        assert!(bind.contains("key \"tsig.example.net\" {"));
    }
}

/// A configuration in a folder of its own, with its data beside it.
fn configured(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    let path = folder.path().join("understudy.toml");
    std::fs::write(&path, format!("[server]\ndata-dir = \"data\"\n{text}"))
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    (folder, path.display().to_string())
}

#[test]
fn check_accepts_a_good_configuration_before_anything_has_run() {
    let (_folder, path) = configured("[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\n");
    let output = understudy(&["check", "--config", &path]);
    let page = said(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert!(page.contains("good, zones: 1") && page.contains("does not exist yet"), "{page}");
    let output = understudy(&["check", "--config", &path, "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&json["sound"], &json["zones_configured"]), (&true.into(), &1.into()));
}

#[test]
fn serve_and_check_refuse_a_bad_configuration_with_file_and_line() {
    let (_folder, path) = configured("[tcp]\nclients = 1\n\n[limits]\nrecords-max = 0\n");
    for verb in ["serve", "check"] {
        let output = understudy(&[verb, "--config", &path]);
        assert_eq!(output.status.code(), Some(1), "{verb}");
        let stderr = said(&output.stderr);
        assert!(stderr.contains(&format!("{path}:4:1: unknown key `clients`")), "{stderr}");
        assert!(stderr.contains(&format!("{path}:7:15: found 0; expected 1 or more")), "{stderr}");
    }
}

#[test]
fn check_fails_for_a_data_directory_that_was_named_and_is_not_there() {
    let (folder, path) = configured("");
    let missing = folder.path().join("missing").display().to_string();
    let output = understudy(&["check", "--config", &path, "--data-dir", &missing]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains(&missing), "{}", said(&output.stderr));
}

#[test]
fn check_finds_a_damaged_database() {
    let (folder, path) = configured("");
    let held = folder.path().join("data");
    std::fs::create_dir(&held).expect("a folder");
    std::fs::write(held.join("understudy.sqlite"), "no database").expect("written");
    let output = understudy(&["check", "--config", &path]);
    let report = said(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains("damaged") && report.contains("understudy.sqlite"), "{report}");
}

#[test]
fn signals_during_a_start_do_not_kill_and_sigterm_ends_it_at_once() {
    let (folder, path) = configured("");
    std::fs::remove_file(&path).expect("it was there");
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo is everywhere");
    assert!(made.success());
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_understudy"))
        .args(["serve", "--config", &path])
        .spawn()
        .expect("the program starts");
    // Opens when the daemon has begun to read its settings, which then do not come.
    let settings = std::fs::File::options().write(true).open(&path).expect("the daemon reads it");
    tell(&daemon, "-HUP");
    tell(&daemon, "-TERM");
    let ended = daemon.wait().expect("it ends");
    assert!(ended.success(), "{ended}");
    drop((settings, folder));
}

#[test]
fn what_a_crash_left_on_disk_is_a_warning_and_damage_is_an_error_each_with_its_file() {
    let (folder, path) = configured("");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let rest = format!("listen = [\"{}\"]\n[log]\nformat = \"text\"\n", port.expect("a free port"));
    std::fs::write(&path, format!("[server]\ndata-dir = \"data\"\n{rest}")).expect("ours");
    let held = folder.path().join("data");
    let log_of_a_run = || {
        let mut daemon = Command::new(env!("CARGO_BIN_EXE_understudy"))
            .args(["serve", "--config", &path])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let socket = held.join("control.sock").display().to_string();
        while !understudy(&["zone", "list", "--socket", &socket]).status.success() {
            assert!(daemon.try_wait().expect("a child").is_none(), "it ended");
        }
        tell(&daemon, "-TERM");
        said(&daemon.wait_with_output().expect("it ends").stderr)
    };
    let clean = log_of_a_run();
    assert!(!clean.contains("WARN") && !clean.contains("ERROR"), "{clean}");
    let log = held.join("shard-0").join("log-0000000001");
    let mut octets = std::fs::read(&log).expect("a commit log");
    octets.extend([7; 100]);
    std::fs::write(&log, &octets).expect("ours");
    let after_crash = log_of_a_run();
    assert!(after_crash.contains("WARN") && !after_crash.contains("ERROR"), "{after_crash}");
    assert!(after_crash.contains("log-0000000001: 100 octets"), "{after_crash}");
    std::fs::write(&log, [7; 128]).expect("ours");
    let damaged = log_of_a_run();
    assert!(damaged.contains("ERROR damage on disk: "), "{damaged}");
    assert!(damaged.contains("log-0000000001: the header is damaged"), "{damaged}");
}

fn tell(daemon: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &daemon.id().to_string()]).status();
    assert!(sent.is_ok_and(|sent| sent.success()), "kill {signal}");
}

/// The settings of the data directory never come, so the export has begun and cannot end by itself.
#[test]
fn export_that_is_interrupted_ends_at_once_and_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let (folder, path) = configured("");
        std::fs::remove_file(&path).expect("it was there");
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo is everywhere");
        assert!(made.success());
        let out = folder.path().join("zone");
        std::fs::write(&out, "the old one").expect("ours");
        let export = Command::new(env!("CARGO_BIN_EXE_understudy"))
            .args(["zone", "export", "example", "--offline", "--config", &path, "--out"])
            .arg(&out)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let settings = std::fs::File::options().write(true).open(&path).expect("it is read");
        assert_eq!(std::fs::read_dir(folder.path()).expect("ours").count(), 3, "it has begun");
        tell(&export, signal);
        let output = export.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{signal}: {}", output.status);
        assert!(said(&output.stderr).contains("interrupted"), "{}", said(&output.stderr));
        assert_eq!(std::fs::read_dir(folder.path()).expect("ours").count(), 2, "{signal}");
        assert_eq!(std::fs::read_to_string(&out).expect("ours"), "the old one");
        drop(settings);
    }
}

const OWN_ZONE: &str =
    "@ 60 SOA ns host 7 3600 600 86400 60\n@ NS ns\nns A 192.0.2.1\n$INCLUDE hosts\n";

#[test]
fn demo_shows_the_operators_own_zone_and_what_it_includes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("own.test.zone");
    std::fs::write(folder.path().join("hosts"), "www A 192.0.2.2\n").expect("ours");
    for (text, expected) in [
        (OWN_ZONE.to_owned(), "understudy-demo.own.test. TXT"),
        (
            format!("{OWN_ZONE}@ RRSIG A 13 2 60 20400101000000 20200101000000 1 @ AAAA\n"),
            "served as it is",
        ),
        (format!("$ORIGIN \\$a\\\"b\\\\.test.\n{OWN_ZONE}"), "secondary of \\$a\\\"b\\092.test."),
    ] {
        std::fs::write(&file, &text).expect("ours");
        let output = understudy(&["demo", "--zone", &file.display().to_string(), "--seconds", "0"]);
        let page = said(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{page}{}", said(&output.stderr));
        assert!(page.contains(expected) && page.contains("serial 7 served"), "{page}");
    }
}

#[test]
fn demo_says_where_the_operators_zone_is_wrong() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("own.test");
    let shown = file.display().to_string();
    let hosts = folder.path().join("hosts").display().to_string();
    std::fs::write(folder.path().join("hosts"), "www A 192.0.2.\n").expect("ours");
    for (text, expected) in [
        (OWN_ZONE.to_owned(), format!("{hosts} line 1: found `192.0.2.`, expected")),
        (
            OWN_ZONE.replace("hosts", "../hosts"),
            format!("{shown} line 4: cannot include `../hosts`"),
        ),
        ("@ 60 SOA ns host 7 3600 600 86400 60\n".to_owned(), format!("{shown}: ")),
    ] {
        std::fs::write(&file, text).expect("ours");
        let output = understudy(&["demo", "--zone", &shown, "--seconds", "0"]);
        let stderr = said(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(&expected), "{stderr}");
    }
}
