//! Asking a primary: one question, every wait bounded, the answer checked by `proto`.
//!
//! Straight-line I/O: what an answer means is decided by `proto::xfr` and `proto::tsig`, what to
//! ask next by `proto::primaries`.

mod datagram;
mod fault;
mod stream;

use fault::DialFault;
use stream::StreamLimits;

use crate::clock::Clock;
use crate::config::{Limits, Primary, ZoneLimits};
use crate::event::{DialFailed, DialResult, Dialled};
use api::Action;
use proto::code::{Code, Fault};
use proto::primaries::{Ask, Remedy};
use proto::refresh::SoaTimers;
use proto::tsig::{ResponseVerifier, TsigFault, sign_request};
use proto::xfr::inbound::{self, Inbound, Progress as Feeding};
use proto::xfr::{probe, query};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stream::Stream;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use wire::name::Name;
use zone::Version;

/// Tries over UDP before TCP is tried, and how long each waits.
const UDP_WAITS: [Duration; 2] = [Duration::from_millis(1_500), Duration::from_secs(3)];
/// Waits of a SOA query over TCP.
const PROBE_LIMITS: StreamLimits =
    StreamLimits { idle: Duration::from_secs(10), total: Duration::from_secs(15) };
/// SOA queries in flight: each holds a socket, and a start has one for every zone.
const PROBES_MAX: usize = 256;
/// Octets of the ID that opens every message.
const ID_OCTETS: usize = 2;

/// How far a transfer has come; read by the status while it runs.
#[derive(Default)]
pub(crate) struct Progress {
    /// Octets received.
    pub(crate) bytes: AtomicU64,
    /// Records received.
    pub(crate) records: AtomicU64,
}

/// One question to one primary.
pub(crate) struct Question {
    pub(crate) apex: Name,
    pub(crate) primary: Primary,
    pub(crate) ask: Ask,
    /// The version that a diff starts from.
    pub(crate) held: Option<Arc<Version>>,
    pub(crate) limits: ZoneLimits,
}

/// Asks primaries, a bounded number of transfers at once, on threads that let queries go first.
#[derive(Clone)]
pub(crate) struct Dialler {
    runtime: Handle,
    turns: Arc<Turns>,
    clock: Clock,
}

/// Whose turn it is, and how much may be in flight.
struct Turns {
    probes: Semaphore,
    all: Semaphore,
    per_primary_max: usize,
    per_primary: Mutex<HashMap<SocketAddr, Arc<Semaphore>>>,
    memory: Memory,
}

/// What all running transfers hold together.
struct Memory {
    used_bytes: AtomicU64,
    max_bytes: u64,
}

/// One transfer's share, given back when dropped.
struct Share<'m> {
    memory: &'m Memory,
    bytes: u64,
}

impl Share<'_> {
    /// Grows to `bytes`, or says why not: a refused transfer is tried again at RETRY, a daemon
    /// that was killed for its memory is not.
    fn grow_to(&mut self, bytes: u64) -> Result<(), Fault> {
        let more = bytes.saturating_sub(self.bytes);
        let used = self.memory.used_bytes.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        self.bytes = self.bytes.max(bytes);
        if used <= self.memory.max_bytes {
            return Ok(());
        }
        Err(Fault::new(Code::TransferMemoryFull)
            .with("used_bytes", used)
            .with("limit_bytes", self.memory.max_bytes))
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.memory.used_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Dialler {
    /// Keeps within the instance's limits on transfers.
    pub(crate) fn new(runtime: Handle, limits: Limits, clock: Clock) -> Self {
        let turns = Turns {
            probes: Semaphore::new(PROBES_MAX),
            all: Semaphore::new(limits.transfers_max),
            per_primary_max: limits.transfers_per_primary_max,
            per_primary: Mutex::default(),
            memory: Memory { used_bytes: AtomicU64::new(0), max_bytes: limits.memory_bytes_max },
        };
        Self { runtime, turns: Arc::new(turns), clock }
    }

    /// Asks in the background and hands the result to `reply`.
    pub(crate) fn spawn<F>(
        &self,
        question: Question,
        progress: Arc<Progress>,
        reply: impl FnOnce(DialResult) -> F + Send + 'static,
    ) -> AbortHandle
    where
        F: Future<Output = ()> + Send,
    {
        let dialler = self.clone();
        let outer = async move {
            // In a set of its own, so that ending this task ends the question, and a panic in it
            // comes back as a failure.
            let mut asking = JoinSet::new();
            asking.spawn(async move { dialler.ask(&question, &progress).await });
            let result = match asking.join_next().await {
                Some(Ok(result)) => result,
                Some(Err(_)) | None => {
                    let fault = Fault::new(Code::MalformedMessage).with("found", "a fault of ours");
                    Err(failed(Action::Install, fault, Remedy::TryNextPrimary))
                }
            };
            reply(result).await;
        };
        self.runtime.spawn(outer).abort_handle()
    }

    async fn ask(&self, question: &Question, progress: &Progress) -> DialResult {
        match question.ask {
            Ask::ProbeUdp => {
                let _turn = self.turns.probes.acquire().await;
                self.probe_udp(question).await.map(Dialled::Soa)
            }
            Ask::ProbeTcp => {
                let _turn = self.turns.probes.acquire().await;
                self.probe_tcp(question).await.map(Dialled::Soa)
            }
            Ask::Ixfr(_) | Ask::Axfr => {
                // Their own primary's queue first, so that a slow one holds up no others.
                let of_primary = self.turns.of(question.primary.address);
                let _turn = of_primary.acquire().await;
                let _turn = self.turns.all.acquire().await;
                self.transfer(question, progress).await
            }
        }
    }

    /// SOA over UDP, tried twice. Silence and answers that make no sense lead to TCP.
    async fn probe_udp(&self, question: &Question) -> Result<SoaTimers, DialFailed> {
        let Primary { address, source, .. } = question.primary;
        let mut silence = DialFault::ConnectRefused;
        for wait in UDP_WAITS {
            let (id, octets, verifier) = self.soa_query(question, query::Form::Edns)?;
            let is_ours = |answer: &[u8]| answer.get(..ID_OCTETS) == octets.get(..ID_OCTETS);
            match datagram::exchange(address, source, &octets, wait, is_ours).await {
                Ok(answer) => return self.read_probe(question, id, &answer, verifier),
                Err(fault) => silence = fault,
            }
            if !matches!(silence, DialFault::UdpTimeout { .. }) {
                break; // a refusal is an answer: TCP may do better, UDP will not
            }
        }
        Err(DialFailed { fault: silence.fault(), action: Action::Soa, remedy: Remedy::UseTcp })
    }

    async fn probe_tcp(&self, question: &Question) -> Result<SoaTimers, DialFailed> {
        let Primary { address, source, .. } = question.primary;
        let (id, octets, verifier) = self.soa_query(question, query::Form::Plain)?;
        let exchange = async {
            let mut stream = Stream::connect(address, source, PROBE_LIMITS).await?;
            stream.send(&octets).await?;
            stream.next().await.map(<[u8]>::to_vec)
        };
        match exchange.await {
            Ok(answer) => self.read_probe(question, id, &answer, verifier),
            Err(fault) => Err(failed(Action::Soa, fault.fault(), Remedy::TryNextPrimary)),
        }
    }

    fn soa_query(
        &self,
        question: &Question,
        form: query::Form,
    ) -> Result<(u16, Vec<u8>, ResponseVerifier), DialFailed> {
        let id = fresh_id(Action::Soa)?;
        let mut octets = query::soa(id, question.apex.as_ref(), form);
        let verifier = self.sign(question, &mut octets);
        Ok((id, octets, verifier))
    }

    fn read_probe(
        &self,
        question: &Question,
        id: u16,
        answer: &[u8],
        mut verifier: ResponseVerifier,
    ) -> Result<SoaTimers, DialFailed> {
        let verified = verifier.feed(answer, self.clock.wall()).and_then(|()| verifier.finish());
        verified.map_err(|fault| tsig_failed(Action::Soa, question.ask, &fault))?;
        probe::read_soa(answer, id, question.apex.as_ref())
            .map(|probed| probed.timers)
            .map_err(|fault| failed(Action::Soa, fault.fault(), fault.remedy()))
    }

    /// One transfer over one connection, from the request to a checked version.
    async fn transfer(&self, question: &Question, progress: &Progress) -> DialResult {
        let id = fresh_id(Action::Axfr)?;
        let limits = inbound::Limits::of_zone(question.limits.content);
        let (action, mut octets, mut inbound) = match (question.ask, &question.held) {
            (Ask::Ixfr(_), Some(held)) => {
                let octets = query::ixfr(id, question.apex.as_ref(), &held.soa().fields);
                (Action::Ixfr, octets, Inbound::ixfr(id, held.clone(), limits))
            }
            (Ask::Ixfr(_) | Ask::Axfr | Ask::ProbeUdp | Ask::ProbeTcp, _) => {
                let octets = query::axfr(id, question.apex.as_ref());
                (Action::Axfr, octets, Inbound::axfr(id, question.apex.clone(), limits))
            }
        };
        let mut verifier = self.sign(question, &mut octets);
        let dial_failed = |fault: DialFault| failed(action, fault.fault(), Remedy::TryNextPrimary);
        let limits = StreamLimits {
            idle: Duration::from_secs(question.limits.transfer_idle.0.into()),
            total: Duration::from_secs(question.limits.transfer.0.into()),
        };
        let mut share = Share { memory: &self.turns.memory, bytes: 0 };
        let Primary { address, source, .. } = question.primary;
        let mut stream = Stream::connect(address, source, limits).await.map_err(dial_failed)?;
        stream.send(&octets).await.map_err(dial_failed)?;
        loop {
            let message = match stream.next().await {
                Ok(message) => message,
                // What was missing says more than that the connection ended.
                Err(fault @ DialFault::Eof { .. }) => {
                    return Err(match inbound.finish() {
                        Err(cut) => failed(action, cut.fault(), cut.remedy()),
                        Ok(_) => dial_failed(fault),
                    });
                }
                Err(fault) => return Err(dial_failed(fault)),
            };
            verifier
                .feed(message, self.clock.wall())
                .map_err(|fault| tsig_failed(action, question.ask, &fault))?;
            let fed = inbound.feed(message);
            let received = inbound.received();
            share
                .grow_to(received.bytes)
                .map_err(|fault| failed(action, fault, Remedy::TryNextPrimary))?;
            progress.bytes.store(received.bytes, Ordering::Relaxed);
            progress.records.store(received.records, Ordering::Relaxed);
            match fed.map_err(|fault| failed(action, fault.fault(), fault.remedy()))? {
                Feeding::More => tokio::task::yield_now().await,
                Feeding::Complete => break,
            }
        }
        verifier.finish().map_err(|fault| tsig_failed(action, question.ask, &fault))?;
        let fetched = inbound.finish();
        fetched
            .map(Dialled::Transferred)
            .map_err(|fault| failed(action, fault.fault(), fault.remedy()))
    }

    /// Signs a request, if its primary has a key, and prepares for the answer.
    fn sign(&self, question: &Question, octets: &mut Vec<u8>) -> ResponseVerifier {
        match &question.primary.key {
            Some(key) => {
                let mac = sign_request(key, octets, self.clock.wall());
                ResponseVerifier::new(key.clone(), mac)
            }
            None => ResponseVerifier::unsigned(),
        }
    }
}

impl Turns {
    fn of(&self, primary: SocketAddr) -> Arc<Semaphore> {
        let mut known = self.per_primary.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(primary)
            .or_insert_with(|| Arc::new(Semaphore::new(self.per_primary_max)))
            .clone()
    }
}

const fn failed(action: Action, fault: Fault, remedy: Remedy) -> DialFailed {
    DialFailed { fault, action, remedy }
}

fn tsig_failed(action: Action, ask: Ask, fault: &TsigFault) -> DialFailed {
    failed(action, fault.fault(), fault.remedy(ask))
}

/// A message ID that nobody can foresee.
fn fresh_id(action: Action) -> Result<u16, DialFailed> {
    getrandom::u32().map(|random| (random & 0xffff) as u16).map_err(|fault| {
        let fault = Fault::new(Code::HostUnreachable).with("reason", fault);
        failed(action, fault, Remedy::TryNextPrimary)
    })
}
