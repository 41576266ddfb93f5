//! A primary that streams a recorded AXFR as fast as the other side takes it, so that no primary's
//! own work is measured. It answers the SOA query before it, over UDP and TCP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::question;

/// The messages of a transfer, each with its length before it.
pub struct Recording {
    frames: Vec<u8>,
    soa_answer: Vec<u8>,
    apex: String,
}

impl Recording {
    /// Transfers a zone once and keeps the messages.
    pub fn of(primary: SocketAddr, apex: &str) -> Result<Self> {
        let soa_answer = ask(&mut TcpStream::connect(primary)?, apex, question::SOA)?;
        let mut stream = TcpStream::connect(primary)?;
        let (mut frames, mut soas) = (Vec::new(), 0);
        let mut message = ask(&mut stream, apex, question::AXFR)?;
        loop {
            soas += soas_in(&message).context("a malformed message")?;
            frames.extend((message.len() as u16).to_be_bytes());
            frames.extend(&message);
            if soas >= 2 {
                break;
            }
            message = receive(&mut stream)?;
        }
        ensure!(message[3] & 0x0f == 0, "the primary refuses the transfer");
        Ok(Self { frames, soa_answer, apex: apex.to_owned() })
    }

    /// Octets of the stream.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.frames.len()
    }
}

/// Serves a recording until the program ends. Returns where.
pub fn serve(recording: Arc<Recording>) -> Result<SocketAddr> {
    let tcp = TcpListener::bind("127.0.0.1:0")?;
    let at = tcp.local_addr()?;
    let udp = UdpSocket::bind(at)?;
    let for_udp = Arc::clone(&recording);
    std::thread::spawn(move || {
        let mut octets = [0; 4_096];
        while let Ok((len, from)) = udp.recv_from(&mut octets) {
            if let Some((id, _)) = read(&octets[..len], &for_udp.apex) {
                let _lost = udp.send_to(&with_id(&for_udp.soa_answer, id), from);
            }
        }
    });
    std::thread::spawn(move || {
        for stream in tcp.incoming().flatten() {
            let recording = Arc::clone(&recording);
            std::thread::spawn(move || answer(stream, &recording));
        }
    });
    Ok(at)
}

/// Answers what comes over one connection, until it is closed.
fn answer(mut stream: TcpStream, recording: &Recording) -> Option<()> {
    loop {
        let request = receive(&mut stream).ok()?;
        let (id, qtype) = read(&request, &recording.apex)?;
        if qtype == question::SOA {
            send(&mut stream, &with_id(&recording.soa_answer, id)).ok()?;
            continue;
        }
        let mut frames = recording.frames.clone();
        let mut at = 0;
        while let Some(len) = frames.get(at..at + 2) {
            let len = usize::from(u16::from_be_bytes([len[0], len[1]]));
            frames[at + 2..at + 4].copy_from_slice(&id.to_be_bytes());
            at += 2 + len;
        }
        stream.write_all(&frames).ok()?;
    }
}

/// Id and type of a question about the zone.
fn read(request: &[u8], apex: &str) -> Option<(u16, u16)> {
    let end = 12 + question::name(apex).len();
    let id = u16::from_be_bytes(request.get(..2)?.try_into().ok()?);
    Some((id, u16::from_be_bytes(request.get(end..end + 2)?.try_into().ok()?)))
}

fn with_id(message: &[u8], id: u16) -> Vec<u8> {
    let mut message = message.to_vec();
    message[..2].copy_from_slice(&id.to_be_bytes());
    message
}

/// Records of type SOA in an answer section.
fn soas_in(message: &[u8]) -> Option<usize> {
    let count = |at: usize| Some(u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?));
    let mut at = 12;
    for _ in 0..count(4)? {
        at = question::skip_name(message, at)? + 4;
    }
    let mut soas = 0;
    for _ in 0..count(6)? {
        at = question::skip_name(message, at)?;
        soas += usize::from(count(at)? == question::SOA);
        at += 10 + usize::from(count(at + 8)?);
    }
    Some(soas)
}

fn ask(stream: &mut TcpStream, apex: &str, qtype: u16) -> Result<Vec<u8>> {
    // Without EDNS: the recording is for anyone.
    let mut query = question::query(7, apex, qtype);
    query.truncate(query.len() - 11);
    query[11] = 0;
    send(stream, &query)?;
    receive(stream)
}

fn send(stream: &mut TcpStream, message: &[u8]) -> Result<()> {
    let mut frame = (message.len() as u16).to_be_bytes().to_vec();
    frame.extend(message);
    Ok(stream.write_all(&frame)?)
}

fn receive(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut len = [0; 2];
    stream.read_exact(&mut len)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(len))];
    stream.read_exact(&mut message)?;
    Ok(message)
}
