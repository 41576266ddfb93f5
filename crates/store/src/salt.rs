//! A number nobody can foresee, for the marks of a file's frames.
//!
//! Touches the operating system's randomness, through the standard library's hasher keys.

use std::hash::{BuildHasher, RandomState};

/// A fresh salt.
pub(crate) fn next() -> u32 {
    let [a, b, c, d, ..] = RandomState::new().hash_one(0_u8).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
