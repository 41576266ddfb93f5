//! Every protocol decision: answer, refresh, transfer, notify, tsig, access.
//!
//! Pure: bytes, events and `now` come in as arguments; bytes, actions and deadlines go out. Nothing here
//! opens a socket, reads a clock or remembers more than its own value.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub mod access;
pub mod admit;
pub mod answer;
pub mod code;
pub mod edns;
pub mod follow;
pub mod notify;
pub mod primaries;
pub mod refresh;
mod reply;
pub mod time;
pub mod tsig;
pub mod xfr;
