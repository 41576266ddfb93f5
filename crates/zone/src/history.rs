//! How a version came about: the diffs that led to it, in order, as far back as is kept.
//!
//! Pure; shared and never changed, like the version it belongs to. The history after a change shares all but one or
//! two short lists of pointers with the one before it.
//!
//! Standards: RFC 1995 §4 (differences in order), §5 (older ones may be purged) · RFC 1982 §3.2 (serial order).
//!
//! Invariants: H1 each diff starts where the one before it ends, and the last ends at the version. H2 every serial that
//! a diff starts from is older than the version's, so none comes twice, whatever the serials of the zone went through.
//! H3 there are at most [`STEPS_MAX`] diffs, and they take no more memory than the version has octets: a
//! reader who would be sent more is better served with the whole zone. H4 a diff from a serial that named two contents
//! is left out: what a reader has of that serial may be the other one, and would stay wrong.
//!
//! Not here: diffs on disk (`store`), who may read them (`proto::xfr::outbound`).

use crate::diff::Diff;
use crate::version::Version;
use std::sync::Arc;
use wire::serial::Serial;

/// Most diffs of a history.
pub const STEPS_MAX: usize = 4_096;

/// Diffs of a history that are listed together. A change copies one such list, or two, and the list of lists.
const TOGETHER: usize = 64;

/// What a diff takes beside its octets.
const STEP_BYTES: u64 = 256;

/// The diffs that led to a version; may well be none. Cheap to clone.
///
/// A chain without diffs says that the serial of the version named another content before. H4
#[derive(Clone, Debug, Default)]
pub struct History(Option<Arc<Chain>>);

#[derive(Clone, Debug, Default)]
struct Chain {
    lists: Vec<List>,
    steps: usize,
    bytes: u64,
}

/// From the oldest to the newest.
type List = Arc<[Step]>;

/// A diff, and the serial it starts from beside it: looking for one reads no diffs.
#[derive(Clone, Debug)]
struct Step {
    from: Serial,
    diff: Arc<Diff>,
}

impl History {
    /// Nothing is known of what was before.
    pub const NONE: Self = Self(None);

    /// How many diffs there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.0.as_ref().map_or(0, |chain| chain.steps)
    }

    /// Octets of memory they take, nearly.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.0.as_ref().map_or(0, |chain| chain.bytes)
    }

    /// The diffs that lead from a serial to the version; `None` if that is not known.
    #[must_use]
    pub fn since(&self, serial: Serial) -> Option<Vec<Arc<Diff>>> {
        let chain = self.0.as_ref()?;
        let steps = || chain.lists.iter().flat_map(|list| list.iter());
        let first = steps().position(|step| step.from == serial)?;
        Some(steps().skip(first).map(|step| Arc::clone(&step.diff)).collect())
    }

    /// The history after one more diff, to a version of `bytes_max` octets.
    fn followed_by(self, diff: Arc<Diff>, bytes_max: u64) -> Self {
        if self.0.as_ref().is_some_and(|chain| chain.steps == 0) {
            return Self::NONE; // H4
        }
        let mut chain = self.0.map(Arc::unwrap_or_clone).unwrap_or_default();
        if chain.last().is_some_and(|last| last.diff.to() != diff.from()) {
            chain = Chain::default(); // H1
        }
        let to = diff.to();
        chain.push(Step { from: diff.from(), diff });
        chain.trim(to, bytes_max);
        Self((chain.steps > 0).then(|| Arc::new(chain)))
    }
}

impl Chain {
    fn last(&self) -> Option<&Step> {
        self.lists.last()?.last()
    }

    fn push(&mut self, step: Step) {
        self.steps = self.steps.saturating_add(1);
        self.bytes = self.bytes.saturating_add(step.bytes());
        match self.lists.last_mut().filter(|list| list.len() < TOGETHER) {
            Some(list) => *list = list.iter().cloned().chain([step]).collect(),
            None => self.lists.push([step].into()),
        }
    }

    /// Forgets the oldest until H2 and H3 hold.
    fn trim(&mut self, to: Serial, bytes_max: u64) {
        let mut forgotten = 0_usize;
        for step in self.lists.iter().flat_map(|list| list.iter()) {
            // Each step goes forward by less than half of the circle, and so did all of them together before this one.
            let is_older = to.is_newer_than(step.from);
            if is_older && self.steps <= STEPS_MAX && self.bytes <= bytes_max {
                break;
            }
            self.steps = self.steps.saturating_sub(1);
            self.bytes = self.bytes.saturating_sub(step.bytes());
            forgotten = forgotten.saturating_add(1);
        }
        let mut whole = 0_usize;
        for list in &mut self.lists {
            if let Some(rest) = list.get(forgotten..).filter(|rest| !rest.is_empty()) {
                if forgotten > 0 {
                    *list = rest.into();
                }
                break;
            }
            forgotten = forgotten.saturating_sub(list.len());
            whole = whole.saturating_add(1);
        }
        self.lists.drain(..whole);
    }
}

impl Step {
    fn bytes(&self) -> u64 {
        u64::try_from(self.diff.size_bytes()).unwrap_or(u64::MAX).saturating_add(STEP_BYTES)
    }
}

impl Version {
    /// With the history of an earlier version, and the diffs that led from that one to this one.
    #[must_use]
    pub fn with_history(
        self,
        earlier: &History,
        diffs: impl IntoIterator<Item = Arc<Diff>>,
    ) -> Self {
        let bytes_max = self.size_bytes();
        let follow = |history: History, diff| history.followed_by(diff, bytes_max);
        let history = diffs.into_iter().fold(earlier.clone(), follow);
        let last = history.0.as_ref().and_then(|chain| chain.last()).map(|last| last.diff.to());
        let is_ours = last == Some(self.serial()); // H1
        self.remembering(if is_ours { history } else { History::NONE })
    }

    /// As it takes the place of a version of the same serial: how it came about is not known, nor which of the two a
    /// reader has. H4
    #[must_use]
    pub fn with_reused_serial(self) -> Self {
        self.remembering(History(Some(Arc::default())))
    }
}

#[cfg(test)]
mod tests;
