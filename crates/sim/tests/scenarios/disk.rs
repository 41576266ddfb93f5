//! Disks that fail, and ends in the middle.

use crate::check;
use sim::clock::True;
use sim::disk::Stop;
use sim::note::What;
use sim::script::play;
use sim::source::Plan;
use sim::telling::Manner;
use sim::world::World;

#[test]
fn full_disk_keeps_the_last_version_served_and_is_tried_again() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
           100 publish   => -
           100 fails 0   => -
           100 fails 1   => -
           100 fails 2   => -
           100 fails 3   => -
           100 notify a  => notified, soa a, ixfr 1 a, diff 2, …
           159 -         => …
           170 serves 2  =>",
    );
}

/// A primary that tells changes, and one that tells the whole zone instead.
fn plans() -> [Plan; 2] {
    let whole = vec![Manner { steps_kept: 0, ..Manner::USUAL }];
    [Plan::plain(), Plan { manners: whole, ..Plan::plain() }]
}

/// A daemon that serves the first edition and is told of the second just now.
fn told_of_news(plan: Plan) -> World {
    let script = "0 start => axfr a, whole 1, installed 1\n100 publish => -\n100 notify a =>";
    play(plan, script).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn is_installed(world: &World) -> bool {
    let is_second = |what: &What| matches!(what, What::Installed { serial: 64 });
    world.notes.iter().any(|(_, note)| is_second(&note.what))
}

/// What was served before, or what was on its way; and the news in the end.
fn recovers(mut world: World, when: &str) {
    let seen = world.judge_serving(0);
    world.start().unwrap_or_else(|broken| panic!("{when}: {broken}"));
    let found = world.serving(0);
    assert!(found == Some(64) || (found == Some(32) && seen == Some(32)), "{when}: {found:?}");
    world.run_for_s(120).unwrap_or_else(|broken| panic!("{when}: {broken}"));
    assert_eq!(world.serving(0), Some(64), "{when}");
}

/// Threat 46: killed, or without power, between any two steps from the NOTIFY to the last news.
#[test]
fn end_between_any_two_steps_from_receipt_to_publication_loses_nothing_that_was_seen() {
    for plan in plans() {
        for stop in [Stop::Told, Stop::Killed, Stop::PowerCut] {
            let mut points = 0;
            loop {
                let mut world = told_of_news(plan.clone());
                for _ in 0..points {
                    world.step_once().unwrap_or_else(|broken| panic!("{broken}"));
                }
                let is_over = is_installed(&world);
                world.end(stop);
                recovers(world, &format!("{stop:?} after {points} steps"));
                if is_over {
                    break;
                }
                points += 1;
            }
            assert!(points >= 9, "only {points} points");
        }
    }
}

/// Threat 46: a power cut at each call that the commit makes of the disk.
#[test]
fn power_cut_at_any_call_of_the_disk_loses_nothing_that_was_seen() {
    for plan in plans() {
        let mut call = 0;
        loop {
            let mut world = told_of_news(plan.clone());
            world.disk.cut_at(call);
            let end = world.clock.true_now().plus_s(30);
            while world.is_up() && world.clock.true_now() < end {
                world.step_once().unwrap_or_else(|broken| panic!("call {call}: {broken}"));
            }
            if world.is_up() {
                break;
            }
            recovers(world, &format!("power cut at call {call}"));
            call += 1;
        }
        assert!(call >= 2, "a commit makes {call} calls");
    }
}

/// Threat 46: each call of the disk may fail instead.
#[test]
fn failure_of_any_call_of_the_disk_is_overcome() {
    for plan in plans() {
        for call in 0..6 {
            let mut world = told_of_news(plan.clone());
            world.disk.fail_at(call, std::io::ErrorKind::Other);
            let soon = True(0).plus_s(700);
            world.run_until(soon).unwrap_or_else(|broken| panic!("call {call}: {broken}"));
            assert_eq!(world.serving(0), Some(64), "call {call} failed");
        }
    }
}
