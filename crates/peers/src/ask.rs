//! A small DNS client that shares no code with what it judges.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

pub const A: u16 = 1;
pub const NS: u16 = 2;
pub const SOA: u16 = 6;
pub const TXT: u16 = 16;
pub const AXFR: u16 = 252;

pub const NOERROR: u8 = 0;
pub const SERVFAIL: u8 = 2;
pub const NXDOMAIN: u8 = 3;
pub const REFUSED: u8 = 5;

/// A record as text and octets: the owner in lower case, the rdata with its names expanded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    pub owner: String,
    pub rrtype: u16,
    pub ttl: u32,
    pub rdata: Vec<u8>,
}

/// An answer, as far as tests look.
#[derive(Clone, Debug)]
pub struct Answer {
    pub rcode: u8,
    pub is_authoritative: bool,
    pub is_truncated: bool,
    pub answer: Vec<Record>,
    pub authority: Vec<Record>,
}

/// Asks over UDP, once more over TCP if the answer was cut. No retries: a lost query is an error.
pub fn ask(server: SocketAddr, qname: &str, qtype: u16) -> io::Result<Answer> {
    let answer = udp(server, qname, qtype, Duration::from_secs(2))?;
    if answer.is_truncated { tcp(server, qname, qtype) } else { Ok(answer) }
}

/// The serial that a server answers with, `None` if it does not.
pub fn serial(server: SocketAddr, apex: &str) -> Option<u32> {
    let answer = udp(server, apex, SOA, Duration::from_millis(500)).ok()?;
    let soa = answer.answer.iter().find(|record| record.rrtype == SOA)?;
    (answer.is_authoritative && answer.rcode == NOERROR).then(|| serial_of(soa))
}

/// The serial in the rdata of an SOA: the first of the five numbers at its end.
pub fn serial_of(soa: &Record) -> u32 {
    let at = soa.rdata.len() - 20;
    u32::from_be_bytes(soa.rdata[at..at + 4].try_into().unwrap())
}

pub fn udp(server: SocketAddr, qname: &str, qtype: u16, wait: Duration) -> io::Result<Answer> {
    let any = if server.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
    let socket = UdpSocket::bind(any)?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(wait))?;
    let id = next_id();
    socket.send(&query(id, qname, qtype))?;
    let mut buffer = vec![0; 65_535];
    loop {
        let len = socket.recv(&mut buffer)?;
        if len >= 12 && buffer[..2] == id.to_be_bytes() {
            return parse(&buffer[..len]).ok_or_else(malformed);
        }
    }
}

pub fn tcp(server: SocketAddr, qname: &str, qtype: u16) -> io::Result<Answer> {
    let mut stream = connect(server)?;
    send(&mut stream, &query(next_id(), qname, qtype))?;
    parse(&receive(&mut stream)?).ok_or_else(malformed)
}

/// All records of a zone by AXFR, the opening SOA once.
pub fn axfr(server: SocketAddr, apex: &str) -> io::Result<Vec<Record>> {
    let mut stream = connect(server)?;
    send(&mut stream, &query(next_id(), apex, AXFR))?;
    let (mut records, mut soas) = (Vec::new(), 0);
    while soas < 2 {
        let message = parse(&receive(&mut stream)?).ok_or_else(malformed)?;
        if message.rcode != NOERROR || message.answer.is_empty() {
            return Err(io::Error::other(format!("AXFR: rcode {}", message.rcode)));
        }
        soas += message.answer.iter().filter(|record| record.rrtype == SOA).count();
        records.extend(message.answer);
    }
    records.pop();
    Ok(records)
}

/// A query with EDNS (1232 octets), as resolvers send it.
pub fn query(id: u16, qname: &str, qtype: u16) -> Vec<u8> {
    let mut message = Vec::with_capacity(64);
    message.extend(id.to_be_bytes());
    message.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    for label in qname.trim_end_matches('.').split('.').filter(|label| !label.is_empty()) {
        message.push(u8::try_from(label.len()).unwrap());
        message.extend(label.as_bytes());
    }
    message.push(0);
    message.extend(qtype.to_be_bytes());
    message.extend([0, 1]);
    message.extend([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
    message
}

/// Reads an answer; `None` if it is malformed.
pub fn parse(message: &[u8]) -> Option<Answer> {
    let count = |at: usize| Some(u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?));
    let mut at = 12;
    for _ in 0..count(4)? {
        name(message, &mut at)?;
        at += 4;
    }
    let answer = section(message, &mut at, count(6)?)?;
    let authority = section(message, &mut at, count(8)?)?;
    let additional = section(message, &mut at, count(10)?)?;
    let _only_checked = additional;
    Some(Answer {
        rcode: message[3] & 0x0f,
        is_authoritative: message[2] & 0x04 != 0,
        is_truncated: message[2] & 0x02 != 0,
        answer,
        authority,
    })
}

fn section(message: &[u8], at: &mut usize, count: u16) -> Option<Vec<Record>> {
    (0..count).map(|_| record(message, at)).collect()
}

fn record(message: &[u8], at: &mut usize) -> Option<Record> {
    let owner = name(message, at)?;
    let fixed = message.get(*at..*at + 10)?;
    let rrtype = u16::from_be_bytes([fixed[0], fixed[1]]);
    let ttl = u32::from_be_bytes(fixed[4..8].try_into().ok()?);
    let len = usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
    let start = *at + 10;
    *at = start + len;
    let rdata = expanded(message, rrtype, start, message.get(start..*at)?)?;
    Some(Record { owner, rrtype, ttl, rdata })
}

/// The rdata with compressed names written out, for the types whose names servers compress.
fn expanded(message: &[u8], rrtype: u16, start: usize, rdata: &[u8]) -> Option<Vec<u8>> {
    let (fixed, names) = match rrtype {
        2 | 5 | 12 => (0, 1), // NS, CNAME, PTR
        6 => (0, 2),          // SOA
        15 => (2, 1),         // MX
        _ => return Some(rdata.to_vec()),
    };
    let mut out = rdata.get(..fixed)?.to_vec();
    let mut at = start + fixed;
    for _ in 0..names {
        let text = name(message, &mut at)?;
        for label in text.split('.').filter(|label| !label.is_empty()) {
            out.push(u8::try_from(label.len()).ok()?);
            out.extend(label.as_bytes());
        }
        out.push(0);
    }
    out.extend(rdata.get(at - start..)?);
    Some(out)
}

/// A name in lower case with a dot at its end. The test zones have no dots inside labels.
fn name(message: &[u8], at: &mut usize) -> Option<String> {
    let (mut text, mut here, mut jumps) = (String::new(), *at, 0);
    loop {
        let len = usize::from(*message.get(here)?);
        if len & 0xc0 == 0xc0 {
            if jumps == 0 {
                *at = here + 2;
            }
            jumps += 1;
            here = (len & 0x3f) << 8 | usize::from(*message.get(here + 1)?);
            if jumps > 64 {
                return None;
            }
        } else if len == 0 {
            if jumps == 0 {
                *at = here + 1;
            }
            return Some(if text.is_empty() { ".".to_owned() } else { text });
        } else {
            let label = message.get(here + 1..here + 1 + len)?;
            text.push_str(&String::from_utf8_lossy(label).to_lowercase());
            text.push('.');
            here += 1 + len;
        }
    }
}

fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&server, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

fn send(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let mut frame = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    frame.extend(message);
    stream.write_all(&frame)
}

fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut len = [0; 2];
    stream.read_exact(&mut len)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(len))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

fn next_id() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a malformed message")
}
