//! What the tests stand on: real name servers and our own program as child processes on free
//! loopback ports in temporary folders, and an independent client that asks them.

pub(crate) mod ask;
pub(crate) mod daemon;
pub(crate) mod key;
pub(crate) mod named;
pub(crate) mod nsd;
pub(crate) mod ports;
pub(crate) mod program;
pub(crate) mod records;
pub(crate) mod wait;
