//! Which form a transfer has.

use super::*;

#[test]
fn whole_zone_is_what_a_secondary_gets_and_it_is_the_same() {
    let version = version(7, &padding());
    let pulled = World::with(version.clone()).pull(&Asking::axfr());
    assert_eq!(pulled.sent().form(), Form::Whole);
    let Fetched::Whole(copy) = pulled.fetched(None) else { panic!("{pulled:?}") };
    assert_eq!(copy.digest(), version.digest());
    let sent = pulled.sent().sent();
    let bytes: usize = pulled.messages.iter().map(Vec::len).sum();
    assert_eq!((sent.messages, sent.bytes), (pulled.messages.len() as u64, bytes as u64));
    assert_eq!(sent.records, version.record_count() + 1, "the SOA twice");
}

#[test]
fn diffs_are_sent_from_the_serial_held_to_the_one_served() {
    let first = version(1, &padding());
    let second = stepped(&first, 2, "", "a TXT \"new\"");
    let third = stepped(
        &second,
        5,
        "a TXT \"new\"\npad7 TXT \"0123456789012345678901234567890123456789\"",
        "b A 192.0.2.9",
    );
    let world = World::with(third.clone());
    let pulled = world.pull(&Asking::ixfr(1));
    assert_eq!(
        pulled.records(),
        [
            "SOA 5",
            "SOA 1",
            "SOA 2",
            "a.example. TXT",
            "SOA 2",
            "a.example. TXT",
            "pad7.example. TXT",
            "SOA 5",
            "b.example. A",
            "SOA 5"
        ]
    );
    let Fetched::Diffs { version: copy, diffs } = pulled.fetched(Some(&first)) else {
        panic!("{pulled:?}")
    };
    assert_eq!((copy.digest(), diffs.len()), (third.digest(), 2));
    let from_second = world.pull(&Asking::ixfr(2));
    assert_eq!(from_second.sent().form(), Form::Diffs);
    assert_eq!(from_second.records().get(1).map(String::as_str), Some("SOA 2"));
}

/// RFC 1995 §2, and X4: RFC 1982 says which serials are older, for those that wrapped too.
#[test]
fn serials_that_are_not_older_get_the_soa_alone() {
    let newest = |serial| World::with(version(serial, &padding()));
    for (ours, theirs) in
        [(7, 7), (7, 8), (7, 7 + 0x7fff_ffff), (0, 0), (u32::MAX, 0), (u32::MAX, 5)]
    {
        let pulled = newest(ours).pull(&Asking::ixfr(theirs));
        assert_eq!(pulled.records(), [format!("SOA {ours}")], "{theirs} asks {ours}");
        assert_eq!(pulled.sent().form(), Form::Soa);
    }
    // Older, or without order: what the asker has is of no use.
    for (ours, theirs) in [(7, 6), (0, u32::MAX), (5, u32::MAX), (7, 7 + 0x8000_0000)] {
        let pulled = newest(ours).pull(&Asking::ixfr(theirs));
        assert_eq!(pulled.sent().form(), Form::Whole, "{theirs} asks {ours}");
    }
}

#[test]
fn serials_that_are_not_remembered_get_the_whole_zone() {
    let second = stepped(&version(10, &padding()), 20, "", "a TXT \"new\"");
    let world = World::with(second);
    assert_eq!(world.pull(&Asking::ixfr(10)).sent().form(), Form::Diffs);
    for unknown in [9, 11, 19] {
        let pulled = world.pull(&Asking::ixfr(unknown));
        assert_eq!(pulled.sent().form(), Form::Whole, "{unknown}");
        let held = version(unknown, "");
        assert!(matches!(pulled.fetched(Some(&held)), Fetched::Whole(_)));
    }
}

/// RFC 1995 §2: it fits, or the SOA says that there is more.
#[test]
fn datagram_has_all_diffs_or_the_soa_alone() {
    let first = version(1, &padding());
    let second = stepped(&first, 2, "", "a TXT \"new\"");
    let third = stepped(&second, 3, "", &padding().replace("pad", "new"));
    let over_udp =
        |version: &Version, held| World::with(version.clone()).pull(&Asking::ixfr(held).over_udp());
    assert_eq!(over_udp(&second, 1).sent().form(), Form::Diffs);
    let cut = over_udp(&third, 2);
    assert_eq!((cut.records(), cut.sent().form()), (vec!["SOA 3".to_owned()], Form::Soa));
    assert_eq!(cut.sent().sent().records, 1);
    let flags = Message::parse(cut.messages.first().unwrap()).unwrap().header().flags;
    assert!(flags.aa() && !flags.tc(), "RFC 1995 §2 has no TC");
    let unknown = over_udp(&second, 0);
    assert_eq!(unknown.records(), ["SOA 2"]);
    assert!([&cut, &unknown].iter().all(|pulled| pulled.messages.len() == 1));
}

/// RFC 1995 §5 leaves it to us; nobody gains from more than the zone itself.
#[test]
fn diffs_that_are_larger_than_the_zone_are_not_sent() {
    let mut version = version(1, "a TXT \"x\"");
    for serial in 2..60 {
        version = stepped(&version, serial, "", &format!("a{serial} TXT \"{}\"", "y".repeat(200)));
    }
    // All of it was added by diffs, but for what it takes to say so.
    let world = World::with(version);
    assert_eq!(world.pull(&Asking::ixfr(1)).sent().form(), Form::Whole);
    assert_eq!(world.pull(&Asking::ixfr(58)).sent().form(), Form::Diffs);
}

/// Diffs that fit the memory of a history may be longer in messages: there each record has its owner.
#[test]
fn diffs_that_are_longer_in_messages_than_the_zone_are_not_sent() {
    let owner = format!("{0}.{0}.{0}", "x".repeat(60));
    let hosts = |net: &str| (0..100).map(|n| format!("{owner} A {net}.{n}\n")).collect::<String>();
    let first = version(1, &hosts("192.0.2"));
    let second = stepped(&first, 2, &hosts("192.0.2"), &hosts("198.51.100"));
    assert_eq!(second.history().steps(), 1, "it is remembered");
    assert_eq!(World::with(second).pull(&Asking::ixfr(1)).sent().form(), Form::Whole);
}

#[test]
fn question_and_opt_stand_in_the_first_message_only() {
    let text: String = (0..2_000).map(|n| format!("n{n} TXT \"0123456789\"\n")).collect();
    let pulled = World::with(version(1, &text)).pull(&Asking::axfr());
    assert!(pulled.messages.len() > 2);
    for (number, message) in pulled.messages.iter().enumerate() {
        let header = *Message::parse(message).unwrap().header();
        assert_eq!((header.id, header.qdcount), (ID, u16::from(number == 0)));
        assert!(header.flags.aa() && header.flags.is_response() && !header.flags.tc());
        assert!(message.len() <= MESSAGE_OCTETS && header.nscount == 0 && header.arcount == 0);
    }
    let plain = query::axfr(ID, apex().as_ref());
    let mut with_edns = plain.clone();
    with_edns.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\x80\0\0\0");
    *with_edns.get_mut(11).unwrap() = 1;
    let world = World::with(version(1, "a TXT \"x\""));
    let source = "192.0.2.1".parse().unwrap();
    let (_, answer) = world.respond(&with_edns, Transport::Tcp, source);
    let edns = Message::parse(&answer).unwrap().edns().unwrap().unwrap();
    assert_eq!((edns.udp_size, edns.version, edns.flags), (1_232, 0, 0x8000));
    let (_, answer) = world.respond(&plain, Transport::Tcp, source);
    assert_eq!(Message::parse(&answer).unwrap().edns(), Ok(None));
}

/// Threat 9: a slow reader holds the version it began with, and no other.
#[test]
fn transfer_goes_on_with_its_version_while_others_come_and_go() {
    let text: String = (0..3_000).map(|n| format!("n{n} TXT \"0123456789\"\n")).collect();
    let world = World::with(version(1, &text));
    let (request, _) = Asking::axfr().request();
    let (response, _) = world.respond(&request, Transport::Tcp, "192.0.2.1".parse().unwrap());
    let Some(Response::Stream(mut transfer)) = response else { panic!("{response:?}") };
    let (mut messages, mut out) = (Vec::new(), Vec::new());
    let mut held = version(1, &text);
    let mut gone = Vec::new();
    while transfer.next(&mut out, NOW) == Written::More {
        messages.push(out.clone());
        held = stepped(&held, held.serial().0 + 1, "", &format!("new{} TXT \"x\"", held.serial()));
        gone.push(held.clone());
        world.publish(held.clone());
    }
    drop(held);
    messages.push(out);
    let pulled = Pulled { messages, end: End::Sent(transfer), signed: true };
    let Fetched::Whole(copy) = pulled.fetched(None) else { panic!() };
    assert_eq!(copy.serial(), Serial(1));
    assert!(gone.len() > 2);
    let alive = gone.iter().filter(|version| version.holder_count() > 1).count();
    assert_eq!(alive, 1, "of the others only the one that is served");
}
