//! A small DNS client that shares no code with what it judges.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

pub use crate::message::{Edns, Message, Query, Question, Record};
pub use crate::name::Name;

/// Type of an IPv4 address.
pub const A: u16 = 1;
/// Type of a name server.
pub const NS: u16 = 2;
/// Type of a zone's first record.
pub const SOA: u16 = 6;
/// Type of text.
pub const TXT: u16 = 16;
/// Type of a signed delegation's key, above the cut.
pub const DS: u16 = 43;
/// Type of a signature.
pub const RRSIG: u16 = 46;
/// Type of a denial by names.
pub const NSEC: u16 = 47;
/// Type of a denial by hashes.
pub const NSEC3: u16 = 50;
/// Type of a transaction's signature.
pub const TSIG: u16 = 250;
/// Asks for a whole zone.
pub const AXFR: u16 = 252;

/// All well.
pub const NOERROR: u16 = 0;
/// The server cannot answer now.
pub const SERVFAIL: u16 = 2;
/// There is no such name.
pub const NXDOMAIN: u16 = 3;
/// The server does not want to.
pub const REFUSED: u16 = 5;
/// Not for this server, or not with this key.
pub const NOTAUTH: u16 = 9;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// One datagram each way.
    Udp,
    /// One connection for it.
    Tcp,
}

/// How long an answer is waited for. Nothing here goes over a network, so this is for machines that
/// have much else to do.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Asks over UDP, once more over TCP if the answer was cut. No retries: a lost query is an error.
pub fn ask(server: SocketAddr, qname: &str, qtype: u16) -> io::Result<Message> {
    let query = Query::new(qname, qtype);
    let answer = exchange(server, &query, Transport::Udp)?;
    if answer.is_truncated { exchange(server, &query, Transport::Tcp) } else { Ok(answer) }
}

/// Sends a query under an id of its own, and reads the answer to it.
pub fn exchange(server: SocketAddr, query: &Query, transport: Transport) -> io::Result<Message> {
    exchange_within(server, query, transport, ANSWER_WITHIN)
}

/// The serial that a server answers with, `None` if it does not.
#[must_use]
pub fn serial(server: SocketAddr, apex: &str) -> Option<u32> {
    let wait = Duration::from_millis(500);
    let answer = exchange_within(server, &Query::new(apex, SOA), Transport::Udp, wait).ok()?;
    let soa = answer.answers_of(SOA).next()?;
    (answer.is_authoritative && answer.rcode == NOERROR).then(|| serial_of(soa))
}

/// The serial in the rdata of an SOA: the first of the five numbers at its end.
#[must_use]
pub fn serial_of(soa: &Record) -> u32 {
    let at = soa.rdata.len() - 20;
    u32::from_be_bytes(soa.rdata[at..at + 4].try_into().unwrap())
}

/// Sends octets, whatever they are, and returns the first message that comes back: `None` if none
/// does in time, or the server closes the connection instead.
pub fn raw(
    server: SocketAddr,
    message: &[u8],
    transport: Transport,
) -> io::Result<Option<Vec<u8>>> {
    let come = match transport {
        Transport::Udp => {
            let socket = socket(server, ANSWER_WITHIN)?;
            socket.send(message)?;
            receive_datagram(&socket)
        }
        Transport::Tcp => {
            let mut stream = connect(server, ANSWER_WITHIN)?;
            send(&mut stream, message)?;
            receive(&mut stream)
        }
    };
    match come {
        Ok(octets) => Ok(Some(octets)),
        Err(error) if is_silence(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// All records of a zone by AXFR, the opening SOA once.
pub fn axfr(server: SocketAddr, apex: &str) -> io::Result<Vec<Record>> {
    let mut stream = connect(server, 10 * ANSWER_WITHIN)?;
    let query = Query { id: next_id(), ..Query::new(apex, AXFR) };
    send(&mut stream, &query.octets())?;
    let (mut records, mut soas) = (Vec::new(), 0);
    while soas < 2 {
        let message = parse(&receive(&mut stream)?)?;
        if message.rcode != NOERROR || message.answer.is_empty() {
            return Err(io::Error::other(format!("AXFR: rcode {}", message.rcode)));
        }
        soas += message.answers_of(SOA).count();
        records.extend(message.answer);
    }
    records.pop();
    Ok(records)
}

/// An ordinary query's octets.
#[must_use]
pub fn query(id: u16, qname: &str, qtype: u16) -> Vec<u8> {
    Query { id, ..Query::new(qname, qtype) }.octets()
}

fn exchange_within(
    server: SocketAddr,
    query: &Query,
    transport: Transport,
    wait: Duration,
) -> io::Result<Message> {
    let query = Query { id: next_id(), ..query.clone() };
    let answer = match transport {
        Transport::Udp => {
            let socket = socket(server, wait)?;
            socket.send(&query.octets())?;
            receive_datagram(&socket)?
        }
        Transport::Tcp => {
            let mut stream = connect(server, wait)?;
            send(&mut stream, &query.octets())?;
            receive(&mut stream)?
        }
    };
    let answer = parse(&answer)?;
    let is_ours = answer.is_response && answer.id == query.id;
    if is_ours { Ok(answer) } else { Err(malformed("the id or QR of an answer")) }
}

/// A socket of its own for each question, so nothing but the answer arrives there.
fn socket(server: SocketAddr, wait: Duration) -> io::Result<UdpSocket> {
    let any = if server.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
    let socket = UdpSocket::bind(any)?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(wait))?;
    Ok(socket)
}

fn receive_datagram(socket: &UdpSocket) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; 65_535];
    let len = socket.recv(&mut buffer)?;
    buffer.truncate(len);
    Ok(buffer)
}

fn connect(server: SocketAddr, wait: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&server, ANSWER_WITHIN)?;
    stream.set_read_timeout(Some(wait))?;
    stream.set_nodelay(true)?;
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

fn parse(octets: &[u8]) -> io::Result<Message> {
    Message::parse(octets).map_err(malformed)
}

fn next_id() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn malformed(place: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed: {place}"))
}

/// Whether nothing came, which a server may well want.
fn is_silence(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionReset, TimedOut, UnexpectedEof, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | UnexpectedEof | ConnectionReset)
}
