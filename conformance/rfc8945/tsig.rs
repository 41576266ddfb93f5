//! TSIG records of our own making, and the reading of those that come back (§4.2, §4.3). Nothing of
//! this is shared with what is judged.

use crate::judge::{Verdict, ensure};
use hmac::{Hmac, KeyInit as _, Mac as _};
use peers::ask::{Message, Name, Query};
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};

/// The secret of [`peers::key::Key::of_questions`].
const SECRET: &[u8] = b"this is a secret of 32 octets...";

const BADSIG: u16 = 16;

/// A record to be made: what is right unless it is changed.
pub(super) struct Tsig {
    pub(super) key: Name,
    pub(super) algorithm: Name,
    pub(super) secret: Vec<u8>,
    pub(super) time: u64,
    pub(super) fudge: u16,
    /// How much of the MAC is sent.
    pub(super) mac_len: usize,
}

impl Tsig {
    pub(super) fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self {
            key: Name::new("questions.key."),
            algorithm: Name::new("hmac-sha256."),
            secret: SECRET.to_vec(),
            time: now,
            fudge: 300,
            mac_len: 32,
        }
    }

    /// The message with this record behind it, and the MAC that was sent.
    pub(super) fn sign(&self, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let timers = [&self.time.to_be_bytes()[2..], &self.fudge.to_be_bytes()].concat();
        let variables = self.variables(&timers, 0, &[]);
        let mut mac = mac(&self.secret, &[message, &variables]);
        mac.resize(self.mac_len, 0xaa);
        let mac_len = u16::try_from(mac.len()).expect("a MAC that fits");
        let rdata = [
            self.algorithm.octets(),
            &timers,
            &mac_len.to_be_bytes(),
            &mac,
            &message[..2],
            &[0, 0, 0, 0],
        ]
        .concat();
        (with_record(message, &record(&self.key, 255, &rdata)), mac)
    }

    /// What is covered besides the message (§4.3.3).
    fn variables(&self, timers: &[u8], error: u16, other: &[u8]) -> Vec<u8> {
        let other_len = u16::try_from(other.len()).expect("other data that fits");
        [
            self.key.folded().octets(),
            &[0, 255, 0, 0, 0, 0],
            self.algorithm.folded().octets(),
            timers,
            &error.to_be_bytes(),
            &other_len.to_be_bytes(),
            other,
        ]
        .concat()
    }

    /// Checks the signature of an answer to a request that had this MAC.
    pub(super) fn verify(&self, answer: &[u8], request_mac: &[u8]) -> Verdict {
        let message = Message::parse(answer).map_err(str::to_owned)?;
        let found = Found::of(&message)?;
        let record = message.additional.last().ok_or("no record")?;
        ensure(record.owner.folded() == self.key.folded(), || format!("key {:?}", record.owner))?;
        ensure(record.ttl == 0 && record.class == 255, || format!("{record:?}"))?;
        let len = record.owner.octets().len() + 10 + record.rdata.len();
        let mut covered = answer.get(..answer.len() - len).ok_or("a compressed owner")?.to_vec();
        let count = u16::from_be_bytes([covered[10], covered[11]]) - 1;
        covered[10..12].copy_from_slice(&count.to_be_bytes());
        let variables = self.variables(&found.timers, found.error, &found.other);
        let request_len = u16::try_from(request_mac.len()).map_err(|error| error.to_string())?;
        let parts = [&request_len.to_be_bytes()[..], request_mac, &covered, &variables];
        let expected = mac(&self.secret, &parts);
        ensure(expected == found.mac, || format!("MAC {:02x?}", found.mac))
    }
}

/// The TSIG record of an answer, read.
pub(super) struct Found {
    /// Time and fudge as they were sent.
    pub(super) timers: Vec<u8>,
    pub(super) mac: Vec<u8>,
    pub(super) error: u16,
    pub(super) other: Vec<u8>,
}

impl Found {
    pub(super) fn of(message: &Message) -> Result<Self, String> {
        let tsigs = message.additional.iter().filter(|record| record.rrtype == 250).count();
        ensure(tsigs == 1, || format!("{tsigs} TSIG records: {message:?}"))?;
        let last = message.additional.last().filter(|record| record.rrtype == 250);
        let rdata = &last.ok_or("the TSIG record is not the last")?.rdata;
        Self::read(rdata).ok_or_else(|| format!("a malformed TSIG record: {rdata:02x?}"))
    }

    fn read(rdata: &[u8]) -> Option<Self> {
        let mut at = 0;
        while *rdata.get(at)? != 0 {
            at += 1 + usize::from(rdata[at]);
        }
        let number = |at: usize| Some(u16::from_be_bytes(*rdata.get(at..)?.first_chunk()?));
        let timers = rdata.get(at + 1..at + 9)?.to_vec();
        let mac_end = at + 11 + usize::from(number(at + 9)?);
        let mac = rdata.get(at + 11..mac_end)?.to_vec();
        let other_end = mac_end + 6 + usize::from(number(mac_end + 4)?);
        let other = rdata.get(mac_end + 6..other_end)?.to_vec();
        (other_end == rdata.len()).then_some(Self {
            timers,
            mac,
            error: number(mac_end + 2)?,
            other,
        })
    }
}

fn mac(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// The octets of a TSIG record.
pub(super) fn record(key: &Name, class: u16, rdata: &[u8]) -> Vec<u8> {
    let len = u16::try_from(rdata.len()).expect("rdata that fits");
    [key.octets(), &[0, 250], &class.to_be_bytes(), &[0; 4], &len.to_be_bytes(), rdata].concat()
}

/// The message with one record more in its additional section.
pub(super) fn with_record(message: &[u8], record: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    message[11] += 1;
    message.extend(record);
    message
}

/// A question with an id that tells it.
pub(super) fn query(qname: &str, qtype: u16) -> Query {
    let mut query = Query::new(qname, qtype);
    query.id = 0x7516;
    query
}

/// NOTAUTH with this error and no MAC, as §5.2.1 and §5.2.2 want it.
pub(super) fn is_unsigned_error(answer: &Message, error: u16) -> Verdict {
    ensure(answer.rcode == 9, || format!("rcode {}: {answer:?}", answer.rcode))?;
    ensure(answer.answer.is_empty() && answer.authority.is_empty(), || format!("{answer:?}"))?;
    let found = Found::of(answer)?;
    ensure(found.error == error, || format!("error {}", found.error))?;
    ensure(found.mac.is_empty(), || "it is signed".to_owned())
}

/// The answer that a MAC of another secret gets.
pub(super) fn is_bad_signature(answer: &Message) -> Verdict {
    is_unsigned_error(answer, BADSIG)
}
