//! Bytes ⇄ records: names, rdata, messages, EDNS, TSIG, frames and master files.
//!
//! Pure: nothing here knows the time, a zone or a socket. Everything read is hostile until parsed;
//! nothing allocates on the way of a query.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub mod builder;
pub mod codes;
pub mod edns;
pub mod frame;
pub mod master;
pub mod message;
pub mod name;
pub mod query;
pub mod rdata;
pub mod record;
pub mod serial;
pub mod tsig;
pub mod ttl;

#[cfg(test)]
mod tests;
