//! Versions and diffs of crate `zone` as the log stores them.
//!
//! Pure.
//!
//! Part 0 of a version is its apex in wire form; the others are its pages, verbatim. Which layout
//! pages and diffs have is part of our file format, so a newer one is refused with the file.

use crate::content::{Stored, Undecodable, read_parts, write_part};
use crate::format::header::FORMAT;
use std::collections::BTreeSet;
use wire::name::Name;
use wire::serial::Serial;
use zone::{DIFF_FORMAT, Diff, Limits, PAGE_FORMAT, Version};

// Another layout of pages or diffs needs another `FORMAT`, and a reader for this one.
const _: () = assert!(FORMAT == 2 && PAGE_FORMAT == 2 && DIFF_FORMAT == 1);

/// What was accepted when it was transferred is accepted again, whatever the limits are today.
const NO_LIMITS: Limits = Limits {
    records_max: u64::MAX,
    bytes_max: u64::MAX,
    rrset_records_max: u32::MAX,
    rrset_bytes_max: u32::MAX,
    types_per_name_max: u16::MAX,
};

impl Stored for Version {
    fn serial(&self) -> Serial {
        self.serial()
    }

    fn size_bytes(&self) -> u64 {
        self.size_bytes()
    }

    fn visit_parts<E>(&self, mut visit: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        visit(self.apex().as_wire())?;
        self.pages().try_for_each(visit)
    }

    fn from_parts(parts: &[&[u8]]) -> Result<Self, Undecodable> {
        let (apex, pages) =
            parts.split_first().ok_or_else(|| Undecodable("the apex is missing".to_owned()))?;
        let apex = Name::from_wire(apex).map_err(|fault| Undecodable(fault.to_string()))?;
        Self::from_pages(apex, pages.iter().copied())
            .map_err(|fault| Undecodable(fault.to_string()))
    }

    fn after(&self, diffs: &[Vec<u8>]) -> Result<Self, Undecodable> {
        let mut decoded = Vec::new();
        for octets in diffs {
            decode_diffs(octets, &mut decoded)?;
        }
        let apply = |version: &Self, run: &[Diff]| {
            version.apply(run, &NO_LIMITS).map_err(|fault| Undecodable(fault.to_string()))
        };
        let (run, mut rest) = split_run(&decoded);
        let mut version = apply(self, run)?;
        while !rest.is_empty() {
            let (run, others) = split_run(rest);
            version = apply(&version, run)?;
            rest = others;
        }
        Ok(version)
    }
}

/// Splits where the diffs come back to a serial. One transfer never does, and `Version::apply` takes no
/// diffs that do; but the commits of a long life may go around the circle of serials (RFC 1982 §7).
fn split_run(diffs: &[Diff]) -> (&[Diff], &[Diff]) {
    let mut seen: BTreeSet<u32> = diffs.first().map(|first| first.from().0).into_iter().collect();
    let length = diffs.iter().take_while(|diff| seen.insert(diff.to().0)).count();
    // A diff that leads nowhere is left to `apply` to refuse.
    diffs.split_at_checked(length.max(1)).unwrap_or((diffs, &[]))
}

/// The diffs of one commit.
pub(crate) fn encode_diffs(diffs: &[Diff]) -> Vec<u8> {
    let (mut out, mut one) = (Vec::new(), Vec::new());
    for diff in diffs {
        one.clear();
        diff.encode(&mut one);
        write_part(&one, &mut out);
    }
    out
}

/// The diffs of commits, in order; none if any does not read.
pub(crate) fn read_diffs(commits: &[Vec<u8>]) -> Vec<Diff> {
    let mut diffs = Vec::new();
    match commits.iter().try_for_each(|commit| decode_diffs(commit, &mut diffs)) {
        Ok(()) => diffs,
        Err(Undecodable(_)) => Vec::new(),
    }
}

fn decode_diffs(octets: &[u8], diffs: &mut Vec<Diff>) -> Result<(), Undecodable> {
    let mut parts = Vec::new();
    read_parts(octets, &mut parts)?;
    for part in parts {
        diffs.push(Diff::decode(part).map_err(|fault| Undecodable(fault.to_string()))?);
    }
    Ok(())
}
