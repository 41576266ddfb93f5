//! A primary that does as it is told: real sockets on the loopback address, a zone that is edited
//! while it runs, signed answers and NOTIFY, and misbehaviour on request.
//!
//! It plays the other side in `understudy demo` and in tests. It speaks no EDNS, as primaries of old.

mod content;
mod notify;
mod reply;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;
use wire::codes::Rrtype;
use wire::frame::{Frames, write_frame};
use wire::name::NameRef;
use wire::record::Record;
use wire::serial::Serial;
use wire::tsig::Key;

pub use content::{Content, Edit, SoaTimers, below, record, text};
pub use notify::NotifyError;
use reply::{Reply, Script, Then, Transport};

/// How a primary behaves towards requests; changes at any moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// By the standards.
    #[default]
    Honest,
    /// Answers SOA queries, and AXFR and IXFR with REFUSED.
    RefuseTransfers,
    /// Answers nothing; closes TCP connections when asked something.
    Silent,
    /// Says that the zone is at this serial, whatever it is at, and has no history.
    SerialAt(Serial),
    /// Sends this many messages of a transfer, then closes the connection.
    CutStream {
        /// Messages that still go out.
        after: usize,
    },
}

/// How often something was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// SOA queries.
    pub soa: u64,
    /// Requests for the changes.
    pub ixfr: u64,
    /// Requests for the whole zone.
    pub axfr: u64,
}

/// A running primary. Ends, with all its connections, when dropped.
#[derive(Debug)]
pub struct Primary {
    at: SocketAddr,
    shared: Arc<Shared>,
    key: Option<Arc<Key>>,
    /// Owns the tasks; dropping it aborts them.
    _tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    keys: Keyring,
    soa: AtomicU64,
    ixfr: AtomicU64,
    axfr: AtomicU64,
}

#[derive(Debug)]
struct State {
    content: Content,
    behaviour: Behaviour,
}

/// A connection that says nothing for so long is closed.
const IDLE: Duration = Duration::from_secs(30);

impl Primary {
    /// Listens on a free port of 127.0.0.1, UDP and TCP. With a key, transfers must be signed by
    /// it. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(content: Content, key: Option<Arc<Key>>) -> io::Result<Self> {
        let (udp, tcp) = bind().await?;
        let at = udp.local_addr()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State { content, behaviour: Behaviour::Honest }),
            keys: Keyring::new(key.clone()),
            soa: AtomicU64::new(0),
            ixfr: AtomicU64::new(0),
            axfr: AtomicU64::new(0),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(answer_udp(udp, Arc::clone(&shared)));
        tasks.spawn(accept_tcp(tcp, Arc::clone(&shared)));
        Ok(Self { at, shared, key, _tasks: tasks })
    }

    /// Where it listens.
    #[must_use]
    pub const fn at(&self) -> SocketAddr {
        self.at
    }

    /// The serial of its zone.
    #[must_use]
    pub fn serial(&self) -> Serial {
        self.shared.state().content.serial()
    }

    /// Its zone at this moment.
    #[must_use]
    pub fn content(&self) -> Content {
        self.shared.state().content.clone()
    }

    /// Records with exactly this owner and type.
    #[must_use]
    pub fn find(&self, owner: NameRef<'_>, rrtype: Rrtype) -> Vec<Record> {
        self.shared.state().content.find(owner, rrtype)
    }

    /// Edits the zone; returns the new serial. Nobody is told.
    pub fn edit(&self, edit: Edit) -> Serial {
        self.shared.state().content.edit(edit)
    }

    /// From now on behaves so.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.state().behaviour = behaviour;
    }

    /// Tells a secondary of the present serial, signed if there is a key, and waits until it
    /// confirms. Returns how long that took.
    ///
    /// # Errors
    /// When it does not confirm.
    pub async fn notify(&self, secondary: SocketAddr) -> Result<Duration, NotifyError> {
        let soa: Record = self.shared.state().content.soa();
        notify::send(&soa, self.key.as_ref(), secondary).await
    }

    /// What it was asked so far.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked {
            soa: self.shared.soa.load(Ordering::Relaxed),
            ixfr: self.shared.ixfr.load(Ordering::Relaxed),
            axfr: self.shared.axfr.load(Ordering::Relaxed),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, request: &[u8], over: Transport) -> Reply {
        let reply = {
            let state = self.state();
            let (content, behaviour) = (&state.content, state.behaviour);
            Script { content, keys: &self.keys, behaviour }.reply(request, over, now())
        };
        let counter = match reply.asked {
            Some(Rrtype::SOA) => Some(&self.soa),
            Some(Rrtype::IXFR) => Some(&self.ixfr),
            Some(Rrtype::AXFR) => Some(&self.axfr),
            Some(_) | None => None,
        };
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        reply
    }
}

/// A port that is free for both transports.
async fn bind() -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for _ in 0..20 {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match UdpSocket::bind(tcp.local_addr()?).await {
            Ok(udp) => return Ok((udp, tcp)),
            Err(taken) => last = taken,
        }
    }
    Err(last)
}

async fn answer_udp(socket: UdpSocket, shared: Arc<Shared>) {
    let mut octets = vec![0; 65_535];
    loop {
        // An error here is an ICMP message about an answer nobody waited for.
        let Ok((len, from)) = socket.recv_from(&mut octets).await else { continue };
        let request = octets.get(..len).unwrap_or_default();
        for message in shared.reply(request, Transport::Udp).messages {
            let _lost = socket.send_to(&message, from).await;
        }
    }
}

async fn accept_tcp(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(answer_tcp(stream, Arc::clone(&shared)));
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
}

/// Answers what comes over one connection, in order, until one side has had enough.
async fn answer_tcp(mut stream: TcpStream, shared: Arc<Shared>) {
    let _may_be_slower = stream.set_nodelay(true);
    let mut frames = Frames::new(65_535);
    let mut octets = vec![0; 4_096];
    loop {
        let Ok(Ok(len @ 1..)) = timeout(IDLE, stream.read(&mut octets)).await else { return };
        frames.feed(octets.get(..len).unwrap_or_default());
        while let Ok(Some(request)) = frames.take() {
            let reply = shared.reply(request, Transport::Tcp);
            let mut out = Vec::new();
            for message in &reply.messages {
                if write_frame(&mut out, message).is_err() {
                    return;
                }
            }
            let written = timeout(IDLE, stream.write_all(&out)).await;
            if !matches!(written, Ok(Ok(()))) || reply.then == Then::Close {
                return;
            }
        }
    }
}

/// The wall clock, as TSIG counts.
fn now() -> UnixSeconds {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixSeconds(since.map_or(0, |elapsed| elapsed.as_secs()))
}
