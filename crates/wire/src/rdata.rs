//! Rdata: checked and expanded as it arrives, canonical, printed, read.
//!
//! Pure. Everything here derives from one descriptor table (`rdata/table.rs`): a row per rrtype,
//! a row a list of fields. Types without a row are opaque and carried octet for octet.
//!
//! Standards: RFC 1035 §3.3–3.4 · RFC 3597 (unknown types, §4 compression) · RFC 4034 · RFC 5155 ·
//! RFC 6672 · RFC 6840 §5.1 (canonical form) · RFC 8976 · RFC 9460.
//!
//! Invariants: I1 what [`expand`] and [`parse`] append passes [`validate`], holds no compression
//! pointer and has 65,535 octets at most. I2 on error the caller's buffer is as it was. I3 what
//! [`present`] and [`present_portable`] print of a valid rdata, [`parse`] reads back to the same octets.
//!
//! Not here: which types may stand in a zone (`zone::check`), class-dependent rdata: class IN is
//! taken for granted.

mod bitmap;
mod dependent;
mod field;
mod fixed;
mod location;
mod mnemonics;
mod params;
mod parse;
mod portable;
mod present;
mod soa;
mod svcb;
mod table;
mod time;
pub(crate) mod words;

use std::ops::Range;

pub use bitmap::types as bitmap_types;
pub use parse::parse;
pub(crate) use parse::{parse_name, parse_words};
pub use portable::{PortableType, portable_type};
pub use present::{Presentation, present, present_portable};
pub use soa::Soa;
pub use table::NameRule;
pub use words::{TextError, TextFault};

use crate::codes::Rrtype;
use crate::name::{NameBuf, NameError};
use field::{Extent, measure_name};
use table::{Field, Row};

/// Why an rdata was refused. Every variant is the sender's doing (`BAD_RDATA`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RdataError {
    /// RDLENGTH points past the end of the message.
    #[error("rdata runs past the end of the message")]
    OutsideMessage,
    /// A field does not fit into what is left.
    #[error("{field} needs {needed} octets, {left} are left")]
    Short {
        /// What should have stood there.
        field: &'static str,
        /// Its length in octets.
        needed: usize,
        /// What is left of the rdata.
        left: usize,
    },
    /// The rdata has more octets than RDLENGTH can say, its names written out.
    #[error("{octets} octets of rdata, 65535 at most can be sent on")]
    TooLong {
        /// How many.
        octets: usize,
    },
    /// The rdata goes on after its last field.
    #[error("{octets} octets are left over after the last field")]
    Trailing {
        /// How many.
        octets: usize,
    },
    /// A field that may not be empty is.
    #[error("{field} is empty")]
    Empty {
        /// What should have stood there.
        field: &'static str,
    },
    /// A pointer in a type whose names may not be compressed (RFC 3597 §4).
    #[error("a compressed name, which this type forbids")]
    CompressedName,
    /// A name that does not end before its rdata does.
    #[error("a name crosses the end of the rdata")]
    NameCrossesEnd,
    /// A name that is too long, has a label of unknown kind, or points where no name is.
    #[error("a name is malformed")]
    Name(#[from] NameError),
    /// Bitmap windows do not ascend.
    #[error("bitmap window {window} is out of order")]
    BitmapOrder {
        /// The later one.
        window: u8,
    },
    /// A bitmap window is empty, over-long, or ends in zeros.
    #[error("bitmap window {window} has {octets} octets; 1 to 32 are allowed, the last not zero")]
    BitmapWindow {
        /// Which one.
        window: u8,
        /// The length it claims.
        octets: u8,
    },
    /// Service parameters do not ascend, or one stands there twice.
    #[error("service parameter {key} is out of order or repeated")]
    ParamOrder {
        /// The later one.
        key: u16,
    },
    /// The value of a service parameter has not the form its key asks for.
    #[error("service parameter {key} has a malformed value")]
    ParamValue {
        /// Which one.
        key: u16,
    },
    /// A signature over a type that cannot be data.
    #[error("a signature covers {rrtype}, which is not data")]
    CoversMeta {
        /// The type covered.
        rrtype: Rrtype,
    },
    /// A CAA tag with something other than letters and digits.
    #[error("a property tag is not made of letters and digits")]
    Tag,
    /// An address prefix longer than its family allows, or one that ends in zero octets.
    #[error("an address prefix does not fit its family")]
    Prefix,
}

/// Appends the rdata at `range` of `message` to `out`, names expanded, everything checked.
///
/// Costs one pass and one copy; allocates only when `out` grows. On error `out` is unchanged.
///
/// # Errors
/// When the rdata breaks the rules of its type.
pub fn expand(
    message: &[u8],
    range: Range<usize>,
    rrtype: Rrtype,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let rdata = message.get(range.clone()).ok_or(RdataError::OutsideMessage)?;
    let Some(row) = table::row(rrtype) else {
        out.extend_from_slice(rdata);
        return Ok(());
    };
    let before = out.len();
    let expanded = expand_row(message, rdata, range.end, row, out)
        .and_then(|()| check_size(out.len().saturating_sub(before)));
    if expanded.is_err() {
        out.truncate(before);
    }
    expanded
}

/// Checks an uncompressed rdata.
///
/// # Errors
/// When the rdata breaks the rules of its type.
pub fn validate(rrtype: Rrtype, rdata: &[u8]) -> Result<(), RdataError> {
    check_size(rdata.len())?;
    let Some(row) = table::row(rrtype) else { return Ok(()) };
    let mut rest = rdata;
    for field in row.fields {
        rest = after(rest, field.measure(rest)?);
    }
    all_read(rest)
}

/// Appends the canonical form of a checked rdata: names lower-cased where RFC 4034 §6.2 says so,
/// as amended by RFC 6840 §5.1 (the next name of NSEC keeps its case).
pub fn canonical_into(rrtype: Rrtype, rdata: &[u8], out: &mut Vec<u8>) {
    let before = out.len();
    out.extend_from_slice(rdata);
    let Some(copy) = out.get_mut(before..) else { return };
    for (range, rule) in names(rrtype, rdata) {
        // Length octets are below `A`, so lower-casing the whole name spares them.
        if rule.is_lowered()
            && let Some(name) = copy.get_mut(range)
        {
            name.make_ascii_lowercase();
        }
    }
}

/// The names in a checked rdata, in order, and how each may travel. No allocation; types without
/// names cost two loads.
#[must_use]
#[inline]
pub fn names(rrtype: Rrtype, rdata: &[u8]) -> Names<'_> {
    let (at, fields) = table::row(rrtype).map_or((0, &[][..]), |row| (row.named_at, row.named));
    Names { rdata, at, fields }
}

/// See [`names`].
#[derive(Clone, Debug)]
pub struct Names<'a> {
    rdata: &'a [u8],
    at: usize,
    fields: &'static [Field],
}

impl Iterator for Names<'_> {
    type Item = (Range<usize>, NameRule);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while let Some((field, fields)) = self.fields.split_first() {
            let start = self.at;
            let rest = self.rdata.get(start..)?;
            // On the way of every answer: nearly all names are fields of their own.
            if let Field::Name(rule) = field {
                let Extent::Plain(octets) = measure_name(rest).ok()? else { return None };
                self.at = start.saturating_add(octets);
                self.fields = fields;
                return Some((start..self.at, *rule));
            }
            if field.may_hold_names() {
                return self.next_inside(*field, fields, rest);
            }
            self.at = start.saturating_add(field.measure(rest).ok()?);
            self.fields = fields;
        }
        None
    }
}

impl Names<'_> {
    /// The next name, which stands in `field` at the front of `rest` or behind it.
    #[inline(never)]
    fn next_inside(
        &mut self,
        field: Field,
        fields: &'static [Field],
        rest: &[u8],
    ) -> Option<(Range<usize>, NameRule)> {
        let start = self.at;
        if field == Field::Names && !rest.is_empty() {
            let octets = Field::Name(NameRule::Plain).measure(rest).ok()?;
            self.at = start.saturating_add(octets);
            return Some((start..self.at, NameRule::Plain));
        }
        self.at = start.saturating_add(field.measure(rest).ok()?);
        self.fields = fields;
        if let Field::Dependent(field) = field
            && let Some((lead, rule)) = field.name_start(rest)
        {
            return Some((start.saturating_add(lead)..self.at, rule));
        }
        self.next()
    }
}

/// `end` is where `rdata` ends in `message`; pointers count from the start of the message.
fn expand_row(
    message: &[u8],
    rdata: &[u8],
    end: usize,
    row: &Row,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let mut rest = rdata;
    let mut copied_to = 0_usize; // what lies between it and `rest` is checked but not yet copied
    for field in row.fields {
        let octets = if let Field::Name(rule) = field {
            match measure_name(rest)? {
                Extent::Plain(octets) => octets,
                Extent::Compressed(_) if !rule.may_arrive_compressed() => {
                    return Err(RdataError::CompressedName);
                }
                Extent::Compressed(octets) => {
                    let from = rdata.len().saturating_sub(rest.len());
                    out.extend_from_slice(rdata.get(copied_to..from).unwrap_or_default());
                    append_name(message, end.saturating_sub(rest.len()), out)?;
                    copied_to = from.saturating_add(octets);
                    octets
                }
            }
        } else {
            field.measure(rest)?
        };
        rest = after(rest, octets);
    }
    out.extend_from_slice(rdata.get(copied_to..).unwrap_or_default());
    all_read(rest)
}

/// Appends the name at `at` of `message`, expanded.
#[inline(never)]
fn append_name(message: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), RdataError> {
    let mut name = NameBuf::new();
    name.read(message, at)?;
    out.extend_from_slice(name.as_ref().as_wire());
    Ok(())
}

/// Threat 13: a signature that fits only while its signer is compressed could not be served.
const fn check_size(octets: usize) -> Result<(), RdataError> {
    if octets <= RDATA_OCTETS_MAX { Ok(()) } else { Err(RdataError::TooLong { octets }) }
}

/// Largest RDLENGTH (RFC 1035 §3.2.1).
const RDATA_OCTETS_MAX: usize = 65_535;

fn after(rest: &[u8], octets: usize) -> &[u8] {
    rest.get(octets..).unwrap_or_default()
}

fn all_read(rest: &[u8]) -> Result<(), RdataError> {
    match rest.len() {
        0 => Ok(()),
        octets => Err(RdataError::Trailing { octets }),
    }
}

#[cfg(test)]
pub(crate) mod tests;
