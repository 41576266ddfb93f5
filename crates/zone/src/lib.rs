//! Immutable versions of zones: building, changing, looking up, comparing, publishing.
//!
//! Pure: no clock, no disk, no sockets. A version is a persistent B+ tree of byte pages in canonical order;
//! the decision and its figures are in `docs/adr/0002-zone-as-a-persistent-btree-of-pages.md`.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![forbid(unsafe_code)]

mod apply;
mod batch;
mod builder;
mod check;
mod compare;
mod cursor;
mod denial;
mod diff;
mod digest;
mod edit;
mod history;
mod id;
mod image;
mod key;
mod leaf;
mod lookup;
mod merge;
mod occlusion;
mod octets;
mod owners;
mod page;
mod rrset;
mod run;
mod small;
mod table;
mod tree;
mod version;

pub use apply::ApplyError;
pub use builder::Builder;
pub use check::{CheckError, Limits, RRSET_BYTES_FITTING};
pub use cursor::Cursor;
pub use denial::{Absent, HashBudget, Leaves, Proof};
pub use diff::{DIFF_FORMAT, Diff, DiffError, Records, RecordsIter, RecordsPlace};
pub use history::{History, STEPS_MAX as HISTORY_STEPS_MAX};
pub use id::{ViewId, ZoneId};
pub use image::PageError;
pub use leaf::Leaf;
pub use lookup::Lookup;
pub use page::PAGE_FORMAT;
pub use rrset::{Rdatas, Rrset, Rrsets};
pub use table::{Found, Slot, Table, TableError, ZoneState};
pub use version::{Counts, SoaView, Version};

#[cfg(test)]
extern crate self as zone;

#[cfg(test)]
mod testing;

#[cfg(test)]
#[path = "../tests/laws/mod.rs"]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")]
mod laws;

#[cfg(test)]
#[path = "../tests/proofs/mod.rs"]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")]
mod proofs;
