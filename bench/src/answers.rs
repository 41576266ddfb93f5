//! What an answer costs: a closed loop of 128 questions, the server on the first CPU, the load on
//! the second, and the server's own processor time.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::batch::{self, Batch};
use crate::report::{Row, Runs};
use crate::servers::{Cpus, Server, Source, free};
use crate::{cpu, question, registry};

const SOCKETS: usize = 4; // × 32 of a batch = 128 outstanding
const HITS_APEX: &str = "hits.test.";
const LOAD_LIMIT: Duration = Duration::from_secs(60);

/// How thorough to be.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Records of the large zone.
    pub records: u32,
    /// Runs of each measure.
    pub runs: usize,
    /// Length of one run.
    pub length: Duration,
}

/// Two workloads, each at our server, NSD and the reflector in turn.
pub fn measure(understudy: &Path, effort: Effort) -> Result<Vec<Row>> {
    let large = registry::zone(effort.records, 1);
    let texts = [(HITS_APEX, hits_zone()), (registry::APEX, large)];
    let texts: Vec<(&str, &str)> =
        texts.iter().map(|(apex, text)| (*apex, text.as_str())).collect();
    let mut nsd = Server::nsd_primary(free()?, &texts, Cpus::First)?;
    nsd.wait(registry::APEX, None, LOAD_LIMIT)?;
    let from = [HITS_APEX, registry::APEX].map(|apex| Source { apex, primary: nsd.at });
    let mut ours = Server::understudy(understudy, free()?, &from, Cpus::First)?;
    ours.wait(registry::APEX, None, LOAD_LIMIT)?;
    ours.wait(HITS_APEX, None, LOAD_LIMIT)?;
    let reflector = Server::reflector(free()?)?;
    cpu::pin(1);
    let (hits, mixed) = (hits_queries(), registry_queries(effort.records));
    let workloads = [
        ("A hits, zone of 1,000 names: µs of CPU per answer", &hits, "≤ 1.08 × limit"),
        ("registry zone, 70 % referrals, 30 % NXDOMAIN: µs of CPU", &mixed, "≤ 1.40 × limit"),
    ];
    let mut rows = Vec::new();
    for (measure, queries, goal) in workloads {
        let mut row = Row {
            measure: measure.to_owned(),
            ours: Runs::default(),
            nsd: Runs::default(),
            limit: Runs::default(),
            goal,
        };
        for _ in 0..effort.runs {
            row.ours.0.push(cost_us(&ours, queries, effort.length)?);
            row.nsd.0.push(cost_us(&nsd, queries, effort.length)?);
            row.limit.0.push(cost_us(&reflector, queries, effort.length)?);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// One run against one server.
fn cost_us(server: &Server, queries: &[Vec<u8>], length: Duration) -> Result<f64> {
    run(server.at, queries, length / 10)?; // warm up
    let before = server.cpu()?;
    let answered = run(server.at, queries, length)?;
    let used = server.cpu()? - before;
    ensure!(answered > 1_000, "only {answered} answers");
    Ok(used.as_secs_f64() * 1e6 / answered as f64)
}

/// Keeps 128 questions open for a while; returns how many were answered.
fn run(server: SocketAddr, queries: &[Vec<u8>], length: Duration) -> Result<u64> {
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        sockets.push(socket);
    }
    let mut batch = Batch::new(false);
    let (mut next, mut answered, mut last) = (0, 0, Instant::now());
    let mut send = |socket: &UdpSocket, batch: &mut Batch, count: usize| {
        for at in 0..count {
            batch.put(at, &queries[next % queries.len()]);
            next += 1;
        }
        batch.send(socket, count)
    };
    for socket in &sockets {
        send(socket, &mut batch, batch::SIZE)?;
    }
    let started = Instant::now();
    while started.elapsed() < length {
        for socket in &sockets {
            let count = match batch.receive(socket, 0) {
                Ok(count) => count,
                Err(_nothing_yet) => continue,
            };
            last = Instant::now();
            answered += count as u64;
            send(socket, &mut batch, count)?;
        }
        if last.elapsed() > Duration::from_millis(50) {
            // Something was lost: open the loop again.
            for socket in &sockets {
                send(socket, &mut batch, batch::SIZE)?;
            }
            last = Instant::now();
        }
    }
    Ok(answered)
}

fn hits_zone() -> String {
    let hosts: String = (0..1_000).map(|n| format!("host{n} A 192.0.2.{}\n", n % 250)).collect();
    format!(
        "$ORIGIN {HITS_APEX}\n$TTL 3600\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\n{hosts}"
    )
}

fn hits_queries() -> Vec<Vec<u8>> {
    let host = |n: u32| {
        question::query(n as u16, &format!("host{}.{HITS_APEX}", mixed(n) % 1_000), question::A)
    };
    (0..32_768).map(host).collect()
}

fn registry_queries(records: u32) -> Vec<Vec<u8>> {
    let delegations = registry::delegations(records);
    let one = |n: u32| {
        let owner = registry::delegation(mixed(n) % delegations);
        let qname = match n % 10 {
            0..=6 => format!("www.{owner}.{}", registry::APEX),
            _ => format!("{owner}x.{}", registry::APEX),
        };
        question::query(n as u16, &qname, question::A)
    };
    (0..262_144).map(one).collect()
}

/// The same questions in every run, in no order.
fn mixed(number: u32) -> u32 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9);
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x85eb_ca6b);
    mixed ^ mixed >> 13
}
