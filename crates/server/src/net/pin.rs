//! Which CPU each UDP thread is bound to, if any.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::io;

/// CPUs to bind threads to. None when binding would only do harm: where somebody has given us a
/// part of the machine, it is theirs to say who runs where.
pub(crate) struct Pins(Vec<usize>);

impl Pins {
    /// What suits the machine and what we were given of it.
    pub(crate) fn choose() -> Self {
        let Ok(set) = sched_getaffinity(None) else { return Self(Vec::new()) };
        let allowed = (0..CpuSet::MAX_CPU).filter(|&cpu| set.is_set(cpu)).collect();
        let usable = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::among(allowed, online_cpus(), usable)
    }

    /// `usable` is less than what is allowed when a quota says how much of it may be used at once:
    /// then a bound thread would wait for its CPU while another is free.
    fn among(allowed: Vec<usize>, online: Option<usize>, usable: usize) -> Self {
        let has_whole_machine = online.is_some_and(|online| allowed.len() >= online);
        if has_whole_machine && usable >= allowed.len() { Self(allowed) } else { Self(Vec::new()) }
    }

    /// The CPU of the thread with this number; `None` leaves it to the kernel.
    pub(crate) fn of_thread(&self, index: usize) -> Option<usize> {
        self.0.get(index.checked_rem(self.0.len())?).copied()
    }
}

/// Binds the calling thread to one of the CPUs of [`Pins`].
pub(crate) fn pin_thread(cpu: usize) -> io::Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu);
    Ok(sched_setaffinity(None, &set)?)
}

/// Number of CPUs of the machine, whatever we were given of it.
fn online_cpus() -> Option<usize> {
    count_listed(&std::fs::read_to_string("/sys/devices/system/cpu/online").ok()?)
}

/// Counts a list such as `0-3,8,10-11`.
fn count_listed(list: &str) -> Option<usize> {
    list.trim().split(',').try_fold(0_usize, |sum, span| {
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        let (first, last) = (first.parse::<usize>().ok()?, last.parse::<usize>().ok()?);
        sum.checked_add(last.checked_sub(first)?.checked_add(1)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_bound_only_where_the_whole_machine_is_ours() {
        let chosen = |allowed: &[usize], online, usable| {
            let pins = Pins::among(allowed.to_vec(), online, usable);
            (0..3).map(|index| pins.of_thread(index)).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[0, 1], Some(2), 2), [Some(0), Some(1), Some(0)]);
        assert_eq!(chosen(&[0, 2], Some(2), 2), [Some(0), Some(2), Some(0)], "one is offline");
        for (allowed, online, usable) in [
            (&[2, 3][..], Some(4), 2), // a cpuset of two
            (&[0, 1], Some(2), 1),     // a quota of one CPU's time
            (&[0, 1], None, 2),        // nobody says
            (&[], Some(0), 1),
        ] {
            assert_eq!(chosen(allowed, online, usable), [None; 3], "{allowed:?} of {online:?}");
        }
    }

    #[test]
    fn lists_of_cpus_are_counted() {
        assert_eq!(count_listed("0\n"), Some(1));
        assert_eq!(count_listed("0-3,8,10-11\n"), Some(7));
        for odd in ["", "3-1", "a", "0-", "0-18446744073709551615"] {
            assert_eq!(count_listed(odd), None, "{odd}");
        }
    }
}
