//! Durable, then visible: one thread writes versions to disk in batches and then publishes them.

use crate::clock::Clock;
use crate::shard::soa_timers;
use proto::code::{Code, Fault};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Commit, Store, Timers};
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
        let commits: Vec<Commit<'_>> =
            batch.iter().map(|(request, _)| request.as_commit()).collect();
        let together = store.commit(&commits);
        drop(commits);
        for (request, reply) in batch.drain(..) {
            let CommitRequest { zone, change } = request;
            let version = change.version().clone();
            let result = match &together {
                Ok(()) => Ok(()),
                // One zone's trouble is no other's: what failed together is tried one by one, and
                // whole, for then it fits whatever the log holds.
                Err(_) => store.commit(&[Commit::Whole { id: zone, version: version.clone() }]),
            };
            if result.is_ok() {
                if let Change::Whole(_) = change {
                    save_first_timers(store, zone, timers_from(clock.wall().0, &version));
                }
                table.publish(zone, ZoneState::Serving(version));
            }
            let result = result.map_err(|fault| {
                let code = fault.code();
                tracing::error!(%zone, code, %fault, "a new version cannot be written to disk");
                Fault::new(Code::InstallFailed).with("reason", &fault).with("disk", fault.code())
            });
            drop(reply.send(result)); // a zone that is gone does not listen
        }
    }
}

/// A whole version leaves its first deadlines on disk before it is seen, so that a crash before the
/// next batch of timers does not forget it. Without them it is served all the same: a restart then
/// holds it expired until a primary confirms it, and the log says why.
fn save_first_timers(store: &Store, zone: ZoneId, timers: Timers) {
    if let Err(fault) = store.meta().save_timers(&[(zone, timers)]) {
        tracing::error!(%zone, code = fault.code(), %fault, "deadlines cannot be saved");
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
