//! Numbers that stand for zones and views.
//!
//! Pure.
//!
//! Not here: which number a zone has; `store` remembers that.

use core::fmt;

/// A zone, that is (view, apex), for as long as it is configured. Never used again for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId(pub u32);

/// A view: which clients a zone is served to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(pub u16);

impl ViewId {
    /// The view `default`, which always exists.
    pub const DEFAULT: Self = Self(0);
}

impl fmt::Display for ZoneId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

impl fmt::Display for ViewId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}
