//! Master files: text to records, and records to text.
//!
//! Pure: text comes in as octets, what `$INCLUDE` names through a closure of the caller, who alone
//! decides what may be read.
//!
//! Standards: RFC 1035 §5 · RFC 2308 §4 (`$TTL`) · RFC 3597 §5 (unknown types and classes).
//!
//! `$GENERATE` has no standard; its form is that of BIND's manual.
//!
//! Invariants: I1 what is written reads back as the same records. I2 reading ends: includes have a
//! greatest depth and number, and so has what `$GENERATE` makes. I3 every error says where it is, what was found, what was expected.
//!
//! Not here: files and folders, whether the records make a zone (`zone::check`).

mod directive;
mod generate;
mod reader;

use core::fmt;

pub use reader::{Include, Reader};

use crate::name::Name;
use crate::rdata::{TextError, TextFault, portable_type, present_portable};
use crate::record::RecordRef;

/// Why a master file could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}line {line}: {fault}", in_file(.file))]
pub struct MasterError {
    /// The included file, as `$INCLUDE` names it; empty in the text read first.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// What was found there, and what was expected.
    pub fault: TextFault,
}

impl MasterError {
    fn new(file: &str, error: TextError) -> Self {
        Self { file: file.to_owned(), line: error.line, fault: error.fault }
    }
}

fn in_file(file: &str) -> String {
    if file.is_empty() { String::new() } else { format!("{} ", file.escape_debug()) }
}

/// Reads a whole text that includes no other.
///
/// # Errors
/// At the first thing that is not as it should be.
pub fn read(text: &[u8], origin: &Name) -> Result<Vec<crate::record::Record>, MasterError> {
    let mut refuse = |_: &str| Err("this text may not include others".to_owned());
    Reader::new(text, origin.clone(), &mut refuse).collect()
}

/// A record as one line of a master file, without the line's end; every name is absolute.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a>(RecordRef<'a>);

/// Prints `record` as one line: owner, ttl, class, type, rdata, in a form that BIND, NSD and ldns read.
#[must_use]
pub const fn line(record: RecordRef<'_>) -> Line<'_> {
    Line(record)
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RecordRef { owner, rrtype, class, ttl, rdata } = self.0;
        let (shown, rdata) = (portable_type(rrtype), present_portable(rrtype, rdata));
        write!(out, "{owner}\t{ttl}\t{class}\t{shown}\t{rdata}")
    }
}

/// Writes records as a master file, one a line.
///
/// Put the SOA first: older servers ask for that.
///
/// # Errors
/// When `out` refuses text.
pub fn write<'a>(
    records: impl IntoIterator<Item = RecordRef<'a>>,
    out: &mut impl fmt::Write,
) -> fmt::Result {
    records.into_iter().try_for_each(|record| writeln!(out, "{}", line(record)))
}

#[cfg(test)]
mod tests;
