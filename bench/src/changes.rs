//! What a change of one record costs, by the size of the zone it is in. BIND is the primary of both
//! servers, so that they follow the same changes at the same time.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::question;
use crate::registry;
use crate::servers::{Cpus, Server, Source, free, nsupdate};

/// NOTIFY is acted on at most once a second, so that is how fast changes come.
const PACE: Duration = Duration::from_millis(1_200);
const LIMIT: Duration = Duration::from_secs(120);

/// Figures for one size.
pub struct Cost {
    /// Milliseconds of processor time per change: ours and NSD's.
    pub cpu_ms: [f64; 2],
    /// Milliseconds from the edit until it is served: all runs, ours and NSD's.
    pub served_ms: [Vec<f64>; 2],
}

/// Follows `changes` changes in a zone of `records` records.
pub fn measure(understudy: &Path, records: u32, changes: u32) -> Result<Cost> {
    let (at, at_nsd) = (free()?, free()?);
    let text = registry::zone(records, 1);
    let mut named = Server::named(free()?, registry::APEX, &text, &[at, at_nsd])?;
    named.wait(registry::APEX, None, LIMIT)?;
    let from = [Source { apex: registry::APEX, primary: named.at }];
    let mut ours = Server::understudy(understudy, at, &from, Cpus::All)?;
    let mut nsd = Server::nsd(at_nsd, &from, Cpus::All)?;
    ours.wait(registry::APEX, None, LIMIT)?;
    nsd.wait(registry::APEX, None, LIMIT)?;
    std::thread::sleep(2 * PACE);

    // At rest first: what a second costs anyway does not count.
    let used = |ours: &Server, nsd: &Server| Ok::<_, anyhow::Error>([ours.cpu()?, nsd.cpu()?]);
    let before = used(&ours, &nsd)?;
    let started = Instant::now();
    std::thread::sleep(2 * PACE);
    let rest = delta(used(&ours, &nsd)?, before).map(|cpu| cpu / started.elapsed().as_secs_f64());

    let before = used(&ours, &nsd)?;
    let started = Instant::now();
    for number in 1..=changes {
        edit(&named, number)?;
        std::thread::sleep(PACE);
    }
    let elapsed = started.elapsed().as_secs_f64();
    let used = delta(used(&ours, &nsd)?, before);
    let per_change = |n: usize| (used[n] - rest[n] * elapsed).max(0.0) * 1e3 / f64::from(changes);
    for server in [&ours, &nsd] {
        let served = question::serial(server.at, registry::APEX);
        ensure!(served == Some(changes + 1), "a change was not followed: {served:?}");
    }

    let mut served_ms = [Vec::new(), Vec::new()];
    for number in changes + 1..=changes + changes {
        edit(&named, number)?;
        let server = if number % 2 == 0 { &mut ours } else { &mut nsd };
        let served = server.wait(registry::APEX, Some(number + 1), LIMIT)?;
        served_ms[usize::from(number % 2 != 0)].push(served.as_secs_f64() * 1e3);
        std::thread::sleep(PACE);
    }
    Ok(Cost { cpu_ms: [per_change(0), per_change(1)], served_ms })
}

fn edit(named: &Server, number: u32) -> Result<()> {
    let line = format!("add change{number}.{} 60 A 192.0.2.1", registry::APEX);
    nsupdate(named.at, registry::APEX, &line)
}

fn delta(after: [Duration; 2], before: [Duration; 2]) -> [f64; 2] {
    [0, 1].map(|n| after[n].saturating_sub(before[n]).as_secs_f64())
}
