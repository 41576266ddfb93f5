//! Whole transfers: how long, at what cost, how much memory; and a restart with what was received.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::cpu;
use crate::primary::Primary;
use crate::registry::{self, Order, REGISTRY};
use crate::report::Row;
use crate::servers::{Cpus, Kind, Server};

/// Memory is looked at when freed pages had time to go back.
const REST: Duration = Duration::from_millis(1_500);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
const MIB: f64 = 1_048_576.0;

/// Both orders; the peer and ours in turn. Memory and restarts with the canonical one only.
pub fn measure(kinds: [&Kind; 2], delegations: u32, runs: usize) -> Result<Vec<Row>> {
    let canonical = registry::registry(delegations, Order::Canonical);
    let records = f64::from(canonical.records);
    println!("transfers of {records} records in {} octets", canonical.len_bytes());
    let mut rows = [
        Row::new("AXFR, from start until served", "s", "≤ 0.55"),
        Row::new("AXFR, CPU of the server", "s", "≤ 0.5"),
        Row::new("memory at rest, less an empty server's, per record", "bytes", "≤ 45"),
        Row::new("peak memory, whole zone transferred again", "MiB", "≤ 2.2 × rest + 16"),
        Row::new("restart until it answers", "s", "≤ 0.15"),
        Row::new("AXFR shuffled, from start until served", "s", "≤ 0.8"),
        Row::new("AXFR shuffled, CPU of the server", "s", ""),
    ];
    let primary = Primary::serve(vec![canonical])?;
    let empty = [empty_bytes(kinds[0], &primary)?, empty_bytes(kinds[1], &primary)?];
    for run in 1..=runs {
        for (at, kind) in kinds.into_iter().enumerate() {
            let life = live(kind, &primary)?;
            let rest = life.rest_bytes.saturating_sub(empty[at]) as f64 / records;
            let figures =
                [life.served_s, life.cpu_s, rest, life.peak_bytes as f64 / MIB, life.restart_s];
            println!("  run {run}, {kind}: {figures:.3?}");
            for (row, figure) in rows.iter_mut().zip(figures) {
                row.runs[at].push(figure);
            }
        }
    }
    let primary = Primary::serve(vec![registry::registry(delegations, Order::Shuffled)])?;
    for run in 1..=runs {
        for (at, kind) in kinds.into_iter().enumerate() {
            let (_server, figures) = load(kind, &primary)?;
            println!("  shuffled, run {run}, {kind}: {figures:.3?}");
            for (row, figure) in rows[5..].iter_mut().zip(figures) {
                row.runs[at].push(figure);
            }
        }
    }
    Ok(rows.into())
}

/// What one server showed from its first start to its end.
struct Life {
    served_s: f64,
    cpu_s: f64,
    rest_bytes: u64,
    peak_bytes: u64,
    restart_s: f64,
}

fn live(kind: &Kind, primary: &Primary) -> Result<Life> {
    let (mut server, [served_s, cpu_s]) = load(kind, primary)?;
    std::thread::sleep(REST);
    let rest_bytes = server.memory_bytes()?;
    let peak_bytes = replace(&mut server, primary)?;
    let started = server.restart()?;
    server.wait(REGISTRY, primary.serial())?;
    let restart_s = started.elapsed().as_secs_f64();
    Ok(Life { served_s, cpu_s, rest_bytes, peak_bytes, restart_s })
}

/// Seconds until the zone is served by a new server, and seconds of CPU by then.
fn load(kind: &Kind, primary: &Primary) -> Result<(Server, [f64; 2])> {
    let started = Instant::now();
    let mut server = Server::start(kind, &[REGISTRY], primary.at, Cpus::All)?;
    server.wait(REGISTRY, primary.serial())?;
    let served_s = started.elapsed().as_secs_f64();
    let cpu_s = server.cpu()?.as_secs_f64();
    Ok((server, [served_s, cpu_s]))
}

/// Lets the server transfer the whole zone again; returns its highest memory meanwhile.
fn replace(server: &mut Server, primary: &Primary) -> Result<u64> {
    let pid = server.pid();
    cpu::forget_peak(pid)?;
    let is_over = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut highest = 0;
            while !is_over.load(Ordering::SeqCst) {
                highest = highest.max(cpu::memory_bytes(pid).unwrap_or(0));
                std::thread::sleep(BETWEEN_LOOKS);
            }
            highest
        });
        let serial = primary.replace();
        let waited = crate::message::notify(server.at, REGISTRY, serial)
            .context("NOTIFY")
            .and_then(|()| server.wait(REGISTRY, serial));
        std::thread::sleep(REST / 3); // what comes after serving counts too
        is_over.store(true, Ordering::SeqCst);
        let seen = looking.join().unwrap_or(0);
        waited.map(|_| seen)
    })?;
    Ok(cpu::peak_bytes(pid).unwrap_or(seen))
}

fn empty_bytes(kind: &Kind, primary: &Primary) -> Result<u64> {
    let server = Server::start(kind, &[""; 0], primary.at, Cpus::All)?;
    std::thread::sleep(REST);
    server.memory_bytes()
}
