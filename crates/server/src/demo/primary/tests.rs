use std::str::FromStr as _;

use proto::tsig::{ResponseVerifier, TsigFault, sign_request, verify_request};
use wire::builder::Builder;
use wire::codes::{Class, Opcode, Rcode};
use wire::message::{Flags, Message, Section};
use wire::name::Name;
use wire::tsig::Algorithm;

use super::*;

fn apex() -> Name {
    Name::from_str("demo.test.").unwrap()
}

fn content(names: u32) -> Content {
    let timers = SoaTimers { refresh: 3_600, retry: 600, expire: 86_400 };
    let mut content = Content::new(apex(), Serial(10), timers);
    let added = (0..names).map(|n| text(below(&apex(), &format!("n{n}")), "text")).collect();
    content.edit(Edit { removed: vec![], added });
    content.at_serial(Serial(10))
}

fn key(secret: u8) -> Arc<Key> {
    let name = Name::from_str("demo.key.").unwrap();
    Arc::new(Key::new(name, Algorithm::HmacSha256, &[secret; 32]).unwrap())
}

fn question(qtype: Rrtype, since: Option<Serial>) -> Vec<u8> {
    let mut octets = vec![0; 512];
    let mut builder = Builder::new(&mut octets, 7, Flags::request(Opcode::QUERY)).unwrap();
    builder.question(apex().as_ref(), qtype, Class::IN).unwrap();
    if let Some(since) = since {
        let soa = content(0).at_serial(since).soa();
        builder.push_record(Section::Authority, soa.as_ref()).unwrap();
    }
    let len = builder.finish();
    octets.truncate(len);
    octets
}

/// Sends one request over TCP and reads what comes until the connection rests or closes.
async fn ask(primary: &Primary, request: &[u8]) -> Vec<Vec<u8>> {
    let mut stream = TcpStream::connect(primary.at()).await.unwrap();
    let mut frame = Vec::new();
    write_frame(&mut frame, request).unwrap();
    stream.write_all(&frame).await.unwrap();
    stream.shutdown().await.unwrap();
    let (mut octets, mut frames, mut messages) = (Vec::new(), Frames::new(65_535), Vec::new());
    timeout(IDLE, stream.read_to_end(&mut octets)).await.unwrap().unwrap();
    frames.feed(&octets);
    while let Some(message) = frames.take().unwrap() {
        messages.push(message.to_vec());
    }
    messages
}

fn answers(messages: &[Vec<u8>]) -> Vec<(Rrtype, Option<Serial>)> {
    let records = messages.iter().flat_map(|message| Message::parse(message).unwrap().records());
    let answers = records.flatten().filter(|(section, _)| *section == Section::Answer);
    answers
        .map(|(_, record)| {
            let mut rdata = Vec::new();
            record.rdata_into(&mut rdata).unwrap();
            let soa = (record.rrtype() == Rrtype::SOA).then(|| {
                let numbers = &rdata[rdata.len() - 20..];
                Serial(u32::from_be_bytes(*numbers.first_chunk().unwrap()))
            });
            (record.rrtype(), soa)
        })
        .collect()
}

fn rcode(messages: &[Vec<u8>]) -> Rcode {
    Message::parse(&messages[0]).unwrap().header().flags.rcode()
}

#[test]
fn ixfr_leads_from_edit_to_edit() {
    let mut content = content(1);
    let one = text(below(&apex(), "one"), "1");
    content.edit(Edit { removed: vec![], added: vec![one.clone()] });
    content.edit(Edit { removed: vec![one.clone(), one], added: vec![] });
    let shape: Vec<Rrtype> = content.ixfr(Serial(10)).iter().map(|record| record.rrtype).collect();
    let (soa, txt) = (Rrtype::SOA, Rrtype::TXT);
    assert_eq!(shape, [soa, soa, soa, txt, soa, txt, soa, soa]);
    assert_eq!(content.ixfr(Serial(12)).len(), 1, "up to date: one SOA");
    assert_eq!(content.ixfr(Serial(3)).len(), content.axfr().len(), "unknown: the whole zone");
}

#[tokio::test]
async fn signed_transfer_of_many_messages_verifies() {
    let key = key(1);
    let primary = Primary::start(content(3_000), Some(Arc::clone(&key))).await.unwrap();
    let mut request = question(Rrtype::AXFR, None);
    let mac = sign_request(&key, &mut request, now());
    let messages = ask(&primary, &request).await;
    assert!(messages.len() > 3, "{} messages", messages.len());
    let mut verifier = ResponseVerifier::new(key, mac);
    for message in &messages {
        verifier.feed(message, now()).unwrap();
    }
    verifier.finish().unwrap();
    let answers = answers(&messages);
    assert_eq!(answers.len(), 3_000 + 2 + 2);
    assert_eq!(answers[0], (Rrtype::SOA, Some(Serial(10))));
    assert_eq!(answers.last(), answers.first());
    assert_eq!(primary.asked(), Asked { axfr: 1, ..Asked::default() });
}

#[tokio::test]
async fn transfer_without_or_with_another_key_is_refused() {
    let primary = Primary::start(content(1), Some(key(1))).await.unwrap();
    let mut request = question(Rrtype::AXFR, None);
    assert_eq!(rcode(&ask(&primary, &request).await), Rcode::REFUSED);
    let mac = sign_request(&key(2), &mut request, now());
    let messages = ask(&primary, &request).await;
    assert_eq!(rcode(&messages), Rcode::NOTAUTH);
    assert!(ResponseVerifier::new(key(2), mac).feed(&messages[0], now()).is_err());
}

#[tokio::test]
async fn misbehaves_as_told() {
    let primary = Primary::start(content(3_000), None).await.unwrap();
    let axfr = question(Rrtype::AXFR, None);
    let whole = ask(&primary, &axfr).await.len();

    primary.behave(Behaviour::CutStream { after: 2 });
    assert_eq!(ask(&primary, &axfr).await.len(), 2);
    assert!(whole > 2);
    primary.behave(Behaviour::RefuseTransfers);
    assert_eq!(rcode(&ask(&primary, &axfr).await), Rcode::REFUSED);
    assert_eq!(rcode(&ask(&primary, &question(Rrtype::SOA, None)).await), Rcode::NOERROR);
    primary.behave(Behaviour::Silent);
    assert!(ask(&primary, &axfr).await.is_empty());
    primary.behave(Behaviour::SerialAt(Serial(4)));
    let ixfr = ask(&primary, &question(Rrtype::IXFR, Some(Serial(10)))).await;
    assert_eq!(answers(&ixfr)[0], (Rrtype::SOA, Some(Serial(4))));
    primary.behave(Behaviour::Honest);
    assert_eq!(ask(&primary, &axfr).await.len(), whole);
}

#[tokio::test]
async fn notify_is_repeated_until_a_signed_answer_comes() {
    let key = key(1);
    let primary = Primary::start(content(1), Some(Arc::clone(&key))).await.unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let secondary = socket.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let mut octets = vec![0; 4_096];
        socket.recv_from(&mut octets).await.unwrap(); // the first one is lost
        let (len, from) = socket.recv_from(&mut octets).await.unwrap();
        let request = &octets[..len];
        let verified = verify_request(&Keyring::new([key]), request, now()).unwrap();
        let header = *Message::parse(request).unwrap().header();
        let mut answer = vec![0; 12];
        let builder = Builder::new(&mut answer, header.id, header.flags.response()).unwrap();
        assert_eq!(builder.finish(), 12);
        verified.signer().expect("NOTIFY is signed").sign(&mut answer, now());
        socket.send_to(&answer, from).await.unwrap();
        header.flags.opcode()
    });
    primary.notify(secondary).await.unwrap();
    assert_eq!(heard.await.unwrap(), Opcode::NOTIFY);
}

#[tokio::test]
async fn notify_answered_without_signature_is_not_believed() {
    let primary = Primary::start(content(1), Some(key(1))).await.unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let secondary = socket.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let mut octets = vec![0; 4_096];
        let (_, from) = socket.recv_from(&mut octets).await.unwrap();
        octets.truncate(12);
        octets[2] |= 0x80;
        octets[4..].fill(0);
        socket.send_to(&octets, from).await.unwrap();
    });
    let told = primary.notify(secondary).await;
    heard.await.unwrap();
    assert!(
        matches!(told, Err(NotifyError::Unverified { source: TsigFault::Unsigned { .. }, .. })),
        "{told:?}"
    );
}
