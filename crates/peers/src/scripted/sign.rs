//! Signatures (RFC 8945), good and bad in every way. Without a mark a message is signed as it should be.
//!
//! | word | what is otherwise |
//! |---|---|
//! | `~none` | not signed; the next signature covers it |
//! | `~mac`, `~secret` | one bit of the MAC is flipped; the secret is another |
//! | `~time-400`, `~time+400`, `~time0`, `~timemax` | signed so many seconds ago or ahead, in 1970, at the end of time |
//! | `~fudge0` | so much tolerance |
//! | `~octets16` | the MAC is cut to so many octets, or filled up with zeros |
//! | `~alg:x.`, `~key:x.` | another name of the algorithm or the key, also under the MAC |
//! | `~upper` | the key's name in upper case, its MAC over lower case, as it must be |
//! | `~error18`, `~other` | that error; with the time of the server in "other" |
//! | `~early`, `~twice` | an OPT record follows; the TSIG is there twice |
//! | `~class`, `~ttl`, `~rdata`, `~tail` | class IN, TTL 1, rdata an octet short, an octet behind it |
//! | `~orig` | another original ID than the MAC covers |
//! | `~forwarded` | another ID was signed, as the original ID says |
//! | `~timers`, `~all` | the MAC covers only the timers, or all variables, whichever is wrong |
//! | `~anew` | the MAC covers the MAC of the request again, not that of the message before |
//! | `~held`, `~lost`, `~again` | sent behind the next message, not at all, twice |

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::ask::TSIG;
use crate::key::Key;
use crate::message;
use crate::name::Name;

/// One way in which a signature is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    Mac,
    Secret,
    TimeOff(i64),
    TimeIs(u64),
    Fudge(u16),
    Octets(usize),
    Algorithm(String),
    Key(String),
    Upper,
    Error(u16),
    Other,
    Early,
    Twice,
    Class,
    Ttl,
    Rdata,
    Tail,
    Orig,
    Forwarded,
    Timers,
    All,
    Anew,
    Held,
    Lost,
    Again,
}

impl Mark {
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = word.strip_prefix('~')?;
        let number = |kind: &str| word.strip_prefix(kind).and_then(|rest| rest.parse::<i64>().ok());
        if let Some(name) = word.strip_prefix("alg:") {
            return Some(Self::Algorithm(name.to_owned()));
        }
        if let Some(name) = word.strip_prefix("key:") {
            return Some(Self::Key(name.to_owned()));
        }
        if let Some(fudge) = number("fudge") {
            return Some(Self::Fudge(u16::try_from(fudge).ok()?));
        }
        if let Some(octets) = number("octets") {
            return Some(Self::Octets(usize::try_from(octets).ok()?));
        }
        if let Some(error) = number("error") {
            return Some(Self::Error(u16::try_from(error).ok()?));
        }
        Some(match word {
            "none" => Self::None,
            "mac" => Self::Mac,
            "secret" => Self::Secret,
            "time0" => Self::TimeIs(0),
            "timemax" => Self::TimeIs((1 << 48) - 1),
            "upper" => Self::Upper,
            "other" => Self::Other,
            "early" => Self::Early,
            "twice" => Self::Twice,
            "class" => Self::Class,
            "ttl" => Self::Ttl,
            "rdata" => Self::Rdata,
            "tail" => Self::Tail,
            "orig" => Self::Orig,
            "forwarded" => Self::Forwarded,
            "timers" => Self::Timers,
            "all" => Self::All,
            "anew" => Self::Anew,
            "held" => Self::Held,
            "lost" => Self::Lost,
            "again" => Self::Again,
            _ => Self::TimeOff(number("time")?),
        })
    }
}

/// Signs one reply's messages in their order.
pub(super) struct Signer {
    name: Name,
    algorithm: Name,
    secret: Vec<u8>,
    request_mac: Vec<u8>,
    /// The MAC that the next one covers.
    prior: Vec<u8>,
    /// Unsigned messages that the next MAC covers.
    between: Vec<u8>,
    is_first: bool,
}

/// The fields of a TSIG beside its MAC.
struct Fields {
    name: Name,
    algorithm: Name,
    time: u64,
    fudge: u16,
    original_id: [u8; 2],
    error: u16,
    other: Vec<u8>,
}

impl Signer {
    /// For the answers to a signed query. The key must be one of hmac-sha256.
    pub(super) fn new(key: &Key, query: &[u8]) -> Self {
        Self::behind(key, mac_of(query))
    }

    /// For a request, which covers no MAC before it.
    pub(super) fn of_request(key: &Key) -> Self {
        Self::behind(key, Vec::new())
    }

    fn behind(key: &Key, request_mac: Vec<u8>) -> Self {
        assert_eq!(key.algorithm, "hmac-sha256", "the one that is scripted");
        Self {
            name: Name::new(&key.name),
            algorithm: Name::new("hmac-sha256."),
            secret: BASE64.decode(key.secret.as_bytes()).expect("a secret in base64"),
            prior: request_mac.clone(),
            request_mac,
            between: Vec::new(),
            is_first: true,
        }
    }

    /// The message with a TSIG, as the marks want it.
    pub(super) fn sign(&mut self, mut message: Vec<u8>, marks: &[Mark]) -> Vec<u8> {
        if marks.contains(&Mark::None) {
            self.between.extend(&message);
            return message;
        }
        let header_id = [message[0], message[1]];
        let mut fields = self.fields(header_id, marks);
        if marks.contains(&Mark::Forwarded) {
            message[0] ^= 0x55;
            fields.original_id = [message[0], message[1]];
        }
        let mut mac = self.mac(&message, &fields, marks);
        self.prior.clone_from(&mac);
        self.between.clear();
        self.is_first = false;
        message[..2].copy_from_slice(&header_id);
        for mark in marks {
            match mark {
                Mark::Mac => mac[0] ^= 1,
                Mark::Octets(octets) => mac.resize(*octets, 0),
                Mark::Orig => fields.original_id[1] ^= 1,
                Mark::Upper => fields.name = upper(&fields.name),
                _ => {}
            }
        }
        append(&mut message, &fields, &mac, marks);
        message
    }

    fn fields(&self, original_id: [u8; 2], marks: &[Mark]) -> Fields {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let (name, algorithm) = (self.name.clone(), self.algorithm.clone());
        let (time, fudge, error, other) = (now, 300, 0, Vec::new());
        let mut fields = Fields { name, algorithm, time, fudge, original_id, error, other };
        for mark in marks {
            match mark {
                Mark::TimeOff(seconds) => fields.time = now.saturating_add_signed(*seconds),
                Mark::TimeIs(time) => fields.time = *time,
                Mark::Fudge(fudge) => fields.fudge = *fudge,
                Mark::Algorithm(name) => fields.algorithm = Name::new(name),
                Mark::Key(name) => fields.name = Name::new(name),
                Mark::Error(error) => fields.error = *error,
                Mark::Other => fields.other = (now + 4_000).to_be_bytes()[2..].to_vec(),
                _ => {}
            }
        }
        fields
    }

    /// RFC 8945 §4.3: the MAC before, the messages, then all variables in the first message and the timers in
    /// the others.
    fn mac(&self, message: &[u8], fields: &Fields, marks: &[Mark]) -> Vec<u8> {
        let mut secret = self.secret.clone();
        if marks.contains(&Mark::Secret) {
            secret[0] ^= 1;
        }
        let mut digest = Hmac::<Sha256>::new_from_slice(&secret).expect("keys of any length");
        let prior = if marks.contains(&Mark::Anew) { &self.request_mac } else { &self.prior };
        if !prior.is_empty() {
            digest.update(&length(prior));
            digest.update(prior);
        }
        digest.update(&self.between);
        digest.update(message);
        let has_all = self.is_first && !marks.contains(&Mark::Timers) || marks.contains(&Mark::All);
        if has_all {
            digest.update(fields.name.folded().octets());
            digest.update(&[0, 255, 0, 0, 0, 0]); // class ANY, TTL 0
            digest.update(fields.algorithm.folded().octets());
        }
        digest.update(&fields.time.to_be_bytes()[2..]);
        digest.update(&fields.fudge.to_be_bytes());
        if has_all {
            digest.update(&fields.error.to_be_bytes());
            digest.update(&length(&fields.other));
            digest.update(&fields.other);
        }
        digest.finalize().into_bytes().to_vec()
    }
}

/// Puts the record at the end of the message and counts it.
fn append(message: &mut Vec<u8>, fields: &Fields, mac: &[u8], marks: &[Mark]) {
    let has = |mark: &Mark| marks.contains(mark);
    let mut rdata = fields.algorithm.octets().to_vec();
    rdata.extend(&fields.time.to_be_bytes()[2..]);
    rdata.extend(fields.fudge.to_be_bytes());
    rdata.extend(length(mac));
    rdata.extend(mac);
    rdata.extend(fields.original_id);
    rdata.extend(fields.error.to_be_bytes());
    rdata.extend(length(&fields.other));
    rdata.extend(&fields.other);
    if has(&Mark::Rdata) {
        rdata.pop();
    }
    let mut record = fields.name.octets().to_vec();
    record.extend(TSIG.to_be_bytes());
    record.extend([0, if has(&Mark::Class) { 1 } else { 255 }]);
    record.extend([0, 0, 0, u8::from(has(&Mark::Ttl))]);
    record.extend(length(&rdata));
    record.extend(rdata);
    message[11] += 1;
    message.extend(&record);
    if has(&Mark::Twice) {
        message[11] += 1;
        message.extend(&record);
    }
    if has(&Mark::Early) {
        message[11] += 1;
        message.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    }
    if has(&Mark::Tail) {
        message.push(0);
    }
}

/// The MAC in the TSIG of a query, which is its last record.
fn mac_of(query: &[u8]) -> Vec<u8> {
    let query = message::Message::parse(query).expect("a query that can be read");
    let tsig = query.additional.last().filter(|record| record.rrtype == TSIG);
    let rdata = &tsig.expect("a signed query").rdata;
    let at = Name::new("hmac-sha256.").octets().len() + 8; // behind algorithm, time and fudge
    let len = usize::from(u16::from_be_bytes([rdata[at], rdata[at + 1]]));
    rdata[at + 2..at + 2 + len].to_vec()
}

fn upper(name: &Name) -> Name {
    let labels: Vec<Vec<u8>> = name.labels().map(<[u8]>::to_ascii_uppercase).collect();
    Name::from_labels(labels.iter().map(Vec::as_slice))
}

fn length(octets: &[u8]) -> [u8; 2] {
    u16::try_from(octets.len()).expect("a length that fits").to_be_bytes()
}
