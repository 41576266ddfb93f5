//! Questions to primaries on this machine, good and bad.

use super::*;
use crate::demo::primary::{Content, Edit, Primary as Scripted, SoaTimers as Timers, below, text};
use proto::time::Seconds;
use proto::xfr::inbound::Fetched;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wire::serial::Serial;
use zone::Limits as ContentLimits;

fn apex() -> Name {
    "example.net.".parse().expect("a name")
}

fn dialler() -> Dialler {
    let limits =
        Limits { transfers_max: 1, transfers_per_primary_max: 1, memory_bytes_max: 1 << 30 };
    Dialler::new(Handle::current(), limits, Clock::start())
}

fn question(address: SocketAddr, ask: Ask, held: Option<Version>) -> Question {
    let content = ContentLimits {
        records_max: 1_000,
        bytes_max: 1 << 20,
        rrset_records_max: 100,
        rrset_bytes_max: 64_000,
        types_per_name_max: 100,
    };
    let limits = ZoneLimits { content, transfer: Seconds(20), transfer_idle: Seconds(1) };
    let primary = Primary { address, key: None, source: None };
    Question { apex: apex(), primary, ask, held, limits }
}

async fn ask(dialler: &Dialler, question: Question) -> DialResult {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let reply = |result| async move { drop(sender.send(result)) };
    dialler.spawn(question, Arc::default(), reply);
    receiver.await.expect("every question is answered")
}

async fn scripted() -> Scripted {
    let timers = Timers { refresh: 3_600, retry: 600, expire: 86_400 };
    Scripted::start(Content::new(apex(), Serial(7), timers), None).await.expect("a free port")
}

/// Answers an IXFR with its newest SOA alone, as over UDP, and keeps the connection.
async fn answer_with_one_soa(mut stream: TcpStream) {
    const SOA: &[u8] = b"\xc0\x0c\0\x06\0\x01\0\0\0\x3c\0\x16\0\0\0\0\0\x08\0\0\0\x3c\0\0\0\x3c\0\0\x0e\x10\0\0\0\x3c";
    let mut query = vec![0; 2];
    stream.read_exact(&mut query).await.expect("a length");
    query.resize(usize::from(u16::from_be_bytes([query[0], query[1]])), 0);
    stream.read_exact(&mut query).await.expect("a query");
    query.truncate(12 + apex().as_wire().len() + 4);
    query[2..12].copy_from_slice(&[0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
    query.extend_from_slice(SOA);
    let mut frame = Vec::new();
    wire::frame::write_frame(&mut frame, &query).expect("short");
    stream.write_all(&frame).await.expect("somebody reads");
    drop(stream.read(&mut [0]).await);
}

/// I-1: never stale because of a primary that has news and does not tell them as an IXFR.
#[tokio::test(flavor = "multi_thread")]
async fn a_lone_soa_on_a_connection_held_open_fetches_the_whole_zone() {
    let (primary, dialler) = (scripted().await, dialler());
    let Ok(Dialled::Transferred(Fetched::Whole(held))) =
        ask(&dialler, question(primary.at(), Ask::Axfr, None)).await
    else {
        panic!("the scripted primary is honest")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        answer_with_one_soa(stream).await;
    });
    let ixfr = question(at, Ask::Ixfr(Serial(7)), Some(held));
    let failed = ask(&dialler, ixfr).await.err().expect("nothing came behind the SOA");
    assert_eq!((failed.fault.code, failed.remedy), (Code::IdleTimeout, Remedy::FetchWholeZone));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_does_not_take_the_connection_takes_no_turn_of_the_others() {
    let (primary, dialler) = (scripted().await, dialler());
    let full =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    full.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a port");
    full.listen(0).expect("listens");
    let at = full.local_addr().expect("bound").as_socket().expect("an IP address");
    let mut queued = Vec::new(); // the kernel completes these and leaves the next unanswered
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(200), TcpStream::connect(at)).await {
        queued.push(stream);
    }
    let hangs = dialler.spawn(question(at, Ask::Axfr, None), Arc::default(), |_| async {});
    let good = ask(&dialler, question(primary.at(), Ask::Axfr, None));
    let good = timeout(Duration::from_secs(5), good).await.expect("no wait for the dead one");
    assert!(matches!(good, Ok(Dialled::Transferred(Fetched::Whole(_)))));
    assert!(!hangs.is_finished());
    hangs.abort();
}

/// Threat 2: a primary that takes the connection and then says nothing has its zone's time, not that of the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_falls_silent_keeps_its_connection_and_no_turn() {
    let (primary, dialler) = (scripted().await, dialler());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut question_to_silent = question(listener.local_addr().expect("bound"), Ask::Axfr, None);
    question_to_silent.limits.transfer_idle = Seconds(20);
    let silent = dialler.spawn(question_to_silent, Arc::default(), |_| async {});
    let (mut stream, _) = listener.accept().await.expect("a client");
    stream.read_exact(&mut [0; 2]).await.expect("it has its turn and asks");
    let good = ask(&dialler, question(primary.at(), Ask::Axfr, None));
    let good = timeout(Duration::from_secs(10), good).await.expect("the silent one steps aside");
    assert!(matches!(good, Ok(Dialled::Transferred(Fetched::Whole(_)))));
    assert!(!silent.is_finished());
    silent.abort();
}

/// A source address that is not on this machine is not the primary's fault, and TCP is no remedy.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_source_address_is_named_as_such() {
    let (primary, dialler) = (scripted().await, dialler());
    for kind in [Ask::ProbeUdp, Ask::ProbeTcp, Ask::Axfr] {
        let mut question = question(primary.at(), kind, None);
        question.primary.source = Some([192, 0, 2, 1].into());
        let failed = ask(&dialler, question).await.err().expect("no such source");
        let remedy = (failed.fault.code, failed.remedy);
        assert_eq!(remedy, (Code::SourceUnavailable, Remedy::TryNextPrimary));
    }
}

/// On a runtime of one thread the wait for a large zone panics, as any defect of ours might.
#[tokio::test]
async fn a_panic_of_ours_is_not_held_against_the_primary() {
    let (primary, dialler) = (scripted().await, dialler());
    let hosts = (0..500).map(|host| text(below(&apex(), &format!("host{host}")), &"x".repeat(200)));
    primary.edit(Edit { added: hosts.collect(), ..Edit::default() });
    let failed = ask(&dialler, question(primary.at(), Ask::Axfr, None)).await.err();
    let failed = failed.expect("no runtime for that");
    assert_eq!((failed.fault.code, failed.action), (Code::InternalFault, Action::Axfr));
}
