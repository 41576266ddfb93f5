//! What a small zone takes: one piece of memory, whichever way its version came to be.
#![expect(unsafe_code, reason = "an allocator that counts is an allocator")]
#![expect(clippy::expect_used, reason = "a test that lacks its zone fails, as it should")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::RecordRef;
use wire::serial::Serial;
use wire::ttl::Ttl;
use zone::{Builder, Diff, Limits, Version};

/// The system's allocator; counts what this thread has and has not given back.
struct Counting;

thread_local! {
    static HELD: Cell<(i64, i64)> = const { Cell::new((0, 0)) };
}

fn note(pieces: i64, octets: usize) {
    let octets = i64::try_from(octets).unwrap_or(i64::MAX) * pieces.signum();
    HELD.set((HELD.get().0 + pieces, HELD.get().1 + octets));
}

// SAFETY: every call goes to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size());
        // SAFETY: as the caller promised us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        note(-1, layout.size());
        // SAFETY: as the caller promised us.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Pieces of memory, and octets of them, that are still held when `make` is over.
fn held(make: impl FnOnce() -> Version) -> (i64, i64) {
    let before = HELD.get();
    let version = make();
    let after = HELD.get();
    drop(version);
    assert_eq!(HELD.get(), before, "all is given back");
    (after.0 - before.0, after.1 - before.1)
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn soa(serial: u32) -> Vec<u8> {
    let numbers = [serial, 7_200, 900, 1_209_600, 300].map(u32::to_be_bytes);
    let names = [name("ns1.shop.example."), name("hostmaster.shop.example.")];
    [names[0].as_wire(), names[1].as_wire(), numbers.as_flattened()].concat()
}

/// SOA and NS, and so many addresses with a name each.
fn build(hosts: u8) -> Version {
    let apex = name("shop.example.");
    let mut builder = Builder::new(apex.clone(), Limits::default());
    let mut push = |owner: &Name, rrtype, rdata: &[u8]| {
        let (owner, ttl) = (owner.as_ref(), Ttl::from_wire(3_600));
        let record = RecordRef { owner, rrtype, class: Class::IN, ttl, rdata };
        builder.push(record).expect("a good record");
    };
    push(&apex, Rrtype::SOA, &soa(1));
    push(&apex, Rrtype::NS, name("ns1.shop.example.").as_wire());
    for host in 0..hosts {
        push(&name(&format!("host{host}.shop.example.")), Rrtype::A, &[192, 0, 2, host]);
    }
    builder.finish().expect("a good zone")
}

fn next(version: &Version) -> Version {
    let (apex, mut diff) = (name("shop.example."), Diff::new(Serial(1), Serial(2)));
    let (old, new, ttl) = (soa(1), soa(2), Ttl::from_wire(3_600));
    let record = |rdata| {
        let owner = apex.as_ref();
        RecordRef { owner, rrtype: Rrtype::SOA, class: Class::IN, ttl, rdata }
    };
    diff.remove(record(&old));
    diff.add(record(&new));
    version.apply(&[diff], &Limits::default()).expect("a good diff")
}

fn read_back(version: &Version) -> Version {
    Version::from_pages(version.apex().to_name(), version.pages()).expect("good pages")
}

#[test]
fn a_zone_of_eleven_records_is_one_piece_of_memory() {
    let held_by = build(9);
    for (pieces, octets) in
        [held(|| build(9)), held(|| next(&held_by)), held(|| read_back(&held_by))]
    {
        assert_eq!(pieces, 1, "content, apex and counts");
        assert!(octets < 400, "{octets} octets for 11 records");
    }
    assert_eq!(held(|| held_by.clone()), (0, 0), "a clone is no piece of its own");
}

/// The rule is about pages, not records: what one page does not hold is a tree.
#[test]
fn a_zone_of_many_names_is_a_tree_of_pages() {
    assert_eq!(held(|| build(60)).0, 1);
    let (pieces, octets) = held(|| build(100));
    assert!(pieces > 1 && octets < 4_000, "{pieces} pieces, {octets} octets");
}
