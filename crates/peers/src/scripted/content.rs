//! Words for records. Hosts are `h1`, `h2` and so on below the apex, with the addresses 192.0.2.1, 192.0.2.2, …
//!
//! | word | records |
//! |---|---|
//! | `soa11` | the SOA at serial 11; `.below`, `.above`: of another name; `.other`: another REFRESH; `.zero`, `.max`: all timers so; `.short`, `.long`: an octet less or more; `.ch`: class CH |
//! | `ns`, `a3`, `a3-9`, `a3.ch`, `a3.short`, `a3.ttl` | the name server; hosts, of class CH, with three octets, with the top bit of the ttl |
//! | `out`, `above`, `near` | an address at a foreign name, above the apex, at a name that only looks as if it were below |
//! | `type41`, `rrsig255` | a record of that type, or a signature that covers it |
//! | `big0-99`, `types0-99`, `sigs0-99` | a hundred records of one rrset, types of one name, signatures over one rrset |
//! | `huge60000` | a record of so many octets |
//! | `fresh50` | so many hosts, others each time it is sent |
//! | `swollen50` | the same with 250 octets in each name, which take two in the message |
//! | `looping` | a name that points to itself |
//! | `nsec:h1:h2` | NSEC of an address from one name to the next |
//! | `sub/47/0161` | anything: labels (`@` is the apex), type, rdata in hexadecimals |

use crate::name::Name;

/// Octets of one record, or of several, in a message.
#[derive(Clone, Debug)]
pub(super) enum Words {
    /// Written out.
    Records { count: u16, octets: Vec<u8> },
    /// Hosts that were never sent before.
    Fresh(u16),
    /// The same, below a long name that the first of them writes out.
    Swollen(u16),
    /// A name that points to itself.
    Looping,
}

const IN: u16 = 1;
const CH: u16 = 3;
const A: u16 = 1;
const NS: u16 = 2;
const SOA: u16 = 6;
const TXT: u16 = 16;
const RRSIG: u16 = 46;
const NSEC: u16 = 47;
const TTL: u32 = 300;

/// A record as it is written.
#[derive(Clone)]
struct Record {
    owner: Name,
    rrtype: u16,
    class: u16,
    ttl: u32,
    rdata: Vec<u8>,
}

impl Record {
    fn new(owner: Name, rrtype: u16, rdata: Vec<u8>) -> Self {
        Self { owner, rrtype, class: IN, ttl: TTL, rdata }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.owner.octets());
        out.extend(self.rrtype.to_be_bytes());
        out.extend(self.class.to_be_bytes());
        out.extend(self.ttl.to_be_bytes());
        out.extend(u16::try_from(self.rdata.len()).expect("rdata that fits").to_be_bytes());
        out.extend(&self.rdata);
    }
}

impl Words {
    /// Reads a word; `None` if it stands for no records.
    pub(super) fn parse(word: &str, apex: &Name) -> Option<Self> {
        if word == "looping" {
            return Some(Self::Looping);
        }
        if let Some(count) = number_behind("fresh", word) {
            return Some(Self::Fresh(u16::try_from(count).ok()?));
        }
        if let Some(count) = number_behind("swollen", word) {
            return Some(Self::Swollen(u16::try_from(count).ok()?));
        }
        let records = records(word, apex)?;
        let mut octets = Vec::new();
        records.iter().for_each(|record| record.write(&mut octets));
        Some(Self::Records { count: u16::try_from(records.len()).ok()?, octets })
    }

    /// Writes them at the end of a message; returns how many they are. `fresh` counts the hosts that were sent.
    pub(super) fn write(&self, apex: &Name, fresh: &mut u32, message: &mut Vec<u8>) -> u16 {
        match self {
            Self::Records { count, octets } => {
                message.extend(octets);
                *count
            }
            Self::Fresh(count) => {
                for _ in 0..*count {
                    *fresh += 1;
                    let owner = apex.child(format!("fresh{fresh}").as_bytes());
                    Record::new(owner, A, fresh.to_be_bytes().to_vec()).write(message);
                }
                *count
            }
            Self::Swollen(count) => {
                write_swollen(*count, apex, fresh, message);
                *count
            }
            Self::Looping => {
                let here = u16::try_from(message.len()).expect("a place that a pointer can name");
                message.extend((0xc000 | here).to_be_bytes());
                message.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
                1
            }
        }
    }
}

/// NS records whose owner and target are a short label and a pointer to a name of some 240 octets.
fn write_swollen(count: u16, apex: &Name, fresh: &mut u32, message: &mut Vec<u8>) {
    let label = [b'x'; 50];
    let long = (0..4).fold(apex.clone(), |name, _| name.child(&label));
    let at = u16::try_from(message.len()).expect("a place that a pointer can name");
    for number in 0..count {
        *fresh += 1;
        let label = format!("{fresh:06x}");
        if number == 0 {
            Record::new(long.clone(), A, vec![192, 0, 2, 1]).write(message);
            continue;
        }
        let name = [&[6][..], label.as_bytes(), &(0xc000 | at).to_be_bytes()].concat();
        message.extend(&name);
        message.extend([0, 2, 0, 1, 0, 0, 1, 0, 0, 9]);
        message.extend(&name);
    }
}

fn records(word: &str, apex: &Name) -> Option<Vec<Record>> {
    let host = |number: u32| {
        let [_, high, low, last] = (0xc000_0200_u32 + number).to_be_bytes();
        let owner = apex.child(format!("h{number}").as_bytes());
        Record::new(owner, A, vec![192, high, low, last])
    };
    let address = |owner: Name| vec![Record::new(owner, A, vec![192, 0, 2, 200])];
    let (kind, mark) = word.split_once('.').unwrap_or((word, ""));
    if let Some(serial) = number_behind("soa", kind) {
        return Some(vec![soa(serial, mark, apex)?]);
    }
    if let Some((owner, next)) = word.strip_prefix("nsec:").and_then(|ends| ends.split_once(':')) {
        let bitmap = [0, 6, 0x40, 0, 0, 0, 0, 0x03]; // A, RRSIG and NSEC
        let rdata = [below(next, apex).octets(), &bitmap].concat();
        return Some(vec![Record::new(below(owner, apex), NSEC, rdata)]);
    }
    if let Some((label, rest)) = word.split_once('/') {
        let (rrtype, rdata) = rest.split_once('/')?;
        return Some(vec![Record::new(
            below(label, apex),
            rrtype.parse().ok()?,
            octets_of(rdata)?,
        )]);
    }
    if let Some(number) = number_behind("a", kind) {
        let mut record = host(number);
        match mark {
            "" => {}
            "ch" => record.class = CH,
            "short" => record.rdata.truncate(3),
            "ttl" => record.ttl = 0x8000_0000,
            _ => return None,
        }
        return Some(vec![record]);
    }
    if let Some((first, last)) = word.strip_prefix('a').and_then(|range| range.split_once('-')) {
        return Some((first.parse().ok()?..=last.parse().ok()?).map(host).collect());
    }
    match word {
        "ns" => {
            let target = apex.child(b"ns");
            return Some(vec![Record::new(apex.clone(), NS, target.octets().to_vec())]);
        }
        "out" => return Some(address(Name::new("www.elsewhere.test."))),
        "above" => return Some(address(apex.parent()?)),
        "near" => {
            let label = [b"x", apex.labels().next()?].concat();
            return Some(address(apex.parent()?.child(&label)));
        }
        _ => {}
    }
    numbered(word, apex)
}

/// Words that end in a number of their own meaning.
fn numbered(word: &str, apex: &Name) -> Option<Vec<Record>> {
    let of = |kind: &str| number_behind(kind, word);
    let range = |kind: &str| {
        let (first, last) = word.strip_prefix(kind)?.split_once('-')?;
        Some(first.parse::<u32>().ok()?..=last.parse().ok()?)
    };
    if let Some(numbers) = range("big") {
        let address = |number: u32| (0x0a00_0000 + number).to_be_bytes().to_vec();
        let record = |number| Record::new(apex.child(b"big"), A, address(number));
        return Some(numbers.map(record).collect());
    }
    if let Some(numbers) = range("types") {
        let rrtype = |number: u32| u16::try_from(1_000 + number).expect("a type");
        let record = |number| Record::new(apex.child(b"many"), rrtype(number), vec![1]);
        return Some(numbers.map(record).collect());
    }
    if let Some(numbers) = range("sigs") {
        return Some(numbers.map(|number| signature(apex.child(b"h1"), A, number)).collect());
    }
    if let Some(octets) = of("huge") {
        let strings = std::iter::repeat_n([&[255][..], &[b'x'; 255]].concat(), 256).flatten();
        let mut rdata: Vec<u8> = strings.take(octets as usize).collect();
        let last = (octets as usize - 1) / 256 * 256; // where the last string begins
        rdata[last] = u8::try_from(octets as usize - last - 1).unwrap();
        return Some(vec![Record::new(apex.child(b"huge"), TXT, rdata)]);
    }
    if let Some(covered) = of("rrsig") {
        return Some(vec![signature(apex.child(b"h1"), u16::try_from(covered).ok()?, 0)]);
    }
    let rrtype = u16::try_from(of("type")?).ok()?;
    Some(vec![Record::new(apex.child(b"meta"), rrtype, vec![0; 4])])
}

/// A signature by nobody; `number` tells it from others over the same.
fn signature(owner: Name, covered: u16, number: u32) -> Record {
    let signer = owner.parent().unwrap();
    let fixed = [&covered.to_be_bytes()[..], &[13, 1], &[0; 4], &[0xff; 4], &[0; 4], &[0, 7]];
    let rdata = [&fixed.concat()[..], signer.octets(), &number.to_be_bytes()].concat();
    Record::new(owner, RRSIG, rdata)
}

fn soa(serial: u32, mark: &str, apex: &Name) -> Option<Record> {
    let (mut refresh, mut retry, mut expire) = (7_200, 3_600, 1_209_600_u32);
    let mut owner = apex.clone();
    match mark {
        "" | "short" | "long" | "ch" | "upper" => {}
        "other" => refresh += 1,
        "zero" => (refresh, retry, expire) = (0, 0, 0),
        "refresh0" => (refresh, retry) = (0, 0),
        "max" => (refresh, retry, expire) = (u32::MAX, u32::MAX, u32::MAX),
        "below" => owner = apex.child(b"sub"),
        "above" => owner = apex.parent()?,
        _ => return None,
    }
    let numbers = [serial, refresh, retry, expire, 300].map(u32::to_be_bytes).concat();
    let names = [apex.child(b"ns").octets(), apex.child(b"hostmaster").octets()].concat();
    let mut rdata = [names, numbers].concat();
    if mark == "upper" {
        owner = Name::from_labels(
            apex.labels()
                .map(<[u8]>::to_ascii_uppercase)
                .collect::<Vec<_>>()
                .iter()
                .map(Vec::as_slice),
        );
        rdata[..names_len(apex)].make_ascii_uppercase();
    }
    match mark {
        "short" => rdata.truncate(rdata.len() - 1),
        "long" => rdata.push(0),
        _ => {}
    }
    let mut record = Record::new(owner, SOA, rdata);
    if mark == "ch" {
        record.class = CH;
    }
    Some(record)
}

/// Octets of the two names in the rdata of an SOA.
fn names_len(apex: &Name) -> usize {
    apex.child(b"ns").octets().len() + apex.child(b"hostmaster").octets().len()
}

fn below(labels: &str, apex: &Name) -> Name {
    match labels {
        "@" => apex.clone(),
        _ => Name::new(&format!("{labels}.{apex}")),
    }
}

fn octets_of(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    Some(digits?.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect())
}

/// The number that is all there is behind the word's kind.
fn number_behind(kind: &str, word: &str) -> Option<u32> {
    word.strip_prefix(kind)?.parse().ok()
}
