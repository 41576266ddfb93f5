//! Answer.
