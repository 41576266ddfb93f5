//! Questions to our own server, over UDP like everyone's.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;
use wire::builder::Builder;
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::message::{Flags, Message, Section};
use wire::name::Name;
use wire::serial::Serial;

const WAIT: Duration = Duration::from_millis(500);

/// The serial it answers with; `None` without an authoritative answer.
pub(super) async fn serial(at: SocketAddr, apex: &Name) -> Option<Serial> {
    let rdata = first_rdata(at, apex, Rrtype::SOA).await?;
    let numbers = rdata.get(rdata.len().checked_sub(20)?..)?;
    numbers.first_chunk().map(|octets| Serial(u32::from_be_bytes(*octets)))
}

/// The first string of a TXT record.
pub(super) async fn text(at: SocketAddr, owner: &Name) -> Option<String> {
    let rdata = first_rdata(at, owner, Rrtype::TXT).await?;
    let (len, rest) = rdata.split_first()?;
    let words = rest.get(..usize::from(*len))?;
    Some(String::from_utf8_lossy(words).into_owned())
}

async fn first_rdata(at: SocketAddr, qname: &Name, qtype: Rrtype) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?;
    socket.connect(at).await.ok()?;
    let mut octets = [0; 512];
    let id = socket.local_addr().ok()?.port();
    let mut builder = Builder::new(&mut octets, id, Flags::request(Opcode::QUERY)).ok()?;
    builder.question(qname.as_ref(), qtype, Class::IN).ok()?;
    let len = builder.finish();
    socket.send(octets.get(..len)?).await.ok()?;
    let mut answer = [0; 4_096];
    let len = timeout(WAIT, socket.recv(&mut answer)).await.ok()?.ok()?;
    let message = Message::parse(answer.get(..len)?).ok()?;
    let header = message.header();
    let good = header.id == id && header.flags.aa() && header.flags.rcode() == Rcode::NOERROR;
    let found = message
        .records()
        .flatten()
        .find(|(section, record)| *section == Section::Answer && record.rrtype() == qtype);
    let mut rdata = Vec::new();
    found.filter(|_| good)?.1.rdata_into(&mut rdata).ok()?;
    Some(rdata)
}
