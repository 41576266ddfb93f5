//! Master (replaced by its owner).
