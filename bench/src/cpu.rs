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

/// Resident memory of a process and all below it; what several share is counted once.
pub fn memory_bytes(pid: u32) -> Result<u64> {
    let bytes = |pid| field_bytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:").unwrap_or(0);
    Ok(tree(pid)?.into_iter().map(bytes).sum())
}

/// Forgets the highest memory of a single process so far.
pub fn forget_peak(pid: u32) -> Result<()> {
    Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

/// The highest memory of a single process since it was forgotten; `None` if it has children, whose
/// peaks do not add up.
pub fn peak_bytes(pid: u32) -> Option<u64> {
    let is_single = tree(pid).ok()?.len() == 1;
    if is_single { field_bytes(&format!("/proc/{pid}/status"), "VmHWM:") } else { None }
}

/// Keeps the calling thread, and what it starts, on one CPU.
#[expect(unsafe_code, reason = "the standard library has no affinity")]
pub fn pin(cpu: usize) {
    // SAFETY: `set` is a plain bit set of the size that is given; zero is a valid value of it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
    }
}

/// To the nanosecond, threads that have ended included.
#[expect(unsafe_code, reason = "the standard library has no CPU clocks")]
fn own(pid: u32) -> Option<Duration> {
    let mut clock = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both calls only write to the places given, which outlive them.
    let failed = unsafe {
        libc::clock_getcpuclockid(pid.cast_signed(), &raw mut clock) != 0
            || libc::clock_gettime(clock, &raw mut time) != 0
    };
    (!failed).then(|| Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32))
}

/// To ten milliseconds: servers that fork for each change are far above that.
fn ended_children(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 =
        fields.get(13..=14)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// A field in KiB of one of the kernel's texts.
fn field_bytes(path: &str, field: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1_024)
}

/// A process and all below it.
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
