//! Tsig.
