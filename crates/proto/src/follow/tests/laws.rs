//! What holds for any script, hostile ones first.

use super::*;
use proptest::prelude::*;

/// Edges first: hostile timers are zero, tiny or enormous far more often than they are typical.
fn any_seconds() -> impl Strategy<Value = Seconds> {
    prop_oneof![Just(0), Just(1), Just(60), Just(u32::MAX), any::<u32>()].prop_map(Seconds)
}

/// Near each other, and half the circle apart, more often than anywhere.
fn any_serial() -> impl Strategy<Value = Serial> {
    prop_oneof![0..4_u32, Just(0x8000_0000), Just(u32::MAX), any::<u32>()].prop_map(Serial)
}

prop_compose! {
    fn any_soa()(
        serial in any_serial(),
        refresh in any_seconds(),
        retry in any_seconds(),
        expire in any_seconds(),
    ) -> SoaTimers {
        SoaTimers { serial, refresh, retry, expire }
    }
}

fn any_remedy() -> impl Strategy<Value = Remedy> {
    prop_oneof![Just(Remedy::FetchWholeZone), Just(Remedy::UseTcp), Just(Remedy::TryNextPrimary)]
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        any_soa().prop_map(Answer::Soa),
        any_soa().prop_map(Answer::Version),
        any_serial().prop_map(Answer::UpToDate),
        any_serial().prop_map(Answer::Behind),
        any_remedy().prop_map(Answer::Unusable),
    ]
}

/// What happens, if the names of the question are left open.
#[derive(Clone, Copy, Debug)]
enum Given {
    Event(Event),
    Answer(Answer),
    Failure(Remedy),
    Installed(SoaTimers),
    NotInstalled,
    Freeze,
}

fn any_given() -> impl Strategy<Value = Given> {
    let from = prop::option::of(0..5_usize);
    let notified = (from, prop::option::of(any_serial()))
        .prop_map(|(from, proven)| Given::Event(Event::Notified { from, proven }));
    let changed = (0..4_usize)
        .prop_map(|primaries| Given::Event(Event::Changed { policy: POLICY, primaries }));
    prop_oneof![
        4 => Just(Given::Event(Event::Tick)),
        2 => notified,
        1 => Just(Given::Event(Event::Refresh)),
        1 => Just(Given::Event(Event::Retransfer)),
        1 => changed,
        8 => any_answer().prop_map(Given::Answer),
        3 => any_remedy().prop_map(Given::Failure),
        4 => any_soa().prop_map(Given::Installed),
        1 => Just(Given::NotInstalled),
        1 => Just(Given::Freeze),
    ]
}

/// Attempt and step as they are, or as a confused caller might name them.
fn named(given: Given, off_by: u32, zone: &Follow) -> Option<Event> {
    let (asked, step) = asked_for("", zone);
    let attempt = Attempt(asked.0.wrapping_sub(off_by));
    Some(match given {
        Given::Event(event) => event,
        Given::Answer(answer) => Event::Answered { attempt, step, answer },
        Given::Failure(remedy) => Event::AskFailed { attempt, step, remedy },
        Given::Installed(soa) => Event::Installed { attempt, soa },
        Given::NotInstalled => Event::NotInstalled { attempt },
        Given::Freeze => return None,
    })
}

/// Watches the actions alone, and knows no more than one who performs them.
#[derive(Default)]
struct Judge {
    asked: Option<(Attempt, Step)>,
    installing: Option<(Attempt, SoaTimers)>,
    frozen: bool,
    served: Option<Serial>,
}

impl Judge {
    fn on(&mut self, event: Event, actions: &[Action], zone: &Follow) {
        let answers = match event {
            Event::Answered { attempt, step, .. } | Event::AskFailed { attempt, step, .. } => {
                self.asked == Some((attempt, step))
            }
            _ => false,
        };
        let commanded = matches!(event, Event::Refresh | Event::Retransfer | Event::Changed { .. });
        self.frozen &= !commanded;
        if answers {
            self.asked = None;
        }
        let ended = match event {
            Event::Installed { attempt, .. } | Event::NotInstalled { attempt } => {
                self.installing.take_if(|(begun, _)| *begun == attempt)
            }
            _ => None,
        };
        for action in actions {
            self.judge(*action, event, answers);
        }
        assert_eq!(self.asked, zone.asked(), "who performs the actions knows what is asked");
        self.judge_serial(event, ended.is_some(), zone);
    }

    fn judge(&mut self, action: Action, event: Event, answers: bool) {
        match action {
            Action::Ask { attempt, step } => {
                assert!(self.asked.is_none(), "F1: two questions at once");
                assert!(self.installing.is_none() && !self.frozen, "asks while it must not");
                self.asked = Some((attempt, step));
            }
            Action::Abandon => assert!(self.asked.take().is_some(), "nothing to abandon"),
            Action::GaveUp { step } => {
                let asked = self.asked.take().map(|(_, step)| step);
                assert_eq!(asked, Some(step), "gave up what was not asked");
            }
            Action::Install { attempt, soa } => {
                let answered =
                    matches!(event, Event::Answered { answer: Answer::Version(v), .. } if v == soa);
                assert!(answers && answered && !self.frozen, "F3: installs what was not brought");
                assert!(self.installing.is_none(), "two installations at once");
                self.installing = Some((attempt, soa));
            }
            Action::Confirmed | Action::Older { .. } | Action::NothingNew { .. } => {
                assert!(answers, "a primary is quoted that did not answer");
            }
            Action::Expired => self.served = None,
        }
    }

    /// I3, with the one exception of a zone that was not served.
    fn judge_serial(&mut self, event: Event, ended: bool, zone: &Follow) {
        let serial = zone.serial().filter(|_| zone.serves());
        if let (Some(old), Some(new)) = (self.served, serial)
            && old != new
        {
            let installed = matches!(event, Event::Installed { .. }) && ended;
            assert!(installed, "served another serial without an installation");
        }
        self.served = serial;
    }
}

proptest! {
    /// I1 and F1–F3 hold for any input in any order, hostile timers and confused callers included;
    /// I2 and F2 are asserted inside.
    #[test]
    fn no_input_breaks_the_invariants(
        primaries in 0..4_usize,
        script in prop::collection::vec((any_given(), 0..3_u32, prop_oneof![0..5_000_u64, Just(700_000)]), 0..150),
    ) {
        let (mut zone, mut now) = (Follow::new(POLICY, primaries, Mono(0)), Mono(0));
        let mut judge = Judge::default();
        for (given, off_by, wait_ms) in script {
            now = now.plus_ms(wait_ms);
            // Most answers are to the question; some name one that is over.
            let Some(event) = named(given, off_by / 2, &zone) else {
                zone.freeze();
                (judge.asked, judge.frozen) = (None, true);
                continue;
            };
            let actions = zone.step(event, now);
            judge.on(event, &actions, &zone);
            prop_assert!(zone.deadline() > now, "I1: {:?} at {now:?}", zone.deadline());
        }
    }

    /// An attempt ends: whatever its primaries say, at most two questions go to each.
    #[test]
    fn every_attempt_ends(primaries in 1..6_usize, answers in prop::collection::vec(any_answer(), 40)) {
        let mut zone = Follow::new(POLICY, primaries, Mono(0));
        let _ = zone.step(Event::Tick, Mono(0));
        let mut asked = 0;
        let first = zone.asked().map(|(attempt, _)| attempt);
        for answer in answers {
            let Some((attempt, step)) = zone.asked().filter(|(attempt, _)| Some(*attempt) == first)
            else {
                break;
            };
            asked += 1;
            let _ = zone.step(Event::Answered { attempt, step, answer }, Mono(0));
        }
        prop_assert!(asked <= 2 * primaries, "{asked} questions to {primaries}");
    }
}
