//! §4: an answer comes from the address and the port that were asked, and goes to those that asked.

use crate::judge::{Section, ensure};
use peers::ask::Query;
use std::net::UdpSocket;
use std::time::Duration;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("the answer's source is where the query went", |server| {
        // Not connected, so answers of any source are seen.
        let ask = || -> std::io::Result<(usize, std::net::SocketAddr)> {
            let socket = UdpSocket::bind(("127.0.0.1", 0))?;
            socket.set_read_timeout(Some(Duration::from_secs(5)))?;
            socket.send_to(&Query::new("web.example.", 16).octets(), server.at)?;
            socket.recv_from(&mut [0; 4096])
        };
        let (_, source) = ask().map_err(|error| error.to_string())?;
        ensure(source == server.at, || format!("it came from {source}"))
    });
}
