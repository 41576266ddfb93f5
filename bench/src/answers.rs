//! What an answer costs: the server on the first CPU, the load on the second, and the server's own
//! processor time.

use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::cpu;
use crate::load::{self, Tally};
use crate::message::{self, A};
use crate::primary::Primary;
use crate::registry::{self, HOSTS, HOSTS_COUNT, Order, REGISTRY, mixed};
use crate::report::Row;
use crate::servers::{Cpus, Kind, Server};

const TRIES: usize = 4;

/// Questions, and what must come of them.
struct Workload {
    queries: Vec<Vec<u8>>,
    /// Share of NXDOMAIN, in percent.
    missing: f64,
}

/// Two workloads, each at our server, NSD and the reflector in turn.
pub fn measure(
    kinds: [&Kind; 2],
    delegations: u32,
    runs: usize,
    length: Duration,
) -> Result<Vec<Row>> {
    println!("answers");
    let zones = vec![registry::registry(delegations, Order::Canonical), registry::hosts()];
    let primary = Primary::serve(zones)?;
    let mut servers = Vec::new();
    for kind in [kinds[0], kinds[1], &Kind::Reflector] {
        let mut server = Server::start(kind, &[REGISTRY, HOSTS], primary.at, Cpus::First)?;
        if *kind != Kind::Reflector {
            server.wait(REGISTRY, 1)?;
            server.wait(HOSTS, 1)?;
        }
        servers.push(server);
    }
    cpu::pin(1);
    std::thread::sleep(Duration::from_secs(1));
    let mut rows = Vec::new();
    for (measure, workload, goal) in [
        ("A hits in a zone of 1,000 names, CPU per answer", hits(), "≤ 1.08 × limit"),
        ("registry, 70 % referrals, 30 % NXDOMAIN, CPU", mixture(delegations), "≤ 1.40 × limit"),
    ] {
        let mut row = Row::new(measure, "µs", goal);
        for run in 1..=runs {
            let mut rates = [0.0; 3];
            for (at, server) in servers.iter().enumerate() {
                let is_reflected = at == 2;
                let (cost_us, answered) = cost(server, &workload, length, is_reflected)?;
                row.runs[at].push(cost_us);
                rates[at] = f64::from(answered) / length.as_secs_f64();
            }
            let last = [0, 1, 2].map(|at| row.runs[at].last());
            println!("  run {run}: {last:.3?} µs, {rates:.0?} a second");
        }
        rows.push(row);
    }
    Ok(rows)
}

/// One run against one server: CPU per answer, and how many there were. A run in which questions were
/// lost is taken again: on a crowded machine a server may not run for a while.
fn cost(
    server: &Server,
    workload: &Workload,
    length: Duration,
    is_reflected: bool,
) -> Result<(f64, u32)> {
    let mut tally = Tally::default();
    for _ in 0..TRIES {
        load::run(server.at, &workload.queries, length / 10)?; // warm up
        let before = server.cpu()?;
        tally = load::run(server.at, &workload.queries, length)?;
        let used = server.cpu()?.saturating_sub(before);
        if !is_reflected {
            check(tally, workload)?;
        }
        if tally.lost == 0 && tally.answered > 1_000 {
            return Ok((used.as_secs_f64() * 1e6 / f64::from(tally.answered), tally.answered));
        }
    }
    bail!("too few answers, or lost questions: {tally:?}")
}

fn check(tally: Tally, workload: &Workload) -> Result<()> {
    let Tally { answered, missing, other, thin, lost: _ } = tally;
    let share = f64::from(missing) * 100.0 / f64::from(answered.max(1));
    ensure!((share - workload.missing).abs() < 1.0, "{share:.1} % NXDOMAIN");
    ensure!(other == 0 && thin == 0, "{other} failures, {thin} answers without records");
    Ok(())
}

fn hits() -> Workload {
    let host =
        |n: u32| message::query(n as u16, &format!("host{}.{HOSTS}", mixed(n) % HOSTS_COUNT), A);
    Workload { queries: (0..32_768).map(host).collect(), missing: 0.0 }
}

fn mixture(delegations: u32) -> Workload {
    let one = |n: u32| {
        let qname = if n % 10 < 7 {
            format!("www.{}.{REGISTRY}", registry::delegation(mixed(n) % delegations))
        } else {
            // Delegations that do not exist.
            format!("{}.{REGISTRY}", registry::delegation(10_000_000 + n))
        };
        message::query(n as u16, &qname, A)
    };
    Workload { queries: (0..262_144).map(one).collect(), missing: 30.0 }
}
