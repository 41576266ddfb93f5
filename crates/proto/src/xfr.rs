//! Zone transfer.

pub mod inbound;
pub mod probe;
