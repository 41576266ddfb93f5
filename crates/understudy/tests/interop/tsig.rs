//! Signed transfers, and what is shown when signatures do not fit (I-5, I-11).

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::Value;

use peers::daemon::{self, Daemon, Zone};
use peers::key::Key;
use peers::named::{self, Named};
use peers::nsd;
use peers::ports;
use peers::primary::Setup;
use peers::records::{self, APEX};

const ALGORITHMS: [&str; 6] =
    ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"];

#[test]
fn every_algorithm_of_named_signs_transfer_and_notify() {
    for algorithm in ALGORITHMS {
        let key = Key::new("transfer.key", algorithm);
        let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let named = named::Setup::new(APEX, &records::zone(1))
            .with_key(&key)
            .notifying(secondary, Some(&key))
            .start();
        let zones = vec![Zone::from(APEX, named.at, Some(&key))];
        let daemon = daemon::Setup::listening(secondary, zones).start();
        daemon.wait_for_serial(APEX, 1);
        named.update(APEX, &["add new.example. 60 A 192.0.2.9"]);
        daemon.wait_for_serial(APEX, 2);
        let status = daemon.status(APEX);
        assert_eq!(status["last_notify"]["verdict"], "accepted", "{algorithm}");
        assert_eq!(status["last_success"]["action"], "ixfr", "{algorithm}");
    }
}

#[test]
fn every_algorithm_of_nsd_signs_transfers() {
    for algorithm in ALGORITHMS {
        let key = Key::new("transfer.key", algorithm);
        let nsd = nsd::primary(Setup::new(APEX, &records::zone(1)).with_key(&key));
        let daemon = daemon::Setup::new(vec![Zone::from(APEX, nsd.at, Some(&key))]).start();
        daemon.wait_for_serial(APEX, 1);
    }
}

/// A named that wants `theirs`, a secondary that signs with `ours`.
fn mismatched(theirs: &Key, ours: &Key, clock: Option<&str>) -> (Named, Daemon) {
    let mut setup = named::Setup::new(APEX, &records::zone(1)).with_key(theirs);
    setup.clock = clock.map(str::to_owned);
    let named = setup.start();
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, Some(ours))]).start();
    (named, daemon)
}

#[test]
fn wrong_key_name_shows_badkey_with_the_name() {
    let theirs = Key::new("transfer.key", "hmac-sha256");
    let (_named, daemon) = mismatched(&theirs, &theirs.with_name("transfer-key"), None);
    let failure = daemon.wait_for_failure(APEX, "TSIG_BADKEY");
    assert!(facts(&failure).contains("transfer-key"), "{failure:#}");
    assert_unserved(&daemon);
}

#[test]
fn wrong_secret_shows_badsig() {
    let theirs = Key::new("transfer.key", "hmac-sha256");
    let ours = theirs.with_other_secret();
    let (_named, daemon) = mismatched(&theirs, &ours, None);
    let failure = daemon.wait_for_failure(APEX, "TSIG_BADSIG");
    assert!(facts(&failure).contains("transfer.key"), "{failure:#}");
    let shown = daemon.status(APEX).to_string() + &daemon.program().log();
    assert!(!shown.contains(&ours.secret), "a secret is never shown");
    assert_unserved(&daemon);
}

#[test]
fn clock_an_hour_ahead_shows_badtime_with_the_measured_skew() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (_named, daemon) = mismatched(&key, &key, Some("+1h"));
    let failure = daemon.wait_for_failure(APEX, "TSIG_BADTIME");
    let skew = failure["facts"]["skew_s"].as_i64().unwrap_or_else(|| panic!("{failure:#}"));
    assert!((3_590..=3_610).contains(&skew.abs()), "an hour, measured as {skew} s");
    assert_unserved(&daemon);
}

#[test]
fn clock_an_hour_behind_shows_the_other_sign() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (_ahead, ahead) = mismatched(&key, &key, Some("+1h"));
    let (_behind, behind) = mismatched(&key, &key, Some("-1h"));
    let skew = |daemon: &Daemon| {
        daemon.wait_for_failure(APEX, "TSIG_BADTIME")["facts"]["skew_s"].as_i64().unwrap()
    };
    assert_eq!(skew(&ahead).signum(), -skew(&behind).signum());
}

fn facts(failure: &Value) -> String {
    failure["facts"].to_string()
}

/// What could not be verified is not served.
#[track_caller]
fn assert_unserved(daemon: &Daemon) {
    assert_eq!(daemon.serial(APEX), None);
    assert_eq!(daemon.status(APEX)["state"], "failed");
}
