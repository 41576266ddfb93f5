//! Scenarios in words: at which second what is done to a world, and what its daemon does about it.
//!
//! ```text
//!    0 start          => axfr a, whole 1, installed 1
//!  100 publish        => -
//!  110 notify a       => notified, soa a, ixfr 1 a, diff 2, installed 2
//!  110 serves 2       =>
//! ```
//!
//! What stands behind `=>` is all that happened from this line to the next: `-` is nothing, `…` anything;
//! without it, or at the end, nothing is compared. Serials are the editions of the publisher, counted from
//! 1; one that follows a step back has a mark for each. Primaries are letters.
//!
//! Touches nothing.

use crate::clock::True;
use crate::disk::Stop;
use crate::edition::Timing;
use crate::lie::Lie;
use crate::note::{Note, What};
use crate::publisher::STRETCHES;
use crate::source::Plan;
use crate::world::World;
use proto::follow::Event;
use proto::primaries::Ask;
use std::io::ErrorKind;

/// Plays a script with one zone, and gives back the world that it leaves behind.
///
/// # Errors
/// The line at which something else happened than it says, or a law that was broken.
pub fn play(plan: Plan, script: &str) -> Result<World, String> {
    let mut world = World::new(1, vec![plan]);
    world.slowness_ms = 0;
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut before: Option<(&str, &str)> = None;
    let mut noted = 0;
    for line in lines {
        let (given, expected) =
            line.split_once("=>").ok_or_else(|| format!("no `=>` in {line}"))?;
        let (at, command) =
            given.trim().split_once(' ').ok_or_else(|| format!("no command in {line}"))?;
        let at = at.parse().map_err(|_| format!("no second in {line}"))?;
        world.run_until(True(0).plus_s(at)).map_err(|broken| format!("before {line}: {broken}"))?;
        compare(&world, before, noted)?;
        noted = world.notes.len();
        perform(&mut world, command.trim()).map_err(|wrong| format!("at {line}: {wrong}"))?;
        before = Some((line, expected.trim()));
    }
    Ok(world)
}

fn compare(world: &World, line: Option<(&str, &str)>, from: usize) -> Result<(), String> {
    let Some((line, expected)) = line.filter(|(_, expected)| !expected.is_empty()) else {
        return Ok(());
    };
    let notes = world.notes.iter().skip(from);
    let happened: Vec<String> = notes.filter_map(|(_, note)| shown(*note)).collect();
    let wanted: Vec<&str> = match expected {
        "-" => Vec::new(),
        listed => listed.split(',').map(str::trim).collect(),
    };
    let found: Vec<&str> = happened.iter().map(String::as_str).collect();
    if is_match(&wanted, &found) {
        return Ok(());
    }
    let found = if found.is_empty() { "-".to_owned() } else { found.join(", ") };
    Err(format!("{line}\nhappened: {found}"))
}

/// `…` stands for any number of things, none included.
fn is_match(wanted: &[&str], found: &[&str]) -> bool {
    match (wanted, found) {
        ([], found) => found.is_empty(),
        (["…", rest @ ..], _) => (0..=found.len()).any(|skip| is_match(rest, &found[skip..])),
        ([first, wanted @ ..], [happened, found @ ..]) => {
            first == happened && is_match(wanted, found)
        }
        ([_, ..], []) => false,
    }
}

/// The word for what happened; `None` for what only explains it.
fn shown(Note { what, .. }: Note) -> Option<String> {
    let letter =
        |primary: usize| char::from(b'a'.saturating_add(u8::try_from(primary).unwrap_or(0)));
    Some(match what {
        What::Asked { ask, primary, .. } => {
            let from = letter(primary);
            match ask {
                Ask::ProbeUdp => format!("soa {from}"),
                Ask::ProbeTcp => format!("soa/tcp {from}"),
                Ask::Ixfr(since) => format!("ixfr {} {from}", edition(since.0)),
                Ask::Axfr => format!("axfr {from}"),
            }
        }
        What::Failed(code) => code.to_owned(),
        What::NotAwaited => "not awaited".to_owned(),
        What::Abandoned => "abandoned".to_owned(),
        What::GaveUp => "gave up".to_owned(),
        What::Committing { serial, is_diff: true } => format!("diff {}", edition(serial)),
        What::Committing { serial, is_diff: false } => format!("whole {}", edition(serial)),
        What::Installed { serial } => format!("installed {}", edition(serial)),
        What::NotInstalled => "not installed".to_owned(),
        What::Confirmed => "confirmed".to_owned(),
        What::Older { offered, .. } => format!("older {}", edition(offered)),
        What::NothingNew { offered } => format!("nothing new {}", edition(offered)),
        What::Expired => "expired".to_owned(),
        What::Notified => "notified".to_owned(),
        What::NotifyRefused => "notify refused".to_owned(),
        What::Ended | What::Answered(_) | What::CommittedTogether | What::Lied(_) => return None,
    })
}

/// A serial as scripts write it.
fn edition(serial: u32) -> String {
    let marks = usize::try_from(serial % STRETCHES).unwrap_or(0);
    format!("{}{}", serial / STRETCHES, "'".repeat(marks))
}

fn perform(world: &mut World, command: &str) -> Result<(), String> {
    let words: Vec<&str> = command.split(' ').collect();
    let number = |at: usize| -> Result<i64, String> {
        let word = words.get(at).ok_or("a number is missing")?;
        word.parse().map_err(|_| format!("{word} is no number"))
    };
    let small = |at: usize| number(at).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    match *words.first().unwrap_or(&"") {
        "-" => {}
        "start" => world.start().map_err(|broken| broken.to_string())?,
        "stop" => world.end(Stop::Told),
        "kill" => world.end(Stop::Killed),
        "cut" => world.end(Stop::PowerCut),
        "serves" => return serves(world, words.get(1).copied().unwrap_or("-")),
        "date" => world.set_date(number(1)?.saturating_mul(1_000)),
        "deadlines" => world.refuse_deadlines(small(1)?),
        "fails" => world.disk.fail_at(u64::from(small(1)?), ErrorKind::StorageFull),
        "refresh" => return told(world.command(0, Event::Refresh)),
        "retransfer" => return told(world.command(0, Event::Retransfer)),
        "timers" => {
            let timing = Timing { refresh: small(1)?, retry: small(2)?, expire: small(3)? };
            world.publish_timing(0, timing);
        }
        _ => return perform_outside(world, &words),
    }
    Ok(())
}

/// What is done to publisher and primaries.
fn perform_outside(world: &mut World, words: &[&str]) -> Result<(), String> {
    let primary = words.get(1).and_then(|word| word.bytes().next());
    let primary = usize::from(primary.unwrap_or(b'a').saturating_sub(b'a'));
    let count = || words.get(1).and_then(|word| word.parse().ok()).unwrap_or(1);
    match words {
        ["publish"] => {
            world.publish_like_before();
            world.sources[0].all_catch_up();
        }
        // Only one primary has it yet.
        ["publish", "at", at] => {
            world.publish_like_before();
            let primary = usize::from(at.bytes().next().unwrap_or(b'a').saturating_sub(b'a'));
            world.sources[0].catch_up(primary);
        }
        ["huge"] => {
            let record = |edition: &crate::edition::Edition| edition.text(700, 9_000);
            world.sources[0].publisher.publish_with(record);
            world.tell_judge(0);
            world.sources[0].all_catch_up();
        }
        ["tidy"] => {
            world.sources[0].publisher.publish_without_text();
            world.tell_judge(0);
            world.sources[0].all_catch_up();
        }
        ["back", ..] => {
            if !world.sources[0].publisher.go_back(count(), &mut world.dice) {
                return Err("it went back too often".to_owned());
            }
            world.tell_judge(0);
            world.sources[0].all_catch_up();
        }
        ["notify", _] => {
            let serial = world.newest(0).serial;
            world.notify(0, primary, Some(serial));
        }
        ["notify", _, serial] => {
            let serial: u32 = serial.parse().map_err(|_| format!("{serial} is no edition"))?;
            world.notify(0, primary, Some(serial.wrapping_mul(STRETCHES)));
        }
        ["silent", _] => drop(world.sources[0].silent.insert(primary)),
        ["heard", _] => drop(world.sources[0].silent.remove(&primary)),
        ["lie", lies @ ..] => {
            let lies: Result<Vec<Lie>, String> = lies.iter().map(|lie| lie_of(lie)).collect();
            world.sources[0].lies.extend(lies?);
        }
        ["always", lie] => world.sources[0].always = Some(lie_of(lie)?),
        ["honest"] => world.sources[0].always = None,
        _ => return Err(format!("nobody can {words:?}")),
    }
    Ok(())
}

fn lie_of(word: &str) -> Result<Lie, String> {
    let lie = Lie::ALL.iter().find(|lie| format!("{lie:?}") == word);
    lie.copied().ok_or_else(|| format!("{word} is no untruth"))
}

fn serves(world: &World, wanted: &str) -> Result<(), String> {
    let found = world.serving(0).map_or_else(|| "-".to_owned(), edition);
    if found == wanted { Ok(()) } else { Err(format!("serves {found}")) }
}

fn told(result: Result<(), crate::judge::Violation>) -> Result<(), String> {
    result.map_err(|broken| broken.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_matches_any_number_of_things() {
        assert!(is_match(&["…"], &[]) && is_match(&["…"], &["a", "b"]));
        assert!(is_match(&["a", "…", "c", "…"], &["a", "b", "c"]));
        assert!(!is_match(&["a", "…", "c"], &["a", "c", "d"]));
        assert!(is_match(&[], &[]) && !is_match(&[], &["a"]) && !is_match(&["a"], &[]));
    }

    #[test]
    fn a_line_that_says_something_else_fails() {
        let wrong = play(Plan::plain(), "0 start => axfr a, installed 1\n1 - =>").err();
        assert!(wrong.is_some_and(|wrong| wrong.contains("happened: axfr a, whole 1")));
        assert!(play(Plan::plain(), "0 dance => -").is_err());
        assert!(play(Plan::plain(), "0 start =>\n5 serves 2 =>").is_err());
    }

    #[test]
    fn serials_are_shown_as_editions() {
        assert_eq!((edition(32), edition(66), edition(0)), ("1".into(), "2''".into(), "0".into()));
    }
}
