//! One question to one primary, from the first octet sent to what it came to.
//!
//! Pure. Stands where `server::dial` stands: the same waits, the same order, the same calls of
//! `proto::xfr`, `proto::tsig` and `wire::frame`. What an answer means is decided there.
//!
//! Invariants: A1 every question has an end in time, whatever comes or does not come.
//!
//! Not here: the way of octets (`network`), what to ask next (`proto::follow`).

use crate::clock::True;
use proto::follow::Answer;
use proto::primaries::{Ask, Remedy, Step};
use proto::refresh::{Attempt, SoaTimers};
use proto::time::UnixSeconds;
use proto::tsig::{ResponseVerifier, TsigFault, sign_request};
use proto::xfr::inbound::{Fetched, Inbound, Limits, Progress, XfrError};
use proto::xfr::{probe, query};
use std::sync::Arc;
use wire::frame::{Frames, write_frame};
use wire::name::Name;
use wire::tsig::Key;
use zone::Version;

/// How long each try over UDP waits.
const UDP_WAITS_MS: [u64; 2] = [1_500, 3_000];
/// Longest wait for a connection.
const CONNECT_MS: u64 = 10_000;
/// Longest silence, and longest life, of a probe over TCP.
const PROBE_MS: (u64, u64) = (10_000, 15_000);
/// Longest silence behind a single SOA.
const REST_MS: u64 = 10_000;

/// How long a transfer may be silent, and how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Longest silence.
    pub idle_ms: u64,
    /// Longest transfer.
    pub total_ms: u64,
}

/// A question as it is given to whoever asks it.
#[derive(Clone, Debug)]
pub struct Question {
    /// The zone.
    pub apex: Name,
    /// Number of the attempt.
    pub attempt: Attempt,
    /// Whom, and what.
    pub step: Step,
    /// The key of the primary.
    pub key: Option<Arc<Key>>,
    /// The version that changes start from.
    pub held: Option<Version>,
    /// How much may come.
    pub limits: Limits,
    /// How long it may take.
    pub patience: Patience,
}

/// What comes back on the way of a question.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A datagram.
    Datagram(Vec<u8>),
    /// The connection stands.
    Connected,
    /// There is no connection to be had.
    Refused,
    /// Octets of a stream.
    Octets(Vec<u8>),
    /// The primary closed the stream.
    Closed,
    /// Nothing, for as long as was waited.
    Silence,
}

/// What is wanted of the network, or what it came to.
#[derive(Debug)]
pub enum Next {
    /// Nothing but time.
    Wait,
    /// Send a datagram.
    Send(Vec<u8>),
    /// Connect.
    Connect,
    /// Send octets on the stream.
    Write(Vec<u8>),
    /// It is over.
    Ended(Ended),
}

/// What a question came to.
#[derive(Debug)]
pub enum Ended {
    /// An answer, and the transfer that belongs to it.
    Answered(Answer, Option<Box<Fetched>>),
    /// Records that are of no use.
    Unusable(Remedy, &'static str),
    /// None.
    Failed(Remedy, &'static str),
}

enum Stage {
    Datagram { tries: usize, id: u16, verifier: ResponseVerifier },
    Connecting,
    Probing { id: u16, verifier: Option<ResponseVerifier>, frames: Frames },
    Receiving { inbound: Option<Box<Inbound>>, verifier: Option<ResponseVerifier>, frames: Frames },
}

/// A question under way.
pub struct Asking {
    question: Question,
    stage: Stage,
    /// When silence is given up.
    pub patient_until: True,
    give_up_at: True,
    /// Records that have come.
    records: u64,
}

impl Asking {
    /// Begins; `id` is the number of the first message.
    #[must_use]
    pub fn begin(question: Question, id: u16, now: True, wall: UnixSeconds) -> (Self, Next) {
        let stage = Stage::Connecting;
        let mut asking =
            Self { question, stage, patient_until: now, give_up_at: True::NEVER, records: 0 };
        let next = match asking.question.step.ask {
            Ask::ProbeUdp => asking.send_datagram(0, id, now, wall),
            Ask::ProbeTcp => asking.connect(PROBE_MS.1, now),
            Ask::Ixfr(_) | Ask::Axfr => asking.connect(asking.question.patience.total_ms, now),
        };
        (asking, next)
    }

    /// What was asked, to report back with.
    #[must_use]
    pub const fn asked(&self) -> (Attempt, Step) {
        (self.question.attempt, self.question.step)
    }

    /// Takes what came; `id` is the number of the next message, should there be one.
    pub fn hear(&mut self, heard: Heard, id: u16, now: True, wall: UnixSeconds) -> Next {
        match heard {
            Heard::Datagram(octets) => self.on_datagram(&octets, wall),
            Heard::Connected => self.on_connected(id, now, wall),
            Heard::Refused => self.lost(Loss::NoConnection),
            Heard::Octets(octets) => self.on_octets(&octets, now, wall),
            Heard::Closed => self.on_closed(),
            Heard::Silence => self.on_silence(id, now, wall),
        }
    }

    fn send_datagram(&mut self, tries: usize, id: u16, now: True, wall: UnixSeconds) -> Next {
        let mut octets = query::soa(id, self.question.apex.as_ref(), query::Form::Edns);
        let verifier = self.sign(&mut octets, wall);
        self.stage = Stage::Datagram { tries, id, verifier };
        self.patient_until = now.plus_ms(UDP_WAITS_MS.get(tries).copied().unwrap_or(0));
        Next::Send(octets)
    }

    fn on_datagram(&mut self, octets: &[u8], wall: UnixSeconds) -> Next {
        let Stage::Datagram { id, verifier, .. } = &mut self.stage else { return Next::Wait };
        if octets.get(..2) != Some(&id.to_be_bytes()) {
            return Next::Wait; // not ours: as `dial` passes it over
        }
        let id = *id;
        let verifier = std::mem::replace(verifier, ResponseVerifier::unsigned());
        self.read_probe(octets, id, verifier, wall)
    }

    fn connect(&mut self, total_ms: u64, now: True) -> Next {
        self.give_up_at = now.plus_ms(total_ms);
        self.patient_until = now.plus_ms(CONNECT_MS.min(total_ms));
        self.stage = Stage::Connecting;
        Next::Connect
    }

    fn on_connected(&mut self, id: u16, now: True, wall: UnixSeconds) -> Next {
        let Stage::Connecting = self.stage else { return Next::Wait };
        let apex = self.question.apex.as_ref();
        let (limits, frames) = (self.question.limits, Frames::new(usize::from(u16::MAX)));
        let (mut octets, inbound) = match (self.question.step.ask, &self.question.held) {
            (Ask::ProbeUdp | Ask::ProbeTcp, _) => (query::soa(id, apex, query::Form::Plain), None),
            (Ask::Ixfr(_), Some(held)) => {
                let octets = query::ixfr(id, apex, &held.soa().fields);
                (octets, Some(Inbound::ixfr(id, held.clone(), limits)))
            }
            (Ask::Ixfr(_) | Ask::Axfr, _) => {
                let inbound = Inbound::axfr(id, self.question.apex.clone(), limits);
                (query::axfr(id, apex), Some(inbound))
            }
        };
        let verifier = Some(self.sign(&mut octets, wall));
        self.stage = match inbound {
            Some(inbound) => {
                Stage::Receiving { inbound: Some(Box::new(inbound)), verifier, frames }
            }
            None => Stage::Probing { id, verifier, frames },
        };
        self.wait_for_more(now);
        let mut frame = Vec::new();
        match write_frame(&mut frame, &octets) {
            Ok(()) => Next::Write(frame),
            Err(_) => self.lost(Loss::Ours),
        }
    }

    fn on_octets(&mut self, octets: &[u8], now: True, wall: UnixSeconds) -> Next {
        match &mut self.stage {
            Stage::Datagram { .. } | Stage::Connecting => Next::Wait,
            Stage::Probing { id, verifier, frames } => {
                frames.feed(octets);
                let message = frames.take().ok().flatten().map(<[u8]>::to_vec);
                let (id, verifier) = (*id, if message.is_some() { verifier.take() } else { None });
                match (message, verifier) {
                    (Some(message), Some(verifier)) => {
                        self.read_probe(&message, id, verifier, wall)
                    }
                    _ => {
                        self.wait_for_more(now);
                        Next::Wait
                    }
                }
            }
            Stage::Receiving { frames, .. } => {
                frames.feed(octets);
                self.receive(now, wall)
            }
        }
    }

    /// Feeds every whole message, as `dial::converse` does.
    fn receive(&mut self, now: True, wall: UnixSeconds) -> Next {
        loop {
            let Stage::Receiving { inbound, verifier, frames } = &mut self.stage else {
                return Next::Wait;
            };
            let (Some(receiving), Some(checking)) = (inbound.as_mut(), verifier.as_mut()) else {
                return Next::Wait;
            };
            let Some(message) = frames.take().ok().flatten() else {
                self.wait_for_more(now);
                return Next::Wait;
            };
            if let Err(fault) = checking.feed(message, wall) {
                return self.signature_failed(&fault);
            }
            let fed = receiving.feed(message);
            self.records = receiving.received().records;
            match fed {
                Ok(Progress::More) => {}
                Ok(Progress::Complete) => {
                    let (inbound, verifier) = (inbound.take(), verifier.take());
                    return self.finish(inbound, verifier);
                }
                Err(fault) => return self.refused(&fault),
            }
        }
    }

    fn finish(&self, inbound: Option<Box<Inbound>>, verifier: Option<ResponseVerifier>) -> Next {
        let (Some(inbound), Some(verifier)) = (inbound, verifier) else { return Next::Wait };
        if let Err(fault) = verifier.finish() {
            return self.signature_failed(&fault);
        }
        match inbound.finish() {
            Ok(fetched) => {
                Next::Ended(Ended::Answered(answer_of(&fetched), Some(Box::new(fetched))))
            }
            Err(fault) => self.refused(&fault),
        }
    }

    /// What was missing says more than that the connection ended.
    fn on_closed(&mut self) -> Next {
        let Stage::Receiving { inbound, .. } = &mut self.stage else {
            return self.lost(Loss::HungUp);
        };
        match inbound.take().map(|inbound| inbound.finish()) {
            Some(Err(fault)) => self.refused(&fault),
            Some(Ok(_)) | None => self.lost(Loss::HungUp),
        }
    }

    fn on_silence(&mut self, id: u16, now: True, wall: UnixSeconds) -> Next {
        match self.stage {
            Stage::Datagram { tries, .. } if tries.saturating_add(1) < UDP_WAITS_MS.len() => {
                self.send_datagram(tries.saturating_add(1), id, now, wall)
            }
            Stage::Datagram { .. } => self.lost(Loss::Silent),
            Stage::Connecting => self.lost(Loss::NoConnection),
            Stage::Probing { .. } | Stage::Receiving { .. } if self.give_up_at <= now => {
                self.lost(Loss::TookTooLong)
            }
            Stage::Probing { .. } | Stage::Receiving { .. } => self.lost(Loss::Silent),
        }
    }

    fn wait_for_more(&mut self, now: True) {
        let idle_ms = match &self.stage {
            Stage::Probing { .. } => PROBE_MS.0,
            Stage::Receiving { inbound: Some(inbound), .. } if inbound.may_be_all() => {
                REST_MS.min(self.question.patience.idle_ms)
            }
            Stage::Receiving { .. } | Stage::Datagram { .. } | Stage::Connecting => {
                self.question.patience.idle_ms
            }
        };
        self.patient_until = now.plus_ms(idle_ms).min(self.give_up_at);
    }

    fn sign(&self, octets: &mut Vec<u8>, wall: UnixSeconds) -> ResponseVerifier {
        match &self.question.key {
            Some(key) => ResponseVerifier::new(key.clone(), sign_request(key, octets, wall)),
            None => ResponseVerifier::unsigned(),
        }
    }

    fn read_probe(
        &self,
        octets: &[u8],
        id: u16,
        mut verifier: ResponseVerifier,
        wall: UnixSeconds,
    ) -> Next {
        if let Err(fault) = verifier.feed(octets, wall).and_then(|()| verifier.finish()) {
            return self.signature_failed(&fault);
        }
        match probe::read_soa(octets, id, self.question.apex.as_ref()) {
            Ok(probed) => Next::Ended(Ended::Answered(Answer::Soa(probed.timers), None)),
            Err(fault) => self.failed(fault.remedy(), fault.code().as_str()),
        }
    }

    fn signature_failed(&self, fault: &TsigFault) -> Next {
        let remedy = fault.remedy(self.question.step.ask);
        self.failed(remedy, fault.fault().code.as_str())
    }

    fn refused(&self, fault: &XfrError) -> Next {
        self.failed(fault.remedy(), fault.code().as_str())
    }

    const fn lost(&self, loss: Loss) -> Next {
        let (remedy, code) = loss.remedy(self.question.step.ask);
        self.failed(remedy, code)
    }

    /// A transfer of which records came has cost something, whatever ended it.
    const fn failed(&self, remedy: Remedy, code: &'static str) -> Next {
        Next::Ended(if self.records > 0 {
            Ended::Unusable(remedy, code)
        } else {
            Ended::Failed(remedy, code)
        })
    }
}

/// What went wrong below the protocol, as `server::dial` sorts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    NoConnection,
    Silent,
    HungUp,
    TookTooLong,
    Ours,
}

impl Loss {
    const fn remedy(self, ask: Ask) -> (Remedy, &'static str) {
        match (ask, self) {
            (_, Self::Ours) => (Remedy::TryNextPrimary, "INTERNAL_FAULT"),
            (Ask::ProbeUdp, _) => (Remedy::UseTcp, "UDP_BLOCKED"),
            (Ask::Ixfr(_) | Ask::Axfr, Self::HungUp) => (Remedy::FetchWholeZone, "EOF"),
            (Ask::Ixfr(_) | Ask::Axfr, Self::Silent) => (Remedy::FetchWholeZone, "IDLE_TIMEOUT"),
            (_, Self::NoConnection) => (Remedy::TryNextPrimary, "CONNECT_REFUSED"),
            (_, Self::TookTooLong) => (Remedy::TryNextPrimary, "TOTAL_TIMEOUT"),
            (Ask::ProbeTcp, Self::HungUp) => (Remedy::TryNextPrimary, "EOF"),
            (Ask::ProbeTcp, Self::Silent) => (Remedy::TryNextPrimary, "IDLE_TIMEOUT"),
        }
    }
}

fn answer_of(fetched: &Fetched) -> Answer {
    match fetched {
        Fetched::UpToDate(serial) => Answer::UpToDate(*serial),
        Fetched::PrimaryBehind(serial) => Answer::Behind(*serial),
        Fetched::Whole(version) | Fetched::Diffs { version, .. } => {
            Answer::Version(soa_timers(version))
        }
    }
}

/// What the machines read of a version's SOA.
#[must_use]
pub fn soa_timers(version: &Version) -> SoaTimers {
    use proto::time::Seconds;
    let soa = version.soa().fields;
    SoaTimers {
        serial: soa.serial,
        refresh: Seconds(soa.refresh),
        retry: Seconds(soa.retry),
        expire: Seconds(soa.expire),
    }
}
