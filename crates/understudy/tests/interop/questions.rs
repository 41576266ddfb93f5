//! Questions that are signed, and questions about us: by `dig`, which checks what comes back (I-5).

use std::process::Command;

use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::key::Key;
use peers::program;
use peers::records::{self, APEX};
use peers::{named, wait};

/// Serves the zone and knows the key, which its primary wants too.
fn daemon_with(key: &Key, further: &str) -> (named::Named, Daemon) {
    let named = named::Setup::new(APEX, &records::zone(1)).with_key(key).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, Some(key))]);
    setup.further = further.to_owned();
    let daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    (named, daemon)
}

/// What `dig` prints, all its complaints with it.
fn dig(daemon: &Daemon, clock: Option<&str>, words: &[&str]) -> String {
    let mut command = Command::new(program::find("dig"));
    if let Some(offset) = clock {
        program::set_clock(&mut command, offset);
    }
    command.args(["@127.0.0.1", "-p", &daemon.at.port().to_string()]);
    let output = command.args(["+norecurse", "+tries=1"]).args(words).output().expect("dig");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

const COMPLAINTS: [&str; 4] = ["WARNING", "Couldn't verify", "malformed", "extra bytes"];

#[test]
fn signed_question_gets_a_signed_answer_that_dig_accepts() {
    for algorithm in
        ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]
    {
        let key = Key::new("transfer.key", algorithm);
        let (_named, daemon) = daemon_with(&key, "");
        let by_key = key.for_command_line();
        for (question, expected) in [
            (&["web.example.", "A"][..], "192.0.2.5"),
            (&["web.example.", "A", "+tcp"], "192.0.2.5"),
            (&["web.example.", "A", "+noedns"], "192.0.2.5"),
            (&["absent.example.", "A", "+dnssec"], "NXDOMAIN"),
            (&["other.test.", "A"], "REFUSED"),
        ] {
            let text = dig(&daemon, None, &[&["-y", &by_key], question].concat());
            assert!(text.contains(expected), "{algorithm} {question:?}\n{text}");
            assert!(text.contains("TSIG PSEUDOSECTION"), "{algorithm} {question:?}\n{text}");
            for complaint in COMPLAINTS {
                assert!(!text.contains(complaint), "{algorithm} {question:?}: {complaint}\n{text}");
            }
        }
    }
}

#[test]
fn question_signed_by_an_unknown_key_or_wrongly_or_at_another_time_is_told_why() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (_named, daemon) = daemon_with(&key, "");
    let right = key.for_command_line();
    for (by_key, clock, error) in [
        (key.with_name("unknown.key").for_command_line(), None, "BADKEY"),
        (key.with_other_secret().for_command_line(), None, "BADSIG"),
        (right.clone(), Some("+1h"), "BADTIME"),
        (right.clone(), Some("-1h"), "BADTIME"),
    ] {
        let text = dig(&daemon, clock, &["-y", &by_key, "web.example.", "A"]);
        assert!(text.contains("status: NOTAUTH") && text.contains(error), "{error}\n{text}");
        assert!(!text.contains("192.0.2."), "nothing but the refusal: {text}");
    }
    assert!(dig(&daemon, Some("+200"), &["-y", &right, "web.example.", "A"]).contains("192.0.2.5"));
}

/// Without a word in the settings nobody is told what this is; what the operator says is said.
#[test]
fn only_what_the_operator_sets_is_told_of_this_server() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (_named, mut daemon) = daemon_with(&key, "");
    let names = ["version.bind.", "version.server.", "id.server.", "hostname.bind."];
    let ask_for = |daemon: &Daemon, name: &str| dig(daemon, None, &["CH", "TXT", name]);
    for name in names {
        let text = ask_for(&daemon, name);
        assert!(text.contains("REFUSED") && text.contains("ANSWER: 0"), "{name}\n{text}");
    }
    daemon.setup.further = "[identity]\nversion = \"ours\"\nid = \"edge-7\"\n".to_owned();
    daemon.write_settings();
    daemon.reload_by_signal();
    for (name, told) in names.into_iter().zip(["\"ours\"", "\"ours\"", "\"edge-7\"", "\"edge-7\""])
    {
        wait::until(wait::SOON, &format!("{name} is {told}"), || {
            ask_for(&daemon, name).contains(told)
        });
    }
    let text = ask_for(&daemon, "authors.bind.");
    assert!(text.contains("REFUSED"), "{text}");
    assert_eq!(ask::ask(daemon.at, APEX, ask::SOA).unwrap().rcode, ask::NOERROR);
}
