//! A scripted primary, cheap enough not to be what is measured: whole zones are streamed from
//! memory, and every change adds one record.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;

use crate::message::{self, AXFR, IXFR, NS, Rdata, SOA, Writer};
use crate::recording::Recording;
use crate::registry;

/// The primary of a few zones.
pub struct Primary {
    /// Where it answers.
    pub at: SocketAddr,
    zones: Arc<Vec<Zone>>,
}

struct Zone {
    apex: Vec<u8>,
    recording: Mutex<Recording>,
    serial: AtomicU32,
    /// The newest change replaced the whole zone.
    is_replaced: AtomicBool,
}

impl Primary {
    /// Answers until the program ends; zones start at serial 1.
    pub fn serve(recordings: Vec<Recording>) -> Result<Self> {
        let zones = Arc::new(recordings.into_iter().map(Zone::new).collect::<Vec<_>>());
        let tcp = TcpListener::bind("127.0.0.1:0")?;
        let at = tcp.local_addr()?;
        let udp = UdpSocket::bind(at)?;
        let for_udp = Arc::clone(&zones);
        std::thread::spawn(move || answer_datagrams(&udp, &for_udp));
        let for_tcp = Arc::clone(&zones);
        std::thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                let zones = Arc::clone(&for_tcp);
                std::thread::spawn(move || answer_stream(stream, &zones));
            }
        });
        Ok(Self { at, zones })
    }

    /// Adds one record to the first zone; returns the new serial.
    pub fn change(&self) -> u32 {
        self.zones[0].step(false)
    }

    /// Replaces the first zone, so that it must be transferred whole; returns the new serial.
    pub fn replace(&self) -> u32 {
        self.zones[0].step(true)
    }

    /// Serial of the first zone.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.zones[0].serial.load(Ordering::SeqCst)
    }
}

impl Zone {
    fn new(recording: Recording) -> Self {
        Self {
            apex: recording.apex.clone(),
            recording: Mutex::new(recording),
            serial: AtomicU32::new(1),
            is_replaced: AtomicBool::new(true),
        }
    }

    fn step(&self, is_replaced: bool) -> u32 {
        self.is_replaced.store(is_replaced, Ordering::SeqCst);
        self.serial.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn soa_answer(&self, question: &Question) -> Vec<u8> {
        let mut writer = Writer::new(&self.apex, Some(question.qtype));
        writer.soa(self.serial.load(Ordering::SeqCst));
        writer.finish(question.id)
    }

    /// RFC 1995 §4: one difference sequence for each change.
    fn differences(&self, question: &Question, held: u32, newest: u32) -> Vec<u8> {
        let mut writer = Writer::new(&self.apex, Some(IXFR));
        writer.soa(newest);
        for serial in held..newest {
            writer.soa(serial);
            writer.soa(serial + 1);
            let (owner, target) = registry::addition(serial);
            writer.record(&owner, NS, Rdata::Octets(&target));
        }
        writer.soa(newest);
        writer.finish(question.id)
    }
}

/// What is asked.
struct Question {
    id: u16,
    qtype: u16,
    /// The serial in an IXFR query.
    held: Option<u32>,
}

/// The zone that is asked for, and what is asked.
fn read<'z>(request: &[u8], zones: &'z [Zone]) -> Option<(&'z Zone, Question)> {
    let end = message::skip_name(request, 12)?;
    let qname = request.get(12..end)?;
    let zone = zones.iter().find(|zone| zone.apex.eq_ignore_ascii_case(qname))?;
    let (id, qtype) = (message::number(request, 0)?, message::number(request, end)?);
    let held = if qtype == IXFR { message::serial_at(request, end + 4) } else { None };
    Some((zone, Question { id, qtype, held }))
}

fn answer_datagrams(udp: &UdpSocket, zones: &[Zone]) {
    let mut octets = [0; 4_096];
    while let Ok((len, from)) = udp.recv_from(&mut octets) {
        if let Some((zone, question)) = read(&octets[..len], zones) {
            let _lost = udp.send_to(&zone.soa_answer(&question), from);
        }
    }
}

/// Answers what comes over one connection, until it is closed.
fn answer_stream(mut stream: TcpStream, zones: &[Zone]) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    loop {
        let request = receive(&mut stream)?;
        let (zone, question) = read(&request, zones)?;
        answer(&mut stream, zone, &question)?;
    }
}

fn answer(stream: &mut TcpStream, zone: &Zone, question: &Question) -> Option<()> {
    let newest = zone.serial.load(Ordering::SeqCst);
    let is_whole = question.qtype == AXFR || zone.is_replaced.load(Ordering::SeqCst);
    match question.held {
        _ if question.qtype == SOA => send(stream, &zone.soa_answer(question)),
        Some(held) if held >= newest => send(stream, &zone.soa_answer(question)),
        Some(held) if !is_whole => send(stream, &zone.differences(question, held, newest)),
        Some(_) | None => {
            let mut recording = zone.recording.lock().unwrap_or_else(PoisonError::into_inner);
            stream.write_all(recording.stream(question.id, newest)).ok()
        }
    }
}

fn send(stream: &mut TcpStream, message: &[u8]) -> Option<()> {
    let mut frame = (message.len() as u16).to_be_bytes().to_vec();
    frame.extend(message);
    stream.write_all(&frame).ok()
}

fn receive(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut len = [0; 2];
    stream.read_exact(&mut len).ok()?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(len))];
    stream.read_exact(&mut message).ok()?;
    Some(message)
}
