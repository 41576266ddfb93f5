//! The zones: a registry's, with its delegations, and a small one of hosts.

use crate::message::{A, NS, Rdata, name};
use crate::recording::{Recorder, Recording};

/// The registry.
pub const REGISTRY: &str = "registry.test.";
/// The small zone.
pub const HOSTS: &str = "hosts.test.";
/// Names of the small zone.
pub const HOSTS_COUNT: u32 = 1_000;

/// Sets of two name servers elsewhere, which nine of ten delegations choose from.
const SETS: u32 = 5_000;
/// Letters that make a name unlike all others: 26⁶ is more than there are.
const LETTERS: u32 = 6;

/// Order of the records in a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As primaries send that keep their zones sorted.
    Canonical,
    /// As others might.
    Shuffled,
}

/// A record of the registry: which delegation, and which of its records.
type Place = (u32, u8);

/// A registry with a number of delegations, 2.2 records each: two NS, and under every tenth the
/// addresses of both.
#[must_use]
pub fn registry(delegations: u32, order: Order) -> Recording {
    let mut sorted: Vec<(String, u32)> =
        (0..delegations).map(|number| (delegation(number), number)).collect();
    sorted.sort_unstable();
    let records_of = |number: u32| if has_glue(number) { 4 } else { 2 };
    let mut places: Vec<Place> = sorted
        .iter()
        .flat_map(|(_, number)| (0..records_of(*number)).map(|part| (*number, part)))
        .collect();
    if order == Order::Shuffled {
        for at in (1..places.len()).rev() {
            places.swap(at, mixed(at as u32) as usize % (at + 1));
        }
    }
    let mut recorder = Recorder::new(REGISTRY);
    apex_ns(&mut recorder);
    for place in places {
        push(&mut recorder, place);
    }
    recorder.finish()
}

/// One zone of a thousand hosts with an address each.
#[must_use]
pub fn hosts() -> Recording {
    let mut recorder = Recorder::new(HOSTS);
    apex_ns(&mut recorder);
    for number in 0..HOSTS_COUNT {
        let [.., high, low] = number.to_be_bytes();
        let owner = name(&format!("host{number}"));
        recorder.push(&owner, A, Rdata::Octets(&[192, 0, high, low]));
    }
    recorder.finish()
}

/// The label of a delegation. Neighbours in canonical order share as few letters as random words.
#[must_use]
pub fn delegation(number: u32) -> String {
    let modulus = 26_u64.pow(LETTERS);
    // A factor without a common divisor with 26, so different numbers give different letters.
    let mut code = u64::from(number).wrapping_mul(184_467_407) % modulus;
    let more = mixed(number) % 9;
    let mut label = String::with_capacity(16);
    for _ in 0..LETTERS {
        label.push(letter(code % 26));
        code /= 26;
    }
    for at in 0..more {
        label.push(letter(u64::from(mixed(number ^ at << 24) % 26)));
    }
    label
}

/// What the change to a serial adds: one NS record of a new delegation. Owner and target.
#[must_use]
pub fn addition(serial: u32) -> (Vec<u8>, Vec<u8>) {
    let number = 20_000_000 + serial;
    (name(&delegation(number)), target(number, 0))
}

/// The same in every run, in no order.
#[must_use]
pub fn mixed(number: u32) -> u32 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9);
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x85eb_ca6b);
    mixed ^= mixed >> 13;
    mixed = mixed.wrapping_mul(0xc2b2_ae35);
    mixed ^ mixed >> 16
}

fn push(recorder: &mut Recorder, (number, part): Place) {
    let owner = name(&delegation(number));
    let server = [b"\x03ns1", b"\x03ns2"][usize::from(part % 2)];
    let below: Vec<u8> = server.iter().chain(&owner).copied().collect();
    let [_, b, c, d] = number.to_be_bytes();
    match part {
        0 | 1 if has_glue(number) => recorder.push(&owner, NS, Rdata::Below(&below)),
        0 | 1 => recorder.push(&owner, NS, Rdata::Octets(&target(number, part))),
        _ => recorder.push(&below, A, Rdata::Octets(&[10 + part, b, c, d])),
    }
}

fn apex_ns(recorder: &mut Recorder) {
    for server in ["ns1.operator.example.", "ns2.operator.example."] {
        recorder.push(&[], NS, Rdata::Octets(&name(server)));
    }
}

fn target(number: u32, part: u8) -> Vec<u8> {
    name(&format!("ns{}.hoster{}.example.", part + 1, mixed(number) % SETS))
}

const fn has_glue(number: u32) -> bool {
    number.is_multiple_of(10)
}

fn letter(number: u64) -> char {
    char::from(b'a' + number as u8)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_of_delegations_changes_and_gaps_are_all_different() {
        let ranges = [0..450_000, 10_000_000..10_262_144, 20_000_000..20_001_000];
        let numbers: Vec<u32> = ranges.into_iter().flatten().collect();
        let names: BTreeSet<String> = numbers.iter().map(|number| delegation(*number)).collect();
        assert_eq!(names.len(), numbers.len());
    }

    #[test]
    fn both_orders_have_the_same_records() {
        let [canonical, shuffled] =
            [Order::Canonical, Order::Shuffled].map(|order| registry(1_000, order));
        assert_eq!(canonical.records, 3 + 2_000 + 200);
        assert_eq!(canonical.records, shuffled.records);
        assert!(canonical.len_bytes() < shuffled.len_bytes(), "owners repeat only if in order");
    }
}
