//! A primary whose every octet is scripted: what no real one would send. One zone, one port, UDP and TCP.
//!
//! A script names what it answers to each of four questions, `udp` and `tcp` (the SOA), `ixfr` and `axfr`:
//!
//! ```text
//! udp: soa11 ; ixfr: soa11 soa10 a1 soa11 a2 | soa11 close ; axfr: nothing
//! ```
//!
//! Words are records (see [`content`]), marks that bend the message they stand in (see [`message`]), or what
//! becomes of the stream; `|` begins the next message. A question without a script is closed upon.
//!
//! | word | the message, or the stream |
//! |---|---|
//! | `empty`, `nothing` | a message without records; none at all |
//! | `100times`, `forever` | the message is sent so often |
//! | `half`, `length` | only the first half of it is sent; behind it half of the next one's length |
//! | `drip` | from this message on, octet by octet |
//! | `close`, `reset`, `hang` | behind it the connection is closed, broken, or silent |

mod content;
mod message;
mod script;
mod sign;

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::ask;
use crate::key::Key;
use crate::name::Name;
use crate::ports;

use message::Conversation;
use script::{Act, Reply, Script};
use sign::Signer;

pub use script::Question;

/// Between two octets of a stream that drips.
const DRIP: Duration = Duration::from_millis(20);

/// A scripted primary; it ends when dropped.
pub struct Primary {
    /// Where it answers.
    pub at: SocketAddr,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    apex: Name,
    key: Option<Key>,
    script: Mutex<Script>,
    asked: Mutex<Vec<Question>>,
    ended: AtomicBool,
}

impl Primary {
    /// Starts it at a free port of 127.0.0.1.
    ///
    /// Panics if the script has an unknown word.
    #[must_use]
    pub fn start(apex: &str, key: Option<&Key>, script: &str) -> Self {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let datagrams = UdpSocket::bind(at).expect("a free port");
        let listener = TcpListener::bind(at).expect("a free port");
        let apex = Name::new(apex);
        let shared = Arc::new(Shared {
            script: Mutex::new(Script::parse(script, &apex)),
            apex,
            key: key.cloned(),
            asked: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let (for_udp, for_tcp) = (shared.clone(), shared.clone());
        let threads = vec![
            std::thread::spawn(move || for_udp.answer_datagrams(&datagrams)),
            std::thread::spawn(move || for_tcp.accept(&listener)),
        ];
        Self { at, shared, threads }
    }

    /// Changes the script for what is asked from now on, and forgets what was asked.
    pub fn behave(&self, script: &str) {
        let script = Script::parse(script, &self.shared.apex);
        let mut current = self.shared.script.lock().unwrap();
        self.shared.asked.lock().unwrap().clear();
        *current = script;
    }

    /// Sends a NOTIFY with a serial, whatever the script has; signed, if there is a key. The secondary must accept it.
    pub fn notify(&self, secondary: SocketAddr, serial: u32) {
        let Shared { apex, key, .. } = &*self.shared;
        let mut octets = message::notify(apex, serial);
        if let Some(key) = key {
            octets = Signer::of_request(key).sign(octets, &[]);
        }
        let reply = ask::raw(secondary, &octets, ask::Transport::Udp).expect("a socket");
        let reply = ask::Message::parse(&reply.expect("a reply")).expect("a message");
        assert_eq!((reply.opcode, reply.rcode), (4, ask::NOERROR), "the answer to a NOTIFY");
    }

    /// What was asked since the last change of the script, in its order.
    #[must_use]
    pub fn asked(&self) -> Vec<Question> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Drop for Primary {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Both threads wait for somebody; what they get is thrown away.
        drop(UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(&[], self.at)));
        drop(TcpStream::connect(self.at));
        for thread in self.threads.drain(..) {
            thread.join().expect("a scripted primary ends without a panic");
        }
    }
}

impl Shared {
    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Takes note of a question and gives the reply to it. The script is locked meanwhile, so that no question
    /// is counted for one script and answered by another.
    fn reply_to(&self, question: Question) -> Reply {
        let script = self.script.lock().unwrap();
        self.asked.lock().unwrap().push(question);
        script.reply_to(question)
    }

    fn answer_datagrams(&self, socket: &UdpSocket) {
        let mut buffer = [0; 4_096];
        loop {
            let Ok((len, from)) = socket.recv_from(&mut buffer) else { continue };
            if self.has_ended() {
                return;
            }
            let query = &buffer[..len];
            let mut conversation = Conversation::new(query, &self.apex, self.key.as_ref());
            for act in self.reply_to(Question::Udp) {
                if let Act::Send(_, message) = act {
                    for octets in conversation.next(&message) {
                        drop(socket.send_to(&octets, from));
                    }
                }
            }
        }
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.has_ended() {
                return;
            }
            if let Ok(stream) = stream {
                let shared = self.clone();
                // Ends when the other end closes, which a secondary always does in the end.
                std::thread::spawn(move || drop(shared.converse(stream)));
            }
        }
    }

    /// Answers one query after another until either end closes the connection.
    fn converse(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        loop {
            let mut len = [0; 2];
            stream.read_exact(&mut len)?;
            let mut query = vec![0; usize::from(u16::from_be_bytes(len))];
            stream.read_exact(&mut query)?;
            let reply = self.reply_to(Question::over_tcp(&query));
            let mut conversation = Conversation::new(&query, &self.apex, self.key.as_ref());
            let mut pace = Duration::ZERO;
            for act in reply {
                match act {
                    Act::Send(times, message) => {
                        for octets in (0..times).flat_map(|_| conversation.next(&message)) {
                            send(&mut stream, &framed(&octets), pace)?;
                        }
                    }
                    Act::SendHalf(message) => {
                        for octets in conversation.next(&message) {
                            let frame = framed(&octets);
                            send(&mut stream, &frame[..frame.len() / 2], pace)?;
                        }
                    }
                    Act::SendLengthOnly => stream.write_all(&[0xff])?,
                    Act::Drip => pace = DRIP,
                    Act::Close => return stream.shutdown(Shutdown::Both),
                    Act::Reset => return reset(stream),
                    Act::Hang => return stream.read_exact(&mut [0]),
                }
            }
        }
    }
}

fn framed(octets: &[u8]) -> Vec<u8> {
    let len = u16::try_from(octets.len()).expect("a message that fits a frame");
    [&len.to_be_bytes()[..], octets].concat()
}

fn send(stream: &mut TcpStream, octets: &[u8], pace: Duration) -> io::Result<()> {
    if pace.is_zero() {
        return stream.write_all(octets);
    }
    for octet in octets {
        stream.write_all(&[*octet])?;
        std::thread::sleep(pace);
    }
    Ok(())
}

/// The other end is told that the connection is broken, not that it is over.
fn reset(stream: TcpStream) -> io::Result<()> {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    drop(stream);
    Ok(())
}
