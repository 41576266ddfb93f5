//! Edns.
