//! Strangers, too many at once, and readers that do not read.

use super::*;

#[test]
fn strangers_are_refused_and_counted() {
    let (_named, daemon) = upstream_and_us(&records::zone(1), None, String::new());
    assert!(ask::axfr(daemon.at, APEX).is_err());
    let answer = ask::exchange(daemon.at, &ask::Query::new(APEX, ask::AXFR), ask::Transport::Tcp);
    assert_eq!(answer.unwrap().rcode, ask::REFUSED);
    let failures = || daemon.status(APEX)["downstream"]["failures"].clone();
    wait::until(wait::SOON, "both are counted", || failures()["DOWNSTREAM_UNKNOWN_SOURCE"] == 2);
    let last = daemon.status(APEX)["downstream"]["last_failure"].clone();
    assert_eq!(
        (last["from"].as_str(), last["facts"]["source"].as_str()),
        (Some("127.0.0.1"), Some("127.0.0.1"))
    );
}
