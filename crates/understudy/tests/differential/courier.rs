//! Many questions to one server by few sockets: a window of them is always under way.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use peers::ask::Transport;

use crate::question::Question;

/// Questions under way at once over UDP; few enough that no socket buffer overflows.
const WINDOW: usize = 48;
/// The same over TCP.
const PIPELINE: usize = 8;
/// After so long a question is asked again.
const PATIENCE: Duration = Duration::from_secs(2);
/// So often at most. A server that drops a question on purpose costs all of them.
const TRIES: u8 = 3;

/// The answers of a server in the order of the questions; `None` where there was none.
pub(crate) fn ask_all(server: SocketAddr, questions: &[Question]) -> Vec<Option<Vec<u8>>> {
    let mut answers = vec![None; questions.len()];
    let of = |transport| -> Vec<usize> {
        let numbers = 0..questions.len();
        numbers.filter(|&number| questions[number].transport == transport).collect()
    };
    // Ids are 16 bits wide: no two questions of a batch have the same.
    for batch in of(Transport::Udp).chunks(1 << 15) {
        Datagrams::new(server, questions, batch).ask(&mut answers);
    }
    for batch in of(Transport::Tcp).chunks(1 << 15) {
        pipeline(server, questions, batch, &mut answers);
    }
    answers
}

/// The questions of one batch, on one socket.
struct Datagrams<'q> {
    socket: UdpSocket,
    questions: &'q [Question],
    batch: &'q [usize],
    /// Position in the batch, which is the id → when it was sent last, and how often.
    under_way: BTreeMap<u16, (Instant, u8)>,
}

impl<'q> Datagrams<'q> {
    fn new(server: SocketAddr, questions: &'q [Question], batch: &'q [usize]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.connect(server).expect("a server on this machine");
        socket.set_read_timeout(Some(PATIENCE / 4)).expect("a timeout");
        Self { socket, questions, batch, under_way: BTreeMap::new() }
    }

    fn ask(mut self, answers: &mut [Option<Vec<u8>>]) {
        let mut buffer = vec![0; 65_535];
        let mut next = 0;
        while next < self.batch.len() || !self.under_way.is_empty() {
            while next < self.batch.len() && self.under_way.len() < WINDOW {
                self.send(u16::try_from(next).expect("a batch of less than 2¹⁶"), 1);
                next += 1;
            }
            match self.socket.recv(&mut buffer) {
                Ok(len) => self.take(&buffer[..len], answers),
                Err(error) if is_timeout(error.kind()) => self.ask_again(),
                Err(error) => panic!("a server that does not listen: {error}"),
            }
        }
    }

    fn send(&mut self, id: u16, tries: u8) {
        let message = self.questions[self.batch[usize::from(id)]].message(id);
        self.socket.send(&message).expect("a datagram on this machine");
        self.under_way.insert(id, (Instant::now(), tries));
    }

    fn take(&mut self, message: &[u8], answers: &mut [Option<Vec<u8>>]) {
        let Some(id) = message.first_chunk().map(|id| u16::from_be_bytes(*id)) else { return };
        if self.under_way.remove(&id).is_some() {
            answers[self.batch[usize::from(id)]] = Some(message.to_vec());
        }
    }

    fn ask_again(&mut self) {
        let is_late = |sent: Instant| sent.elapsed() > PATIENCE;
        let late: Vec<(u16, u8)> = self
            .under_way
            .iter()
            .filter(|(_, (sent, _))| is_late(*sent))
            .map(|(&id, &(_, tries))| (id, tries))
            .collect();
        for (id, tries) in late {
            if tries < TRIES {
                self.send(id, tries + 1);
            } else {
                self.under_way.remove(&id);
            }
        }
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Asks over one connection, a few questions ahead; over a new one if the server closes it.
fn pipeline(
    server: SocketAddr,
    questions: &[Question],
    batch: &[usize],
    answers: &mut [Option<Vec<u8>>],
) {
    let mut connection = None;
    for window in batch.chunks(PIPELINE) {
        for _ in 0..TRIES {
            let stream = connection.take().unwrap_or_else(|| connect(server));
            if exchange(&stream, questions, window, answers).is_ok() {
                connection = Some(stream);
                break;
            }
        }
    }
}

fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).expect("a connection on this machine");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    stream
}

/// Sends what of the window has no answer yet, and reads as many answers.
fn exchange(
    mut stream: &TcpStream,
    questions: &[Question],
    window: &[usize],
    answers: &mut [Option<Vec<u8>>],
) -> std::io::Result<()> {
    let open: Vec<usize> =
        window.iter().copied().filter(|&number| answers[number].is_none()).collect();
    let mut frames = Vec::new();
    for (id, &number) in (0..).zip(&open) {
        let message = questions[number].message(id);
        frames.extend(u16::try_from(message.len()).expect("a short question").to_be_bytes());
        frames.extend(message);
    }
    stream.write_all(&frames)?;
    for _ in &open {
        let mut len = [0; 2];
        stream.read_exact(&mut len)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(len))];
        stream.read_exact(&mut message)?;
        let id = message.first_chunk().map(|id| usize::from(u16::from_be_bytes(*id)));
        if let Some(&number) = id.and_then(|id| open.get(id)) {
            answers[number] = Some(message);
        }
    }
    Ok(())
}
