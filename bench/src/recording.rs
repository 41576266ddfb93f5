//! A whole transfer as octets, made once and streamed often.

use crate::message::{self, AXFR, Rdata, Writer};

/// Messages are cut here: what NSD sends, and as far as compression pointers reach.
const MESSAGE_MAX: usize = 16_000;

/// The messages of an AXFR, each with its length before it.
pub struct Recording {
    /// The apex in wire form.
    pub apex: Vec<u8>,
    /// Records, the closing SOA not counted.
    pub records: u32,
    frames: Vec<u8>,
    serials_at: Vec<usize>,
}

impl Recording {
    /// The stream under an id and with a serial.
    pub fn stream(&mut self, id: u16, serial: u32) -> &[u8] {
        for at in &self.serials_at {
            self.frames[*at..at + 4].copy_from_slice(&serial.to_be_bytes());
        }
        let mut at = 0;
        while let Some(len) = message::number(&self.frames, at) {
            self.frames[at + 2..at + 4].copy_from_slice(&id.to_be_bytes());
            at += 2 + usize::from(len);
        }
        &self.frames
    }

    /// Octets of the stream.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.frames.len()
    }
}

/// Collects the records of a zone. The SOA is added by itself.
pub struct Recorder {
    recording: Recording,
    message: Writer,
}

impl Recorder {
    /// Begins with the SOA.
    #[must_use]
    pub fn new(apex: &str) -> Self {
        let apex = message::name(apex);
        let mut message = Writer::new(&apex, Some(AXFR));
        let serials_at = vec![2 + message.soa(0)];
        let recording = Recording { apex, records: 1, frames: Vec::new(), serials_at };
        Self { recording, message }
    }

    /// Adds a record, whose owner is given as its labels below the apex.
    pub fn push(&mut self, owner: &[u8], rrtype: u16, rdata: Rdata<'_>) {
        self.message.record(owner, rrtype, rdata);
        self.recording.records += 1;
        if self.message.len() > MESSAGE_MAX {
            self.cut();
        }
    }

    /// Ends with the SOA.
    #[must_use]
    pub fn finish(mut self) -> Recording {
        let serial_at = self.message.soa(0);
        self.recording.serials_at.push(self.recording.frames.len() + 2 + serial_at);
        self.cut();
        self.recording
    }

    fn cut(&mut self) {
        let next = Writer::new(&self.recording.apex, None);
        let message = std::mem::replace(&mut self.message, next).finish(0);
        self.recording.frames.extend((message.len() as u16).to_be_bytes());
        self.recording.frames.extend(message);
    }
}
