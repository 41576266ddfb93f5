//! The daemon as a whole: what it starts, in which order, and how it stops.
//!
//! Order of a start: disk (what is held), sockets, then threads and tasks, so that the first query
//! that is taken can be answered. Order of a stop: queries, transfers, commits, timers.

use crate::clock::Clock;
use crate::commit::{self, Committer};
use crate::config::{Config, ConfigError};
use crate::control::Running;
use crate::damage;
use crate::dial::{self, Dialler};
use crate::http::{self, ControlSocket, SocketError};
use crate::ledger::Ledger;
use crate::log::{self, LevelSwitch};
use crate::net::downstream::Downstreams;
use crate::net::pin::Pins;
use crate::net::tcp::{self, Clients, TcpLimits};
use crate::net::udp::UdpThreads;
use crate::net::{Responder, batch, descriptors, socket};
use crate::shard::{self, Lines, Shard, Shared};
use socket2::Socket;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{JoinHandle, available_parallelism};
use std::time::Duration;
use store::{Store, StoreError, Tuning};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{self, SignalKind};
use tokio::sync::watch;
use zone::{HISTORY_STEPS_MAX, Table};

/// Longest wait for one part to end.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Why the daemon did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration is not usable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory is not usable.
    #[error("the data directory cannot be used: {0}; {fix}", fix = .0.fix())]
    Store(#[from] StoreError),
    /// A listener could not be opened.
    #[error("cannot listen on {address} over {transport}: {source}")]
    Listen {
        /// The address of the settings.
        address: SocketAddr,
        /// `UDP` or `TCP`.
        transport: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The API's socket could not be opened.
    #[error(transparent)]
    ControlSocket(#[from] SocketError),
    /// The system refused a thread, a signal or a runtime.
    #[error("the system refused a resource: {0}")]
    System(#[from] io::Error),
}

/// A running daemon. Dropping it without [`Daemon::stop`] leaves its threads behind.
pub struct Daemon {
    running: Running,
    listening: Listening,
    compacting: Compacting,
    /// End when nothing can reach them any more.
    writers: Vec<JoinHandle<()>>,
    /// Ends when its shard is told to stop.
    zones: JoinHandle<()>,
    runtime: Runtime,
    transfers: Runtime,
}

impl Daemon {
    /// Starts everything, and returns when queries are answered. Blocks; not for async code.
    ///
    /// # Errors
    /// When a resource of the settings cannot be had. The program should end then: no query was
    /// taken, but threads that were started already are not called back.
    pub fn start(config: Config) -> Result<Self, Error> {
        Self::start_logging(config, None)
    }

    fn start_logging(config: Config, log_level: Option<LevelSwitch>) -> Result<Self, Error> {
        let clock = Clock::start();
        let tuning = Tuning {
            log_min_bytes: config.store.log_min_bytes,
            image_min_bytes: config.store.image_min_bytes,
            reserve_bytes: config.store.reserve_bytes,
            // Nobody is sent diffs of a zone that nobody may transfer.
            history_steps_max: if config.zones.values().any(|zone| !zone.transfer.is_empty()) {
                HISTORY_STEPS_MAX
            } else {
                0
            },
            ..Tuning::default()
        };
        let (store, recovery) = Store::open_with(&config.server.data_dir, tuning)?;
        damage::tell(&recovery.faults);
        recovery.refused.iter().for_each(damage::tell_of_refusal);
        let store = Arc::new(store);
        let runtime = Builder::new_multi_thread().thread_name("io").enable_all().build()?;
        let control_socket = {
            let _inside = runtime.enter();
            ControlSocket::open(&config.server.control_socket)?
        };
        let sockets = Sockets::open(&config)?;
        let transfers = transfer_runtime()?;
        let table = Arc::new(Table::new());
        let (ledger, ledger_thread) = Ledger::start(store.clone())?;
        let large_bytes_min = config.store.image_min_bytes;
        let (committer, commit_threads) = Committer::start(
            store.clone(),
            table.clone(),
            clock,
            runtime.handle().clone(),
            large_bytes_min,
        )?;
        let (inbox, messages) = shard::channel();
        let shards: Arc<[_]> = Arc::new([inbox.clone()]);
        let dialler = Dialler::new(transfers.handle().clone(), config.limits, clock);
        let shared = Arc::new(Shared {
            clock,
            table: table.clone(),
            dialler,
            committer,
            ledger: ledger.clone(),
            inbox,
            lines: Lines::new(),
        });
        let zones = follow_zones(Shard::new(clock, messages, ledger))?;
        let running = Running::new(config, store.clone(), shared, log_level);
        runtime.block_on(running.load(recovery))?;
        let downstreams = Arc::<Downstreams>::default();
        let responder = || {
            Arc::new(Responder {
                table: table.clone(),
                access: running.access().clone(),
                counters: running.new_counters(),
                shards: shards.clone(),
                clock,
                downstreams: downstreams.clone(),
            })
        };
        let inside = runtime.enter();
        let mut listening = Listening::start(sockets, responder)?;
        let api = serve_api(control_socket, running.clone(), listening.stop_tasks.subscribe());
        listening.tasks.push(runtime.spawn(api));
        let compacting = Compacting::start(store)?;
        drop(inside);
        let mut writers = vec![ledger_thread];
        writers.extend(commit_threads);
        Ok(Self { running, listening, compacting, writers, zones, runtime, transfers })
    }

    /// Reads the configuration again. Blocks.
    ///
    /// # Errors
    /// What the API says when the new configuration is not usable; then nothing has changed.
    pub fn reload(&self) -> Result<api::ReloadReport, api::Problem> {
        self.runtime.block_on(self.running.reload())
    }

    /// Ends everything in order, and returns when all that was learnt is on disk. Blocks. A
    /// compaction that takes longer is left behind: the next start goes on without its work.
    pub fn stop(self) {
        let Compacting { stop, ended: compaction_ended } = self.compacting;
        drop(stop);
        self.runtime.block_on(async {
            self.listening.stop().await;
            self.running.stop_shards().await;
        });
        drop(self.zones.join()); // it has saved what it must, or said why not
        // What still holds a way to the writers goes first; then they end by themselves.
        self.transfers.shutdown_timeout(STOP_LIMIT);
        drop(self.running);
        self.runtime.shutdown_timeout(STOP_LIMIT);
        for thread in self.writers {
            drop(thread.join());
        }
        if compaction_ended.recv_timeout(STOP_LIMIT) == Err(RecvTimeoutError::Timeout) {
            tracing::info!("a compaction was left unfinished; it is taken up again after a start");
        }
    }
}

/// The thread that tidies the commit log.
struct Compacting {
    /// Ends the thread when dropped; a compaction that runs is finished first.
    stop: SyncSender<()>,
    /// Is disconnected when the thread has ended. Not joined: how long a compaction takes is for
    /// the disk to say, and one that is cut off by the end of the program does no harm.
    ended: Receiver<()>,
}

impl Compacting {
    fn start(store: Arc<Store>) -> io::Result<Self> {
        let (stop, stopped) = sync_channel(1);
        let (ending, ended) = sync_channel(1);
        std::thread::Builder::new().name("compact".to_owned()).spawn(move || {
            batch::lower_thread_priority();
            commit::compact_until(&store, &stopped);
            drop(store);
            drop::<SyncSender<()>>(ending);
        })?;
        Ok(Self { stop, ended })
    }
}

/// Every socket for queries, bound before anything is served.
struct Sockets {
    tcp: Vec<std::net::TcpListener>,
    udp: Vec<Socket>,
    tcp_limits: TcpLimits,
}

impl Sockets {
    /// TCP first: unlike our UDP sockets, which share their address, it finds out whether somebody
    /// else has the port.
    fn open(config: &Config) -> Result<Self, Error> {
        let open_max = descriptors::raise_limit();
        let listen = &config.server.listen;
        let failed =
            |address, transport| move |source| Error::Listen { address, transport, source };
        let tcp = listen
            .iter()
            .map(|&address| socket::tcp(address).map_err(failed(address, "TCP")))
            .collect::<Result<Vec<_>, _>>()?;
        let mut udp = Vec::new();
        for &address in listen {
            for _ in 0..config.server.udp_threads.get() {
                udp.push(socket::udp(address).map_err(failed(address, "UDP"))?);
            }
        }
        let dialled = dial::sockets_max(config.limits.transfers_max);
        let sockets = tcp.len().saturating_add(udp.len());
        let wanted = config.tcp.clients_max;
        let clients_max = descriptors::clients_that_fit(open_max, wanted, sockets, dialled);
        let tcp_limits = TcpLimits {
            clients_max,
            per_client_max: config.tcp.per_client_max.min(clients_max),
            idle: Duration::from_secs(config.tcp.idle.0.into()),
            stalled: Duration::from_secs(config.tcp.write.0.into()),
        };
        Ok(Self { tcp, udp, tcp_limits })
    }
}

/// What takes queries and requests.
struct Listening {
    stop_tasks: watch::Sender<bool>,
    stop_udp: Arc<AtomicBool>,
    udp_threads: Vec<JoinHandle<()>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Listening {
    /// A thread for each UDP socket and a task for each TCP listener, with a responder each.
    fn start(sockets: Sockets, responder: impl Fn() -> Arc<Responder>) -> io::Result<Self> {
        let (stop_tasks, stopped) = watch::channel(false);
        let stop_udp = Arc::new(AtomicBool::new(false));
        let mut udp_threads = Vec::new();
        let pins = Pins::choose();
        for (index, socket) in sockets.udp.into_iter().enumerate() {
            let threads = UdpThreads { responder: responder(), stop: stop_udp.clone() };
            udp_threads.push(threads.spawn(socket, index, pins.of_thread(index))?);
        }
        let clients = Clients::new(sockets.tcp_limits);
        let mut tasks = Vec::new();
        for listener in sockets.tcp {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let serving = tcp::serve(listener, responder(), clients.clone(), stopped.clone());
            tasks.push(tokio::spawn(serving));
        }
        Ok(Self { stop_tasks, stop_udp, udp_threads, tasks })
    }

    /// Nothing more is taken; what was taken is answered.
    async fn stop(self) {
        self.stop_udp.store(true, Ordering::Relaxed);
        self.stop_tasks.send_replace(true);
        for task in self.tasks {
            drop(tokio::time::timeout(STOP_LIMIT, task).await);
        }
        for thread in self.udp_threads {
            drop(thread.join()); // within one poll of its socket; a panic was logged there
        }
    }
}

/// The zones' machines have a thread to themselves: among many workers each of their short steps
/// would wake a second one that finds nothing left to do.
fn follow_zones(shard: Shard) -> io::Result<JoinHandle<()>> {
    let runtime = Builder::new_current_thread().thread_name("zones").enable_time().build()?;
    let follow = move || runtime.block_on(shard.run());
    std::thread::Builder::new().name("zones".to_owned()).spawn(follow)
}

/// Zones are fetched and built on threads that let queries go first.
fn transfer_runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(cpus().div_ceil(2))
        .thread_name("transfer")
        .on_thread_start(batch::lower_thread_priority)
        .enable_all()
        .build()
}

async fn serve_api(socket: ControlSocket, running: Running, mut stop: watch::Receiver<bool>) {
    let stopped = async move { drop(stop.changed().await) };
    if let Err(fault) = http::serve(socket, running, stopped).await {
        tracing::error!(%fault, "the API cannot be used any more; queries are answered on");
    }
}

fn cpus() -> usize {
    available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Runs a daemon until SIGTERM or SIGINT; SIGHUP reloads. Blocks.
///
/// # Errors
/// When it cannot start.
pub fn serve(path: &Path) -> Result<(), Error> {
    let waiting = Builder::new_current_thread().enable_io().build()?;
    // Before anything that takes long: until then the system ends us at the first signal.
    let mut signals = {
        let _inside = waiting.enter();
        Signals::listen()?
    };
    let path = path.to_owned();
    let starting = waiting.spawn_blocking(move || start_from(&path));
    let started = waiting.block_on(async {
        tokio::select! {
            biased;
            started = starting => Some(started),
            () = signals.stop() => None,
        }
    });
    let Some(started) = started else {
        tracing::info!("stopped before the start was over");
        waiting.shutdown_background(); // killed at any point, the disk is as good as before
        return Ok(());
    };
    let daemon = started.map_err(io::Error::other)??;
    while waiting.block_on(signals.next()) == Signal::Reload {
        drop(daemon.reload()); // told in the log, whichever way it went
    }
    tracing::info!("stopping");
    daemon.stop();
    Ok(())
}

/// From the file to a daemon that serves, with the log as the file says.
fn start_from(path: &Path) -> Result<Daemon, Error> {
    let config = Config::load(path)?;
    let level = log::start(config.log).map_err(io::Error::other)?;
    log::tell_of_panics(Clock::start());
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let listen = config.server.listen.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let zones = config.zones.len();
    let daemon = Daemon::start_logging(config, Some(level))?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), listen, zones, "serving");
    Ok(daemon)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signal {
    Reload,
    Stop,
}

/// What the system tells us; signals that come between two waits are kept.
struct Signals {
    reload: unix::Signal,
    terminate: unix::Signal,
    interrupt: unix::Signal,
    /// A write beyond a limit on the size of files then fails like one to a full disk, and ends nobody.
    _file_too_large: unix::Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            reload: unix::signal(SignalKind::hangup())?,
            terminate: unix::signal(SignalKind::terminate())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
            _file_too_large: unix::signal(SignalKind::from_raw(libc::SIGXFSZ))?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.reload.recv() => Signal::Reload,
            _ = self.terminate.recv() => Signal::Stop,
            _ = self.interrupt.recv() => Signal::Stop,
        }
    }

    /// Waits for one that ends us. A wish to reload is kept for [`Signals::next`].
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
