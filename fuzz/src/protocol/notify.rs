//! Octets as a NOTIFY, from somewhere, perhaps signed.
//!
//! The first octet says from where, the second what is spelled; the rest is a message as it is, or changes to one.

use super::letters::Letters;
use super::signature::{Before, End, Fields, Form, KEYS, Worth, end, signed};
use super::walk::{Walk, number};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use proto::access::{AccessRule, AddressRange};
use proto::notify::{Notified, Outcome, Refusal, inbound};
use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use std::sync::{Arc, LazyLock};
use wire::name::{Name, NameRef};

/// When all of it happens.
const NOW: u64 = 1_700_000_000;

/// Our keys: the others of [`KEYS`] are the senders' alone.
static KEYRING: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::new(KEYS.iter().take(OURS).map(|shared| Arc::clone(&shared.key))));
const OURS: usize = 4;

/// Senders: listed for a zone or not, one in two forms.
const SOURCES: [IpAddr; 8] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)),
    IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// Who may send for which zone: ranges, and the place of a key in [`KEYS`].
type Listed = (&'static str, &'static [(&'static str, Option<usize>)]);
const ZONES: [Listed; 4] = [
    ("z.", &[("192.0.2.0/30", None), ("198.51.100.7", Some(0))]),
    ("a.z.", &[("192.0.2.1", Some(1)), ("192.0.2.1", Some(2)), ("2001:db8::/32", Some(3))]),
    ("nobody.", &[]),
    (".", &[("::/0", None)]),
];

/// Questions: of the zones, of none, in two cases, and nearly well.
const QUESTIONS: [&[u8]; 8] = [
    b"\x01z\0\0\x06\0\x01",
    b"\x01A\x01Z\0\0\x06\0\x01",
    b"\x06nobody\0\0\x06\0\x01",
    b"\0\0\x06\0\x01",
    b"\x01b\x01z\0\0\x06\0\x01",
    b"\x01z\0\0\x01\0\x01",
    b"\x01z\0\0\x06\0\x03",
    b"\x01z\0\0\x06\0\x01\x01z\0\0\x06\0\x01",
];

/// Answer sections: the zone's SOA at serial 7, that of another, another type, a broken one.
const HINTS: [&[u8]; 4] = [
    b"\x01z\0\0\x06\0\x01\0\0\0\0\0\x16\0\0\0\0\0\x07\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01",
    b"\x01y\0\0\x06\0\x01\0\0\0\0\0\x16\0\0\0\0\0\x07\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01",
    b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04\x7f\0\0\x01",
    b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0\x04\0\0\0\0",
];

/// Everything that must hold for what says that a zone has changed.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&[how, what], rest)) = octets.split_first_chunk() else { return };
    let source = SOURCES[usize::from(how & 7)];
    let message = if how & 8 == 0 { rest.to_vec() } else { spelled(how, what, Letters(rest)) };
    judge(&message, source);
}

fn spelled(how: u8, what: u8, letters: Letters<'_>) -> Vec<u8> {
    let question = QUESTIONS[usize::from(what & 7)];
    let counts = [0, 1 + u8::from(what & 7 == 7), 0, u8::from(what & 8 != 0), 0, 0, 0, 0];
    let mut message = [b"\x12\x34\x24\0", &counts[..], question].concat();
    if what & 8 != 0 {
        message.extend_from_slice(HINTS[usize::from(what >> 4 & 3)]);
    }
    let key = usize::from(how >> 4) % 8;
    if let Some(shared) = KEYS.get(key) {
        let time = NOW.wrapping_add_signed([0, 300, -301, 0][usize::from(what >> 6)]);
        let fields = Fields { time, fudge: 300, original_id: 0x1234, error: 0, other: Vec::new() };
        let how = (&fields, &Form::Whole, shared.key.mac_octets());
        (message, _) = signed(shared, &Before::default(), &message, how);
    }
    super::tsig::change(&mut message, letters);
    message
}

fn judge(message: &[u8], source: IpAddr) {
    let verdict = inbound(message, source, &KEYRING, senders_of, UnixSeconds(NOW));
    let again = inbound(message, source, &KEYRING, senders_of, UnixSeconds(NOW));
    assert_eq!(verdict, again, "the same again");
    let rcode = match &verdict.outcome {
        Outcome::Ignored => {
            let is_notify = message.get(2).is_some_and(|flags| flags & 0xf8 == 0x20);
            assert!(!is_notify || message.len() < 12 || !has_whole_header(message), "ignored");
            assert_eq!(verdict.reply, None, "nobody waits for an answer");
            return;
        }
        Outcome::Accepted(notified) => {
            may_be_accepted(message, source, notified);
            0
        }
        Outcome::Refused(refusal) => {
            assert!(!refusal.fault().to_string().is_empty());
            match refusal {
                Refusal::UnknownSource { .. }
                | Refusal::Unsigned { .. }
                | Refusal::OtherKey { .. } => 5,
                Refusal::Malformed(_) | Refusal::Questions { .. } | Refusal::OtherType { .. } => 1,
                Refusal::UnknownZone { .. } => 9,
                Refusal::BadSignature(_) => verdict.reply.as_ref().map_or(9, |reply| reply[3] & 15),
            }
        }
    };
    let reply = verdict.reply.expect("a request is answered");
    judge_reply(message, &reply, rcode);
}

/// What may be read at all.
fn has_whole_header(message: &[u8]) -> bool {
    wire::message::Message::parse(message).is_ok()
}

/// ID, opcode and question as they came; no longer than what came, but for a signature; signed if that was, with a
/// key of ours.
fn judge_reply(message: &[u8], reply: &[u8], rcode: u8) {
    let walk = Walk::over(reply).expect("an answer can be read");
    assert_eq!((walk.end, &reply[..2], reply[3]), (reply.len(), &message[..2], rcode));
    assert_eq!(reply[2] & 0xf8, 0xa0, "an answer to a NOTIFY");
    assert_eq!((walk.counts[1], walk.counts[2]), (0, 0));
    let asked = match end(message) {
        End::Plain | End::Broken => {
            assert!(reply.len() <= message.len(), "no amplification");
            None
        }
        End::Tsig(asked) => Some(asked),
    };
    match (end(reply), asked) {
        (End::Plain, _) => {}
        (End::Broken, _) | (End::Tsig(_), None) => panic!("a broken answer"),
        (End::Tsig(told), Some(asked)) if told.fields.error == 0 => {
            let shared = KEYS.iter().take(OURS).find(|shared| told.is_by(shared)).expect("ours");
            let before = Before { mac: Some(asked.mac), messages: Vec::new() };
            assert_eq!(told.worth(shared, &before, &Form::Whole, NOW), Worth::Good);
        }
        (End::Tsig(_), Some(_)) => assert_eq!(rcode, 9),
    }
}

/// Threats 26 and 27: one question about a zone of ours, and a rule that names its source, and its key if there is one
/// in the rule.
fn may_be_accepted(message: &[u8], source: IpAddr, notified: &Notified) {
    // What stands behind the question is no reason to miss a change.
    let walk = Walk::into(message);
    let [(Some(qname), 6, 1)] = &walk.questions[..] else { panic!("{:?}", walk.questions) };
    assert_eq!(notified.apex.as_wire().to_ascii_lowercase(), *qname);
    let signed_by = match end(message) {
        End::Plain | End::Broken => None,
        End::Tsig(told) => {
            let at = KEYS.iter().take(OURS).position(|shared| told.is_by(shared));
            let at = at.expect("a key of ours");
            let worth = told.worth(&KEYS[at], &Before::default(), &Form::Whole, NOW);
            assert_eq!(worth, Worth::Good);
            Some(at)
        }
    };
    assert_eq!(notified.key.as_ref(), signed_by.map(|at| KEYS[at].key.name()));
    let of_zone = |(apex, _): &&Listed| name(apex).as_wire() == qname.as_slice();
    let (_, rules) = ZONES.iter().find(of_zone).expect("a zone of ours");
    let matches = |(range, key): &(&str, Option<usize>)| {
        contains(range, source) && (key.is_none() || *key == signed_by)
    };
    assert!(rules.iter().any(matches), "{source} is not listed for {}", notified.apex);
    assert_eq!(notified.serial.map(|serial| serial.0), hint(message, &walk, qname));
}

/// RFC 1996 §3.7: the SOA that may stand first in the answer section.
fn hint(message: &[u8], walk: &Walk, apex: &[u8]) -> Option<u32> {
    let first = walk.records.first().filter(|seen| seen.section == 1)?;
    (first.fields.0 == 6 && first.fields.1 == 1 && first.owner.as_deref()? == apex).then_some(())?;
    let (_, at) = super::walk::name(message, first.rdata.start)?;
    let (_, at) = super::walk::name(message, at)?;
    (at + 20 == first.rdata.end).then_some(())?;
    Some(u32::from(number(message, at)?) << 16 | u32::from(number(message, at + 2)?))
}

/// By the bits of its text.
fn contains(range: &str, source: IpAddr) -> bool {
    let (first, bits) = range.split_once('/').unwrap_or((range, "128"));
    let first: IpAddr = first.parse().expect("an address");
    let bits: u32 = bits.parse().expect("a number");
    let number = |address: IpAddr| match address.to_canonical() {
        IpAddr::V4(v4) => (4, u128::from(v4.to_bits()) << 96),
        IpAddr::V6(v6) => (6, v6.to_bits()),
    };
    let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits)).unwrap_or(0);
    let ((family, first), (other, source)) = (number(first), number(source));
    family == other && (first ^ source) & mask == 0
}

fn senders_of(apex: NameRef<'_>) -> Option<Vec<AccessRule>> {
    let (_, rules) = ZONES.iter().find(|(zone, _)| name(zone).as_ref() == apex)?;
    let rule = |(range, key): &(&str, Option<usize>)| AccessRule {
        range: range.parse::<AddressRange>().expect("a range"),
        key: key.map(|at| KEYS[at].key.name().clone()),
    };
    Some(rules.iter().map(rule).collect())
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}
