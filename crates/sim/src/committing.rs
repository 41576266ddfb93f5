//! Durable, then visible, then told: what the committing thread of the daemon does, line by line.
//!
//! Touches nothing but the world's disk. Stands where `server::commit` stands. Each line is a step of its own, so that the world may end
//! between any two.
//!
//! Invariants: those of `server::commit`: a version is published only after its commit; changes do
//! not wait for the table of deadlines, whole versions do.

use crate::asking::soa_timers;
use crate::clock::Clock;
use crate::disk::{Disk, row};
use proto::refresh::{Attempt, SoaTimers};
use proto::time::UnixSeconds;
use std::collections::{BTreeMap, VecDeque};
use store::Commit;
use store::simulated::Log;
use zone::{Diff, Table, Version, ZoneId, ZoneState};

/// What becomes of a zone's content.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is replaced.
    Whole(Version),
    /// It moves on by these diffs.
    Diffs(Vec<Diff>, Version),
}

impl Change {
    const fn version(&self) -> &Version {
        match self {
            Self::Whole(version) | Self::Diffs(_, version) => version,
        }
    }

    fn as_commit(&self, id: ZoneId) -> Commit<'_> {
        match self {
            Self::Whole(version) => Commit::Whole { id, version: version.clone() },
            Self::Diffs(diffs, result) => Commit::Diffs { id, diffs, result: result.clone() },
        }
    }
}

/// A change that waits.
#[derive(Clone, Debug)]
pub struct Request {
    /// Place of the zone among those of the daemon.
    pub zone: usize,
    /// Its number.
    pub id: ZoneId,
    /// What becomes of it.
    pub change: Change,
    /// To report back with.
    pub attempt: Attempt,
    /// To report back with.
    pub soa: SoaTimers,
}

/// News for the zone's machine.
#[derive(Clone, Debug)]
pub struct News {
    /// Place of the zone.
    pub zone: usize,
    /// As requested.
    pub attempt: Attempt,
    /// As requested.
    pub soa: SoaTimers,
    /// The version, when it is durable and visible.
    pub installed: Option<Version>,
}

/// The line that comes next.
#[derive(Debug, Default)]
enum Line {
    /// Nothing is under way.
    #[default]
    Idle,
    /// Everything that waits is written together.
    Commit,
    /// What failed together is written one by one.
    Again { left: VecDeque<Request>, done: Vec<(Request, bool)> },
    /// Changes are published, one after the other; whole versions wait.
    PublishDiffs { diffs: VecDeque<(Request, bool)>, wholes: VecDeque<(Request, bool)> },
    /// The deadlines of whole versions are saved.
    SaveFirst { wholes: VecDeque<(Request, bool)> },
    /// Whole versions are published.
    PublishWholes { wholes: VecDeque<(Request, bool)> },
}

/// The committing thread.
#[derive(Debug)]
pub struct Committing {
    waiting: VecDeque<Request>,
    line: Line,
}

impl Committing {
    /// With nothing to do.
    #[must_use]
    pub const fn idle() -> Self {
        Self { waiting: VecDeque::new(), line: Line::Idle }
    }

    /// A change to be made durable.
    pub fn push(&mut self, request: Request) {
        self.waiting.push_back(request);
    }

    /// Whether there is another line to execute.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.line, Line::Idle) || !self.waiting.is_empty()
    }

    /// Whether the next line writes several zones together.
    #[must_use]
    pub fn writes_together(&self) -> bool {
        matches!(self.line, Line::Commit) && self.waiting.len() > 1
    }

    /// Executes one line, and gives back the news that it has.
    pub fn step(
        &mut self,
        log: &Log,
        disk: &mut Disk,
        table: &Table,
        clock: &Clock,
    ) -> Option<News> {
        let (line, news) = match std::mem::take(&mut self.line) {
            Line::Idle if self.waiting.is_empty() => (Line::Idle, None),
            Line::Idle => (Line::Commit, None),
            Line::Commit => (self.commit(log), None),
            Line::Again { left, done } => (commit_next(log, left, done), None),
            Line::PublishDiffs { mut diffs, wholes } => match diffs.pop_front() {
                Some(ended) => (Line::PublishDiffs { diffs, wholes }, Some(publish(table, ended))),
                None => (Line::SaveFirst { wholes }, None),
            },
            Line::SaveFirst { wholes } => {
                save_first((log, disk), clock.wall(), &wholes);
                (Line::PublishWholes { wholes }, None)
            }
            Line::PublishWholes { mut wholes } => match wholes.pop_front() {
                Some(ended) => (Line::PublishWholes { wholes }, Some(publish(table, ended))),
                None => (Line::Idle, None),
            },
        };
        self.line = line;
        news
    }

    fn commit(&mut self, log: &Log) -> Line {
        let batch = std::mem::take(&mut self.waiting);
        let commits: Vec<Commit<'_>> =
            batch.iter().map(|request| request.change.as_commit(request.id)).collect();
        match log.commit(&commits) {
            Ok(()) => to_publish(batch.into_iter().map(|request| (request, true)).collect()),
            Err(_) => Line::Again { left: batch, done: Vec::new() },
        }
    }
}

/// One zone's trouble is no other's: what failed together is tried one by one, and whole.
fn commit_next(log: &Log, mut left: VecDeque<Request>, mut done: Vec<(Request, bool)>) -> Line {
    match left.pop_front() {
        Some(request) => {
            let version = request.change.version().clone();
            let is_durable = log.commit(&[Commit::Whole { id: request.id, version }]).is_ok();
            done.push((request, is_durable));
            Line::Again { left, done }
        }
        None => to_publish(done),
    }
}

fn to_publish(ended: Vec<(Request, bool)>) -> Line {
    let is_whole = |(request, _): &(Request, bool)| matches!(request.change, Change::Whole(_));
    let (wholes, diffs): (Vec<_>, Vec<_>) = ended.into_iter().partition(is_whole);
    Line::PublishDiffs { diffs: diffs.into(), wholes: wholes.into() }
}

fn publish(table: &Table, (request, is_durable): (Request, bool)) -> News {
    let Request { zone, id, change, attempt, soa } = request;
    let version = change.version().clone();
    let installed = is_durable.then(|| {
        table.publish(id, ZoneState::Serving(version.clone()));
        version
    });
    News { zone, attempt, soa, installed }
}

fn save_first(
    (log, disk): (&Log, &mut Disk),
    wall: UnixSeconds,
    wholes: &VecDeque<(Request, bool)>,
) {
    let rows: BTreeMap<_, _> = wholes
        .iter()
        .filter(|(_, is_durable)| *is_durable)
        .map(|(request, _)| {
            let soa = soa_timers(request.change.version());
            let expires_at = UnixSeconds(wall.0.saturating_add(soa.expire.0.into()));
            (request.id, row(soa.serial, wall, expires_at, wall))
        })
        .collect();
    let _ = disk.save(log, &rows); // without them a restart holds the version expired
}
