//! What a change of one record costs, by the size of the zone it is in. Both servers follow the same
//! primary, half a beat apart.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::message::{self, notify};
use crate::primary::Primary;
use crate::registry::{self, Order, REGISTRY};
use crate::report::Row;
use crate::servers::{Cpus, Kind, Server};

/// Servers may act on NOTIFY at most once a second, so that is how fast changes come.
const BEAT: Duration = Duration::from_millis(1_100);
/// Changes of one figure of CPU; NSD's children are accounted to ten milliseconds.
const CHANGES: u32 = 4;
const SMALL: u32 = 4_500;

/// A row for each size, their ratio, and the times.
pub fn measure(kinds: [&Kind; 2], delegations: u32, runs: usize) -> Result<Vec<Row>> {
    let mut large = follow(kinds, delegations, runs)?;
    let mut small = follow(kinds, SMALL.min(delegations / 10), runs)?;
    let mut ratio = Row::new("IXFR of one record, CPU, large ÷ small zone", "", "≤ 1.3");
    for at in 0..2 {
        ratio.runs[at].push(large[0].runs[at].median() / small[0].runs[at].median());
    }
    large[0].goal = "≤ 0.25";
    large[1].goal = "≤ 0.8";
    small.append(&mut large);
    small.push(ratio);
    Ok(small)
}

/// CPU per change and time until served, in a zone of one size.
fn follow(kinds: [&Kind; 2], delegations: u32, runs: usize) -> Result<Vec<Row>> {
    let recording = registry::registry(delegations, Order::Canonical);
    let records = recording.records;
    println!("changes of one record in {records}");
    let primary = Primary::serve(vec![recording])?;
    let mut servers = Vec::new();
    for kind in kinds {
        let mut server = Server::start(kind, &[REGISTRY], primary.at, Cpus::All)?;
        server.wait(REGISTRY, primary.serial())?;
        servers.push(server);
    }
    let mut rows = [
        Row::new(&format!("IXFR of one record in {records}, CPU"), "ms", ""),
        Row::new(&format!("IXFR of one record in {records}, NOTIFY until served"), "ms", ""),
    ];
    // What follows a transfer is no part of a change, nor of rest.
    std::thread::sleep(5 * BEAT);
    let at_rest = cpu_during(&servers, || {
        std::thread::sleep(3 * BEAT);
        Ok(())
    })?
    .map(|used_s| used_s / 3.0);
    println!("  at rest: {:.3?} ms of CPU a second", at_rest.map(|s| s * 1e3 / BEAT.as_secs_f64()));
    for run in 1..=runs {
        let used = cpu_during(&servers, || {
            for _ in 0..CHANGES {
                beat(&servers, &primary)?;
            }
            Ok(())
        })?;
        for at in 0..2 {
            let per_change_ms = used[at] * 1e3 / f64::from(CHANGES) - at_rest[at] * 1e3;
            rows[0].runs[at].push(per_change_ms.max(0.0));
        }
        for _ in 0..2 {
            let serial = primary.change();
            for (at, server) in servers.iter_mut().enumerate() {
                let started = Instant::now();
                notify(server.at, REGISTRY, serial)?;
                server.wait(REGISTRY, serial)?;
                rows[1].runs[at].push(started.elapsed().as_secs_f64() * 1e3);
                std::thread::sleep(BEAT / 2);
            }
        }
        let last = |at: usize| rows[0].runs[at].last();
        println!("  run {run}: {:.3} and {:.3} ms of CPU", last(0), last(1));
    }
    Ok(rows.into())
}

/// One change, of which nobody asks whether it arrived until long after.
fn beat(servers: &[Server], primary: &Primary) -> Result<()> {
    let serial = primary.change();
    for server in servers {
        notify(server.at, REGISTRY, serial)?;
        std::thread::sleep(BEAT / 2);
    }
    for server in servers {
        let served = message::served_serial(server.at, REGISTRY);
        ensure!(served == Some(serial), "change {serial} was not followed: {served:?}");
    }
    Ok(())
}

/// Seconds of CPU of both servers during some work.
fn cpu_during(servers: &[Server], mut work: impl FnMut() -> Result<()>) -> Result<[f64; 2]> {
    let before = [servers[0].cpu()?, servers[1].cpu()?];
    work()?;
    let after = [servers[0].cpu()?, servers[1].cpu()?];
    Ok([0, 1].map(|at| after[at].saturating_sub(before[at]).as_secs_f64()))
}
