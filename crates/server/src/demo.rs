//! A self-contained show: a primary, understudy as its secondary, and an account of what happens.
//!
//! All of it lives on loopback ports and in a temporary folder, and is gone afterwards. What it
//! prints was measured by asking over UDP, as anyone would.

mod account;
mod ask;
mod folder;
mod named;
pub mod primary;
mod upstream;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wire::name::Name;
use wire::serial::Serial;
use wire::tsig::{Algorithm, Key};

use crate::Daemon;
use crate::config::Config;
use account::Account;
use folder::Folder;
use upstream::Upstream;

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Who plays the primary.
    pub primary: PrimaryKind,
    /// How long; until Ctrl-C if `None`.
    pub length: Option<Duration>,
}

/// Who plays the primary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrimaryKind {
    /// A small one of our own, in this program.
    #[default]
    Scripted,
    /// The `named` of an installed BIND.
    Named,
}

/// Why the show did not go as it should.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The temporary folder, or something in it, cannot be written.
    #[error("cannot write {}", path.display())]
    Folder {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No free port, no runtime, no randomness.
    #[error("cannot {what}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A program of BIND is missing.
    #[error(
        "`{program}` is not installed; on Debian and Ubuntu: apt-get install bind9 bind9-dnsutils"
    )]
    NotInstalled {
        /// The program.
        program: &'static str,
    },
    /// BIND did not do what it was started for.
    #[error("{program} failed:\n{said}")]
    Peer {
        /// The program.
        program: &'static str,
        /// The end of its log.
        said: String,
    },
    /// understudy does not start.
    #[error("understudy does not start")]
    Daemon(#[from] crate::Error),
    /// The secondary did not serve a version in time.
    #[error("serial {serial} was not served within {} s", LIMIT.as_secs())]
    NotServed {
        /// The version.
        serial: Serial,
    },
    /// The secondary did not take a NOTIFY.
    #[error("the secondary was not told of the change")]
    NotTold(#[from] primary::NotifyError),
}

const APEX: &str = "demo.example.";
const KEY_NAME: &str = "demo-key.";
/// From one edit to the next.
const PACE: Duration = Duration::from_secs(3);
/// A change that is not served by then is lost.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs the show until its time is up or Ctrl-C.
///
/// # Errors
/// When something cannot be started, or a change was not served.
pub fn run(options: Options) -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| DemoError::System { what: "start tasks", source })?;
    runtime.block_on(show(options))
}

async fn show(options: Options) -> Result<(), DemoError> {
    let interrupted = tokio::spawn(tokio::signal::ctrl_c());
    let folder = Folder::create()?;
    let apex = demo_name(APEX);
    let key = random_key()?;
    let secondary = free_address()?;
    let mut account = Account::begin(options.primary, secondary, &apex);

    let upstream = Upstream::start(options.primary, &folder, &apex, &key, secondary).await?;
    account.primary_listens(upstream.at(), upstream.serial());
    let settings = folder.write("understudy.toml", &settings(&upstream, &key, secondary))?;
    let config = Config::load(&settings).map_err(crate::Error::from)?;
    let daemon = aside(move || Daemon::start(config)).await?;
    account.secondary_listens(&settings);

    let ended = tokio::select! {
        ended = follow(&upstream, secondary, &apex, options.length, &mut account) => ended,
        _ = interrupted => Ok(()),
    };
    aside(move || daemon.stop()).await;
    if ended.is_ok() {
        account.end();
    }
    ended
}

/// Runs what blocks: a daemon has runtimes of its own. A panic in it is a panic here.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Waits for the first copy, then edits the zone again and again, and watches each change arrive.
async fn follow(
    upstream: &Upstream,
    secondary: SocketAddr,
    apex: &Name,
    length: Option<Duration>,
    account: &mut Account,
) -> Result<(), DemoError> {
    let (started, first) = (Instant::now(), upstream.serial());
    account.first_copy(first, served(secondary, apex, first, started).await?);
    let left = || length.map_or(PACE, |length| length.saturating_sub(started.elapsed()));
    for number in 1.. {
        let (pause, is_last) = (PACE.min(left()), left() < PACE);
        tokio::time::sleep(pause).await;
        if is_last {
            break;
        }
        let words = format!("edit {number}");
        let started = Instant::now();
        let serial = upstream.edit(apex, &words).await?;
        let (told, arrived) =
            tokio::join!(upstream.tell(secondary), served(secondary, apex, serial, started));
        let answer = ask::text(secondary, &primary::below(apex, "now")).await;
        account.edited(serial, &words);
        account.told(told?);
        account.arrived(serial, arrived?, answer.as_deref());
    }
    Ok(())
}

/// Asks for the SOA until it has the serial. Returns how long that took since the start.
async fn served(
    at: SocketAddr,
    apex: &Name,
    serial: Serial,
    started: Instant,
) -> Result<Duration, DemoError> {
    while started.elapsed() < LIMIT {
        if ask::serial(at, apex).await == Some(serial) {
            return Ok(started.elapsed());
        }
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    Err(DemoError::NotServed { serial })
}

fn settings(upstream: &Upstream, key: &Key, secondary: SocketAddr) -> String {
    let (address, port) = (upstream.at().ip(), upstream.at().port());
    let (name, algorithm, secret) = (key.name(), key.algorithm(), key.secret_base64());
    format!(
        "[server]\nlisten = [\"{secondary}\"]\ndata-dir = \"data\"\ncontrol-socket = \"control.sock\"\n\n\
         [[key]]\nname = \"{name}\"\nalgorithm = \"{algorithm}\"\nsecret = \"{secret}\"\n\n\
         [[zone]]\nname = \"{APEX}\"\n\
         primaries = [{{ address = \"{address}\", port = {port}, key = \"{name}\" }}]\n"
    )
}

fn random_key() -> Result<Arc<Key>, DemoError> {
    let mut random = [0; 64];
    getrandom::fill(&mut random).map_err(|fault| {
        let source = io::Error::other(fault.to_string());
        DemoError::System { what: "make a key", source }
    })?;
    Ok(Arc::new(Key::from_random(demo_name(KEY_NAME), Algorithm::HmacSha256, &random)))
}

/// A port of 127.0.0.1 that is free for UDP and TCP at this moment.
fn free_address() -> Result<SocketAddr, DemoError> {
    let failed = |source| DemoError::System { what: "find a free port", source };
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let at = tcp.local_addr().map_err(failed)?;
        if UdpSocket::bind(at).is_ok() {
            return Ok(at);
        }
    }
}

#[expect(clippy::expect_used, reason = "constants of this file")]
fn demo_name(text: &str) -> Name {
    Name::from_str(text).expect("a name")
}
