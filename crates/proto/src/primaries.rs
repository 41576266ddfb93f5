//! Primaries.
