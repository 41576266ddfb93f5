//! Durable, then visible: one thread writes versions to disk in batches and then publishes them.

use crate::clock::Clock;
use crate::shard::soa_timers;
use proto::code::{Code, Fault};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Commit, Store, StoreError, Timers};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use zone::{Diff, Table, Version, ZoneId, ZoneState};

/// Versions that share one sync to disk at most.
const BATCH_MAX: usize = 256;
/// Versions that may wait; who has more to commit waits with them.
const QUEUE_SIZE: usize = 1_024;

/// What to do to a zone's content.
pub(crate) enum Change {
    /// Replace it.
    Whole(Arc<Version>),
    /// Move it on by these diffs, in order, to this version.
    Diffs(Vec<Diff>, Arc<Version>),
}

impl Change {
    const fn version(&self) -> &Arc<Version> {
        match self {
            Self::Whole(version) | Self::Diffs(_, version) => version,
        }
    }
}

/// A change to make durable, then visible.
pub(crate) struct CommitRequest {
    pub(crate) zone: ZoneId,
    pub(crate) change: Change,
}

impl CommitRequest {
    fn as_commit(&self) -> Commit<'_> {
        let id = self.zone;
        match &self.change {
            Change::Whole(version) => Commit::Whole { id, version: version.clone() },
            Change::Diffs(diffs, result) => Commit::Diffs { id, diffs, result: result.clone() },
        }
    }
}

type Reply = oneshot::Sender<Result<(), Fault>>;

/// The way to the committing thread.
#[derive(Clone)]
pub(crate) struct Committer {
    runtime: Handle,
    queue: mpsc::Sender<(CommitRequest, Reply)>,
}

impl Committer {
    /// Starts the thread. It ends when every `Committer` is dropped and all is written.
    pub(crate) fn start(
        store: Arc<Store>,
        table: Arc<Table>,
        clock: Clock,
        runtime: Handle,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (queue, requests) = mpsc::channel(QUEUE_SIZE);
        let thread = std::thread::Builder::new()
            .name("commit".to_owned())
            .spawn(move || run(&store, &table, clock, requests))?;
        Ok((Self { runtime, queue }, thread))
    }

    /// Commits in the background and hands the result to `reply`.
    pub(crate) fn spawn<F>(
        &self,
        request: CommitRequest,
        reply: impl FnOnce(Result<(), Fault>) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let queue = self.queue.clone();
        self.runtime.spawn(async move {
            let (sender, receiver) = oneshot::channel();
            drop(queue.send((request, sender)).await);
            let ended =
                Err(Fault::new(Code::InstallFailed).with("reason", "the daemon is stopping"));
            reply(receiver.await.unwrap_or(ended)).await;
        });
    }
}

fn run(
    store: &Store,
    table: &Table,
    clock: Clock,
    mut requests: mpsc::Receiver<(CommitRequest, Reply)>,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while requests.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        let together = make_durable(store, clock, &batch);
        for entry in batch.drain(..) {
            let result = match &together {
                Ok(()) => Ok(()),
                // One zone's trouble is no other's: what failed together is tried one by one.
                Err(_) => make_durable(store, clock, std::slice::from_ref(&entry)),
            };
            let (CommitRequest { zone, change }, reply) = entry;
            if result.is_ok() {
                table.publish(zone, ZoneState::Serving(change.version().clone()));
            }
            let result = result.map_err(|fault| {
                Fault::new(Code::InstallFailed).with("reason", &fault).with("disk", fault.code())
            });
            drop(reply.send(result)); // a zone that is gone does not listen
        }
    }
}

/// One flush for the batch; whole versions also leave their first deadlines on disk, so that a
/// zone that was ever seen is not forgotten by a crash before the next batch of timers.
fn make_durable(
    store: &Store,
    clock: Clock,
    batch: &[(CommitRequest, Reply)],
) -> Result<(), StoreError> {
    let commits: Vec<Commit<'_>> = batch.iter().map(|(request, _)| request.as_commit()).collect();
    store.commit(&commits).inspect_err(|fault| {
        let (code, zones) = (fault.code(), batch.len());
        tracing::error!(code, zones, %fault, "new versions cannot be written to disk");
    })?;
    let now = clock.wall().0;
    let first_timers: Vec<(ZoneId, Timers)> = batch
        .iter()
        .filter_map(|(request, _)| match &request.change {
            Change::Whole(version) => Some((request.zone, timers_from(now, version))),
            Change::Diffs(..) => None,
        })
        .collect();
    if first_timers.is_empty() { Ok(()) } else { store.meta().save_timers(&first_timers) }
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

/// Rewrites logs that have grown too long, until told to stop.
pub(crate) fn compact_until(store: &Store, stop: &Receiver<()>) {
    /// How often to look.
    const EVERY: Duration = Duration::from_secs(2);
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(EVERY) {
        match store.compact_if_due() {
            Ok(done) if done.is_empty() => {}
            Ok(done) => tracing::info!(logs = done.len(), "commit logs compacted"),
            Err(fault) => {
                let code = fault.code();
                tracing::error!(code, %fault, "a commit log cannot be compacted; it grows on");
            }
        }
    }
}
