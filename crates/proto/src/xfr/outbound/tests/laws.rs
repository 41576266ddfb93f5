//! Whatever the zone and its changes: what is read back is what is held.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Names of a zone; each has a TXT record of a length of its own.
fn names() -> impl Strategy<Value = BTreeSet<(u16, u8)>> {
    prop::collection::btree_set((0..500_u16, 0..4_u8), 0..300)
}

fn text_of(names: &BTreeSet<(u16, u8)>) -> String {
    let line = |(number, kind): &(u16, u8)| {
        let text = "x".repeat(usize::from(*kind) * 80);
        format!("n{number}.Sub{kind} TXT \"{kind}{text}\"\n")
    };
    names.iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn secondary_that_follows_holds_what_we_hold(
        states in prop::collection::vec(names(), 1..5),
        held in 0..5_usize,
        signed: bool,
    ) {
        let mut versions: Vec<Version> = Vec::new();
        for (serial, names) in (1..).zip(&states) {
            let next = match (versions.last(), states.get(versions.len().wrapping_sub(1))) {
                (Some(last), Some(before)) => {
                    let gone = text_of(&before.difference(names).copied().collect());
                    let come = text_of(&names.difference(before).copied().collect());
                    stepped(last, serial, &gone, &come)
                }
                _ => version(serial, &text_of(names)),
            };
            versions.push(next);
        }
        let newest = versions.last().unwrap();
        let world = World::with(newest.clone());
        let held = versions.get(held);
        let mut asking = held.map_or_else(Asking::axfr, |held| Asking::ixfr(held.serial().0));
        if signed {
            asking = asking.signed_by(key("k1", Algorithm::HmacSha256));
        }
        let pulled = world.pull(&asking);
        prop_assert!(pulled.signed);
        prop_assert!(pulled.messages.iter().all(|message| message.len() <= MESSAGE_OCTETS));
        let copy = match pulled.fetched(held) {
            Fetched::Whole(version) | Fetched::Diffs { version, .. } => version.digest(),
            Fetched::UpToDate(serial) => {
                prop_assert_eq!(serial, newest.serial());
                held.unwrap().digest()
            }
            Fetched::PrimaryBehind(_) => panic!("we are not behind"),
        };
        prop_assert_eq!(copy, newest.digest());
    }
}
