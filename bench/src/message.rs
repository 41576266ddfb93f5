//! As much of DNS messages as a bench needs, written apart from the code it measures.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// Record types, and types of questions.
pub const A: u16 = 1;
pub const NS: u16 = 2;
pub const SOA: u16 = 6;
pub const IXFR: u16 = 251;
pub const AXFR: u16 = 252;

const OPCODE_NOTIFY: u8 = 0x20;
const QR_AA: u8 = 0x84;
const PATIENCE: Duration = Duration::from_millis(500);

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

/// A name in wire form, without the root's octet if the text has no dot at its end.
#[must_use]
pub fn name(text: &str) -> Vec<u8> {
    let mut wire = Vec::with_capacity(text.len() + 2);
    for label in text.split('.').filter(|label| !label.is_empty()) {
        wire.push(label.len() as u8);
        wire.extend(label.as_bytes());
    }
    if text.ends_with('.') {
        wire.push(0);
    }
    wire
}

/// Two octets as a number.
#[must_use]
pub fn number(message: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?))
}

/// Where a name ends.
#[must_use]
pub fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match usize::from(*message.get(at)?) {
            0 => return Some(at + 1),
            len if len & 0xc0 == 0xc0 => return Some(at + 2),
            len => at += len + 1,
        }
    }
}

/// The serial that a server answers with now; `None` if it does not know the zone.
#[must_use]
pub fn served_serial(server: SocketAddr, apex: &str) -> Option<u32> {
    let socket = UdpSocket::bind("127.0.0.1:0").ok()?;
    socket.connect(server).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    socket.send(&query(7, apex, SOA)).ok()?;
    let mut octets = [0; 4_096];
    let len = socket.recv(&mut octets).ok()?;
    let message = octets.get(..len)?;
    let is_good = message.get(3)? & 0x0f == 0 && number(message, 6)? == 1;
    let serial = serial_at(message, 12 + name(apex).len() + 4)?;
    is_good.then_some(serial)
}

/// The serial of the SOA record that starts at an offset.
#[must_use]
pub fn serial_at(message: &[u8], at: usize) -> Option<u32> {
    let mname = skip_name(message, at)? + 10;
    let at = skip_name(message, skip_name(message, mname)?)?;
    Some(u32::from_be_bytes(message.get(at..at + 4)?.try_into().ok()?))
}

/// Tells a server of a new serial; does not wait for its answer.
pub fn notify(server: SocketAddr, apex: &str, serial: u32) -> std::io::Result<()> {
    let mut writer = Writer::new(&name(apex), Some(SOA));
    writer.soa(serial);
    let mut message = writer.finish(7);
    message[2] = OPCODE_NOTIFY | 0x04;
    UdpSocket::bind("127.0.0.1:0")?.send_to(&message, server).map(drop)
}

/// Content of a record, as far as it may be compressed.
#[derive(Clone, Copy)]
pub enum Rdata<'a> {
    /// As it is.
    Octets(&'a [u8]),
    /// Labels of a name below the apex.
    Below(&'a [u8]),
}

/// An answer under construction. Names below the apex end in a pointer, and an owner that repeats is
/// one, which is what primaries do.
pub struct Writer {
    octets: Vec<u8>,
    count: u16,
    apex: Vec<u8>,
    apex_at: Option<usize>,
    last_owner: (Vec<u8>, usize),
}

impl Writer {
    /// With the question about the apex, or without one.
    #[must_use]
    pub fn new(apex: &[u8], question: Option<u16>) -> Self {
        let mut octets = vec![0; 12];
        octets[2] = QR_AA;
        if let Some(qtype) = question {
            octets[5] = 1;
            octets.extend(apex);
            octets.extend(qtype.to_be_bytes());
            octets.extend([0, 1]);
        }
        let apex_at = question.map(|_| 12);
        Self { octets, count: 0, apex: apex.to_vec(), apex_at, last_owner: (Vec::new(), 0) }
    }

    /// Octets so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.octets.len()
    }

    /// Adds the zone's SOA; returns where its serial is.
    pub fn soa(&mut self, serial: u32) -> usize {
        let at = self.start(&[], SOA);
        self.below(b"\x03ns1");
        self.below(b"\x0ahostmaster");
        let serial_at = self.octets.len();
        for field in [serial, 7_200, 900, 1_209_600, 300] {
            self.octets.extend(field.to_be_bytes());
        }
        self.end(at);
        serial_at
    }

    /// Adds a record, whose owner is given as its labels below the apex.
    pub fn record(&mut self, owner: &[u8], rrtype: u16, rdata: Rdata<'_>) {
        let at = self.start(owner, rrtype);
        match rdata {
            Rdata::Octets(octets) => self.octets.extend(octets),
            Rdata::Below(labels) => self.below(labels),
        }
        self.end(at);
    }

    /// The message under an id.
    #[must_use]
    pub fn finish(mut self, id: u16) -> Vec<u8> {
        self.octets[..2].copy_from_slice(&id.to_be_bytes());
        self.octets[6..8].copy_from_slice(&self.count.to_be_bytes());
        self.octets
    }

    /// Writes all up to the length of the content; returns where that is.
    fn start(&mut self, owner: &[u8], rrtype: u16) -> usize {
        if self.count > 0 && !owner.is_empty() && owner == self.last_owner.0 {
            self.pointer(self.last_owner.1);
        } else {
            self.last_owner = (owner.to_vec(), self.octets.len());
            self.below(owner);
        }
        self.octets.extend(rrtype.to_be_bytes());
        self.octets.extend([0, 1, 0, 0, 0x0e, 0x10, 0, 0]);
        self.count += 1;
        self.octets.len() - 2
    }

    fn end(&mut self, at: usize) {
        let len = (self.octets.len() - at - 2) as u16;
        self.octets[at..at + 2].copy_from_slice(&len.to_be_bytes());
    }

    fn below(&mut self, labels: &[u8]) {
        self.octets.extend(labels);
        if let Some(at) = self.apex_at {
            self.pointer(at);
        } else {
            self.apex_at = Some(self.octets.len());
            self.octets.extend(&self.apex);
        }
    }

    fn pointer(&mut self, at: usize) {
        self.octets.extend((0xc000 | at as u16).to_be_bytes());
    }
}
