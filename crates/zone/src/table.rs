//! Which zones are served, and their current versions.

use crate::id::{ViewId, ZoneId};
use crate::version::Version;
use std::sync::Arc;
use wire::name::{Name, NameRef};

/// What is served for a zone.
#[derive(Clone, Debug)]
pub enum ZoneState {
    /// Answers come from this version.
    Serving(Arc<Version>),
    /// EXPIRE has passed: the zone is ours, but there is nothing to answer.
    Expired,
    /// Nothing has been transferred yet.
    NotLoaded,
}

/// Why the table did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The number or the pair of view and apex is taken.
    #[error("zone {id} or its view and apex is in the table already")]
    Taken {
        /// The zone that has it.
        id: ZoneId,
    },
}

/// One zone of the table.
#[derive(Debug)]
pub struct Slot {
    id: ZoneId,
    view: ViewId,
    apex: Name,
}

/// A zone found, and pinned: its slot stays while this lives.
#[derive(Debug)]
pub struct Found {
    slot: Arc<Slot>,
}

impl Found {
    /// The zone.
    #[must_use]
    pub fn slot(&self) -> &Slot {
        &self.slot
    }
}

impl Slot {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> ZoneId {
        self.id
    }

    /// Its view.
    #[must_use]
    pub const fn view(&self) -> ViewId {
        self.view
    }

    /// Its apex.
    #[must_use]
    pub const fn apex(&self) -> &Name {
        &self.apex
    }

    /// What is served now. Keep the guard for one answer, or one batch; clone the `Arc` inside to keep it longer.
    #[must_use]
    pub fn state(&self) -> arc_swap::Guard<Arc<ZoneState>> {
        todo!()
    }
}

/// All zones by (view, apex). Readers take no lock and allocate nothing; writers exclude one another.
#[derive(Debug, Default)]
pub struct Table {}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        todo!()
    }

    /// The zone with the closest apex at or above a name.
    #[must_use]
    pub fn find(&self, view: ViewId, qname: NameRef<'_>) -> Option<Found> {
        let _ = (view, qname);
        todo!()
    }

    /// The zone with the closest apex above a name, the name itself left out: whom to ask for DS (RFC 4035 §3.1.4.1).
    #[must_use]
    pub fn find_parent_side(&self, view: ViewId, qname: NameRef<'_>) -> Option<Found> {
        let _ = (view, qname);
        todo!()
    }

    /// The zone of this number.
    #[must_use]
    pub fn slot(&self, id: ZoneId) -> Option<Arc<Slot>> {
        let _ = id;
        todo!()
    }

    /// Adds a zone, not loaded.
    ///
    /// # Errors
    /// When the number or the pair is taken.
    pub fn insert(&self, id: ZoneId, view: ViewId, apex: Name) -> Result<(), TableError> {
        let _ = (id, view, apex);
        todo!()
    }

    /// Makes a state visible, in one pointer swap. False if there is no such zone.
    pub fn publish(&self, id: ZoneId, state: ZoneState) -> bool {
        let _ = (id, state);
        todo!()
    }

    /// Takes a zone out. False if there is no such zone.
    pub fn remove(&self, id: ZoneId) -> bool {
        let _ = id;
        todo!()
    }
}
