//! The first bench: what the design must be able to reach.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::answers::{self, Effort};
use crate::replay::{self, Recording};
use crate::report::{self, Row, Runs};
use crate::servers::{Cpus, Server, Source, free};
use crate::{changes, registry};

const LIMIT: Duration = Duration::from_secs(120);
/// Memory is looked at when freed pages had time to go back.
const REST: Duration = Duration::from_secs(2);

/// Runs all parts and reports. `quick` takes a tenth of the size and few runs: to see that it works.
pub fn run(understudy: &Path, json: Option<&Path>, quick: bool) -> Result<()> {
    let records = if quick { 100_000 } else { 1_000_000 };
    let mut rows = transfers(understudy, records, if quick { 3 } else { 5 })?;
    rows.extend(small_changes(understudy, records, if quick { 5 } else { 20 })?);
    let runs = if quick { 3 } else { 9 };
    let length = Duration::from_millis(if quick { 500 } else { 1_000 });
    rows.extend(answers::measure(understudy, Effort { records, runs, length })?);
    report::write(&rows, json)
}

/// A whole transfer, from the start of an empty server until it is served.
fn transfers(understudy: &Path, records: u32, runs: usize) -> Result<Vec<Row>> {
    println!("transfers of {records} records …");
    let recording = {
        let text = registry::zone(records, 1);
        let mut nsd = Server::nsd_primary(free()?, &[(registry::APEX, &text)], Cpus::All)?;
        nsd.wait(registry::APEX, None, LIMIT)?;
        Arc::new(Recording::of(nsd.at, registry::APEX)?)
    };
    println!("  the stream has {} octets", recording.len_bytes());
    let primary = replay::serve(recording)?;
    let from = || [Source { apex: registry::APEX, primary }];
    let mut rows = ["s until served", "s of CPU", "bytes of memory per record"].map(|what| Row {
        measure: format!("AXFR of {records} records: {what}"),
        ours: Runs::default(),
        nsd: Runs::default(),
        limit: Runs::default(),
        goal: "",
    });
    for (row, goal) in rows.iter_mut().zip(["≤ 0.55", "≤ 0.5", "≤ 45"]) {
        row.goal = goal;
    }
    let empty = [
        at_rest(Server::understudy(understudy, free()?, &[], Cpus::All)?)?,
        at_rest(Server::nsd(free()?, &[], Cpus::All)?)?,
    ];
    for _ in 0..runs {
        let ours = one(|| Server::understudy(understudy, free()?, &from(), Cpus::All), empty[0])?;
        let nsd = one(|| Server::nsd(free()?, &from(), Cpus::All), empty[1])?;
        for ((row, ours), nsd) in rows.iter_mut().zip(ours).zip(nsd) {
            row.ours.0.push(ours);
            row.nsd.0.push(nsd);
        }
    }
    let per_record = |bytes: &mut f64| *bytes /= f64::from(records);
    rows[2].ours.0.iter_mut().for_each(per_record);
    rows[2].nsd.0.iter_mut().for_each(per_record);
    Ok(rows.into())
}

fn at_rest(server: Server) -> Result<u64> {
    std::thread::sleep(REST);
    server.memory_bytes()
}

/// Seconds until served, seconds of CPU, octets of memory beyond those of an empty server.
fn one(start: impl Fn() -> Result<Server>, empty_bytes: u64) -> Result<[f64; 3]> {
    let started = Instant::now();
    let mut server = start()?;
    server.wait(registry::APEX, Some(1), LIMIT)?;
    let served = started.elapsed().as_secs_f64();
    let cpu = server.cpu()?.as_secs_f64();
    std::thread::sleep(REST);
    let bytes = server.memory_bytes()?.saturating_sub(empty_bytes);
    Ok([served, cpu, bytes as f64])
}

/// Changes of one record in a small and a large zone.
fn small_changes(understudy: &Path, records: u32, count: u32) -> Result<Vec<Row>> {
    println!("changes of one record …");
    let small = changes::measure(understudy, 10_000, count)?;
    let large = changes::measure(understudy, records, count)?;
    let row = |measure: String, [ours, nsd]: [Vec<f64>; 2], goal| Row {
        measure,
        ours: Runs(ours),
        nsd: Runs(nsd),
        limit: Runs::default(),
        goal,
    };
    let ratio = [0, 1].map(|n| vec![large.cpu_ms[n] / small.cpu_ms[n]]);
    let one = |cost: [f64; 2]| cost.map(|ms| vec![ms]);
    Ok(vec![
        row("IXFR of one record, 10,000 records: ms of CPU".into(), one(small.cpu_ms), ""),
        row(
            format!("IXFR of one record, {records} records: ms of CPU"),
            one(large.cpu_ms),
            "≤ 0.25",
        ),
        row("IXFR of one record: CPU, large ÷ small zone".into(), ratio, "≤ 1.3"),
        row(
            format!("IXFR of one record, {records} records: ms until served"),
            large.served_ms,
            "≤ 0.8 (from the sending of the change)",
        ),
    ])
}
