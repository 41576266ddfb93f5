//! What a run of worlds went through. A run that did not meet every kind of fault proved little.
//!
//! Pure.

use crate::lie::Lie;
use std::collections::BTreeMap;
use std::fmt;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Something that went wrong, or a narrow way that was taken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

faults! {
    /// A datagram was lost.
    Lost,
    /// A datagram came twice.
    Duplicated,
    /// A datagram came after one that was sent later.
    Overtaken,
    /// What came was of a conversation that was over.
    TooLate,
    /// A connection was refused.
    Refused,
    /// A connection was never answered.
    NeverConnected,
    /// A stream was cut.
    Cut,
    /// A stream paused for longer than is waited.
    Paused,
    /// A primary lagged behind the newest edition.
    Lagged,
    /// The source went back to an older serial.
    WentBack,
    /// The source jumped around half of the circle of serials.
    Jumped,
    /// A primary changed between its SOA and its transfer.
    ChangedMeanwhile,
    /// Several primaries notified at once.
    AllNotified,
    /// NOTIFY came in floods.
    Flooded,
    /// A NOTIFY from a stranger, or with a bad signature, was refused.
    NotifyRefused,
    /// The date was set back.
    DateBack,
    /// The date was set forward.
    DateForward,
    /// The date was set by more than a year.
    DateByYears,
    /// At a start the date stood before the last confirmation.
    StartedInThePast,
    /// A call of the disk failed.
    DiskFailed,
    /// The disk refused to install a version.
    NotInstalled,
    /// The power went in the middle of a call of the disk.
    CutInCommit,
    /// The power went between two calls.
    PowerCut,
    /// The daemon was killed.
    Killed,
    /// The daemon was told to stop.
    Stopped,
    /// The daemon ended between commit and publication, or between publication and its news.
    EndedInInstall,
    /// The daemon was down for months.
    DownForMonths,
    /// Confirmations were lost that had not been written.
    DeadlinesLost,
    /// The table of deadlines refused a batch.
    DeadlinesRefused,
    /// The log was compacted.
    Compacted,
    /// A zone expired.
    Expired,
    /// After expiry an older serial was taken.
    OlderTaken,
    /// A primary that is behind was passed over.
    OlderRefused,
    /// A serial was announced that no primary had.
    NothingNew,
    /// An attempt was given up for its length.
    GaveUp,
    /// A question was given up for another.
    Abandoned,
    /// A question had ended, and its end came when another was out.
    NotAwaited,
    /// Changes were installed.
    DiffInstalled,
    /// Changes were passed on to a secondary of the daemon.
    ChangesPassedOn,
    /// A request for changes was answered by the whole zone.
    WholeInsteadOfChanges,
    /// The whole zone was fetched in the same breath after changes came to nothing.
    WholeAfterChanges,
    /// Two zones were committed together.
    CommittedTogether,
    /// EXPIRE was zero.
    ExpireZero,
    /// EXPIRE was below REFRESH.
    ExpireBelowRefresh,
    /// All timers were the largest there are.
    TimersMaximal,
    /// The operator wanted the primaries asked, or the zone fetched.
    Commanded,
    /// The settings of a zone changed.
    Changed,
}

/// How often each happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    faults: BTreeMap<Fault, u64>,
    lies: BTreeMap<Lie, u64>,
}

impl Seen {
    /// It happened.
    pub fn fault(&mut self, fault: Fault) {
        let times = self.faults.entry(fault).or_default();
        *times = times.saturating_add(1);
    }

    /// It was told to a daemon that listened.
    pub fn lie(&mut self, lie: Lie) {
        let times = self.lies.entry(lie).or_default();
        *times = times.saturating_add(1);
    }

    /// How often a fault happened.
    #[must_use]
    pub fn times(&self, fault: Fault) -> u64 {
        self.faults.get(&fault).copied().unwrap_or(0)
    }

    /// Adds what another world went through.
    pub fn add(&mut self, other: &Self) {
        for (fault, times) in &other.faults {
            *self.faults.entry(*fault).or_default() += times;
        }
        for (lie, times) in &other.lies {
            *self.lies.entry(*lie).or_default() += times;
        }
    }

    /// What happened less often than that.
    #[must_use]
    pub fn rarer_than(&self, times: u64) -> Vec<String> {
        let faults = Fault::ALL.iter().filter(|fault| self.times(**fault) < times);
        let told = |lie: &&Lie| self.lies.get(*lie).copied().unwrap_or(0) < times;
        let lies = Lie::ALL.iter().filter(told);
        faults.map(|fault| format!("{fault:?}")).chain(lies.map(|lie| format!("{lie:?}"))).collect()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in Fault::ALL {
            writeln!(f, "{:>10}  {fault:?}", self.times(*fault))?;
        }
        for lie in Lie::ALL {
            writeln!(f, "{:>10}  {lie:?}", self.lies.get(lie).copied().unwrap_or(0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_happened_is_named() {
        let mut seen = Seen::default();
        for fault in Fault::ALL.iter().skip(1) {
            seen.fault(*fault);
        }
        Lie::ALL.iter().for_each(|lie| seen.lie(*lie));
        assert_eq!(seen.rarer_than(1), ["Lost"]);
        let mut twice = seen.clone();
        twice.add(&seen);
        assert_eq!(
            (twice.times(Fault::Cut), twice.rarer_than(3).len()),
            (2, Fault::ALL.len() + Lie::ALL.len())
        );
    }
}
