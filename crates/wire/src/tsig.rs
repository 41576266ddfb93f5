//! Tsig (replaced by its owner).
