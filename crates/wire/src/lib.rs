//! Bytes ⇄ records: names, rdata, messages, EDNS, TSIG, frames and master files.
//!
//! Pure: nothing here knows the time, a zone or a socket. Everything read is hostile until parsed;
//! nothing allocates on the way of a query.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

pub mod codes;
pub mod master;
pub mod name;
pub mod rdata;
pub mod record;
pub mod serial;
pub mod tsig;
pub mod ttl;
