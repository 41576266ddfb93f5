//! Inbound.
