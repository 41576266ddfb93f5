//! Refresh.
