//! Transfers on connections: between queries, with limits, and to those who do not read.

use super::*;
use crate::config::{TransfersOut, Zone};
use crate::event::{DownstreamSeen, DriverEvent};
use crate::net::Access;
use crate::shard::{self, Message};
use arc_swap::ArcSwap;
use proto::time::{Seconds, UnixSeconds};
use proto::tsig::{Keyring, sign_request};
use proto::xfr::outbound::Grants;
use proto::xfr::query::{self, Form};
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use wire::codes::Rcode;
use wire::frame::write_frame;
use wire::master;
use wire::message::Message as WireMessage;
use wire::name::Name;
use wire::tsig::{Algorithm, Key};
use zone::{Builder, Limits, Table, Version, ViewId, ZoneId, ZoneState};

const ZONE: ZoneId = ZoneId(0);

fn apex() -> Name {
    "example.".parse().expect("a name")
}

/// A zone whose transfer takes many messages.
fn version(serial: u32) -> Version {
    let mut text =
        format!("$ORIGIN example.\n$TTL 60\n@ SOA ns1 root {serial} 7200 900 86400 60\n@ NS ns1\n");
    text.extend((0..4_000).map(|n| format!("name{n} TXT \"of no more than this length\"\n")));
    let records = master::read(text.as_bytes(), &apex()).expect("a zone");
    let mut builder = Builder::new(apex(), Limits::default());
    records.iter().for_each(|record| builder.push(record.as_ref()).expect("a record"));
    builder.finish().expect("a version")
}

fn key(secret: u8) -> Arc<Key> {
    let name = "k1.".parse().expect("a name");
    Arc::new(Key::new(name, Algorithm::HmacSha256, &[secret; 32]).expect("a key"))
}

/// What the settings say: the zone is for 192.0.2.0/24, and for others by the key.
fn access(limits: TransfersOut, keys: &[Arc<Key>]) -> Access {
    let rules = [("192.0.2.0/24", None), ("::/0", Some("k1."))].map(|(range, key)| {
        let key = key.map(|key: &str| key.parse().expect("a name"));
        proto::access::AccessRule { range: range.parse().expect("a range"), key }
    });
    let mut zones: BTreeMap<ZoneId, Arc<Zone>> = BTreeMap::new();
    let path = std::path::Path::new("/test.toml");
    let text = "[[zone]]\nname = \"example\"\nprimaries = [\"192.0.2.1\"]\n";
    let config = crate::config::Config::parse(text, path).expect("settings");
    zones.extend(config.zones.values().map(|zone| (ZONE, zone.clone())));
    Access {
        grants: Grants::new(rules.into(), []),
        keys: Keyring::new(keys.iter().cloned()),
        transfers_out: limits,
        zones,
        ..Access::default()
    }
}

/// A daemon as far as its connections see it.
struct World {
    responder: Arc<Responder>,
    limits: TcpLimits,
    told: mpsc::Receiver<Message>,
}

impl World {
    fn new(limits: TransfersOut) -> Self {
        let table = Arc::new(Table::new());
        table.insert(ZONE, ViewId::DEFAULT, apex()).expect("room");
        assert!(table.publish(ZONE, ZoneState::Serving(version(1))));
        let (inbox, told) = shard::channel();
        let responder = Responder {
            table,
            access: Arc::new(ArcSwap::from_pointee(access(limits, &[key(1)]))),
            shards: Arc::new([inbox]),
            ..responder()
        };
        let ten = Duration::from_secs(10);
        let limits = TcpLimits { idle: ten, stalled: ten, ..LIMITS };
        Self { responder: Arc::new(responder), limits, told }
    }

    /// A connection with room for so many octets on the way.
    fn connect(&self, from: &str, octets: usize) -> Client {
        let (client, stream) = tokio::io::duplex(octets);
        let from = SocketAddr::new(from.parse().expect("an address"), 53);
        let seat = Clients::new(self.limits).admit(from.ip()).expect("room");
        let (stop, stopped) = watch::channel(false);
        let conversation = Conversation::new(stream, from, self.responder.clone(), self.limits);
        let ended = tokio::spawn(async move { conversation.run(&seat, stopped).await.is_ok() });
        Client { stream: client, ended, _stop: stop }
    }

    /// The next thing that the zone is told.
    fn told(&mut self) -> DownstreamSeen {
        match self.told.try_recv() {
            Ok(Message::Event(ZONE, DriverEvent::Downstream(seen))) => *seen,
            _ => panic!("nothing was told"),
        }
    }

    fn code(&mut self) -> &'static str {
        self.told().end.map_or_else(|fault| fault.code.as_str(), |_| "sent")
    }
}

struct Client {
    stream: DuplexStream,
    ended: JoinHandle<bool>,
    _stop: watch::Sender<bool>,
}

impl Client {
    async fn send(&mut self, messages: &[Vec<u8>]) {
        let mut out = Vec::new();
        messages.iter().for_each(|message| write_frame(&mut out, message).expect("short"));
        self.stream.write_all(&out).await.expect("it is read");
    }

    /// The next message: its id, rcode and number of answers.
    async fn receive(&mut self) -> (u16, Rcode, u16) {
        let length = self.stream.read_u16().await.expect("a message");
        let mut message = vec![0; usize::from(length)];
        self.stream.read_exact(&mut message).await.expect("all of it");
        let header = *WireMessage::parse(&message).expect("a header").header();
        (header.id, header.flags.rcode(), header.ancount)
    }

    /// The first octet of a message that is long.
    async fn receive_a_part(&mut self) {
        assert_ne!(self.stream.read_u8().await.expect("it begins"), 0, "not 256 octets long");
    }

    /// The records that come with this id until all of the zone has come, and the ids of all else on the way.
    async fn receive_zone(&mut self, id: u16) -> Vec<u16> {
        let (mut records, mut others) = (0, Vec::new());
        while records < 4_003 {
            let (other, rcode, count) = self.receive().await;
            assert_eq!(rcode, Rcode::NOERROR);
            if other == id {
                records += u32::from(count);
            } else {
                others.push(other);
            }
        }
        assert_eq!(records, 4_003, "each record once, and the SOA twice");
        others
    }
}

fn axfr(id: u16) -> Vec<u8> {
    query::axfr(id, apex().as_ref())
}

fn soa(id: u16) -> Vec<u8> {
    query::soa(id, apex().as_ref(), Form::Plain)
}

const LARGE: usize = 1 << 20;

/// RFC 7766 §6.2.1: what is asked behind a transfer is not lost, and need not wait for its end.
#[tokio::test(start_paused = true)]
async fn queries_are_answered_between_the_messages_of_transfers() {
    let mut world = World::new(TransfersOut::DEFAULT);
    let mut client = world.connect("192.0.2.1", 4_096);
    client.send(&[axfr(1), soa(2), soa(3), axfr(4), soa(5)]).await;
    let others = client.receive_zone(1).await;
    assert_eq!(others, [2, 3], "what came before the second transfer");
    assert_eq!(client.receive_zone(4).await, [5]);
    client.send(&[soa(6)]).await;
    assert_eq!(client.receive().await, (6, Rcode::NOERROR, 1));
    assert_eq!([world.code(), world.code()], ["sent", "sent"]);
}

/// A secondary that has said all it has to say may close its side.
#[tokio::test(start_paused = true)]
async fn client_that_sends_no_more_gets_the_rest() {
    let mut world = World::new(TransfersOut::DEFAULT);
    let mut client = world.connect("192.0.2.1", 4_096);
    client.send(&[axfr(1), soa(2)]).await;
    client.stream.shutdown().await.expect("half closed");
    assert_eq!(client.receive_zone(1).await, [2]);
    assert_eq!(world.code(), "sent");
    assert!(client.ended.await.expect("no panic"));
}

/// Threat 42: a reader that stalls holds its version for as long as the limit, keeps nobody from publishing, and others
/// from nothing.
#[tokio::test(start_paused = true)]
async fn client_that_does_not_read_is_left_after_the_limit() {
    let mut world = World::new(TransfersOut { at_once_max: 1, ..TransfersOut::DEFAULT });
    let held = match &**world.responder.table.slot(ZONE).expect("a zone").state() {
        ZoneState::Serving(version) => version.clone(),
        ZoneState::Expired | ZoneState::NotLoaded => panic!("not served"),
    };
    let mut client = world.connect("192.0.2.1", 4_096);
    client.send(&[axfr(1)]).await;
    client.receive_a_part().await;
    assert!(world.responder.table.publish(ZONE, ZoneState::Serving(version(2))));
    assert!(held.holder_count() > 1, "the transfer has it");
    let mut other = world.connect("192.0.2.2", LARGE);
    other.send(&[soa(7)]).await;
    assert_eq!(other.receive().await, (7, Rcode::NOERROR, 1));
    let began = Instant::now();
    assert!(!client.ended.await.expect("no panic"), "it was cut off");
    assert_eq!(began.elapsed().as_secs(), world.limits.stalled.as_secs());
    assert_eq!(held.holder_count(), 1, "nobody else has it any more");
    assert_eq!(world.code(), "DOWNSTREAM_STALLED");
    let mut other = world.connect("192.0.2.2", LARGE);
    other.send(&[axfr(8)]).await;
    assert!(other.receive_zone(8).await.is_empty(), "its place is free");
}

/// Threat 42: one that reads, but next to nothing, has an end too.
#[tokio::test(start_paused = true)]
async fn client_that_reads_slowly_is_left_after_the_total() {
    let mut world = World::new(TransfersOut { total: Seconds(60), ..TransfersOut::DEFAULT });
    let mut client = world.connect("192.0.2.1", 4_096);
    client.send(&[axfr(1)]).await;
    let began = Instant::now();
    let last = loop {
        tokio::time::sleep(Duration::from_secs(9)).await;
        let (_, rcode, records) = client.receive().await;
        if rcode != Rcode::NOERROR {
            break (rcode, records);
        }
    };
    assert_eq!(last, (Rcode::SERVFAIL, 0));
    assert!((60..90).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(world.code(), "DOWNSTREAM_STALLED");
}

#[tokio::test(start_paused = true)]
async fn client_that_goes_away_gives_its_place_back() {
    let mut world = World::new(TransfersOut { at_once_max: 1, ..TransfersOut::DEFAULT });
    for _ in 0..3 {
        let mut client = world.connect("192.0.2.1", 4_096);
        client.send(&[axfr(1)]).await;
        client.receive_a_part().await;
        drop(client.stream);
        assert!(!client.ended.await.expect("no panic"));
        assert_eq!(world.code(), "DOWNSTREAM_CUT");
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_transfers_at_once_than_allowed() {
    let limits = TransfersOut { at_once_max: 3, per_client_max: 2, ..TransfersOut::DEFAULT };
    let mut world = World::new(limits);
    let mut running = Vec::new();
    for (from, fits) in [
        ("192.0.2.1", true),
        ("192.0.2.1", true),
        ("192.0.2.1", false),
        ("192.0.2.2", true),
        ("192.0.2.3", false),
    ] {
        let mut client = world.connect(from, 4_096);
        client.send(&[axfr(1)]).await;
        if fits {
            client.receive_a_part().await;
            running.push(client);
        } else {
            assert_eq!(client.receive().await, (1, Rcode::SERVFAIL, 0), "{from}");
            client.send(&[soa(2)]).await;
            assert_eq!(client.receive().await, (2, Rcode::NOERROR, 1), "{from}");
            assert_eq!(world.code(), "DOWNSTREAM_LIMIT");
        }
    }
}

/// Threat 34: who may not transfer takes no place, however often it asks and whatever it signs with.
#[tokio::test(start_paused = true)]
async fn strangers_take_no_place() {
    let mut world = World::new(TransfersOut { at_once_max: 1, ..TransfersOut::DEFAULT });
    let mut stranger = world.connect("198.51.100.1", LARGE);
    let mut forged = axfr(2);
    let _ = sign_request(&key(2), &mut forged, world.responder.clock.wall());
    for _ in 0..100 {
        stranger.send(&[axfr(1), forged.clone()]).await;
        assert_eq!(stranger.receive().await, (1, Rcode::REFUSED, 0));
        assert_eq!(stranger.receive().await, (2, Rcode::NOTAUTH, 0));
        let codes = [world.code(), world.code()];
        assert_eq!(codes, ["DOWNSTREAM_UNKNOWN_SOURCE", "DOWNSTREAM_BADSIG"]);
    }
    let mut friend = world.connect("192.0.2.1", LARGE);
    friend.send(&[axfr(3)]).await;
    assert!(friend.receive_zone(3).await.is_empty());
}

/// Threat 33: settings that change while a transfer runs.
#[tokio::test(start_paused = true)]
async fn key_that_is_deleted_or_changed_ends_its_transfers_and_no_others() {
    for keys in [&[][..], &[key(9)]] {
        let mut world = World::new(TransfersOut::DEFAULT);
        let mut by_address = world.connect("192.0.2.1", 4_096);
        by_address.send(&[axfr(1)]).await;
        let mut by_key = world.connect("2001:db8::1", 4_096);
        let mut signed = axfr(2);
        let now: UnixSeconds = world.responder.clock.wall();
        let _ = sign_request(&key(1), &mut signed, now);
        by_key.send(&[signed]).await;
        assert_eq!(by_key.receive().await.1, Rcode::NOERROR);
        world.responder.access.store(Arc::new(access(TransfersOut::DEFAULT, keys)));
        let end = loop {
            let (id, rcode, records) = by_key.receive().await;
            if rcode != Rcode::NOERROR {
                break (id, rcode, records);
            }
        };
        assert_eq!(end, (2, Rcode::REFUSED, 0));
        assert_eq!(world.code(), "DOWNSTREAM_REVOKED");
        assert!(by_address.receive_zone(1).await.is_empty());
        by_key.send(&[soa(3)]).await;
        assert_eq!(by_key.receive().await, (3, Rcode::NOERROR, 1), "the connection goes on");
    }
}

#[tokio::test(start_paused = true)]
async fn zone_that_is_gone_is_not_sent_on() {
    let mut world = World::new(TransfersOut::DEFAULT);
    let mut client = world.connect("192.0.2.1", 4_096);
    client.send(&[axfr(1)]).await;
    assert_eq!(client.receive().await.1, Rcode::NOERROR);
    let gone = Access { zones: BTreeMap::new(), ..access(TransfersOut::DEFAULT, &[]) };
    world.responder.access.store(Arc::new(gone));
    while client.receive().await != (1, Rcode::REFUSED, 0) {}
    assert_eq!(world.code(), "DOWNSTREAM_REVOKED");
}
