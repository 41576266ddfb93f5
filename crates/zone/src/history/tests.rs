use super::*;
use crate::testing::{diff, zone};
use core::ops::ControlFlow;

fn step(from: u32, to: u32) -> Arc<Diff> {
    Arc::new(diff(from, to, ""))
}

fn followed(history: History, steps: &[(u32, u32)], bytes_max: u64) -> History {
    steps
        .iter()
        .fold(history, |history, (from, to)| history.followed_by(step(*from, *to), bytes_max))
}

fn serials(history: &History, since: u32) -> Option<Vec<(u32, u32)>> {
    let diffs = history.since(Serial(since))?;
    Some(diffs.iter().map(|diff| (diff.from().0, diff.to().0)).collect())
}

#[test]
fn each_serial_kept_leads_to_the_version() {
    let history = followed(History::NONE, &[(1, 2), (2, 5), (5, 6)], u64::MAX);
    assert_eq!(serials(&history, 1), Some(vec![(1, 2), (2, 5), (5, 6)]));
    assert_eq!(serials(&history, 5), Some(vec![(5, 6)]));
    assert_eq!(
        (serials(&history, 6), serials(&history, 3), serials(&history, 0)),
        (None, None, None)
    );
}

#[test]
fn a_gap_forgets_what_was_before_it() {
    let history = followed(History::NONE, &[(1, 2), (3, 4)], u64::MAX);
    assert_eq!((serials(&history, 1), serials(&history, 3)), (None, Some(vec![(3, 4)])));
}

/// Threat 46: serials that wrap; a reader at a serial that was there twice would get the wrong diffs.
#[test]
fn no_serial_is_there_twice_however_far_the_zone_went() {
    let half = 0x7fff_ffff;
    let around = [(0, half), (half, 2 * half), (2 * half, 0), (0, 1)];
    let history = followed(History::NONE, &around, u64::MAX);
    assert_eq!(serials(&history, 0), Some(vec![(0, 1)]));
    assert_eq!(serials(&history, 2 * half), Some(vec![(2 * half, 0), (0, 1)]));
    assert_eq!(serials(&history, half), None, "it is not older than the version");
}

/// Threat 9: memory is bounded, whatever comes.
#[test]
fn the_oldest_go_when_there_are_too_many_or_too_large_ones() {
    let all: Vec<_> = (0..10_000).map(|serial| (serial, serial + 1)).collect();
    let history = followed(History::NONE, &all, u64::MAX);
    assert_eq!(history.steps(), STEPS_MAX);
    let first = 10_000 - u32::try_from(STEPS_MAX).unwrap();
    assert_eq!(serials(&history, first).unwrap().len(), STEPS_MAX);
    assert_eq!(serials(&history, first - 1), None);
    let one = followed(History::NONE, &[(1, 2)], u64::MAX).size_bytes();
    for kept in [0, 1, 2, 63, 64, 65, 130] {
        let history = followed(History::NONE, &all, one * kept + one / 2);
        assert_eq!((history.steps() as u64, history.size_bytes()), (kept, one * kept));
        let first = 10_000 - u32::try_from(kept).unwrap();
        let since = serials(&history, first).map_or(0, |diffs| diffs.len() as u64);
        assert_eq!(since, kept, "all that is kept is found");
    }
}

#[test]
fn a_version_remembers_only_what_leads_to_it() {
    let text: String = (0..60).map(|number| format!("a{number} A 192.0.2.1\n")).collect();
    let first = zone(&text);
    let diff = step(1, 2);
    let second = first.apply(&[Diff::clone(&diff)], &crate::Limits::default()).unwrap();
    let second = second.with_history(first.history(), [diff]);
    assert_eq!(serials(second.history(), 1), Some(vec![(1, 2)]));
    assert!(second.history().size_bytes() <= second.size_bytes(), "H3");
    let other = zone(&text).with_history(second.history(), []);
    assert_eq!(other.history().steps(), 0, "serial 1 is not where those diffs lead");
}

/// After a retransfer a reader may have either content of the serial: it gets the whole zone, and diffs from then on.
#[test]
fn no_diff_starts_from_a_serial_that_named_two_contents() {
    let limits = crate::Limits::default();
    let text: String = (0..60).map(|number| format!("a{number} A 192.0.2.1\n")).collect();
    let replaced = zone(&text).with_reused_serial();
    assert_eq!((replaced.history().steps(), serials(replaced.history(), 1)), (0, None));
    let (first, second) = (step(1, 2), step(2, 3));
    let after = |version: &Version, diffs: &[&Arc<Diff>]| {
        let applied: Vec<_> = diffs.iter().map(|diff| Diff::clone(diff)).collect();
        let next = version.apply(&applied, &limits).unwrap();
        next.with_history(version.history(), diffs.iter().map(|diff| Arc::clone(diff)))
    };
    let two = after(&replaced, &[&first]);
    assert_eq!(serials(two.history(), 1), None);
    let three = after(&two, &[&second]);
    assert_eq!(serials(three.history(), 2), Some(vec![(2, 3)]));
    let at_once = after(&replaced, &[&first, &second]);
    assert_eq!(
        (serials(at_once.history(), 1), serials(at_once.history(), 2)),
        (None, Some(vec![(2, 3)]))
    );
}

#[test]
fn records_of_a_diff_are_walked_in_pieces_of_any_size() {
    let diff = diff(1, 2, "+a TXT x\n+a TXT y\n+b A 192.0.2.1\n+b TXT z\n+@ TXT w");
    let whole: Vec<_> = diff.added().iter().map(|record| record.to_record()).collect();
    for size in 1..=whole.len() + 1 {
        let (mut place, mut seen) = (crate::RecordsPlace::default(), Vec::new());
        loop {
            let mut left = size;
            let walk = diff.added().walk_from(&mut place, |record| {
                if left == 0 {
                    return ControlFlow::Break(());
                }
                left -= 1;
                seen.push(record.to_record());
                ControlFlow::Continue(())
            });
            if walk.is_continue() {
                break;
            }
        }
        assert_eq!(seen, whole, "pieces of {size}");
    }
}
