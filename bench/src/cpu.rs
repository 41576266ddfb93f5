//! What a server used: processor time and memory, from the kernel's own accounts.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Processor time of a process and all below it, those that have ended included.
pub fn used(pid: u32) -> Result<Duration> {
    let mut total = Duration::ZERO;
    for pid in tree(pid)? {
        total += own(pid).unwrap_or_default() + ended_children(pid).unwrap_or_default();
    }
    Ok(total)
}

/// Memory of a process and all below it; what several share is counted once.
pub fn memory_bytes(pid: u32) -> Result<u64> {
    let mut kib = 0;
    for pid in tree(pid)? {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("Pss:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        kib += number.and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(kib * 1_024)
}

/// To the nanosecond, threads that have ended included.
#[expect(unsafe_code, reason = "the standard library has no CPU clocks")]
fn own(pid: u32) -> Option<Duration> {
    let mut clock = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both calls only write to the places given, which outlive them.
    let failed = unsafe {
        libc::clock_getcpuclockid(pid as libc::pid_t, &mut clock) != 0
            || libc::clock_gettime(clock, &mut time) != 0
    };
    (!failed).then(|| Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

/// To ten milliseconds: servers that fork for each change are far above that.
fn ended_children(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 =
        fields.get(13..=14)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

fn tree(root: u32) -> Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").context("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let parent: Option<u32> =
            text.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            parents.push((pid, parent));
        }
    }
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(&pid) = tree.get(at) {
        tree.extend(parents.iter().filter(|(_, parent)| *parent == pid).map(|(child, _)| *child));
        at += 1;
    }
    Ok(tree)
}

/// Keeps the calling thread, and what it starts, on one CPU.
#[expect(unsafe_code, reason = "the standard library has no affinity")]
pub fn pin(cpu: usize) {
    // SAFETY: `set` is a plain bit set of the size that is given; zero is a valid value of it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set);
    }
}
