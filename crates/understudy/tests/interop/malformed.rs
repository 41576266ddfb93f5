//! Messages that break a rule, or that look as if they did: what comes back from the running daemon,
//! over UDP and TCP. Threats 35, 37 and 38.

mod octets;
mod table;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::str::FromStr as _;
use std::time::Duration;

use peers::ask::{self, Message, Transport};
use peers::daemon::{self, Daemon, Zone};
use peers::records::APEX;
use server::demo::primary::{Content, Primary, SoaTimers};
use tokio::runtime::Runtime;
use wire::name::Name;
use wire::serial::Serial;

use octets::{SENTINEL, sentinel};
use table::{Case, Expected};

/// For answers on one machine; nothing waits so long but a test that fails.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The daemon with a small zone, and what its primary lives in.
fn serving() -> (Runtime, Primary, Daemon) {
    let runtime = Runtime::new().unwrap();
    let timers = SoaTimers { refresh: 7_200, retry: 900, expire: 1_209_600 };
    let content = Content::new(Name::from_str(APEX).unwrap(), Serial(7), timers);
    let primary = runtime.block_on(Primary::start(content, None)).unwrap();
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, primary.at(), None)]).start();
    daemon.wait_for_serial(APEX, 7);
    (runtime, primary, daemon)
}

/// A way to the daemon on which answers come in the order of their messages.
enum Line {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

impl Line {
    fn to(server: SocketAddr, transport: Transport) -> Self {
        match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.connect(server).unwrap();
                socket.set_read_timeout(Some(ANSWER_WITHIN)).unwrap();
                Self::Udp(socket)
            }
            Transport::Tcp => {
                let stream = TcpStream::connect(server).unwrap();
                stream.set_read_timeout(Some(ANSWER_WITHIN)).unwrap();
                Self::Tcp(stream)
            }
        }
    }

    fn send(&mut self, message: &[u8]) {
        match self {
            Self::Udp(socket) => assert_eq!(socket.send(message).unwrap(), message.len()),
            Self::Tcp(stream) => {
                let length = u16::try_from(message.len()).unwrap().to_be_bytes();
                stream.write_all(&[&length[..], message].concat()).unwrap();
            }
        }
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut octets = vec![0; 65_535];
        let len = match self {
            Self::Udp(socket) => socket.recv(&mut octets).expect("an answer"),
            Self::Tcp(stream) => {
                let mut length = [0; 2];
                stream.read_exact(&mut length).expect("an answer, and the connection stays");
                let len = usize::from(u16::from_be_bytes(length));
                stream.read_exact(&mut octets[..len]).expect("all of it");
                len
            }
        };
        octets.truncate(len);
        octets
    }

    /// What comes back for messages: everything before the answer to a good query behind them. So
    /// silence is seen and not waited for, and each test shows that the daemon goes on.
    fn exchange<'m>(&mut self, messages: impl IntoIterator<Item = &'m [u8]>) -> Vec<Vec<u8>> {
        messages.into_iter().for_each(|message| self.send(message));
        self.send(&sentinel());
        let mut answers = Vec::new();
        loop {
            let answer = self.receive();
            if answer.starts_with(&SENTINEL.to_be_bytes()) {
                let good = Message::parse(&answer).expect("a well-formed answer");
                assert_eq!((good.rcode, good.answer.len()), (ask::NOERROR, 1));
                return answers;
            }
            answers.push(answer);
        }
    }
}

#[test]
fn every_oddity_gets_what_the_standards_say_or_silence() {
    let (_runtime, _primary, daemon) = serving();
    let cases = table::cases();
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut line = Line::to(daemon.at, transport);
        for case in &cases {
            let answers = line.exchange([&*case.octets]);
            let over = format!("{} ({}), {transport:?}", case.claim, case.standard);
            judge(case, &answers, &over);
        }
    }
    assert_no_error_is_logged(&daemon);
}

#[track_caller]
fn judge(case: &Case, answers: &[Vec<u8>], over: &str) {
    let (rcode, echoes) = match case.expected {
        Expected::Silence => return assert!(answers.is_empty(), "{over}: {answers:x?}"),
        Expected::Error { rcode, echoes } => (rcode, Some(echoes)),
        Expected::Answer { rcode } => (rcode, None),
    };
    let [octets] = answers else { panic!("{over}: one answer, not {}", answers.len()) };
    let answer = Message::parse(octets).unwrap_or_else(|fault| panic!("{over}: {fault}"));
    assert_header(case, &answer, over);
    assert_eq!(answer.rcode, rcode, "{over}");
    if let Some(echoes) = echoes {
        let sections = [&answer.answer, &answer.authority, &answer.additional];
        assert!(sections.iter().all(|section| section.is_empty()), "{over}: no records");
        let question = octets.len() > 12 && octets[5] == 1;
        assert_eq!(question, echoes == table::Echoes::Question, "{over}: what is repeated");
    }
    if let Some(question) = answer.question.first() {
        let sent = &case.octets[12..12 + question.qname.octets().len()];
        assert_eq!(question.qname.octets(), sent, "{over}: the name as it was asked");
    }
    let is_content =
        matches!(case.expected, Expected::Answer { rcode: ask::NOERROR | ask::NXDOMAIN });
    assert!(answer.is_authoritative == is_content, "{over}: AA for content and nothing else");
    let had_edns = case.edns == table::Speaks::Edns;
    assert!(had_edns || answer.edns.is_none(), "{over}: no OPT for who sent none");
    if let (Expected::Answer { .. }, true) = (case.expected, had_edns) {
        let edns = answer.edns.unwrap_or_else(|| panic!("{over}: RFC 6891 §7: OPT for OPT"));
        assert_eq!(edns.version, 0, "{over}");
    }
}

/// What holds for every answer: it is one, to this message, and claims nothing that it is not.
#[track_caller]
fn assert_header(case: &Case, answer: &Message, over: &str) {
    let sent = &case.octets;
    assert!(answer.is_response, "{over}: QR");
    assert_eq!(answer.id.to_be_bytes(), sent[..2], "{over}: the id as sent");
    assert_eq!(answer.opcode, sent[2] >> 3 & 0x0f, "{over}: the opcode as sent");
    assert_eq!(answer.recursion_desired, sent[2] & 1 == 1, "{over}: RD as sent");
    assert!(!answer.recursion_available && !answer.z, "{over}: neither RA nor Z");
    assert!(!answer.authentic_data && !answer.is_truncated, "{over}: neither AD nor TC");
}

#[track_caller]
fn assert_no_error_is_logged(daemon: &Daemon) {
    let log = daemon.log();
    let errors: Vec<&str> = log.lines().filter(|line| line.contains(" ERROR ")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Messages in one flight; fewer than a socket keeps while the daemon is busy.
const FLIGHT: usize = 50;

/// Any octets, and the table's messages bent at random: the daemon goes on, what it answers is
/// well-formed and to something that was asked, and nothing is a reason to call an operator.
#[test]
fn ten_thousand_random_messages_leave_the_daemon_answering_and_its_log_quiet() {
    let (_runtime, _primary, daemon) = serving();
    let seed = 0x5eed_0000_0000_0007;
    let mut random = octets::Random(seed);
    let seeds: Vec<Vec<u8>> = table::cases().into_iter().map(|case| case.octets).collect();
    let mut line = Line::to(daemon.at, Transport::Udp);
    let (mut sent, mut answered) = (0, 0);
    while sent < 10_000 {
        let flight: Vec<Vec<u8>> = (0..FLIGHT).map(|_| random.message(&seeds)).collect();
        let answers = line.exchange(flight.iter().map(Vec::as_slice));
        assert!(answers.len() <= flight.len(), "an answer a message at most");
        for answer in &answers {
            assert_fits(answer, &flight, seed);
        }
        sent += flight.len();
        answered += answers.len();
    }
    assert!((1_000..9_000).contains(&answered), "some deserve an answer, some none: {answered}");
    for _ in 0..200 {
        let message = random.message(&seeds);
        let mut line = Line::to(daemon.at, Transport::Tcp);
        for answer in line.exchange([&*message]) {
            assert_fits(&answer, std::slice::from_ref(&message), seed);
        }
    }
    assert_no_error_is_logged(&daemon);
    assert_eq!(daemon.status(APEX)["state"], "ok");
}

#[track_caller]
fn assert_fits(answer: &[u8], messages: &[Vec<u8>], seed: u64) {
    let read = Message::parse(answer)
        .unwrap_or_else(|fault| panic!("seed {seed:x}: {fault} in {answer:x?}"));
    assert!(read.is_response, "seed {seed:x}: {answer:x?}");
    let asked = messages.iter().any(|message| message.get(..2) == answer.get(..2));
    assert!(asked, "seed {seed:x}: nobody asked for {answer:x?}");
}
