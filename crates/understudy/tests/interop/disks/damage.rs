//! Octets that went bad.
