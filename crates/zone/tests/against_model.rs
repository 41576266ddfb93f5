//! The laws of versions, against the crate as it ships. Inside the crate they run once more, with tiny pages.

#[cfg(test)]
mod laws;
#[cfg(test)]
mod proofs;
