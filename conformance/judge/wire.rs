//! Exchanges that are more than one query and one answer.

use super::{Verdict, ensure};
use peers::ask::{Message, Name, Query, SOA};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// How long an answer is waited for, on machines that have much else to do.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A TCP connection that carries several messages.
pub(crate) struct Stream(TcpStream);

impl Stream {
    pub(super) fn connect(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&server, ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Sends octets as they are, without a length.
    pub(crate) fn send_octets(&mut self, octets: &[u8]) -> Verdict {
        self.0.write_all(octets).map_err(|error| format!("cannot send: {error}"))
    }

    /// The next message that comes.
    pub(crate) fn receive(&mut self) -> Result<Message, String> {
        let mut len = [0; 2];
        let io = |error: io::Error| format!("cannot receive: {error}");
        self.0.read_exact(&mut len).map_err(io)?;
        let mut octets = vec![0; usize::from(u16::from_be_bytes(len))];
        self.0.read_exact(&mut octets).map_err(io)?;
        Message::parse(&octets).map_err(|what| format!("malformed answer: {what}"))
    }

    /// Says that nothing more will be sent.
    pub(crate) fn end_sending(&mut self) -> Verdict {
        self.0.shutdown(Shutdown::Write).map_err(|error| error.to_string())
    }
}

/// A message behind its length.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let len = u16::try_from(message.len()).expect("a message that fits");
    [&len.to_be_bytes(), message].concat()
}

/// Sends octets and a query from one socket: only the query may be answered.
pub(super) fn silence(server: SocketAddr, octets: &[u8], apex: Name) -> Verdict {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).and_then(|socket| {
        socket.set_read_timeout(Some(ANSWER_WITHIN))?;
        socket.connect(server).map(|()| socket)
    });
    let socket = socket.map_err(|error| error.to_string())?;
    let mut query = Query::new(apex, SOA);
    query.id = 0xfeed;
    for octets in [octets, &query.octets()] {
        socket.send(octets).map_err(|error| error.to_string())?;
    }
    let mut buffer = [0; 4096];
    let len = socket.recv(&mut buffer).map_err(|error| format!("no answer: {error}"))?;
    ensure(buffer[..2] == query.id.to_be_bytes(), || {
        format!("it was answered: {:02x?}", &buffer[..len])
    })
}
