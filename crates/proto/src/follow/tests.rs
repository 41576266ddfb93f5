mod laws;

use super::*;
use crate::refresh::Bounds;
use crate::time::Seconds;

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

/// Each line: seconds, what happens, what is to be done about it. Primaries are `a`, `b`, `c`; an
/// answer is to the question that is out, or as `of n b axfr` says.
#[track_caller]
fn check(primaries: usize, script: &str) {
    let mut zone = Follow::new(POLICY, primaries, Mono(0));
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, expected) = line.split_once("=>").expect("`=>`");
        let (at, event) = given.trim().split_once(' ').expect("time, then event");
        let now = Mono(at.parse::<u64>().expect("seconds") * 1_000);
        if event.trim() == "frozen" {
            zone.freeze();
            assert_eq!("-", expected.trim(), "at {line}");
            continue;
        }
        let event = parse(event.trim(), &zone);
        let actions = zone.step(event, now);
        assert_eq!(show(&actions), expected.trim(), "at {line}");
        let serves = if zone.serves() { "served" } else { "silent" };
        assert!(zone.deadline() > now, "{serves} and due at once, at {line}");
    }
}

/// As [`check`], with a zone that holds serial 7, confirmed at 0, and one primary asked of `n`.
#[track_caller]
fn check_held(primaries: usize, script: &str) {
    let start = "0 tick => ask a axfr
                 0 version 7 => install 7
                 0 installed 7 => -";
    check(primaries, &format!("{start}\n{script}"));
}

#[test]
fn zone_is_fetched_installed_probed_and_moved_on_by_changes() {
    check(
        1,
        "   0 tick         => ask a axfr
            3 version 7    => install 7
            4 installed 7  => -
          904 tick         => ask a soa
          905 soa 8        => ask a ixfr 7
          906 version 8    => install 8
          906 installed 8  => -
         1806 tick         => ask a soa
         1807 soa 8        => confirmed            ",
    );
}

#[test]
fn failed_transfer_after_notify_uses_retry_not_refresh() {
    check_held(
        1,
        " 100 notified a   => ask a soa
          101 soa 8        => ask a ixfr 7
          102 failed next  => -
          161 tick         => -
          162 tick         => ask a soa            ",
    );
}

#[test]
fn every_primary_is_asked_before_an_attempt_fails() {
    check(
        3,
        "   0 tick         => ask a axfr
            1 failed next  => ask b axfr
            2 failed tcp   => ask c axfr
            3 failed whole => -
            8 tick         => ask a axfr           ",
    );
}

#[test]
fn diff_that_does_not_apply_is_followed_by_the_whole_zone_in_the_same_breath() {
    check_held(
        2,
        "   9 notified     => ask a soa
            9 soa 8        => ask a ixfr 7
           10 unusable whole => ask a axfr
           11 version 8    => install 8             ",
    );
}

#[test]
fn probe_that_udp_does_not_answer_goes_over_tcp_then_to_the_next() {
    check_held(
        2,
        " 900 tick         => ask a soa
          905 failed tcp   => ask a tcp
          906 failed tcp   => ask b soa
          907 soa 7        => confirmed            ",
    );
}

#[test]
fn primary_that_is_behind_ends_no_probe_while_another_is_left() {
    check_held(
        3,
        " 900 tick         => ask a soa
          901 soa 6        => ask b soa
          902 soa 5        => ask c soa
          903 soa 7        => confirmed
         1803 tick         => ask a soa
         1804 soa 6        => ask b soa
         1805 soa 8        => ask b ixfr 7         ",
    );
}

#[test]
fn last_primary_that_is_behind_is_reported_and_nothing_confirmed() {
    check_held(
        2,
        " 900 tick         => ask a soa
          901 soa 6        => ask b soa
          902 soa 5        => older b 5 7
          962 tick         => ask a soa
          963 soa 6        => ask b soa
          964 failed next  => -
         3600 tick         => expired, ask a axfr
         3601 version 5    => install 5
         3601 installed 5  => -                    ",
    );
}

/// Threat 12: NOTIFY announces what the primary does not have.
#[test]
fn announced_serial_that_nobody_has_costs_an_ever_rarer_question_and_no_expiry() {
    check_held(
        1,
        "  10 notified a 9 => ask a ixfr 7
           10 uptodate 7   => confirmed, nothing a 7
           11 notified a 9 => -
           12 tick         => ask a ixfr 7
           12 uptodate 7   => confirmed, nothing a 7
           13 notified a 9 => -
           16 tick         => ask a ixfr 7
           16 uptodate 7   => confirmed, nothing a 7
           17 notified a 9 => -
           23 tick         => -
           24 tick         => ask a ixfr 7
           24 uptodate 7   => confirmed, nothing a 7
          503 tick         => -
          504 tick         => ask a soa
          504 soa 7        => confirmed
          600 notified a 9 => ask a ixfr 7          ",
    );
}

/// Threat 12: the SOA is always ahead of what is transferred.
#[test]
fn primary_that_never_gives_what_it_announces_is_asked_ever_more_rarely() {
    check_held(
        1,
        " 900 tick           => ask a soa
          900 soa 8          => ask a ixfr 7
          900 failed whole   => ask a axfr
          900 version 7      => confirmed, nothing a 7
          960 tick           => ask a soa
          960 soa 8          => ask a ixfr 7
          960 version 7      => confirmed, nothing a 7
         1079 tick           => -
         1080 tick           => ask a soa
         1080 soa 8          => ask a ixfr 7
         1080 behind 6       => nothing a 6
         1319 tick           => -
         1320 tick           => ask a soa            ",
    );
}

#[test]
fn primary_that_announces_and_never_delivers_does_not_expire_what_another_proves() {
    check_held(
        2,
        " 900 tick           => ask a soa
          900 soa 8          => ask a ixfr 7
          900 failed next    => ask b ixfr 7
          901 uptodate 7     => confirmed, nothing b 7
         3600 tick           => ask a soa
         3600 failed tcp     => ask a tcp
         3600 failed next    => ask b soa
         3600 failed next    => -
         4500 tick           => ask a soa
         4501 tick           => expired              ",
    );
}

/// Threat 12: content that is refused is not fetched at once again, nor as often as before.
#[test]
fn refused_content_backs_off_from_retry_up_to_refresh() {
    check_held(
        1,
        " 900 tick           => ask a soa
          900 soa 8          => ask a ixfr 7
          900 unusable whole => ask a axfr
          900 unusable next  => -
          959 tick           => -
          960 tick           => ask a soa
          960 soa 8          => ask a ixfr 7
          960 unusable next  => -
         1079 tick           => -
         1080 tick           => ask a soa
         1080 soa 8          => ask a ixfr 7
         1080 unusable next  => -
         1320 tick           => ask a soa
         1320 soa 8          => ask a ixfr 7
         1320 unusable next  => -
         1800 tick           => ask a soa
         1800 soa 8          => ask a ixfr 7
         1800 unusable next  => -
         2699 tick           => -
         2700 tick           => ask a soa
         2700 failed next    => -
         2759 tick           => -
         2760 tick           => ask a soa            ",
    );
}

#[test]
fn refused_content_of_one_primary_is_had_from_another() {
    check_held(
        2,
        "  10 notified b     => ask b soa
           10 soa 8          => ask b ixfr 7
           10 unusable whole => ask b axfr
           10 unusable next  => ask a ixfr 7
           11 version 8      => install 8
           11 installed 8    => -
          911 tick           => ask a soa            ",
    );
}

#[test]
fn answers_count_once_and_only_to_the_question_that_is_out() {
    check(
        2,
        "   0 tick                  => ask a axfr
            1 version 7 of 9 a axfr => -
            1 version 7 of 1 b axfr => -
            1 soa 7 of 1 a soa      => -
            2 failed next           => ask b axfr
            3 version 7 of 1 a axfr => -
            3 failed next of 1 a axfr => -
            4 version 8             => install 8
            4 version 8 of 1 b axfr => -
            5 failed next of 1 b axfr => -
            6 installed 8           => -             ",
    );
}

#[test]
fn answer_of_another_kind_than_the_question_is_a_failure() {
    check(
        1,
        "   0 tick         => ask a axfr
            0 soa 7        => -
            5 tick         => ask a axfr
            5 uptodate 7   => -
           15 tick         => ask a axfr
           15 version 7    => install 7
           15 installed 7  => -
          915 tick         => ask a soa
          915 version 9    => -
          975 tick         => ask a soa              ",
    );
}

#[test]
fn attempt_that_takes_too_long_is_given_up_and_its_primary_goes_last() {
    check(
        2,
        "   0 tick                  => ask a axfr
          599 tick                  => -
          600 tick                  => gave up a axfr
          601 version 7 of 1 a axfr => -
          602 refresh               => ask b axfr    ",
    );
}

#[test]
fn command_given_while_an_attempt_is_lost_is_followed_at_once() {
    check_held(
        1,
        " 900 tick    => ask a soa
          901 refresh => -
         1500 tick    => gave up a soa, ask a soa                   ",
    );
}

#[test]
fn notifies_of_several_primaries_in_flight_are_one_question_to_the_last() {
    check_held(
        3,
        "  10 notified a   => ask a soa
           10 notified b   => -
           10 notified c   => -
           11 soa 8        => ask c ixfr 7
           12 version 8    => install 8
           13 notified b   => -
           14 installed 8  => ask b soa
           15 soa 8        => confirmed              ",
    );
}

#[test]
fn expiry_during_an_ixfr_takes_whatever_comes() {
    check_held(
        1,
        "3590 notified     => ask a soa
         3590 soa 8        => ask a ixfr 7
         3600 tick         => expired
         3601 version 8    => install 8              ",
    );
    check_held(
        2,
        "3590 notified b   => ask b soa
         3590 soa 8        => ask b ixfr 7
         3601 uptodate 7   => expired, ask b axfr
         3602 version 6    => install 6              ",
    );
    check_held(
        1,
        "3590 notified     => ask a soa
         3600 soa 6        => expired, ask a axfr    ",
    );
}

#[test]
fn expiry_while_installing_is_over_with_the_new_version() {
    check_held(
        1,
        "3590 notified     => ask a soa
         3590 soa 8        => ask a ixfr 7
         3591 version 8    => install 8
         3600 tick         => expired
         3601 installed 8  => -
         4500 tick         => -
         4501 tick         => ask a soa              ",
    );
}

#[test]
fn zone_that_cannot_be_installed_is_fetched_again_at_retry_and_the_old_one_expires() {
    check_held(
        1,
        "3540 notified        => ask a soa
         3540 soa 8           => ask a ixfr 7
         3540 version 8       => install 8
         3540 not-installed   => -
         3599 tick            => -
         3600 tick            => expired, ask a axfr
         3600 version 8       => install 8
         3601 not-installed   => -
         3661 tick            => ask a axfr          ",
    );
}

#[test]
fn ends_of_installations_that_nobody_awaits_change_nothing() {
    check_held(
        1,
        " 900 tick               => ask a soa
          901 installed 9 of 2   => -
          901 not-installed of 2 => -
          902 installed 9 of 1   => -
          902 not-installed of 1 => -
          903 soa 7              => confirmed        ",
    );
}

#[test]
fn retransfer_waits_for_an_installation_and_then_takes_the_serial_it_has() {
    check_held(
        1,
        " 900 tick         => ask a soa
          900 soa 8        => ask a ixfr 7
          901 version 8    => install 8
          901 retransfer   => -
          902 installed 8  => ask a axfr
          903 version 8    => install 8
          903 installed 8  => -                      ",
    );
}

#[test]
fn retransfer_voids_what_is_being_asked() {
    check_held(
        1,
        " 900 tick                   => ask a soa
          901 retransfer             => abandon, ask a axfr
          902 soa 8 of 2 a soa       => -
          903 version 7              => install 7    ",
    );
}

#[test]
fn retransfer_from_primaries_that_are_behind_asks_all_of_them_and_takes_none() {
    check_held(
        2,
        "   5 retransfer   => ask a axfr
            6 version 6    => older a 6 7, ask b axfr
            7 version 5    => older b 5 7
            8 retransfer   => ask a axfr
            9 version 6    => older a 6 7, ask b axfr
           10 version 7    => install 7              ",
    );
}

#[test]
fn changed_settings_void_the_question_and_ask_the_new_primaries() {
    check_held(
        1,
        " 900 tick                 => ask a soa
          901 changed 2            => abandon, ask a soa
          902 soa 8 of 2 a soa     => -
          902 failed next          => ask b soa
          903 soa 7                => confirmed      ",
    );
}

#[test]
fn changed_settings_await_an_installation() {
    check(
        1,
        "   0 tick         => ask a axfr
            1 version 7    => install 7
            2 changed 1    => -
          900 tick         => -
          901 installed 7  => ask a soa              ",
    );
}

#[test]
fn zone_without_primaries_asks_nobody_and_does_not_spin() {
    check(
        0,
        "   0 tick         => -
            5 tick         => -
            6 notified     => -
            7 refresh      => -
            8 retransfer   => -
            9 changed 1    => ask a axfr
           10 changed 0    => abandon                ",
    );
}

#[test]
fn frozen_zone_is_served_until_it_expires_and_asks_nobody() {
    check_held(
        1,
        " 900 tick            => ask a soa
          901 frozen          => -
          902 soa 8 of 2 a soa => -
          903 notified a 9    => -
         1800 tick            => -
         3599 tick            => -
         3600 tick            => expired
         9999 tick            => -                   ",
    );
}

#[test]
fn frozen_zone_still_learns_how_an_installation_ended() {
    check_held(
        1,
        " 900 tick            => ask a soa
          900 soa 8           => ask a ixfr 7
          901 version 8       => install 8
          902 frozen          => -
          903 installed 8     => -
         4502 tick            => -
         4503 tick            => expired             ",
    );
}

#[test]
fn thawed_zone_is_transferred_whole_whatever_the_operator_said() {
    for command in ["refresh", "retransfer", "changed 1"] {
        check_held(
            1,
            &format!(
                " 900 tick            => ask a soa
                  901 frozen          => -
                  905 {command}       => ask a axfr
                  906 version 7       => install 7
                  907 installed 7     => -
                 1807 tick            => ask a soa   "
            ),
        );
    }
}

#[test]
fn zone_thawed_while_it_installs_is_transferred_whole_afterwards() {
    check_held(
        1,
        " 900 retransfer      => ask a axfr
          901 version 8       => install 8
          902 frozen          => -
          903 refresh         => -
          904 not-installed   => ask a axfr          ",
    );
}

#[test]
fn restored_zone_serves_until_its_old_expiry_and_asks_when_it_is_due() {
    let mut zone = Follow::restore(POLICY, 1, soa(7), Mono(50_000), Mono(9_000));
    assert!(zone.serves());
    assert_eq!(show(&zone.step(Event::Tick, Mono(8_999))), "-");
    assert_eq!(show(&zone.step(Event::Tick, Mono(9_000))), "ask a soa");
    assert_eq!(show(&zone.step(Event::Tick, Mono(50_000))), "expired");
    assert!(!zone.serves() && zone.serial() == Some(Serial(7)));
}

#[test]
fn clock_that_jumps_by_years_expires_the_zone_and_asks_at_once() {
    let ten_years = 10 * 365 * 86_400;
    check_held(
        1,
        &format!(
            "{ten_years} tick      => expired, ask a axfr
             {ten_years} version 3 => install 3      "
        ),
    );
}

#[test]
fn timers_of_zero_neither_spin_nor_outlive_their_second() {
    let none = Seconds(0);
    let zero = SoaTimers { serial: Serial(7), refresh: none, retry: none, expire: none };
    let mut zone = Follow::new(POLICY, 1, Mono(0));
    assert_eq!(show(&zone.step(Event::Tick, Mono(0))), "ask a axfr");
    let (attempt, step) = zone.asked().expect("asked");
    let answer = Answer::Version(zero);
    assert_eq!(show(&zone.step(Event::Answered { attempt, step, answer }, Mono(0))), "install 7");
    assert_eq!(show(&zone.step(Event::Installed { attempt, soa: zero }, Mono(0))), "-");
    assert!(zone.serves());
    assert_eq!(show(&zone.step(Event::Tick, Mono(999))), "-");
    assert_eq!(show(&zone.step(Event::Tick, Mono(1_000))), "expired, ask a axfr");
}

fn parse(event: &str, zone: &Follow) -> Event {
    let (event, question) = event.split_once(" of ").unwrap_or((event, ""));
    let words: Vec<&str> = event.split_whitespace().collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
    let serial = || soa(number(1).expect("serial"));
    let (attempt, step) = asked_for(question, zone);
    let answered = |answer| Event::Answered { attempt, step, answer };
    match words.first().copied() {
        Some("tick") => Event::Tick,
        Some("notified") => Event::Notified {
            from: words.get(1).map(|letter| index_of(letter)),
            proven: number(2).map(Serial),
        },
        Some("refresh") => Event::Refresh,
        Some("retransfer") => Event::Retransfer,
        Some("changed") => {
            Event::Changed { policy: POLICY, primaries: number(1).expect("a count") as usize }
        }
        Some("soa") => answered(Answer::Soa(serial())),
        Some("version") => answered(Answer::Version(serial())),
        Some("uptodate") => answered(Answer::UpToDate(serial().serial)),
        Some("behind") => answered(Answer::Behind(serial().serial)),
        Some("unusable") => answered(Answer::Unusable(remedy(words.get(1)))),
        Some("failed") => Event::AskFailed { attempt, step, remedy: remedy(words.get(1)) },
        Some("installed") => Event::Installed { attempt, soa: serial() },
        Some("not-installed") => Event::NotInstalled { attempt },
        other => panic!("unknown event {other:?}"),
    }
}

fn remedy(word: Option<&&str>) -> Remedy {
    match word.copied() {
        Some("whole") => Remedy::FetchWholeZone,
        Some("tcp") => Remedy::UseTcp,
        Some("next") => Remedy::TryNextPrimary,
        other => panic!("unknown remedy {other:?}"),
    }
}

/// `3 b ixfr 7`, or what is being asked or installed.
fn asked_for(question: &str, zone: &Follow) -> (Attempt, Step) {
    let words: Vec<&str> = question.split_whitespace().collect();
    let nothing = Step { primary: 0, ask: Ask::Axfr };
    let Some(attempt) = words.first() else {
        return zone.asked().unwrap_or((zone.refresh.last_attempt(), nothing));
    };
    let attempt = Attempt(attempt.parse().expect("an attempt"));
    let ask = match words.get(2).copied() {
        Some("soa") => Ask::ProbeUdp,
        Some("tcp") => Ask::ProbeTcp,
        Some("ixfr") => Ask::Ixfr(Serial(words[3].parse().expect("serial"))),
        Some("axfr") | None => Ask::Axfr,
        other => panic!("unknown question {other:?}"),
    };
    (attempt, Step { primary: words.get(1).map_or(0, |letter| index_of(letter)), ask })
}

fn index_of(letter: &str) -> usize {
    usize::from(letter.as_bytes()[0] - b'a')
}

fn show(actions: &[Action]) -> String {
    let words: Vec<String> = actions.iter().map(show_one).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

fn show_one(action: &Action) -> String {
    let letter = |step: &Step| char::from(b'a' + u8::try_from(step.primary).expect("few"));
    let question = |step: &Step| match step.ask {
        Ask::ProbeUdp => format!("{} soa", letter(step)),
        Ask::ProbeTcp => format!("{} tcp", letter(step)),
        Ask::Ixfr(since) => format!("{} ixfr {}", letter(step), since.0),
        Ask::Axfr => format!("{} axfr", letter(step)),
    };
    match action {
        Action::Ask { step, .. } => format!("ask {}", question(step)),
        Action::Abandon => "abandon".to_owned(),
        Action::GaveUp { step } => format!("gave up {}", question(step)),
        Action::Install { soa, .. } => format!("install {}", soa.serial.0),
        Action::Confirmed => "confirmed".to_owned(),
        Action::Older { step, offered, held } => {
            format!("older {} {} {}", letter(step), offered.0, held.0)
        }
        Action::NothingNew { step, offered } => format!("nothing {} {}", letter(step), offered.0),
        Action::Expired => "expired".to_owned(),
    }
}
