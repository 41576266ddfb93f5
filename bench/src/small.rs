//! Very many small zones: memory of each, and how long first loads and restarts take.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::batch::{self, Batch};
use crate::circumstances::{circumstances, load_average};
use crate::many::{self, Many};
use crate::message::{self, SOA};
use crate::report::{self, Row};
use crate::servers::{Cpus, Kind, Server};

/// Memory is looked at when the work after a load is over and freed pages had time to go back.
const REST: Duration = Duration::from_secs(12);
const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
const KIB: f64 = 1_024.0;

/// How many zones, and where the figures go.
pub struct Options<'a> {
    /// Numbers of zones; the usual ones if empty.
    pub sizes: &'a [u32],
    /// Few zones: to see that it works.
    pub is_quick: bool,
    /// File for the figures, if they are to be kept.
    pub json: Option<&'a Path>,
}

/// Runs all sizes and reports.
pub fn run(understudy: &Path, options: &Options<'_>) -> Result<()> {
    let started = Instant::now();
    let ours = Kind::Understudy(understudy.to_path_buf());
    let kinds = [&ours, &Kind::Nsd];
    let load_before = load_average();
    let usual: &[u32] = if options.is_quick { &[200, 1_000] } else { &[2_000, 10_000, 100_000] };
    let sizes = if options.sizes.is_empty() { usual } else { options.sizes };
    let primary = Many::serve()?;
    let empty = [empty_bytes(kinds[0], &primary)?, empty_bytes(kinds[1], &primary)?];
    let mut rows = Vec::new();
    for zones in sizes {
        rows.extend(measure(kinds, &primary, *zones, empty)?);
    }
    let mut circumstances = circumstances();
    circumstances["load_before"] = json!(load_before);
    circumstances["seconds"] = json!(started.elapsed().as_secs());
    report::write(&rows, &circumstances, options.json)
}

/// Once: memory hardly differs from run to run, and each takes a minute of rest. A size named twice is measured twice.
fn measure(kinds: [&Kind; 2], primary: &Many, zones: u32, empty: [u64; 2]) -> Result<Vec<Row>> {
    let apexes: Vec<String> = (0..zones).map(many::apex).collect();
    let goals = Goals::of(zones);
    let mut rows = [
        Row::new(&format!("{zones} zones, first load"), "s", goals.load),
        Row::new(&format!("{zones} zones, first load, CPU"), "s", ""),
        Row::new(&format!("{zones} zones, memory of each"), "KiB", "≤ 1.5"),
        Row::new(&format!("{zones} zones, restart until it answers"), "s", goals.restart),
        Row::new(&format!("{zones} zones, memory of each after a restart"), "KiB", "≤ 1.5"),
    ];
    for (at, kind) in kinds.into_iter().enumerate() {
        let life = live(kind, primary, &apexes)?;
        let each = |bytes: u64| bytes.saturating_sub(empty[at]) as f64 / KIB / f64::from(zones);
        let (rest, restarted) = (each(life.rest_bytes), each(life.restarted_bytes));
        let figures = [life.load_s, life.cpu_s, rest, life.restart_s, restarted];
        println!("  {zones} zones, {kind}: {figures:.3?}");
        for (row, figure) in rows.iter_mut().zip(figures) {
            row.runs[at].push(figure);
        }
    }
    Ok(rows.into())
}

/// What is aimed at with so many zones.
struct Goals {
    load: &'static str,
    restart: &'static str,
}

impl Goals {
    const fn of(zones: u32) -> Self {
        match zones {
            2_000 => Self { load: "", restart: "≤ 0.05" },
            10_000 => Self { load: "≤ 0.8", restart: "" },
            100_000 => Self { load: "", restart: "≤ 2" },
            1_000_000 => Self { load: "", restart: "≤ 12" },
            _ => Self { load: "", restart: "" },
        }
    }
}

/// What one server showed from its first start to its end.
struct Life {
    load_s: f64,
    cpu_s: f64,
    rest_bytes: u64,
    restart_s: f64,
    restarted_bytes: u64,
}

fn live(kind: &Kind, primary: &Many, apexes: &[String]) -> Result<Life> {
    primary.take_transfers();
    let started = Instant::now();
    let mut server = Server::start(kind, apexes, primary.at, Cpus::All)?;
    while (primary.transfers() as usize) < apexes.len() {
        ensure!(started.elapsed() < PATIENCE, "{kind} does not transfer all zones");
        std::thread::sleep(BETWEEN_LOOKS);
    }
    wait_for_all(server.at, apexes, started)?;
    let load_s = started.elapsed().as_secs_f64();
    let cpu_s = server.cpu()?.as_secs_f64();
    std::thread::sleep(REST);
    let rest_bytes = server.memory_bytes()?;
    let started = server.restart()?;
    server.wait(apexes.last().context("no zones")?, 1)?;
    let restart_s = started.elapsed().as_secs_f64();
    wait_for_all(server.at, apexes, started)?;
    std::thread::sleep(REST);
    let restarted_bytes = server.memory_bytes()?;
    Ok(Life { load_s, cpu_s, rest_bytes, restart_s, restarted_bytes })
}

/// Asks for the SOA of every zone until each has been answered.
fn wait_for_all(server: SocketAddr, apexes: &[String], since: Instant) -> Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut left: Vec<usize> = (0..apexes.len()).collect();
    let mut batch = Batch::new(false);
    while !left.is_empty() {
        ensure!(since.elapsed() < PATIENCE, "{} zones are not served", left.len());
        let mut missing = Vec::new();
        for some in left.chunks(batch::SIZE) {
            for (at, zone) in some.iter().enumerate() {
                batch.put(at, &message::query(at as u16, &apexes[*zone], SOA));
            }
            batch.send(&socket, some.len())?;
            let mut served = vec![false; some.len()];
            let mut answers = 0;
            while answers < some.len() {
                let Ok(count) = batch.receive(&socket, libc::MSG_WAITFORONE) else { break };
                answers += count;
                for at in 0..count {
                    note(batch.received(at), &mut served);
                }
            }
            missing.extend(some.iter().zip(served).filter(|(_, ok)| !ok).map(|(zone, _)| *zone));
        }
        if missing.len() == left.len() {
            std::thread::sleep(BETWEEN_LOOKS);
        }
        left = missing;
    }
    Ok(())
}

/// NOERROR with an answer.
fn note(answer: &[u8], served: &mut [bool]) {
    let is_good = answer.get(3).is_some_and(|flags| flags & 0x0f == 0)
        && message::number(answer, 6) == Some(1);
    let place = message::number(answer, 0).and_then(|id| served.get_mut(usize::from(id)));
    if let Some(place) = place {
        *place |= is_good;
    }
}

fn empty_bytes(kind: &Kind, primary: &Many) -> Result<u64> {
    let server = Server::start(kind, &[""; 0], primary.at, Cpus::All)?;
    std::thread::sleep(Duration::from_millis(1_500));
    server.memory_bytes()
}
