//! A few leaves, each once.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 2181 §5.5 (a message has an rrset once).
//!
//! Invariants: I1 leaves keep the order in which they were added first.
//!
//! Not here: what they prove.

use crate::leaf::Leaf;

/// Up to `N` leaves in the order they were added, each once.
#[derive(Clone, Copy, Debug)]
pub struct Leaves<'v, const N: usize>([Option<Leaf<'v>>; N]);

impl<'v, const N: usize> Leaves<'v, N> {
    /// No leaf yet.
    #[must_use]
    pub const fn none() -> Self {
        Self([None; N])
    }

    /// Adds a leaf unless it is there already, or there is no room.
    pub fn add(&mut self, leaf: Leaf<'v>) {
        for place in &mut self.0 {
            match place {
                Some(held) if held.is_same(&leaf) => return,
                Some(_) => {}
                None => {
                    *place = Some(leaf);
                    return;
                }
            }
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Leaf<'v>> {
        self.0.into_iter().flatten()
    }
}
