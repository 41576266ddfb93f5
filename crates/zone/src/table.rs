//! Which zones are served, and their current versions.
//!
//! Touches shared memory: readers load two pointers and take no lock; writers exclude one another.
//!
//! Zones are spread by a fixed hash of view and apex over shards. A shard is a sorted array that is never changed but
//! replaced, so a new zone costs one shard whatever the number of zones. Publishing replaces the state in a
//! zone's slot and no array at all.
//!
//! Standards: RFC 1034 §4.3.2 step 2 (the nearest ancestor) · RFC 4035 §3.1.4.1 (DS is the parent's).
//!
//! Invariants: I1 a reader sees a zone's state whole, before or after a change. I2 order of work and results do not depend
//! on chance: the hash has no random key. An apex is the operator's choice, so nobody else can make collisions.
//!
//! Not here: which states may follow one another (`proto::refresh`).

use crate::id::{ViewId, ZoneId};
use crate::version::Version;
use arc_swap::{ArcSwap, Guard};
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wire::name::{Name, NameRef};

/// Shards of a table; with a million zones one holds some 250.
const SHARDS: usize = 4_096;

/// What is served for a zone.
#[derive(Clone, Debug)]
pub enum ZoneState {
    /// Answers come from this version.
    Serving(Version),
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
    state: ArcSwap<ZoneState>,
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
    pub fn state(&self) -> Guard<Arc<ZoneState>> {
        self.state.load()
    }
}

/// A zone found, and pinned: its slot stays while this lives.
#[derive(Debug)]
pub struct Found {
    shard: Guard<Arc<Shard>>,
    slot: usize,
}

impl Found {
    /// The zone.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "the index was found in this array, which never changes"
    )]
    pub fn slot(&self) -> &Arc<Slot> {
        &self.shard.slots[self.slot]
    }
}

/// Zones by ascending hash.
#[derive(Debug, Default)]
struct Shard {
    hashes: Box<[u64]>,
    slots: Box<[Arc<Slot>]>,
}

impl Shard {
    fn find(&self, hash: u64, view: ViewId, apex: NameRef<'_>) -> Option<usize> {
        let first = self.hashes.partition_point(|held| *held < hash);
        let same = self.hashes.iter().skip(first).take_while(|held| **held == hash);
        let slots = self.slots.iter().enumerate().skip(first).zip(same);
        let is_wanted = |slot: &Slot| slot.view == view && slot.apex.as_ref().eq_ignore_case(apex);
        slots.map(|(slot, _)| slot).find(|(_, slot)| is_wanted(slot)).map(|(index, _)| index)
    }

    /// With these added; the hash beside each slot.
    fn with(&self, mut added: Vec<(u64, Arc<Slot>)>) -> Self {
        added.extend(self.hashes.iter().copied().zip(self.slots.iter().cloned()));
        added.sort_by_key(|(hash, slot)| (*hash, slot.id));
        let (hashes, slots): (Vec<_>, Vec<_>) = added.into_iter().unzip();
        Self { hashes: hashes.into(), slots: slots.into() }
    }

    fn without(&self, id: ZoneId) -> Self {
        let kept = || self.hashes.iter().zip(&self.slots).filter(|(_, slot)| slot.id != id);
        Self {
            hashes: kept().map(|(hash, _)| *hash).collect(),
            slots: kept().map(|(_, slot)| slot.clone()).collect(),
        }
    }
}

/// All zones by (view, apex). Readers take no lock and allocate nothing.
#[derive(Debug)]
pub struct Table {
    shards: Box<[ArcSwap<Shard>]>,
    /// A bit for each number of labels that an apex has, or has had.
    depths: [AtomicU64; 2],
    /// All zones by number. Whoever changes anything holds it.
    zones: Mutex<BTreeMap<ZoneId, Arc<Slot>>>,
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        let empty = Arc::new(Shard::default());
        Self {
            shards: (0..SHARDS).map(|_| ArcSwap::new(empty.clone())).collect(),
            depths: [const { AtomicU64::new(0) }; 2],
            zones: Mutex::default(),
        }
    }

    /// The zone with the closest apex at or above a name.
    #[must_use]
    pub fn find(&self, view: ViewId, qname: NameRef<'_>) -> Option<Found> {
        let [low, high] = &self.depths;
        let depths = [low.load(Ordering::Relaxed), high.load(Ordering::Relaxed)];
        let mut depth = qname.label_count();
        let mut name = qname;
        loop {
            // Most numbers of labels belong to no apex at all, and cost nothing more.
            if has_depth(depths, depth) {
                let hash = hash_of(view, name);
                let shard = self.shard(hash)?.load();
                if let Some(slot) = shard.find(hash, view, name) {
                    return Some(Found { shard, slot });
                }
            }
            name = name.parent()?;
            depth = depth.checked_sub(1)?;
        }
    }

    /// The zone with the closest apex above a name, the name itself left out: whom to ask for DS (RFC 4035 §3.1.4.1).
    #[must_use]
    pub fn find_parent_side(&self, view: ViewId, qname: NameRef<'_>) -> Option<Found> {
        self.find(view, qname.parent()?)
    }

    /// The zone of this number. Takes the writers' lock: not for answering.
    #[must_use]
    pub fn slot(&self, id: ZoneId) -> Option<Arc<Slot>> {
        self.zones().get(&id).cloned()
    }

    /// All zones by number. Takes the writers' lock while it copies the list.
    #[must_use]
    pub fn slots(&self) -> Vec<Arc<Slot>> {
        self.zones().values().cloned().collect()
    }

    /// Adds a zone, not loaded.
    ///
    /// # Errors
    /// When the number or the pair is taken.
    pub fn insert(&self, id: ZoneId, view: ViewId, apex: Name) -> Result<(), TableError> {
        match self.insert_all([(id, view, apex)]).pop() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Adds many zones, not loaded, and touches each shard once. Returns an error for each that was left out.
    pub fn insert_all(
        &self,
        added: impl IntoIterator<Item = (ZoneId, ViewId, Name)>,
    ) -> Vec<TableError> {
        let mut zones = self.zones();
        let mut errors = Vec::new();
        let mut by_shard = BTreeMap::<usize, Vec<(u64, Arc<Slot>)>>::new();
        for (id, view, apex) in added {
            let hash = hash_of(view, apex.as_ref());
            let index = shard_index(hash);
            let pending = by_shard.entry(index).or_default();
            let taken = zones.contains_key(&id).then_some(id).or_else(|| {
                let same = |slot: &Arc<Slot>| slot.view == view && slot.apex == apex;
                let shard = self.shard(hash)?.load();
                let held = shard.find(hash, view, apex.as_ref());
                let held = held.and_then(|held| shard.slots.get(held)).map(|slot| slot.id);
                held.or_else(|| {
                    pending.iter().find(|(_, slot)| same(slot)).map(|(_, slot)| slot.id)
                })
            });
            if let Some(id) = taken {
                errors.push(TableError::Taken { id });
                continue;
            }
            self.add_depth(apex.as_ref().label_count());
            let state = ArcSwap::from_pointee(ZoneState::NotLoaded);
            let slot = Arc::new(Slot { id, view, apex, state });
            zones.insert(id, slot.clone());
            pending.push((hash, slot));
        }
        for (index, added) in by_shard {
            if let Some(shard) = self.shards.get(index).filter(|_| !added.is_empty()) {
                shard.store(Arc::new(shard.load().with(added)));
            }
        }
        errors
    }

    /// Makes a state visible, in one pointer swap. False if there is no such zone.
    pub fn publish(&self, id: ZoneId, state: ZoneState) -> bool {
        let zones = self.zones();
        let slot = zones.get(&id);
        if let Some(slot) = slot {
            slot.state.store(Arc::new(state));
        }
        slot.is_some()
    }

    /// Takes a zone out. False if there is no such zone.
    pub fn remove(&self, id: ZoneId) -> bool {
        let mut zones = self.zones();
        let Some(slot) = zones.remove(&id) else { return false };
        if let Some(shard) = self.shard(hash_of(slot.view, slot.apex.as_ref())) {
            shard.store(Arc::new(shard.load().without(id)));
        }
        true
    }

    /// Nothing panics under this lock, and each change under it is whole; so poison means nothing.
    fn zones(&self) -> MutexGuard<'_, BTreeMap<ZoneId, Arc<Slot>>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shard(&self, hash: u64) -> Option<&ArcSwap<Shard>> {
        self.shards.get(shard_index(hash))
    }

    /// Before the zone itself is visible, so that no reader passes it by.
    fn add_depth(&self, labels: usize) {
        let [low, high] = &self.depths;
        let word = if labels < 64 { low } else { high };
        word.fetch_or(1_u64.rotate_left(small(labels)), Ordering::Relaxed);
    }
}

fn has_depth([low, high]: [u64; 2], labels: usize) -> bool {
    let word = if labels < 64 { low } else { high };
    word & 1_u64.rotate_left(small(labels)) != 0
}

/// A number of labels, at most 127.
fn small(labels: usize) -> u32 {
    u32::try_from(labels).unwrap_or(0)
}

/// Lower bits choose the shard, the whole decides within it.
fn shard_index(hash: u64) -> usize {
    let [.., high, low] = hash.to_be_bytes();
    usize::from(u16::from_be_bytes([high, low])) % SHARDS
}

/// A hash of the wire form without regard to case, eight octets a step.
fn hash_of(view: ViewId, name: NameRef<'_>) -> u64 {
    let wire = name.as_wire();
    let (words, rest) = wire.as_chunks();
    let mut hash = mix(u64::from(view.0), 1);
    for word in words {
        hash = mix(hash, lower_case(u64::from_le_bytes(*word)));
    }
    // The last eight octets may overlap those before; that does no harm.
    let last = wire.last_chunk().copied().unwrap_or_else(|| {
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        last
    });
    let hash = mix(hash, lower_case(u64::from_le_bytes(last)));
    mix(hash, u64::try_from(wire.len()).unwrap_or(0))
}

/// Sets the bit that tells small letters from capital ones, in every octet: some other octets fall together too, which
/// a hash may do.
const fn lower_case(octets: u64) -> u64 {
    octets | 0x2020_2020_2020_2020
}

/// One round of a multiplicative hash; both halves of the product count.
fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ 0x9e37_79b9_7f4a_7c15)
        .wrapping_mul(u128::from(word ^ 0xd1b5_4a32_d192_ed03));
    let bytes = product.to_le_bytes();
    let (halves, _) = bytes.as_chunks();
    halves.iter().fold(0, |sum, half| sum ^ u64::from_le_bytes(*half))
}

#[cfg(test)]
mod tests;
