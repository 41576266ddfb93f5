//! A self-contained show: a primary, understudy as its secondary, and an account of what happens.

pub mod primary;
