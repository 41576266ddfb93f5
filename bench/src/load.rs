//! A closed loop of 128 questions from many ports.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::batch::Batch;

/// Ports, each with as many questions open.
const SOCKETS: usize = 16;
const OUTSTANDING: usize = 8;
/// After so long without an answer the loop is opened again.
const SILENCE: Duration = Duration::from_millis(300);

/// What came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers.
    pub answered: u32,
    /// NXDOMAIN among them.
    pub missing: u32,
    /// Neither NOERROR nor NXDOMAIN.
    pub other: u32,
    /// NOERROR without a record in answer and authority.
    pub thin: u32,
    /// Questions that were given up.
    pub lost: u32,
}

/// Keeps questions open for a while; they are asked in turn.
pub fn run(server: SocketAddr, queries: &[Vec<u8>], length: Duration) -> Result<Tally> {
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        sockets.push(socket);
    }
    let mut batch = Batch::new(false);
    let mut queries = queries.iter().cycle();
    let mut send = |socket: &UdpSocket, batch: &mut Batch, count: usize| {
        for (at, query) in queries.by_ref().take(count).enumerate() {
            batch.put(at, query);
        }
        batch.send(socket, count)
    };
    for socket in &sockets {
        send(socket, &mut batch, OUTSTANDING)?;
    }
    let mut tally = Tally::default();
    let (started, mut last) = (Instant::now(), Instant::now());
    while started.elapsed() < length {
        let mut is_silent = true;
        for socket in &sockets {
            let Ok(count) = batch.receive(socket, 0) else { continue };
            (0..count).for_each(|at| tally.add(batch.received(at)));
            send(socket, &mut batch, count)?;
            is_silent = false;
        }
        if !is_silent {
            last = Instant::now();
        } else if last.elapsed() > SILENCE {
            tally.lost += (SOCKETS * OUTSTANDING) as u32;
            for socket in &sockets {
                send(socket, &mut batch, OUTSTANDING)?;
            }
            last = Instant::now();
        }
    }
    Ok(tally)
}

impl Tally {
    fn add(&mut self, answer: &[u8]) {
        self.answered += 1;
        let Some(header) = answer.get(..12) else { return self.other += 1 };
        let is_empty = header[6..10] == [0; 4];
        match header[3] & 0x0f {
            0 => self.thin += u32::from(is_empty),
            3 => self.missing += 1,
            _ => self.other += 1,
        }
    }
}
