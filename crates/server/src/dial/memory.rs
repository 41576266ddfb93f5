//! What running transfers may hold: each a quarter, all together no more than the whole.
//!
//! When all is taken, whoever asks for more is refused, unless a transfer that makes no headway can give way: primaries
//! that send much and then stand still must not keep everybody else's zones from being transferred.

use proto::code::{Code, Fault};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// One transfer alone may take this part of what all may hold, so that a single primary leaves
/// room for the others.
const PART_OF_ONE: u64 = 4;
/// Octets that are headway.
const HEADWAY_BYTES: u64 = 64 << 10;
/// A transfer without headway for so long gives way to others.
const HEADWAY_WITHIN: Duration = Duration::from_secs(10);

/// What all running transfers hold together.
pub(super) struct Memory {
    used_bytes: AtomicU64,
    max_bytes: u64,
    holders: Mutex<Vec<Arc<Holder>>>,
}

/// One transfer, as the others see it.
struct Holder {
    headway: Mutex<Headway>,
    gives_way: Notify,
}

/// How far a transfer was, and when.
#[derive(Clone, Copy)]
struct Headway {
    bytes: u64,
    at: Instant,
}

/// One transfer's share, given back when dropped.
pub(super) struct Share<'m> {
    memory: &'m Memory,
    holder: Arc<Holder>,
    bytes: u64,
}

impl Memory {
    /// Nothing held yet, of at most `max_bytes`.
    pub(super) const fn new(max_bytes: u64) -> Self {
        Self { used_bytes: AtomicU64::new(0), max_bytes, holders: Mutex::new(Vec::new()) }
    }

    /// The share of a transfer that begins.
    pub(super) fn share(&self) -> Share<'_> {
        let headway = Mutex::new(Headway { bytes: 0, at: Instant::now() });
        let holder = Arc::new(Holder { headway, gives_way: Notify::new() });
        self.holders.lock().unwrap_or_else(PoisonError::into_inner).push(holder.clone());
        Share { memory: self, holder, bytes: 0 }
    }

    /// Tells the largest transfer without headway to give way; false when there is none. Each is told once.
    fn evict(&self) -> bool {
        let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = holders.iter().enumerate().filter_map(|(at, holder)| {
            let Headway { bytes, at: since } = holder.headway();
            (bytes > 0 && since.elapsed() >= HEADWAY_WITHIN).then_some((bytes, at))
        });
        let Some((_, at)) = standing.max() else { return false };
        holders.swap_remove(at).gives_way.notify_one();
        true
    }
}

impl Holder {
    fn headway(&self) -> Headway {
        *self.headway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_at(&self, bytes: u64) {
        let mut headway = self.headway.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes.saturating_sub(headway.bytes) >= HEADWAY_BYTES {
            *headway = Headway { bytes, at: Instant::now() };
        }
    }
}

impl Share<'_> {
    /// Grows to `bytes`, or says why not: a refused transfer is tried again at RETRY, a daemon
    /// that was killed for its memory is not.
    pub(super) fn grow_to(&mut self, bytes: u64) -> Result<(), Fault> {
        let (all_max, one_max) = (self.memory.max_bytes, self.memory.max_bytes / PART_OF_ONE);
        if bytes > one_max {
            return Err(full("a quarter of memory-bytes-max, for one transfer", bytes, one_max));
        }
        let more = bytes.saturating_sub(self.bytes);
        let used = self.memory.used_bytes.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        self.bytes = self.bytes.max(bytes);
        self.holder.is_at(self.bytes);
        if used > all_max && more > 0 && !self.memory.evict() {
            return Err(full("memory-bytes-max, for all transfers", used, all_max));
        }
        Ok(())
    }

    /// Returns when others need the memory and this transfer makes no headway.
    pub(super) async fn has_to_give_way(&self) -> Fault {
        self.holder.gives_way.notified().await;
        full("memory-bytes-max, with no headway", self.bytes, self.memory.max_bytes)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.memory.used_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        let mut holders = self.memory.holders.lock().unwrap_or_else(PoisonError::into_inner);
        holders.retain(|holder| !Arc::ptr_eq(holder, &self.holder));
    }
}

fn full(limit: &str, used_bytes: u64, limit_bytes: u64) -> Fault {
    Fault::new(Code::TransferMemoryFull)
        .with("limit", limit)
        .with("used_bytes", used_bytes)
        .with("limit_bytes", limit_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, timeout};

    #[tokio::test(start_paused = true)]
    async fn one_transfer_takes_a_quarter_and_all_together_the_whole() {
        let memory = Memory::new(400);
        let mut shares: Vec<_> = (0..5).map(|_| memory.share()).collect();
        let refused = shares[0].grow_to(101).expect_err("more than a quarter");
        assert_eq!(refused.fact("limit_bytes"), Some("100"));
        for share in &mut shares[..4] {
            share.grow_to(60).and_then(|()| share.grow_to(100)).expect("a quarter each");
        }
        let refused = shares[4].grow_to(1).expect_err("all is taken");
        assert_eq!(
            (refused.fact("used_bytes"), refused.fact("limit_bytes")),
            (Some("401"), Some("400"))
        );
        drop(shares);
        memory.share().grow_to(100).expect("everything was given back");
        assert!(memory.holders.lock().expect("not poisoned").is_empty());
    }

    /// Threat 2: primaries that send much and then drip hold no memory that others need.
    #[tokio::test(start_paused = true)]
    async fn transfers_without_headway_give_way_largest_first() {
        let quarter = 10 * HEADWAY_BYTES;
        let memory = Memory::new(4 * quarter);
        let mut standing: Vec<_> = (0..4).map(|_| memory.share()).collect();
        for (share, less) in standing.iter_mut().zip([2, 0, 1, 1]) {
            share.grow_to(quarter - less * HEADWAY_BYTES).expect("a quarter at most");
        }
        let mut moving = memory.share();
        moving.grow_to(4 * HEADWAY_BYTES).expect("what is left");
        moving.grow_to(5 * HEADWAY_BYTES).expect_err("none of them has stood long enough");
        advance(HEADWAY_WITHIN - Duration::from_secs(1)).await;
        let drop_more = standing[3].bytes + 1;
        standing[3].grow_to(drop_more).expect_err("a drop is no headway");
        advance(Duration::from_secs(1)).await;
        moving.grow_to(6 * HEADWAY_BYTES).expect("the largest gives way");
        let gives_way = timeout(Duration::from_secs(1), standing[1].has_to_give_way()).await;
        assert_eq!(gives_way.expect("it is told").code, Code::TransferMemoryFull);
        for other in [0, 2, 3] {
            assert!(
                timeout(Duration::from_secs(1), standing[other].has_to_give_way()).await.is_err()
            );
        }
        moving.grow_to(7 * HEADWAY_BYTES).expect("the next gives way");
    }
}
