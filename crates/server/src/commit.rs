//! Durable, then visible: versions are written to disk in batches and then published, by a thread for what is
//! small and one for what is large.

mod lanes;

use self::lanes::{Lane, Lanes};
use crate::clock::Clock;
use crate::event::DriverEvent;
use crate::faults::{self, Spot};
use crate::net::batch;
use crate::shard::{Message, ShardInbox, soa_timers};
use proto::code::{Code, Fault};
use proto::refresh::{Attempt, SoaTimers};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Commit, Store, StoreError, Timers};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{
    self,
    error::{SendError, TrySendError},
};
use zone::{Diff, Table, Version, ZoneId, ZoneState};

/// Versions that share one sync to disk at most.
const BATCH_MAX: usize = 256;
/// Versions that may wait in each lane; who has more to commit waits with them.
const QUEUE_SIZE: usize = 1_024;

/// What to do to a zone's content.
pub(crate) enum Change {
    /// Replace it.
    Whole(Version),
    /// Move it on by these diffs, in order, to this version.
    Diffs(Vec<Diff>, Version),
}

impl Change {
    const fn version(&self) -> &Version {
        match self {
            Self::Whole(version) | Self::Diffs(_, version) => version,
        }
    }
}

/// A change to make durable, then visible, and whom to tell.
pub(crate) struct CommitRequest {
    pub(crate) zone: ZoneId,
    pub(crate) change: Change,
    pub(crate) attempt: Attempt,
    pub(crate) soa: SoaTimers,
    pub(crate) inbox: ShardInbox,
}

impl CommitRequest {
    fn as_commit(&self) -> Commit<'_> {
        let id = self.zone;
        match &self.change {
            Change::Whole(version) => Commit::Whole { id, version: version.clone() },
            Change::Diffs(diffs, result) => Commit::Diffs { id, diffs, result: result.clone() },
        }
    }

    /// Nobody commits any more: the zone must not wait for ever.
    async fn refuse(self) {
        let fault =
            Fault::new(Code::InstallFailed).with("reason", "the committing thread has ended");
        let event = DriverEvent::Installed(self.attempt, self.soa, Err(fault));
        self.inbox.send(Message::Event(self.zone, event)).await;
    }
}

/// The way to the committing threads.
#[derive(Clone)]
pub(crate) struct Committer {
    runtime: Handle,
    lanes: Arc<Lanes>,
    small: mpsc::Sender<CommitRequest>,
    large: mpsc::Sender<CommitRequest>,
    /// Octets from which a version gets a file of its own, which takes its time.
    large_bytes_min: u64,
}

/// What a committing thread works on.
#[derive(Clone)]
struct Desk {
    store: Arc<Store>,
    table: Arc<Table>,
    clock: Clock,
    lanes: Arc<Lanes>,
}

impl Committer {
    /// Starts the threads. They end when every `Committer` is dropped and all is written.
    pub(crate) fn start(
        store: Arc<Store>,
        table: Arc<Table>,
        clock: Clock,
        runtime: Handle,
        large_bytes_min: u64,
    ) -> std::io::Result<(Self, [JoinHandle<()>; 2])> {
        let lanes = Arc::new(Lanes::default());
        let desk = Desk { store, table, clock, lanes: lanes.clone() };
        let start = |name: &str, batch_max| {
            let (queue, requests) = mpsc::channel(QUEUE_SIZE);
            let desk = desk.clone();
            let thread = std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || desk.run(requests, batch_max))?;
            std::io::Result::Ok((queue, thread))
        };
        let (small, small_thread) = start("commit", BATCH_MAX)?;
        let (large, large_thread) = start("commit-large", 1)?;
        let committer = Self { runtime, lanes, small, large, large_bytes_min };
        Ok((committer, [small_thread, large_thread]))
    }

    /// Commits in the background; the zone's shard is told how it went.
    pub(crate) fn commit(&self, request: CommitRequest) {
        let choice = match &request.change {
            Change::Whole(version) if version.size_bytes() >= self.large_bytes_min => Lane::Large,
            Change::Whole(_) | Change::Diffs(..) => Lane::Small,
        };
        let queue = match self.lanes.enter(request.zone, choice) {
            Lane::Small => &self.small,
            Lane::Large => &self.large,
        };
        match queue.try_send(request) {
            Ok(()) => {}
            Err(TrySendError::Full(request)) => {
                let queue = queue.clone();
                self.runtime.spawn(async move {
                    if let Err(SendError(request)) = queue.send(request).await {
                        request.refuse().await;
                    }
                });
            }
            Err(TrySendError::Closed(request)) => {
                self.runtime.spawn(request.refuse());
            }
        }
    }
}

impl Desk {
    fn run(&self, mut requests: mpsc::Receiver<CommitRequest>, batch_max: usize) {
        let store = &self.store;
        let mut batch = Vec::with_capacity(batch_max);
        while requests.blocking_recv_many(&mut batch, batch_max) > 0 {
            let commits: Vec<Commit<'_>> = batch.iter().map(CommitRequest::as_commit).collect();
            let together = commit(store, &commits);
            drop(commits);
            let ended = batch.drain(..).map(|request| {
                let result = match &together {
                    Ok(()) => Ok(()),
                    // One zone's trouble is no other's: what failed together is tried one by one.
                    Err(_) => commit_alone(store, &request),
                };
                (request, result)
            });
            let (wholes, diffs): (Vec<_>, Vec<_>) =
                ended.partition(|(request, _)| matches!(request.change, Change::Whole(_)));
            for (request, result) in diffs {
                self.publish(request, result); // a change never waits for SQLite
            }
            save_first_timers(store, self.clock.wall().0, &wholes);
            for (request, result) in wholes {
                self.publish(request, result);
            }
        }
    }

    /// Makes a durable version visible, and tells its zone either way.
    fn publish(&self, request: CommitRequest, result: Result<(), StoreError>) {
        let CommitRequest { zone, change, attempt, soa, inbox } = request;
        let version = change.version().clone();
        if result.is_ok() {
            self.table.publish(zone, ZoneState::Serving(version.clone()));
        }
        let result = result.map(|()| version).map_err(|fault| {
            let code = fault.code();
            tracing::error!(%zone, code, %fault, "a new version cannot be written to disk");
            fault_of(&fault)
        });
        self.lanes.leave(zone);
        // A shard never waits for this thread, so this thread may wait for a shard.
        inbox.tell(Message::Event(zone, DriverEvent::Installed(attempt, soa, result)));
    }
}

/// What the operator is told of a commit that failed.
fn fault_of(fault: &StoreError) -> Fault {
    match fault {
        StoreError::Reserve { folder, needed_bytes, free_bytes, reserve_bytes } => {
            Fault::new(Code::DiskReserve)
                .with("needed_bytes", needed_bytes)
                .with("free_bytes", free_bytes)
                .with("reserve_bytes", reserve_bytes)
                .with("folder", folder.display())
        }
        StoreError::Poisoned => Fault::new(Code::InternalFault).with("step", "commit"),
        StoreError::Locked { .. }
        | StoreError::DiskFull { .. }
        | StoreError::ReadOnly { .. }
        | StoreError::Io { .. }
        | StoreError::NewerFormat { .. }
        | StoreError::UnknownFormat { .. }
        | StoreError::Sqlite { .. }
        | StoreError::SqliteDamaged { .. }
        | StoreError::DiffsDoNotFit { .. }
        | StoreError::MixedBatch { .. }
        | StoreError::FrameTooLarge { .. }
        | StoreError::ZoneIdsExhausted => {
            Fault::new(Code::InstallFailed).with("reason", fault).with("disk", fault.code())
        }
    }
}

/// A version whose diffs do not continue what the log holds is written whole, which always fits.
fn commit_alone(store: &Store, request: &CommitRequest) -> Result<(), StoreError> {
    match commit(store, &[request.as_commit()]) {
        Err(StoreError::DiffsDoNotFit { .. }) => {
            let (id, version) = (request.zone, request.change.version().clone());
            commit(store, &[Commit::Whole { id, version }])
        }
        committed => committed,
    }
}

/// A fault of ours in the store fails the commit, not the thread that every zone needs.
fn commit(store: &Store, batch: &[Commit<'_>]) -> Result<(), StoreError> {
    let commit = || {
        for one in batch {
            match one {
                Commit::Whole { version, .. } | Commit::Diffs { result: version, .. } => {
                    faults::trip(Spot::Commit, version.apex());
                }
                Commit::Drop { .. } => {}
            }
        }
        store.commit(batch)
    };
    catch_unwind(AssertUnwindSafe(commit)).unwrap_or(Err(StoreError::Poisoned))
}

/// Whole versions leave their first deadlines on disk before they are seen, so that a crash before
/// the next batch of timers does not forget them. Without them they are served all the same: a
/// restart then holds them expired until a primary confirms them, and the log says why.
fn save_first_timers(store: &Store, now: u64, wholes: &[(CommitRequest, Result<(), StoreError>)]) {
    let durable = wholes.iter().filter(|(_, result)| result.is_ok());
    let timers: Vec<(ZoneId, Timers)> = durable
        .map(|(request, _)| (request.zone, timers_from(now, request.change.version())))
        .collect();
    if timers.is_empty() {
        return;
    }
    if let Err(fault) = store.save_timers(&timers) {
        let (code, zones) = (fault.code(), timers.len());
        tracing::error!(code, zones, %fault, "deadlines of new versions cannot be saved");
    }
}

/// Deadlines of a version that was confirmed at `now`.
fn timers_from(now: u64, version: &Version) -> Timers {
    let soa = soa_timers(version);
    Timers {
        serial: soa.serial,
        confirmed_at: now,
        expires_at: now.saturating_add(soa.expire.0.into()),
        refresh_at: now,
    }
}

/// Rewrites logs that have grown too long, and gives back memory that was freed, until told to stop.
pub(crate) fn compact_until(store: &Store, stop: &Receiver<()>) {
    /// How often to look.
    const EVERY: Duration = Duration::from_secs(2);
    /// Memory is given back at each so many looks: it is not worth more of anybody's time.
    const LOOKS: usize = 5;
    batch::give_back_freed_memory(); // what the start needed
    for look in 1.. {
        let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(EVERY) else { return };
        if look % LOOKS == 0 {
            batch::give_back_freed_memory();
        }
        // A fault of ours in one compaction must not be the end of them all.
        let compacted = catch_unwind(AssertUnwindSafe(|| store.compact_if_due()));
        match compacted.unwrap_or(Err(StoreError::Poisoned)) {
            Ok(done) if done.is_empty() => {}
            Ok(done) => tracing::info!(logs = done.len(), "commit logs compacted"),
            Err(fault) => {
                let code = fault.code();
                tracing::error!(code, %fault, "a commit log cannot be compacted; it grows on");
            }
        }
    }
}
