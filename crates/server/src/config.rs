//! `understudy.toml`: what was written, and what was accepted.
