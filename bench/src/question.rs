//! Questions, and the few things that a bench reads in answers.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

pub const A: u16 = 1;
pub const SOA: u16 = 6;
pub const AXFR: u16 = 252;

/// A query with EDNS, as resolvers send it.
#[must_use]
pub fn query(id: u16, qname: &str, qtype: u16) -> Vec<u8> {
    let mut message = Vec::with_capacity(64);
    message.extend(id.to_be_bytes());
    message.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    message.extend(name(qname));
    message.extend(qtype.to_be_bytes());
    message.extend([0, 1]);
    message.extend([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
    message
}

/// A name in wire form.
#[must_use]
pub fn name(text: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        wire.push(label.len() as u8);
        wire.extend(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// The serial that a server answers with.
#[must_use]
pub fn serial(server: SocketAddr, apex: &str) -> Option<u32> {
    let socket = UdpSocket::bind("127.0.0.1:0").ok()?;
    socket.connect(server).ok()?;
    socket.set_read_timeout(Some(Duration::from_millis(500))).ok()?;
    socket.send(&query(7, apex, SOA)).ok()?;
    let mut octets = [0; 4_096];
    let len = socket.recv(&mut octets).ok()?;
    let message = octets.get(..len)?;
    let good = message.get(3)? & 0x0f == 0 && message.get(6..8)? == [0, 1];
    // The answer's owner is a pointer to the question; two names come before the numbers.
    let mut at = 12 + name(apex).len() + 4;
    at = skip_name(message, at)? + 10;
    at = skip_name(message, at)?;
    at = skip_name(message, at)?;
    let serial = u32::from_be_bytes(message.get(at..at + 4)?.try_into().ok()?);
    good.then_some(serial)
}

/// Where a name ends.
pub fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match usize::from(*message.get(at)?) {
            0 => return Some(at + 1),
            len if len & 0xc0 == 0xc0 => return Some(at + 2),
            len => at += len + 1,
        }
    }
}
