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
mod zone_file;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wire::codes::Rrtype;
use wire::name::Name;
use wire::serial::Serial;
use wire::tsig::{Algorithm, Key};

use crate::Daemon;
use crate::config::Config;
use account::Account;
use folder::Folder;
use primary::Content;
use upstream::Upstream;
pub use zone_file::ZoneFileError;

/// What to show.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who plays the primary.
    pub primary: PrimaryKind,
    /// The zone it has, in place of a small one of ours.
    pub zone: Option<OwnZone>,
    /// How long; until Ctrl-C if `None`.
    pub length: Option<Duration>,
}

/// A zone of the operator's, for the scripted primary.
#[derive(Clone, Debug)]
pub struct OwnZone {
    /// The master file. `$INCLUDE` finds files beside it.
    pub file: PathBuf,
    /// Where relative names end until the file says so; else it is taken from the file's name.
    pub origin: Option<String>,
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
    /// The operator's zone cannot be shown.
    #[error(transparent)]
    ZoneFile(#[from] ZoneFileError),
    /// What should be the name of a zone is none.
    #[error("found the origin `{found}`, expected a domain name")]
    Origin {
        /// What was given.
        found: String,
    },
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
/// Label of the TXT record that is edited in a zone that is not ours.
const OWN_NOTE: &[u8] = b"understudy-demo";
const KEY_NAME: &str = "demo-key.";
/// From one edit to the next.
const PACE: Duration = Duration::from_secs(3);
/// A change that is not served by then is lost.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs the show until its time is up or Ctrl-C.
///
/// # Errors
/// When something cannot be started, or a change was not served.
pub fn run(options: &Options) -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| DemoError::System { what: "start tasks", source })?;
    runtime.block_on(show(options))
}

async fn show(options: &Options) -> Result<(), DemoError> {
    let interrupted = tokio::spawn(tokio::signal::ctrl_c());
    let folder = Folder::create()?;
    let stage = Stage::set(options)?;
    let key = random_key()?;
    let secondary = free_address()?;
    let mut account = Account::begin(options.primary, secondary, &stage);

    let upstream = match (options.primary, stage.own.clone()) {
        (PrimaryKind::Named, None) => {
            Upstream::named(&folder, &stage.apex, &key, secondary).await?
        }
        (PrimaryKind::Scripted, None) => {
            Upstream::scripted(upstream::first_content(&stage.apex), &key).await?
        }
        (_, Some(content)) => Upstream::scripted(content, &key).await?,
    };
    account.primary_listens(upstream.at(), upstream.serial());
    let settings = settings(&stage.apex, &upstream, &key, secondary);
    let settings = folder.write("understudy.toml", &settings)?;
    let config = Config::load(&settings).map_err(crate::Error::from)?;
    let daemon = aside(move || Daemon::start(config)).await?;
    account.secondary_listens(&settings);

    let ended = tokio::select! {
        ended = follow(&upstream, secondary, &stage, options.length, &mut account) => ended,
        _ = interrupted => Ok(()),
    };
    aside(move || daemon.stop()).await;
    if ended.is_ok() {
        account.end();
    }
    ended
}

/// Which zone is shown, and what happens to it.
struct Stage {
    apex: Name,
    /// The operator's own.
    own: Option<Content>,
    /// The owner of the TXT record that is edited. `None` for a signed zone, whose signatures an edit
    /// would break, and where there is no room for a name below the apex.
    note: Option<Name>,
}

impl Stage {
    fn set(options: &Options) -> Result<Self, DemoError> {
        let Some(OwnZone { file, origin }) = &options.zone else {
            let apex = demo_name(APEX);
            let note = Some(primary::below(&apex, "now"));
            return Ok(Self { apex, own: None, note });
        };
        let origin = origin.as_ref().map(|text| {
            Name::from_str(text).map_err(|_| DemoError::Origin { found: text.clone() })
        });
        let content = zone_file::read(file, origin.transpose()?)?;
        let is_signed = content.records().iter().any(|record| record.rrtype == Rrtype::RRSIG);
        let apex = content.apex().clone();
        let note = Name::child(OWN_NOTE, apex.as_ref()).ok().filter(|_| !is_signed);
        Ok(Self { apex, own: Some(content), note })
    }
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
    stage: &Stage,
    length: Option<Duration>,
    account: &mut Account,
) -> Result<(), DemoError> {
    let (started, first, apex) = (Instant::now(), upstream.serial(), &stage.apex);
    account.first_copy(first, served(secondary, apex, first, started).await?);
    let Some(note) = &stage.note else {
        account.not_edited();
        match length {
            Some(length) => tokio::time::sleep(length).await,
            None => std::future::pending().await,
        }
        return Ok(());
    };
    let left = || length.map_or(PACE, |length| length.saturating_sub(started.elapsed()));
    for number in 1.. {
        let (pause, is_last) = (PACE.min(left()), left() < PACE);
        tokio::time::sleep(pause).await;
        if is_last {
            break;
        }
        let words = format!("edit {number}");
        let started = Instant::now();
        let serial = upstream.edit(apex, note, &words).await?;
        let (told, arrived) =
            tokio::join!(upstream.tell(secondary), served(secondary, apex, serial, started));
        let answer = ask::text(secondary, note).await;
        account.edited(serial, note, &words);
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

fn settings(apex: &Name, upstream: &Upstream, key: &Key, secondary: SocketAddr) -> String {
    let apex = apex.to_string(); // printable ASCII, so Rust quotes it as TOML does
    let (address, port) = (upstream.at().ip(), upstream.at().port());
    let (name, algorithm, secret) = (key.name(), key.algorithm(), key.secret_base64());
    format!(
        "[server]\nlisten = [\"{secondary}\"]\ndata-dir = \"data\"\ncontrol-socket = \"control.sock\"\n\n\
         [[key]]\nname = \"{name}\"\nalgorithm = \"{algorithm}\"\nsecret = \"{secret}\"\n\n\
         [[zone]]\nname = {apex:?}\n\
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
