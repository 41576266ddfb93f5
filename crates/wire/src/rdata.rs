//! Rdata (replaced by its owner).
