//! Asking a primary: one question, every wait bounded, the answer checked by `proto`.
//!
//! Straight-line I/O: what an answer means is decided by `proto::xfr` and `proto::tsig`, what to
//! ask next by `proto::primaries`.

mod datagram;
mod fault;
mod memory;
mod stream;
mod turn;
mod turns;

use fault::DialFault;
use memory::Memory;
use stream::StreamLimits;
use turn::Turn;
pub(crate) use turns::sockets_max;
use turns::{Over, Place, Turns};

use crate::clock::Clock;
use crate::config::{Limits, Primary, ZoneLimits};
use crate::event::{DialFailed, DialResult, Dialled};
use crate::faults::{self, Spot};
use api::Action;
use proto::code::{Code, Fault};
use proto::primaries::{Ask, Remedy};
use proto::refresh::SoaTimers;
use proto::tsig::{ResponseVerifier, TsigFault, sign_request};
use proto::xfr::inbound::{self, Inbound, Progress as Feeding, XfrError};
use proto::xfr::{probe, query};
use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use stream::Stream;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinSet, block_in_place};
use tokio::time::timeout;
use wire::name::Name;
use zone::Version;

/// Tries over UDP before TCP is tried, and how long each waits.
const UDP_WAITS: [Duration; 2] = [Duration::from_millis(1_500), Duration::from_secs(3)];
/// Waits of a SOA query over TCP.
const PROBE_LIMITS: StreamLimits =
    StreamLimits { idle: Duration::from_secs(10), total: Duration::from_secs(15) };
/// A connection waits for its transfer's turn so long, and is then closed before the primary does.
const KEPT_OPEN: Duration = Duration::from_secs(5);
/// Longest wait behind a single SOA for the rest of an IXFR.
const REST_LIMIT: Duration = Duration::from_secs(10);
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
    pub(crate) held: Option<Version>,
    pub(crate) limits: ZoneLimits,
}

/// Asks primaries, a bounded number of transfers at once, on threads that let queries go first.
#[derive(Clone)]
pub(crate) struct Dialler {
    runtime: Handle,
    turns: Arc<Turns>,
    memory: Arc<Memory>,
    clock: Clock,
}

impl Dialler {
    /// Keeps within the instance's limits on transfers.
    pub(crate) fn new(runtime: Handle, limits: Limits, clock: Clock) -> Self {
        let turns = Turns::new(limits.transfers_max, limits.transfers_per_primary_max);
        let memory = Arc::new(Memory::new(limits.memory_bytes_max));
        Self { runtime, turns, memory, clock }
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
        let waiting = async move {
            let Primary { address, source, .. } = question.primary;
            let place = dialler.turns.enter(address, source);
            let _taken_up = place.take_up(question.ask).await;
            // A start has a question for every zone, and most wait: what asking needs is on the heap from here on only.
            Box::pin(dialler.ask_guarded(question, place, progress, reply)).await;
        };
        self.runtime.spawn(waiting).abort_handle()
    }

    async fn ask_guarded<F>(
        &self,
        question: Question,
        place: Place,
        progress: Arc<Progress>,
        reply: impl FnOnce(DialResult) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let (dialler, ask) = (self.clone(), question.ask);
        // In a set of its own, so that ending this task ends the question, and a panic in it
        // comes back as a failure.
        let mut asking = JoinSet::new();
        asking.spawn(async move { dialler.ask(&question, &place, &progress).await });
        let result = match asking.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(fault)) => Err(broke_down(action_of(ask), &fault)),
            None => Err(broke_down(action_of(ask), &"the question was never asked")),
        };
        reply(result).await;
    }

    async fn ask(&self, question: &Question, place: &Place, progress: &Progress) -> DialResult {
        faults::trip(Spot::Dial, question.apex.as_ref());
        match question.ask {
            Ask::ProbeUdp => self.probe_udp(question, place).await.map(Dialled::Soa),
            Ask::ProbeTcp => self.probe_tcp(question, place).await.map(Dialled::Soa),
            Ask::Ixfr(_) | Ask::Axfr => self.transfer(question, place, progress).await,
        }
    }

    /// SOA over UDP, tried twice. Silence and answers that make no sense lead to TCP.
    async fn probe_udp(&self, question: &Question, place: &Place) -> Result<SoaTimers, DialFailed> {
        let Primary { address, source, .. } = question.primary;
        let dial_failed = |fault: DialFault| dial_failed(question.ask, &fault);
        let _turn = place.probe(Over::Udp).await.map_err(dial_failed)?;
        let since = place.now();
        let mut waits = UDP_WAITS.into_iter().peekable();
        loop {
            let (id, octets, verifier) = self.soa_query(question, query::Form::Edns)?;
            let is_ours = |answer: &[u8]| answer.get(..ID_OCTETS) == octets.get(..ID_OCTETS);
            let wait = waits.next().unwrap_or_default();
            let answer = datagram::exchange(address, source, &octets, wait, is_ours).await;
            // A refusal is an answer: TCP may do better, UDP will not.
            let is_silent = matches!(answer, Err(DialFault::UdpTimeout { .. }));
            if is_silent && waits.peek().is_some() {
                continue;
            }
            place.learn(Over::Udp, since, &answer);
            return self.read_probe(question, id, &answer.map_err(dial_failed)?, verifier);
        }
    }

    async fn probe_tcp(&self, question: &Question, place: &Place) -> Result<SoaTimers, DialFailed> {
        let dial_failed = |fault: DialFault| dial_failed(question.ask, &fault);
        let _turn = place.probe(Over::Tcp).await.map_err(dial_failed)?;
        let (id, octets, verifier) = self.soa_query(question, query::Form::Plain)?;
        let exchange = async {
            let mut stream = connect(question, place, PROBE_LIMITS).await?;
            stream.send(&octets).await?;
            stream.next().await.map(<[u8]>::to_vec)
        };
        let answer = exchange.await.map_err(dial_failed)?;
        self.read_probe(question, id, &answer, verifier)
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
        verified.map_err(|fault| tsig_failed(question.ask, &fault))?;
        probe::read_soa(answer, id, question.apex.as_ref())
            .map(|probed| probed.timers)
            .map_err(|fault| failed(Action::Soa, fault.fault(), fault.remedy()))
    }

    /// One transfer over one connection, from the request to a checked version.
    async fn transfer(
        &self,
        question: &Question,
        place: &Place,
        progress: &Progress,
    ) -> DialResult {
        let dial_failed = |fault: DialFault| dial_failed(question.ask, &fault);
        let limits = StreamLimits {
            idle: Duration::from_secs(question.limits.transfer_idle.0.into()),
            total: Duration::from_secs(question.limits.transfer.0.into()),
        };
        let _place = place.transfer().await.map_err(dial_failed)?;
        let mut stream = connect(question, place, limits).await.map_err(dial_failed)?;
        // Only whoever can be talked to gets a turn, so that dead primaries take none.
        let mut turn = pin!(Turn::of(&self.turns));
        let turn = match timeout(KEPT_OPEN, &mut turn).await {
            Ok(turn) => turn,
            Err(_) => {
                drop(stream);
                let turn = turn.await;
                stream = connect(question, place, limits).await.map_err(dial_failed)?;
                turn
            }
        };
        self.converse(question, &mut stream, turn, progress).await
    }

    async fn converse(
        &self,
        question: &Question,
        stream: &mut Stream,
        mut turn: Turn<'_>,
        progress: &Progress,
    ) -> DialResult {
        let (octets, mut inbound, mut verifier) = self.transfer_query(question)?;
        let action = action_of(question.ask);
        let xfr_failed = |fault: XfrError| failed(action, fault.fault(), fault.remedy());
        let dial_failed = |fault: DialFault| dial_failed(question.ask, &fault);
        let tsig_failed = |fault: TsigFault| tsig_failed(question.ask, &fault);
        let mut share = self.memory.share();
        stream.send(&octets).await.map_err(dial_failed)?;
        loop {
            let patience = if inbound.may_be_all() { REST_LIMIT } else { Duration::MAX };
            let come = tokio::select! {
                come = turn.waiting_for(stream.next_within(patience)) => come,
                fault = share.has_to_give_way() => {
                    return Err(failed(action, fault, Remedy::TryNextPrimary));
                }
            };
            let message = match come {
                Ok(message) => message,
                // What was missing says more than that the connection ended, if anything had come.
                Err(fault @ DialFault::Eof { .. }) if inbound.received().messages > 0 => {
                    let cut = build(inbound.held_bytes(), || inbound.finish());
                    return Err(cut.map_or_else(xfr_failed, |_| dial_failed(fault)));
                }
                Err(fault) => return Err(dial_failed(fault)),
            };
            verifier.feed(message, self.clock.wall()).map_err(tsig_failed)?;
            let fed = inbound.feed(message);
            let received = inbound.received();
            share
                .grow_to(received.bytes.max(inbound.held_bytes()))
                .map_err(|fault| failed(action, fault, Remedy::TryNextPrimary))?;
            progress.bytes.store(received.bytes, Ordering::Relaxed);
            progress.records.store(received.records, Ordering::Relaxed);
            match fed.map_err(xfr_failed)? {
                Feeding::More => tokio::task::yield_now().await,
                Feeding::Complete => break,
            }
        }
        verifier.finish().map_err(tsig_failed)?;
        let held_bytes = inbound.held_bytes();
        let finish = move || {
            faults::trip(Spot::Build, question.apex.as_ref());
            inbound.finish()
        };
        build(held_bytes, finish).map(Dialled::Transferred).map_err(xfr_failed)
    }

    /// The request, and what takes its answer.
    fn transfer_query(
        &self,
        question: &Question,
    ) -> Result<(Vec<u8>, Inbound, ResponseVerifier), DialFailed> {
        let id = fresh_id(action_of(question.ask))?;
        let limits = inbound::Limits::of_zone(question.limits.content);
        let (mut octets, inbound) = match (question.ask, &question.held) {
            (Ask::Ixfr(_), Some(held)) => {
                let octets = query::ixfr(id, question.apex.as_ref(), &held.soa().fields);
                (octets, Inbound::ixfr(id, held.clone(), limits))
            }
            (Ask::Ixfr(_) | Ask::Axfr | Ask::ProbeUdp | Ask::ProbeTcp, _) => {
                let octets = query::axfr(id, question.apex.as_ref());
                (octets, Inbound::axfr(id, question.apex.clone(), limits))
            }
        };
        let verifier = self.sign(question, &mut octets);
        Ok((octets, inbound, verifier))
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

/// A large zone takes seconds, and the other tasks of this thread should not wait for it. A small one is there before
/// another thread could have taken them over.
fn build<T>(held_bytes: u64, finish: impl FnOnce() -> T) -> T {
    const QUICK_BYTES: u64 = 64 * 1_024;
    if held_bytes < QUICK_BYTES { finish() } else { block_in_place(finish) }
}

/// Connects, and remembers whether that works for this primary.
async fn connect(
    question: &Question,
    place: &Place,
    limits: StreamLimits,
) -> Result<Stream, DialFault> {
    let Primary { address, source, .. } = question.primary;
    let since = place.now();
    let connected = Stream::connect(address, source, limits).await;
    place.learn(Over::Tcp, since, &connected);
    connected
}

/// The action that a question is shown as.
const fn action_of(ask: Ask) -> Action {
    match ask {
        Ask::ProbeUdp | Ask::ProbeTcp => Action::Soa,
        Ask::Ixfr(_) => Action::Ixfr,
        Ask::Axfr => Action::Axfr,
    }
}

const fn failed(action: Action, fault: Fault, remedy: Remedy) -> DialFailed {
    DialFailed { fault, action, remedy }
}

fn dial_failed(ask: Ask, fault: &DialFault) -> DialFailed {
    failed(action_of(ask), fault.fault(), fault.remedy(ask))
}

fn tsig_failed(ask: Ask, fault: &TsigFault) -> DialFailed {
    failed(action_of(ask), fault.fault(), fault.remedy(ask))
}

/// A fault of ours, whoever the primary is.
fn broke_down(action: Action, found: &dyn Display) -> DialFailed {
    let fault = Fault::new(Code::InternalFault).with("found", found);
    failed(action, fault, Remedy::TryNextPrimary)
}

/// A message ID that nobody can foresee.
fn fresh_id(action: Action) -> Result<u16, DialFailed> {
    getrandom::u32()
        .map(|random| (random & 0xffff) as u16)
        .map_err(|fault| broke_down(action, &fault))
}

#[cfg(test)]
mod tests;
