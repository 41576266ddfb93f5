mod world;

use super::*;
use proptest::prelude::*;

/// No chance in it, and bounds that leave the timers of the tests alone.
const POLICY: Policy = Policy {
    bounds: match Bounds::new((1, 43_200), (1, 43_200)) {
        Ok(bounds) => bounds,
        Err(_) => panic!("legal bounds"),
    },
    attempt_limit: Seconds(600),
    jitter_percent: 0,
    seed: 0,
};

const fn soa(serial: u32) -> SoaTimers {
    SoaTimers {
        serial: Serial(serial),
        refresh: Seconds(900),
        retry: Seconds(60),
        expire: Seconds(3_600),
    }
}

/// Each line: seconds, what happens, what the zone does about it.
#[track_caller]
fn check(script: &str) {
    let mut zone = Refresh::new(POLICY, Mono(0));
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, expected) = line.split_once("=>").expect("`=>`");
        let (at, event) = given.trim().split_once(' ').expect("time, then event");
        let now = Mono(at.parse::<u64>().expect("seconds") * 1_000);
        let (next, actions) = zone.step(parse(event.trim(), &zone), now);
        zone = next;
        assert_eq!(show(&actions), expected.trim(), "at {line}");
    }
}

// snip table
#[test]
fn failed_transfer_after_notify_uses_retry_not_refresh() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            5 installed 7 => -
          100 notified    => probe
          101 probed 8    => transfer since 7
          102 failed      => -
          161 tick        => -
          162 tick        => probe            ",
    );
}

// snip end

#[test]
fn equal_serial_restarts_the_expiry_clock() {
    check(
        "   0 tick        => transfer all
            0 fetched 7   => install
            0 installed 7 => -
         3000 tick        => probe
         3001 probed 7    => confirmed
         3700 tick        => -
         3901 tick        => probe
         6601 tick        => expire, give up         ",
    );
}

#[test]
fn expired_zone_accepts_an_older_serial() {
    check(
        "   0 tick         => transfer all
            0 fetched 70   => install
            0 installed 70 => -
          900 tick         => probe
          901 probed 60    => older 60 70
         3600 tick         => expire, transfer all
         3601 fetched 60   => install
         3601 installed 60 => -
         4501 tick         => probe            ",
    );
}

#[test]
fn rejected_diff_falls_back_to_the_whole_zone_at_once() {
    check(
        "   0 tick           => transfer all
            0 fetched 7      => install
            0 installed 7    => -
            9 notified       => probe
            9 probed 8       => transfer since 7
           10 whole-needed  => transfer all     ",
    );
}

#[test]
fn primary_that_went_back_between_probe_and_transfer_is_not_installed() {
    check(
        "   0 tick        => transfer all
            0 fetched 7   => install
            0 installed 7 => -
            9 notified    => probe
            9 probed 8    => transfer since 7
           10 fetched 6   => older 6 7
           70 tick        => probe            ",
    );
}

#[test]
fn zone_that_expired_during_a_probe_takes_any_serial() {
    check(
        "   0 tick        => transfer all
            0 fetched 7   => install
            0 installed 7 => -
         3590 notified    => probe
         3600 tick        => expire
         3601 probed 6    => transfer all       ",
    );
}

#[test]
fn late_answer_to_an_abandoned_attempt_is_ignored() {
    check(
        "   0 tick             => transfer all
          600 tick             => give up
          604 tick             => -
          605 tick             => transfer all
          606 fetched 7 of 1   => -
          607 installed 7 of 1 => -
          608 fetched 9        => install        ",
    );
}

#[test]
fn serials_are_compared_on_the_circle() {
    check(
        "   0 tick                => transfer all
            0 fetched 4294967295  => install
            0 installed 4294967295 => -
            9 notified            => probe
            9 probed 0            => transfer since 4294967295
           10 fetched 0           => install
           10 installed 0         => -
           19 notified            => probe
           19 probed 2147483648   => older 2147483648 0 ",
    );
}

#[test]
fn second_notify_is_kept_once() {
    check(
        "   0 tick        => transfer all
            1 notified    => -
            2 notified    => -
            3 fetched 7   => install
            3 installed 7 => probe
            4 probed 7    => confirmed        ",
    );
}

#[test]
fn first_notify_acts_at_once_and_later_ones_once_a_second() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
           10 notified    => probe
           10 probed 7    => confirmed
           10 notified    => -
           10 notified    => -
           11 tick        => probe
           11 probed 7    => confirmed
           12 tick        => -
           12 notified    => probe            ",
    );
}

#[test]
fn proven_newer_serial_saves_the_question() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
           10 notified 8  => transfer since 7
           10 fetched 8   => install
           10 installed 8 => -
           20 notified 8  => probe
           20 probed 8    => confirmed
           22 notified 7  => probe
           22 probed 8    => confirmed
           30 notified 9  => transfer since 8
           30 notified 10 => -
           30 fetched 9   => install
           30 installed 9 => -
           31 tick        => transfer since 9
           31 failed      => -
           91 tick        => probe            ",
    );
}

#[test]
fn notify_waits_longer_while_attempts_fail() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
           10 notified    => probe
           10 failed      => -
           11 notified    => -
           12 tick        => probe
           12 failed      => -
           13 notified    => -
           15 tick        => -
           16 tick        => probe            ",
    );
}

#[test]
fn notify_during_an_attempt_that_fails_is_not_lost() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
           10 notified    => probe
           10 probed 8    => transfer since 7
           11 notified    => -
           12 failed      => -
           13 tick        => -
           14 tick        => probe
           14 failed      => -
           73 tick        => -
           74 tick        => probe            ",
    );
}

#[test]
fn answer_with_our_serial_does_not_change_our_timers() {
    let (zone, _) = Refresh::new(POLICY, Mono(0)).step(Event::Tick, Mono(0));
    let (zone, _) = zone.step(Event::Fetched(Attempt(1), soa(7)), Mono(0));
    let (zone, _) = zone.step(Event::Installed(Attempt(1), soa(7)), Mono(0));
    let (zone, _) = zone.step(Event::Refresh, Mono(0));
    let lie = SoaTimers { expire: Seconds(u32::MAX), ..soa(7) };
    let (zone, actions) = zone.step(Event::Probed(Attempt(2), lie), Mono(0));
    assert_eq!(actions, [Action::Confirmed]);
    assert_eq!(zone.expires_at(), Some(Mono(3_600_000)));
}

#[test]
fn waits_before_the_first_copy_double_up_to_ten_minutes() {
    check(
        "   0 tick   => transfer all
            0 failed => -
            4 tick   => -
            5 tick   => transfer all
            5 failed => -
           14 tick   => -
           15 tick   => transfer all
           15 failed => -
           35 tick   => transfer all
           35 failed => -
           75 tick   => transfer all
           75 failed => -
          155 tick   => transfer all
          155 failed => -
          315 tick   => transfer all
          315 failed => -
          635 tick   => transfer all
          635 failed => -
         1234 tick   => -
         1235 tick   => transfer all
         1235 failed => -
         1835 tick   => transfer all          ",
    );
}

#[test]
fn operator_need_not_wait() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
            5 refresh     => probe
            5 refresh     => -
            5 probed 7    => confirmed, probe
            5 probed 7    => confirmed        ",
    );
}

#[test]
fn retransfer_fetches_everything_and_takes_the_serial_it_has() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
            5 refresh     => probe
            5 retransfer  => transfer all
            6 probed 7 of 2 => -
            6 fetched 7   => install
            6 installed 7 => -
            7 retransfer  => transfer all
            8 fetched 6   => older 6 7        ",
    );
}

#[test]
fn equal_serial_that_nobody_forced_confirms_and_is_not_installed() {
    check(
        "   0 tick        => transfer all
            4 fetched 7   => install
            4 installed 7 => -
            9 notified    => probe
            9 probed 8    => transfer since 7
           10 fetched 7   => confirmed        ",
    );
}

#[test]
fn changed_settings_void_the_attempt_and_ask_at_once() {
    check(
        "   0 tick         => transfer all
            1 changed      => transfer all
            2 fetched 7 of 1 => -
            2 fetched 7    => install
            2 changed      => -
            3 installed 7  => probe            ",
    );
}

#[test]
fn restored_zone_serves_until_its_old_expiry_and_asks_first() {
    let soa = soa(7);
    let zone = Refresh::restore(POLICY, soa, Mono(5_000), Mono(0));
    let (zone, actions) = zone.step(Event::Tick, Mono(1));
    assert_eq!(actions, [Action::Probe(Attempt(1))]);
    assert!(zone.serves());
    let (zone, actions) = zone.step(Event::Tick, Mono(5_000));
    assert_eq!(actions, [Action::Expire]);
    assert!(!zone.serves() && zone.serial() == Some(Serial(7)));
}

#[test]
fn restored_zone_past_its_expiry_is_not_served_for_a_moment() {
    let (zone, actions) =
        Refresh::restore(POLICY, soa(7), Mono(0), Mono(0)).step(Event::Tick, Mono(1));
    assert_eq!(actions, [Action::Expire, Action::Transfer { attempt: Attempt(1), since: None }]);
    assert!(!zone.serves());
}

proptest! {
    /// A refresh may come early and a retry late, by the policy's share at the most.
    #[test]
    fn chance_stays_within_its_share(seed: u64, serial: u32) {
        let policy = Policy { jitter_percent: 10, seed, ..POLICY };
        let (zone, _) = Refresh::new(policy, Mono(0)).step(Event::Tick, Mono(0));
        let (zone, _) = zone.step(Event::Fetched(Attempt(1), soa(serial)), Mono(0));
        let (zone, _) = zone.step(Event::Installed(Attempt(1), soa(serial)), Mono(0));
        let refresh = zone.next_refresh().expect("waiting").0;
        prop_assert!((810_000..=900_000).contains(&refresh), "{refresh}");
        let (zone, _) = zone.step(Event::Refresh, Mono(0));
        let (zone, _) = zone.step(Event::Failed(Attempt(2)), Mono(0));
        let retry = zone.next_refresh().expect("waiting").0;
        prop_assert!((60_000..=66_000).contains(&retry), "{retry}");
    }
}

fn parse(event: &str, zone: &Refresh) -> Event {
    let words: Vec<&str> = event.split(' ').collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
    let attempt = Attempt(number(3).unwrap_or(zone.attempts)); // "… 7 of 1" answers attempt 1
    let serial = || soa(number(1).expect("serial"));
    match words.first().copied() {
        Some("tick") => Event::Tick,
        Some("notified") => Event::Notified(number(1).map(Serial)),
        Some("probed") => Event::Probed(attempt, serial()),
        Some("fetched") => Event::Fetched(attempt, serial()),
        Some("installed") => Event::Installed(attempt, serial()),
        Some("not-installed") => Event::NotInstalled(attempt),
        Some("failed") => Event::Failed(attempt),
        Some("in-vain") => Event::InVain(attempt),
        Some("agreed") => Event::Agreed(attempt),
        Some("refresh") => Event::Refresh,
        Some("retransfer") => Event::Retransfer,
        Some("changed") => Event::Changed(POLICY),
        Some("whole-needed") => Event::WholeNeeded(attempt),
        other => panic!("unknown event {other:?}"),
    }
}

fn show(actions: &[Action]) -> String {
    let words: Vec<String> = actions
        .iter()
        .map(|action| match action {
            Action::Probe(_) => "probe".to_owned(),
            Action::Transfer { since: None, .. } => "transfer all".to_owned(),
            Action::Transfer { since: Some(serial), .. } => format!("transfer since {}", serial.0),
            Action::GiveUp => "give up".to_owned(),
            Action::Install(..) => "install".to_owned(),
            Action::ReportOlder { offered, held } => format!("older {} {}", offered.0, held.0),
            Action::Confirmed => "confirmed".to_owned(),
            Action::Expire => "expire".to_owned(),
        })
        .collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// Edges first: hostile timers are zero, tiny or enormous far more often than they are typical.
fn any_seconds() -> impl Strategy<Value = Seconds> {
    prop_oneof![Just(0), Just(1), Just(u32::MAX), any::<u32>()].prop_map(Seconds)
}

prop_compose! {
    fn any_soa()(serial: u32, refresh in any_seconds(), retry in any_seconds(), expire in any_seconds()) -> SoaTimers {
        SoaTimers { serial: Serial(serial), refresh, retry, expire }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let attempt = || (0..8_u32).prop_map(Attempt);
    prop_oneof![
        Just(Event::Tick),
        any::<Option<u32>>().prop_map(|serial| Event::Notified(serial.map(Serial))),
        Just(Event::Refresh),
        Just(Event::Retransfer),
        Just(Event::Changed(POLICY)),
        (attempt(), any_soa()).prop_map(|(a, s)| Event::Probed(a, s)),
        (attempt(), any_soa()).prop_map(|(a, s)| Event::Fetched(a, s)),
        (attempt(), any_soa()).prop_map(|(a, s)| Event::Installed(a, s)),
        attempt().prop_map(Event::NotInstalled),
        attempt().prop_map(Event::Failed),
        attempt().prop_map(Event::InVain),
        attempt().prop_map(Event::Agreed),
        attempt().prop_map(Event::WholeNeeded),
    ]
}

proptest! {
    /// I1 and I2 hold for any input in any order, hostile SOA timers included.
    #[test]
    fn no_input_breaks_the_invariants(script in prop::collection::vec((any_event(), 0..5_000_u64), 0..200)) {
        let (mut zone, mut now) = (Refresh::new(POLICY, Mono(0)), Mono(0));
        for (event, wait_ms) in script {
            now = Mono(now.0 + wait_ms);
            zone = zone.step(event, now).0; // the asserts inside are the oracle
        }
    }
}
