//! Scripts of what happens to a zone and what is to be done about it.

use super::*;

/// Each line: seconds, what happens, what is to be done about it. Primaries are `a`, `b`, `c`; an
/// answer is to the question that is out, or as `of n b axfr` says.
#[track_caller]
pub(super) fn check(primaries: usize, script: &str) {
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
pub(super) fn check_held(primaries: usize, script: &str) {
    let start = "0 tick => ask a axfr
                 0 version 7 => install 7
                 0 installed 7 => -";
    check(primaries, &format!("{start}\n{script}"));
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
pub(super) fn asked_for(question: &str, zone: &Follow) -> (Attempt, Step) {
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

pub(super) fn show(actions: &[Action]) -> String {
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
