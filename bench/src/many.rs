//! The primary of very many small zones, all alike: what it answers is made from the name asked for.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;

use crate::message::{self, A, Rdata, SOA, Writer};

/// Connections answered at once: more than any secondary opens.
const THREADS: usize = 256;
const NS: u16 = message::NS;
const MX: u16 = 15;
const TXT: u16 = 16;
const AAAA: u16 = 28;

/// The primary, until the program ends.
pub struct Many {
    /// Where it answers.
    pub at: SocketAddr,
    serial: Arc<AtomicU32>,
    transfers: Arc<AtomicU32>,
}

/// The apex of a zone.
#[must_use]
pub fn apex(number: u32) -> String {
    format!("zone{number:06}.example.")
}

impl Many {
    /// Answers for every zone there could be, all at serial 1.
    pub fn serve() -> Result<Self> {
        let tcp = Arc::new(TcpListener::bind("127.0.0.1:0")?);
        let at = tcp.local_addr()?;
        let udp = UdpSocket::bind(at)?;
        let many = Self { at, serial: Arc::new(AtomicU32::new(1)), transfers: Arc::default() };
        let serial = Arc::clone(&many.serial);
        std::thread::spawn(move || answer_datagrams(&udp, &serial));
        for _ in 0..THREADS {
            let (tcp, serial) = (Arc::clone(&tcp), Arc::clone(&many.serial));
            let transfers = Arc::clone(&many.transfers);
            std::thread::spawn(move || {
                for stream in tcp.incoming().flatten() {
                    answer_stream(stream, &serial, &transfers);
                }
            });
        }
        Ok(many)
    }

    /// Zones handed out since the last call.
    pub fn take_transfers(&self) -> u32 {
        self.transfers.swap(0, Ordering::SeqCst)
    }

    /// Zones handed out so far.
    #[must_use]
    pub fn transfers(&self) -> u32 {
        self.transfers.load(Ordering::SeqCst)
    }
}

fn answer_datagrams(udp: &UdpSocket, serial: &AtomicU32) {
    let mut octets = [0; 4_096];
    while let Ok((len, from)) = udp.recv_from(&mut octets) {
        if let Some((answer, _)) = answer(&octets[..len], serial.load(Ordering::SeqCst)) {
            let _lost = udp.send_to(&answer, from);
        }
    }
}

/// Answers what comes over one connection, until it is closed.
fn answer_stream(mut stream: TcpStream, serial: &AtomicU32, transfers: &AtomicU32) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    loop {
        let mut len = [0; 2];
        stream.read_exact(&mut len).ok()?;
        let mut request = vec![0; usize::from(u16::from_be_bytes(len))];
        stream.read_exact(&mut request).ok()?;
        let (answer, is_whole) = answer(&request, serial.load(Ordering::SeqCst))?;
        let mut frame = (answer.len() as u16).to_be_bytes().to_vec();
        frame.extend(answer);
        stream.write_all(&frame).ok()?;
        transfers.fetch_add(u32::from(is_whole), Ordering::SeqCst);
    }
}

/// The answer, and whether it is a whole zone.
fn answer(request: &[u8], serial: u32) -> Option<(Vec<u8>, bool)> {
    let end = message::skip_name(request, 12)?;
    let (id, qtype) = (message::number(request, 0)?, message::number(request, end)?);
    let mut writer = Writer::new(request.get(12..end)?, Some(qtype));
    writer.soa(serial);
    if qtype != SOA {
        content(&mut writer);
        writer.soa(serial);
    }
    Some((writer.finish(id), qtype != SOA))
}

/// What a hosted domain has: name servers, mail, a web site.
fn content(writer: &mut Writer) {
    writer.record(&[], NS, Rdata::Below(b"\x03ns1"));
    writer.record(&[], NS, Rdata::Below(b"\x03ns2"));
    writer.record(&[], A, Rdata::Octets(&[192, 0, 2, 80]));
    writer.record(&[], MX, Rdata::Octets(b"\x00\x0a\x04mail\x07example\x00"));
    writer.record(&[], TXT, Rdata::Octets(b"\x0ev=spf1 mx -all"));
    writer.record(b"\x04mail", A, Rdata::Octets(&[192, 0, 2, 25]));
    writer.record(b"\x03ns1", A, Rdata::Octets(&[192, 0, 2, 53]));
    writer.record(b"\x03ns2", A, Rdata::Octets(&[198, 51, 100, 53]));
    writer.record(b"\x03www", A, Rdata::Octets(&[192, 0, 2, 80]));
    writer.record(
        b"\x03www",
        AAAA,
        Rdata::Octets(&[0x20, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80]),
    );
}
