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
use crate::config::{Primary, ZoneLimits};
use crate::event::{DialFailed, DialResult, Dialled};
use api::Action;
use proto::code::{Code, Fault};
use proto::primaries::{Ask, Remedy};
use proto::refresh::SoaTimers;
use proto::tsig::{ResponseVerifier, TsigFault, sign_request};
use proto::xfr::inbound::{Inbound, Limits, Progress as Feeding};
use proto::xfr::{probe, query};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stream::Stream;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use wire::name::Name;
use zone::Version;

/// Tries over UDP before TCP is tried, and how long each waits.
const UDP_WAITS: [Duration; 2] = [Duration::from_millis(1_500), Duration::from_secs(3)];
/// Waits of a SOA query over TCP.
const PROBE_LIMITS: StreamLimits =
    StreamLimits { idle: Duration::from_secs(10), total: Duration::from_secs(15) };
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

/// Whose turn it is to transfer.
struct Turns {
    all: Semaphore,
    per_primary_max: usize,
    per_primary: Mutex<HashMap<SocketAddr, Arc<Semaphore>>>,
}

impl Dialler {
    /// At most `transfers_max` transfers at once, `per_primary_max` of them from one primary.
    pub(crate) fn new(
        runtime: Handle,
        transfers_max: usize,
        per_primary_max: usize,
        clock: Clock,
    ) -> Self {
        let all = Semaphore::new(transfers_max);
        let turns = Turns { all, per_primary_max, per_primary: Mutex::default() };
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
        let task = async move {
            let result = dialler.ask(&question, &progress).await;
            reply(result).await;
        };
        self.runtime.spawn(task).abort_handle()
    }

    async fn ask(&self, question: &Question, progress: &Progress) -> DialResult {
        match question.ask {
            Ask::ProbeUdp => self.probe_udp(question).await.map(Dialled::Soa),
            Ask::ProbeTcp => self.probe_tcp(question).await.map(Dialled::Soa),
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
        verified.map_err(|fault| tsig_failed(Action::Soa, &fault))?;
        probe::read_soa(answer, id, question.apex.as_ref())
            .map(|probed| probed.timers)
            .map_err(|fault| failed(Action::Soa, fault.fault(), fault.remedy()))
    }

    /// One transfer over one connection, from the request to a checked version.
    async fn transfer(&self, question: &Question, progress: &Progress) -> DialResult {
        let id = fresh_id(Action::Axfr)?;
        let limits = Limits::of_zone(question.limits.content);
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
                .map_err(|fault| tsig_failed(action, &fault))?;
            let fed = inbound.feed(message);
            let received = inbound.received();
            progress.bytes.store(received.bytes, Ordering::Relaxed);
            progress.records.store(received.records, Ordering::Relaxed);
            match fed.map_err(|fault| failed(action, fault.fault(), fault.remedy()))? {
                Feeding::More => tokio::task::yield_now().await,
                Feeding::Complete => break,
            }
        }
        verifier.finish().map_err(|fault| tsig_failed(action, &fault))?;
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

fn tsig_failed(action: Action, fault: &TsigFault) -> DialFailed {
    failed(action, fault.fault(), fault.remedy())
}

/// A message ID that nobody can foresee.
fn fresh_id(action: Action) -> Result<u16, DialFailed> {
    getrandom::u32().map(|random| (random & 0xffff) as u16).map_err(|fault| {
        let fault = Fault::new(Code::HostUnreachable).with("reason", fault);
        failed(action, fault, Remedy::TryNextPrimary)
    })
}
