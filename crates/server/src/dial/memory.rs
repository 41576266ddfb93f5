//! What running transfers may hold: each a quarter, all together no more than the whole.

use proto::code::{Code, Fault};
use std::sync::atomic::{AtomicU64, Ordering};

/// One transfer alone may take this part of what all may hold, so that a single primary leaves
/// room for the others.
const PART_OF_ONE: u64 = 4;

/// What all running transfers hold together.
pub(super) struct Memory {
    used_bytes: AtomicU64,
    max_bytes: u64,
}

/// One transfer's share, given back when dropped.
pub(super) struct Share<'m> {
    memory: &'m Memory,
    bytes: u64,
}

impl Memory {
    /// Nothing held yet, of at most `max_bytes`.
    pub(super) const fn new(max_bytes: u64) -> Self {
        Self { used_bytes: AtomicU64::new(0), max_bytes }
    }

    /// The share of a transfer that begins.
    pub(super) const fn share(&self) -> Share<'_> {
        Share { memory: self, bytes: 0 }
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
        if used > all_max {
            return Err(full("memory-bytes-max, for all transfers", used, all_max));
        }
        Ok(())
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.memory.used_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
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

    #[test]
    fn one_transfer_takes_a_quarter_and_all_together_the_whole() {
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
    }
}
