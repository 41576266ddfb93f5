//! A registry's zone: delegations, each to one of a number of name server sets, with glue under
//! every tenth. The shape of the zones that our targets speak of, as text for a real primary.

use std::fmt::Write as _;

/// Apex of the zone.
pub(crate) const APEX: &str = "registry.test.";

/// Sets of two name servers that most delegations choose from.
const SETS: u32 = 5_000;

/// The text of a zone of about `records` records at a serial, in an order that is not canonical.
#[must_use]
pub(crate) fn zone(records: u32, serial: u32) -> String {
    let delegations = delegations(records);
    let sets = SETS.min(delegations / 10 + 1);
    let mut text = String::with_capacity(records as usize * 48);
    let mut line = |arguments: std::fmt::Arguments<'_>| {
        let _infallible = text.write_fmt(arguments);
    };
    line(format_args!(
        "$ORIGIN {APEX}\n$TTL 3600\n\
         @ SOA ns1.set0 hostmaster {serial} 7200 900 1209600 300\n@ NS ns1.set0\n@ NS ns2.set0\n"
    ));
    for set in 0..sets {
        let (high, low) = (set >> 8, set & 0xff);
        line(format_args!(
            "ns1.set{set} A 192.0.{high}.{low}\nns2.set{set} A 198.18.{high}.{low}\n"
        ));
    }
    for number in 0..delegations {
        let name = delegation(number);
        if number % 10 == 0 {
            let (high, low) = (number >> 8 & 0xff, number & 0xff);
            line(format_args!(
                "{name} NS ns1.{name}\n{name} NS ns2.{name}\n\
                 ns1.{name} A 10.1.{high}.{low}\nns2.{name} A 10.2.{high}.{low}\n"
            ));
        } else {
            let set = number.wrapping_mul(2_654_435_761) % sets;
            line(format_args!("{name} NS ns1.set{set}\n{name} NS ns2.set{set}\n"));
        }
    }
    text
}

/// How many delegations a zone of about `records` records has.
#[must_use]
pub(crate) fn delegations(records: u32) -> u32 {
    let hosts = 2 * SETS.min(records / 20);
    // Two NS each, and two addresses under every tenth.
    (records.saturating_sub(hosts) / 11 * 5).max(1)
}

/// The label of a delegation: unlike its neighbours, of the usual length.
#[must_use]
pub(crate) fn delegation(number: u32) -> String {
    let mixed = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{}-{number}", WORDS[(mixed >> 60) as usize])
}

const WORDS: [&str; 16] = [
    "amber", "bakery", "cloud", "delta", "ember", "forest", "garden", "harbour", "island",
    "jasmin", "kettle", "lantern", "meadow", "north", "orchard", "pepper",
];
