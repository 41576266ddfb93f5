//! What is remembered but stands in nobody's way: timers and the history of transfers, written to
//! SQLite in batches by a thread of its own.

use crate::damage;
use crate::shard::{Done, Missed};
use api::Action;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::{HistoryCaps, Store, Timers, TransferKind, TransferRecord};
use zone::ZoneId;

/// Entries that may wait to be written. When the disk is slower than that, history is dropped
/// (and said so), and the shards wait with their timers.
const QUEUE_SIZE: usize = 8_192;
/// How long entries wait for company. Losing them makes EXPIRE that much earlier, no more.
const GATHER: Duration = Duration::from_secs(2);
/// Entries written in one transaction at most.
const BATCH_MAX: usize = 1_024;

/// One thing to write down.
enum Entry {
    Timers(Vec<(ZoneId, Timers)>),
    Transfer(TransferRecord),
}

/// The way to the writing thread.
#[derive(Clone)]
pub(crate) struct Ledger {
    queue: SyncSender<Entry>,
    /// Entries of the history that found no room since it was last said.
    lost: Arc<AtomicU64>,
}

impl Ledger {
    /// Starts the thread. It ends when every `Ledger` is dropped and all is written.
    pub(crate) fn start(store: Arc<Store>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (queue, entries) = sync_channel(QUEUE_SIZE);
        let lost = Arc::new(AtomicU64::new(0));
        let seen_lost = lost.clone();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || write_until_closed(&store, &entries, &seen_lost))?;
        Ok((Self { queue, lost }, thread))
    }

    /// Deadlines to survive a restart. Waits when the disk is behind.
    pub(crate) fn save_timers(&self, rows: Vec<(ZoneId, Timers)>) {
        drop(self.queue.send(Entry::Timers(rows))); // refused only after the thread has ended
    }

    /// Something worked.
    pub(crate) fn record_done(&self, zone: ZoneId, done: &Done) {
        let outcome = "ok".to_owned();
        let (bytes, records, elapsed_ms) = (done.bytes, done.records, done.elapsed_ms);
        self.offer(done.action, |kind| TransferRecord {
            zone,
            at: done.at.0,
            peer: done.primary.map(|primary| primary.to_string()).unwrap_or_default(),
            kind,
            outcome,
            serial: done.serial,
            bytes,
            records,
            elapsed_ms,
        });
    }

    /// Something did not.
    pub(crate) fn record_missed(&self, zone: ZoneId, missed: &Missed) {
        self.offer(missed.action, |kind| TransferRecord {
            zone,
            at: missed.at.0,
            peer: missed.primary.map(|primary| primary.to_string()).unwrap_or_default(),
            kind,
            outcome: missed.fault.code.as_str().to_owned(),
            serial: missed.serial,
            bytes: 0,
            records: 0,
            elapsed_ms: 0,
        });
    }

    fn offer(&self, action: Action, entry: impl FnOnce(TransferKind) -> TransferRecord) {
        let kind = match action {
            Action::Soa => TransferKind::Soa,
            Action::Ixfr => TransferKind::Ixfr,
            Action::Axfr => TransferKind::Axfr,
            Action::Notify => TransferKind::Notify,
            Action::Install => return, // what the disk refused is not written to the disk
        };
        if let Err(TrySendError::Full(_)) = self.queue.try_send(Entry::Transfer(entry(kind))) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Gathers for a while, then writes: a sync to disk each two seconds is nobody's burden, one for
/// each change of each zone would stand in the way of commits.
fn write_until_closed(store: &Store, entries: &Receiver<Entry>, lost: &AtomicU64) {
    // What the disk refused goes with the next batch: one deadline a zone, so it stays bounded.
    let mut timers = BTreeMap::new();
    while let Ok(first) = entries.recv() {
        let (mut transfers, mut gathered) = (Vec::new(), 0);
        let mut next = Some(first);
        let until = Instant::now() + GATHER;
        while let Some(entry) = next {
            match entry {
                Entry::Timers(rows) => {
                    gathered += rows.len();
                    timers.extend(rows);
                }
                Entry::Transfer(entry) => {
                    gathered += 1;
                    transfers.push(entry);
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            let is_full = gathered >= BATCH_MAX;
            next = if is_full { None } else { entries.recv_timeout(left).ok() };
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "the disk is too slow for the whole history of transfers");
        }
        let meta = store.meta();
        let rows: Vec<(ZoneId, Timers)> = timers.iter().map(|(id, row)| (*id, *row)).collect();
        let saved = store.save_timers(&rows).and_then(|()| {
            timers.clear();
            meta.add_transfers(&transfers, HistoryCaps::default())
        });
        damage::tell(&meta.take_faults());
        if let Err(fault) = saved {
            let code = fault.code();
            tracing::error!(code, %fault, "timers or the history of transfers cannot be saved");
        }
    }
}
