//! 20,000 queries a second while a million records come in: none lost, no long silence.

use std::io::IoSliceMut;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};

use super::registry;
use peers::ask;
use peers::daemon::{self, Zone};
use peers::named;
use peers::nsd;
use peers::primary::Setup;
use peers::records::{self, APEX};
use peers::wait;

const RATE: u64 = 20_000;
const SILENCE_MAX: Duration = Duration::from_millis(20);
/// Sockets, so that the queries reach every thread that listens.
const SOURCES: usize = 8;

/// What became of the queries.
#[derive(Debug, Default)]
struct Outcome {
    sent: u64,
    answered: u64,
    wrong: u64,
    /// Longest time with a query open and no answer.
    silence: Duration,
}

/// Sends at an even rate until stopped.
struct Load {
    stop: Arc<AtomicBool>,
    running: JoinHandle<Outcome>,
}

impl Load {
    fn begin(server: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let running = std::thread::spawn(move || Generator::new(server).run(&stopped));
        Self { stop, running }
    }

    fn end(self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        self.running.join().unwrap()
    }
}

struct Generator {
    sockets: Vec<UdpSocket>,
    outcome: Outcome,
    /// When the oldest query that is still open was sent, or the last answer was: what is later.
    quiet_since: SystemTime,
}

impl Generator {
    fn new(server: SocketAddr) -> Self {
        let sockets = (0..SOURCES).map(|_| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.connect(server).unwrap();
            socket.set_nonblocking(true).unwrap();
            setsockopt(&socket, sockopt::RcvBuf, &(4 << 20)).unwrap();
            setsockopt(&socket, sockopt::ReceiveTimestampns, &true).unwrap();
            socket
        });
        let outcome = Outcome::default();
        Self { sockets: sockets.collect(), outcome, quiet_since: SystemTime::now() }
    }

    /// Sends what is due, takes what has come, and rests a little. The time of an answer is the
    /// kernel's: how soon this thread gets to run is not what is measured.
    fn run(mut self, stopped: &AtomicBool) -> Outcome {
        let query = ask::query(0, "host7.example.", ask::A);
        let started = SystemTime::now();
        while !stopped.load(Ordering::Relaxed) {
            let elapsed = started.elapsed().unwrap_or_default();
            let due = u64::try_from(elapsed.as_micros()).unwrap() * RATE / 1_000_000;
            // After a pause of our own, no burst that no buffer would hold.
            for _ in self.outcome.sent..due.min(self.outcome.sent + 200) {
                self.send(&query);
            }
            self.receive_all();
            std::thread::sleep(Duration::from_micros(200));
        }
        let deadline = SystemTime::now() + Duration::from_secs(2);
        while self.outcome.answered < self.outcome.sent && SystemTime::now() < deadline {
            self.receive_all();
            std::thread::sleep(Duration::from_micros(200));
        }
        self.outcome
    }

    fn send(&mut self, query: &[u8]) {
        let number = self.outcome.sent;
        let mut query = query.to_vec();
        query[..2].copy_from_slice(&(number as u16).to_be_bytes());
        if self.outcome.sent == self.outcome.answered {
            self.quiet_since = SystemTime::now();
        }
        let socket = &self.sockets[number as usize % SOURCES];
        if socket.send(&query).is_ok() {
            self.outcome.sent += 1;
        }
    }

    fn receive_all(&mut self) {
        let mut times = Vec::new();
        let mut octets = [0; 2_048];
        let mut space = nix::cmsg_space!(nix::sys::time::TimeSpec);
        for socket in &self.sockets {
            let mut slices = [IoSliceMut::new(&mut octets)];
            while let Ok(message) =
                recvmsg::<()>(socket.as_raw_fd(), &mut slices, Some(&mut space), MsgFlags::empty())
            {
                let at = message.cmsgs().unwrap().find_map(|control| match control {
                    ControlMessageOwned::ScmTimestampns(at) => {
                        Some(SystemTime::UNIX_EPOCH + Duration::from(at))
                    }
                    _ => None,
                });
                times.push(at.expect("the kernel's time"));
                let answer = message.iovs().next().unwrap_or_default();
                let good = answer.len() > 12 && answer[3] & 0x0f == 0 && answer[7] == 1;
                self.outcome.wrong += u64::from(!good);
            }
        }
        times.sort();
        for at in times {
            self.outcome.answered += 1;
            let quiet = at.duration_since(self.quiet_since).unwrap_or_default();
            self.outcome.silence = self.outcome.silence.max(quiet);
            self.quiet_since = self.quiet_since.max(at);
        }
    }
}

/// Rounds at most. Whatever else runs on this machine can only make a silence longer, so one round
/// without a long one shows what is ours; but a query that is lost is lost in any of them.
const ROUNDS: u32 = 3;

#[test]
fn queries_during_a_million_record_transfer_are_all_answered_without_a_long_silence() {
    let nsd = nsd::primary(Setup::new(registry::APEX, &registry::zone(1_000_000, 1)));
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let mut silences = Vec::new();
    while silences.len() < ROUNDS as usize && silences.iter().all(|silence| *silence > SILENCE_MAX)
    {
        let outcome = transfer_under_load(named.at, nsd.at);
        eprintln!("{outcome:?}");
        assert!(outcome.sent > RATE / 4, "the transfer was too short to prove anything");
        assert_eq!((outcome.answered, outcome.wrong), (outcome.sent, 0), "{outcome:?}");
        silences.push(outcome.silence);
    }
    assert!(silences.iter().any(|silence| *silence <= SILENCE_MAX), "{silences:?}");
}

/// A new secondary answers for a small zone, and is given a large one meanwhile.
fn transfer_under_load(small: SocketAddr, large: SocketAddr) -> Outcome {
    let mut daemon = daemon::Setup::new(vec![Zone::from(APEX, small, None)]).start();
    daemon.wait_for_serial(APEX, 1);
    let load = Load::begin(daemon.at);
    daemon.setup.zones.push(Zone::from(registry::APEX, large, None));
    daemon.write_settings();
    daemon.reload_by_signal();
    wait::until(Duration::from_secs(60), "a million records are served", || {
        daemon.serial(registry::APEX) == Some(1)
    });
    load.end()
}
