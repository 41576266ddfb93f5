//! TSIG from the text of RFC 8945 and RFC 2104: keys, the octets a MAC covers, and what a signed message is worth.
//!
//! Shares no code with what it judges: messages are walked, and MACs computed, octet by octet.

use super::walk::{Walk, name, number};
use sha2::Digest;
use std::sync::{Arc, LazyLock};
use wire::tsig::Key;

/// Type and class of the record.
const TSIG: u16 = 250;
const ANY: u16 = 255;

/// What both ends know.
#[derive(Debug)]
pub struct Shared {
    /// The same as the server holds it.
    pub key: Arc<Key>,
    /// Octets of an untruncated MAC.
    pub mac_octets: usize,
    /// The fewest octets of a MAC that may be accepted, and that this key accepts.
    least: (usize, usize),
    /// Name and algorithm in wire form and lower case.
    name: Vec<u8>,
    algorithm: Vec<u8>,
    secret: Vec<u8>,
    hash: fn(&[u8]) -> Vec<u8>,
    /// Octets of the hash's block.
    block: usize,
}

/// A key: its name, its algorithm and that in wire form, octets of its secret.
type Named = (&'static str, &'static str, &'static [u8], usize);
/// Its hash, octets of the hash's block, of its MACs, and the fewest that are permitted and that it accepts.
type Hashed = (fn(&[u8]) -> Vec<u8>, usize, usize, (usize, usize));

/// RFC 8945 §6: most kinds of hash, some that cut their MACs; names with upper case, secrets longer than a block.
const ROWS: [(Named, Hashed); 6] = [
    (("k.", "hmac-sha256", b"\x0bhmac-sha256\0", 32), (hash::<sha2::Sha256>, 64, 32, (16, 32))),
    (("K2.Tsig.", "hmac-sha1", b"\x09hmac-sha1\0", 100), (hash::<sha1::Sha1>, 64, 20, (10, 20))),
    (
        ("md.k.", "hmac-md5", b"\x08hmac-md5\x07sig-alg\x03reg\x03int\0", 3),
        (hash::<md5::Md5>, 64, 16, (10, 16)),
    ),
    (("cut.", "hmac-sha512", b"\x0bhmac-sha512\0", 64), (hash::<sha2::Sha512>, 128, 64, (32, 40))),
    (
        ("half.", "hmac-sha384-192", b"\x0fhmac-sha384-192\0", 200),
        (hash::<sha2::Sha384>, 128, 24, (24, 24)),
    ),
    (("least.", "hmac-sha224", b"\x0bhmac-sha224\0", 28), (hash::<sha2::Sha224>, 64, 28, (14, 14))),
];

/// A key for each row.
pub static KEYS: LazyLock<Vec<Shared>> =
    LazyLock::new(|| ROWS.iter().map(|(named, hashed)| Shared::new(named, hashed)).collect());

fn hash<D: Digest>(octets: &[u8]) -> Vec<u8> {
    D::digest(octets).to_vec()
}

impl Shared {
    fn new(named: &Named, hashed: &Hashed) -> Self {
        let (text, algorithm, wire, octets) = *named;
        let (hash, block, mac_octets, least) = *hashed;
        let secret: Vec<u8> = (0_u8..=255).rev().take(octets).collect();
        let key_name: wire::name::Name = text.parse().expect("a name");
        let name = key_name.as_wire().to_ascii_lowercase();
        let key = Key::new(key_name, algorithm.parse().expect("an algorithm"), &secret);
        let key = key.and_then(|key| key.with_mac_octets(least.1)).expect("a key");
        let (key, algorithm) = (Arc::new(key), wire.to_vec());
        Self { key, mac_octets, least, name, algorithm, secret, hash, block }
    }

    /// RFC 2104 §2.
    fn mac(&self, octets: &[u8]) -> Vec<u8> {
        let mut secret = self.secret.clone();
        if secret.len() > self.block {
            secret = (self.hash)(&secret);
        }
        secret.resize(self.block, 0);
        let padded = |pad: u8| secret.iter().map(|octet| octet ^ pad).collect::<Vec<u8>>();
        let inner = (self.hash)(&[padded(0x36), octets.to_vec()].concat());
        let mut mac = (self.hash)(&[padded(0x5c), inner].concat());
        mac.truncate(self.mac_octets);
        mac
    }
}

/// What stands in a TSIG besides the MAC and the names.
#[derive(Clone, Debug)]
pub struct Fields {
    /// When, in seconds since 1970; 48 bits.
    pub time: u64,
    /// By how much clocks may differ.
    pub fudge: u16,
    /// ID of the message as it was signed.
    pub original_id: u16,
    /// What was wrong with the request.
    pub error: u16,
    /// The time of who answers, for BADTIME.
    pub other: Vec<u8>,
}

/// What else a MAC covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Everything, as in a request or in the first answer.
    Whole,
    /// Time and fudge only, as in later answers (RFC 8945 §5.3.1).
    Timers,
}

/// What goes before the message: the MAC before, and messages that went unsigned since.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The MAC of the request or of the last signed answer.
    pub mac: Option<Vec<u8>>,
    /// Unsigned answers since.
    pub messages: Vec<u8>,
}

/// RFC 8945 §4.3: all that a MAC covers.
fn covered(
    shared: &Shared,
    before: &Before,
    message: &[u8],
    fields: &Fields,
    form: &Form,
) -> Vec<u8> {
    let mut octets = Vec::new();
    if let Some(mac) = &before.mac {
        octets.extend(u16::try_from(mac.len()).expect("a MAC").to_be_bytes());
        octets.extend(mac);
    }
    octets.extend(&before.messages);
    octets.extend(fields.original_id.to_be_bytes());
    octets.extend(message.get(2..).unwrap_or_default());
    let timers = [&fields.time.to_be_bytes()[2..], &fields.fudge.to_be_bytes()].concat();
    if *form == Form::Timers {
        octets.extend(timers);
        return octets;
    }
    octets.extend(&shared.name);
    octets.extend([0, 255, 0, 0, 0, 0]);
    octets.extend(&shared.algorithm);
    octets.extend(timers);
    octets.extend(fields.error.to_be_bytes());
    octets.extend(u16::try_from(fields.other.len()).expect("few").to_be_bytes());
    octets.extend(&fields.other);
    octets
}

/// A message with a TSIG at its end whose MAC is cut or filled up to a length. Also gives the MAC.
#[must_use]
pub fn signed(
    shared: &Shared,
    before: &Before,
    message: &[u8],
    (fields, form, mac_octets): (&Fields, &Form, usize),
) -> (Vec<u8>, Vec<u8>) {
    let mut mac = shared.mac(&covered(shared, before, message, fields, form));
    mac.resize(mac_octets, 0);
    let mut rdata = shared.algorithm.clone();
    rdata.extend(&fields.time.to_be_bytes()[2..]);
    rdata.extend(fields.fudge.to_be_bytes());
    rdata.extend(u16::try_from(mac.len()).expect("a MAC").to_be_bytes());
    rdata.extend(&mac);
    rdata.extend(fields.original_id.to_be_bytes());
    rdata.extend(fields.error.to_be_bytes());
    rdata.extend(u16::try_from(fields.other.len()).expect("few").to_be_bytes());
    rdata.extend(&fields.other);
    let mut octets = message.to_vec();
    octets.extend(shared.key.name().as_wire());
    octets.extend([0, 250, 0, 255, 0, 0, 0, 0]);
    octets.extend(u16::try_from(rdata.len()).expect("few").to_be_bytes());
    octets.extend(rdata);
    if let Some(count) = number(&octets, 10) {
        octets[10..12].copy_from_slice(&count.wrapping_add(1).to_be_bytes());
    }
    (octets, mac)
}

/// A TSIG as it stands at the end of a message.
#[derive(Debug)]
pub struct Tsig {
    /// The message as it was signed, but for its ID.
    pub message: Vec<u8>,
    /// Name of the key and of the algorithm, in lower case.
    pub names: (Vec<u8>, Vec<u8>),
    /// The MAC.
    pub mac: Vec<u8>,
    /// The rest.
    pub fields: Fields,
}

/// What ends a message.
#[derive(Debug)]
pub enum End {
    /// Nothing of interest.
    Plain,
    /// Not to be read, or with a TSIG that is not as RFC 8945 §4.2 and §5.1 have it.
    Broken,
    /// A TSIG.
    Tsig(Box<Tsig>),
}

/// Looks at the end of a message.
#[must_use]
pub fn end(octets: &[u8]) -> End {
    let Some(walk) = Walk::over(octets) else { return End::Broken };
    let is_tsig = |seen: &&super::walk::Seen| seen.fields.0 == TSIG;
    match (walk.records.last(), walk.records.iter().filter(is_tsig).count()) {
        (_, 0) => End::Plain,
        (Some(last), 1) if is_tsig(&last) && last.section == 3 && walk.end == octets.len() => {
            read(octets, last).map_or(End::Broken, |tsig| End::Tsig(Box::new(tsig)))
        }
        (_, _) => End::Broken,
    }
}

fn read(octets: &[u8], seen: &super::walk::Seen) -> Option<Tsig> {
    (seen.fields == (TSIG, ANY, 0)).then_some(())?;
    let rdata = octets.get(seen.rdata.clone())?;
    let (algorithm, at) = name(rdata, 0)?;
    let time = rdata.get(at..at + 6)?.iter().fold(0, |time, octet| time << 8 | u64::from(*octet));
    let fudge = number(rdata, at + 6)?;
    let mac_end = at + 10 + usize::from(number(rdata, at + 8)?);
    let mac = rdata.get(at + 10..mac_end)?.to_vec();
    let (original_id, error) = (number(rdata, mac_end)?, number(rdata, mac_end + 2)?);
    let other = rdata.get(mac_end + 6..)?.to_vec();
    (usize::from(number(rdata, mac_end + 4)?) == other.len()).then_some(())?;
    let mut message = octets.get(..seen.start)?.to_vec();
    let count = number(&message, 10)?.wrapping_sub(1);
    message.get_mut(10..12)?.copy_from_slice(&count.to_be_bytes());
    let fields = Fields { time, fudge, original_id, error, other };
    Some(Tsig { message, names: (seen.owner.clone()?, algorithm), mac, fields })
}

/// What a signature is worth, in the order of RFC 8945 §5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// No such key, or not with this algorithm.
    UnknownKey,
    /// A MAC of a length that none may have.
    MacLength,
    /// Not made with the key, or over something else.
    Forged,
    /// Signed too long ago, or ahead of time.
    Untimely,
    /// Cut further than this key accepts.
    Truncated,
    /// Good.
    Good,
}

impl Tsig {
    /// Judges it by a key.
    #[must_use]
    pub fn worth(&self, shared: &Shared, before: &Before, form: &Form, now: u64) -> Worth {
        let whole = shared.mac(&covered(shared, before, &self.message, &self.fields, form));
        if !self.is_by(shared) {
            Worth::UnknownKey
        } else if self.mac.len() > shared.mac_octets || self.mac.len() < shared.least.0 {
            Worth::MacLength
        } else if whole[..self.mac.len()] != self.mac {
            Worth::Forged
        } else if self.fields.time.abs_diff(now) > u64::from(self.fields.fudge) {
            Worth::Untimely
        } else if self.mac.len() < shared.least.1 {
            Worth::Truncated
        } else {
            Worth::Good
        }
    }

    /// Whether it says that it was made with this key.
    #[must_use]
    pub fn is_by(&self, shared: &Shared) -> bool {
        self.names == (shared.name.clone(), shared.algorithm.clone())
    }
}
