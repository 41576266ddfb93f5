//! A secondary of the simulated daemon: it transfers what is served, and reads it with its own eyes.
//!
//! Touches nothing. The daemon's side is `proto::xfr::outbound`; everything else is the model's.
//!
//! Standards: RFC 5936 §2.2 · RFC 1995 §4 (the forms that are read back).
//!
//! Not here: access, signatures, slow readers (tests of `outbound` and of the daemon).

use crate::edition::{Edition, Entry, rrtype};
use crate::octets::{IN, read_answer};
use proto::access::{AccessRule, AddressRange};
use proto::admit::Admission;
use proto::answer::{Arrival, Identity, Rules, Transport};
use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use proto::xfr::outbound::{Grants, Response, Transfer, Written, respond};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use zone::{Table, ViewId};

/// What a transfer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// There is nothing newer than what was asked with.
    NoNews(u32),
    /// The zone, as it came.
    Whole(BTreeSet<Entry>),
    /// The zone, as it is after changes to what was held.
    Changed(BTreeSet<Entry>),
}

/// Where the secondary is.
const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

/// Transfers a zone, whole or since an edition that the secondary holds.
///
/// # Errors
/// What is wrong with the answer.
pub fn pull(
    table: &Table,
    apex: &[u8],
    since: Option<&Arc<Edition>>,
    now: UnixSeconds,
) -> Result<Pulled, String> {
    let mut messages = Vec::new();
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let octets = request(apex, since.map(Arc::as_ref));
    let (admission, identity, keys) =
        (Admission::default(), Identity::default(), Keyring::default());
    let rules = Rules {
        view: ViewId::DEFAULT,
        admission: &admission,
        udp_size_max: 1_232,
        keys: &keys,
        identity: &identity,
    };
    let rule = AccessRule { range: AddressRange::single(SOURCE), key: None };
    let grants = Grants::new(Arc::new([rule]), []);
    let arrival = Arrival { octets: &octets, transport: Transport::Tcp, source: SOURCE, now };
    match respond(table, &rules, &grants, &arrival, &mut buffer) {
        Some(Response::Stream(transfer)) => take_all(*transfer, &mut messages, now)?,
        Some(Response::Said { .. }) => messages.push(buffer),
        None => return Err("no transfer".to_owned()),
    }
    let mut entries = Vec::new();
    for message in &messages {
        entries.extend(read_answer(message).ok_or("octets that are no message")?);
    }
    assembled(&entries, since.map(Arc::as_ref))
}

fn take_all(
    mut transfer: Transfer,
    messages: &mut Vec<Vec<u8>>,
    now: UnixSeconds,
) -> Result<(), String> {
    loop {
        let mut message = Vec::new();
        let written = transfer.next(&mut message, now);
        messages.push(message);
        match written {
            Written::More => {}
            Written::Last => return Ok(()),
            Written::Broken(fault) => return Err(format!("broken off: {fault:?}")),
        }
    }
}

fn request(apex: &[u8], since: Option<&Edition>) -> Vec<u8> {
    let (qtype, authorities) = match since {
        Some(_) => (rrtype::IXFR, 1_u16),
        None => (rrtype::AXFR, 0),
    };
    let mut out = Vec::new();
    for word in [7, 0, 1, 0, authorities, 0] {
        out.extend_from_slice(&u16::to_be_bytes(word));
    }
    out.extend_from_slice(apex);
    out.extend_from_slice(&qtype.to_be_bytes());
    out.extend_from_slice(&IN.to_be_bytes());
    if let Some(Entry { owner, rrtype, rdata, .. }) = since.map(Edition::soa) {
        out.extend_from_slice(&owner);
        out.extend_from_slice(&rrtype.to_be_bytes());
        out.extend_from_slice(&IN.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&u16::try_from(rdata.len()).unwrap_or(0).to_be_bytes());
        out.extend_from_slice(&rdata);
    }
    out
}

/// The zone that the records of a transfer make, of what was held before if they are changes.
fn assembled(entries: &[Entry], held: Option<&Edition>) -> Result<Pulled, String> {
    let is_soa = |entry: &Entry| entry.rrtype == rrtype::SOA;
    let [first, inside @ ..] = entries else { return Err("nothing".to_owned()) };
    if !is_soa(first) {
        return Err("no opening SOA".to_owned());
    }
    let [inside @ .., last] = inside else {
        return Ok(Pulled::NoNews(serial_of(first)));
    };
    if last != first {
        return Err("another closing SOA".to_owned());
    }
    let mut all = match (inside.first().is_some_and(is_soa), held) {
        (false, _) => return Ok(Pulled::Whole(inside.iter().chain([last]).cloned().collect())),
        (true, Some(held)) => held.all(),
        (true, None) => return Err("changes that nobody asked for".to_owned()),
    };
    let mut goes = false;
    for entry in inside {
        goes ^= is_soa(entry);
        let fits = if goes { all.remove(entry) } else { all.insert(entry.clone()) };
        if !fits {
            return Err(format!("changes that do not apply: {entry:?}"));
        }
    }
    Ok(Pulled::Changed(all))
}

/// The serial of a SOA, five numbers before its end.
fn serial_of(soa: &Entry) -> u32 {
    let numbers = soa.rdata.get(soa.rdata.len().saturating_sub(20)..).unwrap_or_default();
    numbers.first_chunk::<4>().map_or(0, |octets| u32::from_be_bytes(*octets))
}
