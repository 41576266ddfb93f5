//! Records that are too large for a message, or nearly so.

use super::*;

/// Threat 13: a message holds it, if any message can.
#[test]
fn records_that_need_a_message_to_themselves_get_one() {
    for octets in [16_000, 16_384, 40_000, 65_000] {
        let records =
            [large("a.example.", 10), large("b.example.", octets), large("c.example.", 10)];
        let version = version_of(records);
        let pulled = World::with(version.clone()).pull(&Asking::axfr());
        let Fetched::Whole(copy) = pulled.fetched(None) else { panic!("{octets}") };
        assert_eq!(copy.digest(), version.digest(), "{octets}");
    }
}

/// Threat 13: it is told once, and the transfer ends.
#[test]
fn record_that_no_message_holds_ends_the_transfer_with_its_code() {
    let version = version_of([large("a.example.", 20_000), large("b.example.", 65_535)]);
    for asking in [
        Asking::axfr(),
        Asking::axfr().signed_by(key("k1", Algorithm::HmacSha256)),
        Asking::ixfr(0),
    ] {
        let pulled = World::with(version.clone()).pull(&asking);
        let End::Broken(fault) = &pulled.end else { panic!("{:?}", pulled.end) };
        let facts = "serial=1 owner=b.example. rrtype=TYPE65280 octets=65535";
        assert_eq!(fault.to_string(), format!("RECORD_TOO_LARGE {facts}"));
        assert_eq!((pulled.rcode(), pulled.messages.len()), (Rcode::SERVFAIL, 3));
        assert!(pulled.signed, "what ends it is signed too");
    }
    let over_udp = World::with(version).pull(&Asking::ixfr(0).over_udp());
    assert_eq!(over_udp.records(), ["SOA 1"]);
}

/// Threat 13: the same in a diff.
#[test]
fn diff_with_a_record_that_no_message_holds_is_ended_too() {
    let first = version_of((0..5).map(|n| large(&format!("a{n}.example."), 30_000)));
    let (gone, come) = (soa(1), soa(2));
    let mut diff = Diff::new(Serial(1), Serial(2));
    gone.iter().for_each(|record| diff.remove(record.as_ref()));
    come.iter().for_each(|record| diff.add(record.as_ref()));
    diff.add(large("b.example.", 65_535).as_ref());
    let second = first.apply(&[diff.clone()], &lax()).unwrap();
    let second = second.with_history(first.history(), [Arc::new(diff)]);
    let pulled = World::with(second).pull(&Asking::ixfr(1));
    assert!(matches!(&pulled.end, End::Broken(fault) if fault.code.as_str() == "RECORD_TOO_LARGE"));
    assert_eq!(pulled.records(), ["SOA 2", "SOA 1", "SOA 2"]);
}

/// RFC 2181 §9: there is a way on, however long the names of the SOA are.
#[test]
fn soa_that_fits_no_datagram_is_told_by_tc() {
    let long = |letter: &str| {
        let label = letter.repeat(60);
        name(&format!("{label}.{label}.{label}.{label}."))
    };
    let mut longest = soa(1);
    let numbers =
        longest.first().unwrap().rdata.iter().rev().take(20).rev().copied().collect::<Vec<_>>();
    let rdata = [long("a").as_wire(), long("b").as_wire(), &numbers].concat();
    longest.first_mut().unwrap().rdata = rdata.into();
    let mut builder = Builder::new(apex(), lax());
    let all = longest.iter().cloned().chain(records("@ NS ns1"));
    all.for_each(|record| builder.push(record.as_ref()).unwrap());
    let world = World::with(builder.finish().unwrap());
    for asking in [Asking::ixfr(1), Asking::ixfr(1).signed_by(key("k1", Algorithm::HmacSha256))] {
        let cut = world.pull(&asking.clone().over_udp());
        let header = *Message::parse(cut.messages.first().unwrap()).unwrap().header();
        assert_eq!(
            (header.flags.tc(), header.ancount, header.flags.rcode()),
            (true, 0, Rcode::NOERROR)
        );
        assert!(cut.signed && cut.messages.first().unwrap().len() <= 512);
        assert_eq!(world.pull(&asking).records(), ["SOA 1"], "over TCP there is room");
    }
}

/// Threat 14: an rrset has no place in one message; it goes on in the next.
#[test]
fn rrsets_of_any_size_are_sent_record_by_record() {
    let many = (0..30_000_u32).map(|n| {
        let mut record = large("many.example.", 4);
        record.rdata = n.to_be_bytes().into();
        record
    });
    let version = version_of(many);
    let pulled = World::with(version.clone()).pull(&Asking::axfr());
    let Fetched::Whole(copy) = pulled.fetched(None) else { panic!() };
    assert_eq!(copy.digest(), version.digest());
    assert!(pulled.messages.iter().all(|message| message.len() <= MESSAGE_OCTETS));
}
