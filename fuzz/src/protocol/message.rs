//! Octets as a message: walked, expanded, printed, written again, and read as a query.

use super::parsed::{Parsed, Told};
use wire::builder::{Builder, Full};
use wire::codes::{Opcode, Rrtype};
use wire::message::{HEADER_OCTETS, Message};
use wire::name::NameRef;
use wire::query::{Query, QueryFault};
use wire::rdata;
use wire::record::RecordRef;
use wire::tsig;

/// Everything that must hold for any octets.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    query_agrees_with_message(octets);
    tsig_agrees_with_message(octets);
    let Some(parsed) = Parsed::read(octets) else { return };
    parsed.records.iter().for_each(rdata_keeps_its_promises);
    if parsed.questions.len() <= 1 {
        written_again_is_the_same(&parsed);
        what_fits_is_written_whole(&parsed);
    }
}

/// What a message is when it is read as a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Query,
    Drop,
    Notify,
    FormErr,
    NotImp,
    BadVers,
}

impl Reading {
    fn of(query: &Result<Query<'_>, QueryFault<'_>>) -> Self {
        match query {
            Ok(_) => Self::Query,
            Err(QueryFault::Drop) => Self::Drop,
            Err(QueryFault::Notify) => Self::Notify,
            Err(QueryFault::FormErr(_)) => Self::FormErr,
            Err(QueryFault::NotImp(_)) => Self::NotImp,
            Err(QueryFault::BadVers(_)) => Self::BadVers,
        }
    }

    /// The same by the parser for messages in general.
    fn expected(octets: &[u8]) -> Self {
        let Ok(message) = Message::parse(octets) else { return Self::Drop };
        let header = message.header();
        match header.flags.opcode() {
            _ if header.flags.is_response() => return Self::Drop,
            Opcode::QUERY => {}
            Opcode::NOTIFY => return Self::Notify,
            Opcode(_) => return Self::NotImp,
        }
        let question = message.questions().next().and_then(Result::ok);
        let Some(question) = question.filter(|_| header.qdcount == 1) else {
            return Self::FormErr;
        };
        // There is nothing in front that a name of the question could point at.
        let is_plain = octets[HEADER_OCTETS..].starts_with(question.qname.as_ref().as_wire());
        let may_have_authority = question.qtype == Rrtype::IXFR;
        let is_query = is_plain
            && header.ancount == 0
            && (header.nscount == 0 || may_have_authority)
            && message.end_of_records() == Ok(octets.len())
            && message.tsig().is_ok();
        match message.edns() {
            Ok(None) if is_query => Self::Query,
            Ok(Some(edns)) if is_query && edns.version == 0 => Self::Query,
            Ok(Some(_)) if is_query => Self::BadVers,
            Ok(_) | Err(_) => Self::FormErr,
        }
    }
}

fn query_agrees_with_message(octets: &[u8]) {
    let query = Query::parse(octets);
    assert_eq!(Reading::of(&query), Reading::expected(octets));
    match query {
        Ok(query) => {
            let message = Message::parse(octets).unwrap();
            let question = message.questions().next().unwrap().unwrap();
            assert_eq!(query.qname.as_wire(), question.qname.as_ref().as_wire());
            assert_eq!((query.qtype, query.qclass), (question.qtype, question.qclass));
            assert_eq!((query.id, query.flags), (message.header().id, message.header().flags));
            assert_eq!(query.edns, message.edns().unwrap());
            let tsig = message.tsig().unwrap();
            assert_eq!(query.tsig_at, tsig.map(|tsig| tsig.start()));
        }
        Err(fault) => fault_is_told_modestly(octets, &fault),
    }
}

/// Nothing is repeated that was not understood, and the reply is no longer than what it replies to.
fn fault_is_told_modestly(octets: &[u8], fault: &QueryFault<'_>) {
    let mut out = [0xa5; 1_024];
    let Some(len) = fault.reply(1_232, &mut out) else {
        assert!(matches!(fault, QueryFault::Drop | QueryFault::Notify));
        return;
    };
    assert!(len <= octets.len(), "a reply of {len} octets to {}", octets.len());
    let reply = Parsed::read(&out[..len]).expect("a reply can be read");
    let (told, asked) = (reply.header, *Message::parse(octets).unwrap().header());
    assert_eq!(told.id, asked.id);
    assert!(told.flags.is_response() && !asked.flags.is_response());
    assert_eq!(told.flags.opcode(), asked.flags.opcode());
    assert!(reply.questions.len() <= 1 && reply.records.len() <= 1);
    assert!(reply.records.iter().all(|record| record.rrtype == Rrtype::OPT));
    if let [question] = &reply.questions[..] {
        let end = HEADER_OCTETS + question.qname.as_wire().len() + 4;
        assert_eq!(out[HEADER_OCTETS..end], octets[HEADER_OCTETS..end], "the question as it was");
    }
    // Where not even this fits, nothing else is written.
    assert!(fault.reply(1_232, &mut out[..len - 1]).is_none_or(|shorter| shorter < len));
}

fn tsig_agrees_with_message(octets: &[u8]) {
    let Ok(Some(found)) = tsig::find(octets) else { return };
    let message = Message::parse(octets).unwrap();
    let record = message.tsig().expect("a TSIG is the last record").expect("and it is there");
    assert_eq!(HEADER_OCTETS + found.rest.len(), record.start(), "it covers all in front of it");
}

fn rdata_keeps_its_promises(record: &Told) {
    let (rrtype, octets) = (record.rrtype, &record.rdata[..]);
    let mut end = 0;
    for (range, _) in rdata::names(rrtype, octets) {
        assert!(end <= range.start && range.end <= octets.len(), "names come in order");
        NameRef::from_wire(&octets[range.clone()]).expect("names are names");
        end = range.end;
    }
    let mut canonical = Vec::new();
    rdata::canonical_into(rrtype, octets, &mut canonical);
    assert!(canonical.eq_ignore_ascii_case(octets), "only case changes");
    let mut again = Vec::new();
    rdata::canonical_into(rrtype, &canonical, &mut again);
    assert_eq!(again, canonical, "canonical is canonical");
    let text = rdata::present(rrtype, octets).to_string();
    assert!(text.bytes().all(|octet| matches!(octet, b' '..=b'~')), "threat 22: {text:?}");
    let mut read = Vec::new();
    if let Err(error) = rdata::parse(rrtype, &text, NameRef::ROOT, &mut read) {
        panic!("{rrtype} {text}: {error:?}");
    }
    assert_eq!(read, octets, "{rrtype} {text}");
}

fn written_again_is_the_same(parsed: &Parsed) {
    let question = parsed.questions.iter().map(|asked| asked.qname.as_wire().len() + 4);
    let records = parsed.records.iter().map(Told::octets);
    let most = HEADER_OCTETS + question.sum::<usize>() + records.sum::<usize>();
    let mut out = vec![0xa5; most.min(65_535)];
    let (written, len) = write(parsed, &mut out);
    assert!(len <= most, "compression makes nothing longer");
    assert!(written.len() == parsed.records.len() || most > 65_535, "all of it has room");
    let again = Parsed::read(&out[..len]).expect("what we write can be read");
    same(parsed, &written, &again);
    let mut twice = vec![0x5a; len];
    let (_, len_twice) = write(&again, &mut twice);
    assert_eq!(twice[..len_twice], out[..len], "written is written");
}

/// The ID serves as the number of octets there is room for.
fn what_fits_is_written_whole(parsed: &Parsed) {
    let room = HEADER_OCTETS + usize::from(parsed.header.id);
    let question = parsed.questions.iter().map(|asked| asked.qname.as_wire().len() + 4);
    if HEADER_OCTETS + question.sum::<usize>() > room {
        return;
    }
    let mut out = vec![0xa5; room];
    let (written, len) = write(parsed, &mut out);
    let again = Parsed::read(&out[..len]).expect("what we write can be read");
    same(parsed, &written, &again);
}

/// Writes as many of the records as fit; returns them, and the length.
fn write<'p>(parsed: &'p Parsed, out: &mut [u8]) -> (Vec<&'p Told>, usize) {
    let mut builder = Builder::new(out, parsed.header.id, parsed.header.flags).unwrap();
    for asked in &parsed.questions {
        builder.question(asked.qname.as_ref(), asked.qtype, asked.qclass).unwrap();
    }
    let mut written = Vec::new();
    for told in &parsed.records {
        let Told { section, owner, rrtype, class, ttl, rdata } = told;
        let (rrtype, class, ttl) = (*rrtype, *class, *ttl);
        let record = RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata };
        let before = builder.len();
        match builder.push_record(*section, record) {
            Ok(()) => written.push(told),
            Err(Full) => assert_eq!(builder.len(), before, "written whole or not at all"),
        }
    }
    (written, builder.finish())
}

fn same(parsed: &Parsed, written: &[&Told], again: &Parsed) {
    let (before, after) = (parsed.header, again.header);
    assert_eq!((before.id, before.flags), (after.id, after.flags));
    for (before, after) in parsed.questions.iter().zip(&again.questions) {
        assert_eq!(before.qname.as_wire(), after.qname.as_wire());
        assert_eq!((before.qtype, before.qclass), (after.qtype, after.qclass));
    }
    assert_eq!(parsed.questions.len(), again.questions.len());
    assert_eq!(written.len(), again.records.len());
    let qname = parsed.questions.first().map(|asked| asked.qname.as_ref());
    for (&before, after) in written.iter().zip(&again.records) {
        assert_eq!(before, after, "names are equal whatever their case");
        let (kept, echoed) = (before.owner.as_wire(), after.owner.as_wire());
        // The owner may take the case of the question, and no other.
        let of_question = qname.is_some_and(|qname| qname.as_wire().ends_with(echoed));
        assert!(kept == echoed || of_question, "{:?} became {:?}", before.owner, after.owner);
    }
}
