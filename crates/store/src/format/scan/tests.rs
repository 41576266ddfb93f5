use super::*;
use crate::format::frame::{Before, Frames, Position};
use proptest::prelude::*;

const SALT: u32 = 0xfeed_beef;

/// A file of frames, one batch for each inner slice; a frame is a zone and its payload.
fn file(batches: &[Vec<(u32, Vec<u8>)>]) -> Vec<u8> {
    let mut octets = vec![0; HEADER_OCTETS];
    let mut at = Position { salt: SALT, offset: 128, before: Before::default() };
    for batch in batches {
        let mut frames = Frames::new(at, at.offset);
        for (zone, payload) in batch {
            frames.push(FrameKind::Diffs, *zone, |out| out.extend(payload)).unwrap();
        }
        octets.extend(frames.octets());
        at = frames.end();
    }
    octets
}

fn zones(scan: &Scan) -> Vec<u32> {
    scan.frames().map(|(_, head)| head.zone).collect()
}

fn three() -> Vec<u8> {
    file(&[vec![(1, vec![1; 20])], vec![(2, vec![2; 30])], vec![(3, vec![3; 40])]])
}

#[test]
fn intact_file_has_all_its_frames_and_no_damage() {
    for tail in [Tail::Open, Tail::Closed] {
        let scan = scan(&three(), SALT, tail);
        assert_eq!(zones(&scan), [1, 2, 3]);
        assert_eq!((scan.torn_octets, scan.end), (0, 128 + 120 + 90));
    }
}

#[test]
fn damaged_head_is_told_by_the_next_frame() {
    let mut octets = three();
    octets[128 + 60 + 9] ^= 1;
    let scan = scan(&octets, SALT, Tail::Open);
    assert_eq!(zones(&scan), [1, 3]);
    let damage: Vec<_> = scan.damage().copied().collect();
    assert_eq!(damage, [Damage { offset: 188, octets: 70, zone: Some(2) }]);
}

#[test]
fn two_damaged_heads_in_a_row_may_be_anybody() {
    let mut octets = three();
    octets[128] ^= 1;
    octets[188] ^= 1;
    let damage: Vec<_> = scan(&octets, SALT, Tail::Open).damage().copied().collect();
    assert_eq!(damage, [Damage { offset: 128, octets: 130, zone: None }]);
}

#[test]
fn bad_first_frame_of_an_unfinished_batch_is_a_torn_tail_and_not_damage() {
    let last = vec![(2, vec![2; 30]), (3, vec![3; 40]), (4, vec![4; 50])];
    let mut octets = file(&[vec![(1, vec![1; 20])], last]);
    octets[188 + 50] ^= 1;
    let open = scan(&octets, SALT, Tail::Open);
    assert_eq!(zones(&open), [1]);
    assert_eq!(open.damage().count(), 0);
    assert_eq!((open.end, open.torn_octets), (188, 240));
    // The same in a file that was acknowledged to its end costs one zone.
    let closed = scan(&octets, SALT, Tail::Closed);
    assert_eq!(zones(&closed), [1, 3, 4]);
    assert_eq!(closed.damage().map(|damage| damage.zone).collect::<Vec<_>>(), [Some(2)]);
}

#[test]
fn zeros_behind_the_last_frame_are_a_torn_tail() {
    let mut octets = three();
    octets.resize(octets.len() + 5_000, 0);
    let scan = scan(&octets, SALT, Tail::Open);
    assert_eq!(zones(&scan), [1, 2, 3]);
    assert_eq!(scan.torn_octets, 5_000);
}

#[test]
fn a_frame_hidden_in_a_payload_is_not_taken_for_one() {
    // What a hostile primary would put into its zone, had it even learnt the salt.
    let payload = three().split_off(128);
    let mut octets = file(&[vec![(9, payload)], vec![(1, vec![1; 20])]]);
    octets[130] ^= 1; // so that the scan looks for frames within
    let scan = scan(&octets, SALT, Tail::Open);
    assert_eq!(zones(&scan), [1]);
}

fn batches() -> impl Strategy<Value = Vec<Vec<(u32, Vec<u8>)>>> {
    let frame = (1..9_u32, prop::collection::vec(any::<u8>(), 0..80));
    prop::collection::vec(prop::collection::vec(frame, 1..4), 1..6)
}

proptest! {
    #[test]
    fn garbage_never_panics_and_never_yields_a_frame(octets: Vec<u8>, salt: u32) {
        for tail in [Tail::Open, Tail::Closed] {
            prop_assert_eq!(scan(&octets, salt, tail).frames().count(), 0);
        }
    }

    #[test]
    fn one_bad_octet_hides_one_frame_and_names_its_zone(
        batches in batches(), at: prop::sample::Index, with in 1..=255_u8,
    ) {
        let intact = file(&batches);
        let mut octets = intact.clone();
        let at = 128 + at.index(octets.len() - 128);
        octets[at] ^= with;
        let before = scan(&intact, SALT, Tail::Closed);
        let after = scan(&octets, SALT, Tail::Closed);
        let hit = before.frames().filter(|(offset, _)| *offset <= at as u64).last().unwrap();
        let expected: Vec<_> = before.frames().filter(|(offset, _)| *offset != hit.0).collect();
        prop_assert_eq!(after.frames().collect::<Vec<_>>(), expected);
        let damage: Vec<_> = after.damage().copied().collect();
        prop_assert_eq!(damage.len(), 1);
        prop_assert_eq!(damage[0].offset, hit.0);
        // The head of the last frame has nobody behind it who could tell.
        let is_last = before.frames().last() == Some(hit);
        let expected = [Some(hit.1.zone), None];
        prop_assert!(expected[..=usize::from(is_last)].contains(&damage[0].zone));
    }

    #[test]
    fn a_cut_file_is_a_prefix_of_its_frames(batches in batches(), at: prop::sample::Index) {
        let octets = file(&batches);
        let at = 128 + at.index(octets.len() - 127);
        let all = zones(&scan(&octets, SALT, Tail::Open));
        let cut = scan(&octets[..at], SALT, Tail::Open);
        prop_assert!(all.starts_with(&zones(&cut)));
        prop_assert_eq!(cut.damage().count(), 0);
        prop_assert_eq!(cut.end + cut.torn_octets, at as u64);
    }
}
