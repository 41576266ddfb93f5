//! Zones from a few words, for the tests of this crate.
//!
//! Pure.

use crate::{Builder, CheckError, Diff, Limits, Version};
use wire::codes::{Class, Rrtype};
use wire::name::{Name, NameRef};
use wire::record::Record;
use wire::serial::Serial;
use wire::ttl::Ttl;

pub(crate) fn apex() -> Name {
    name("example.")
}

/// A name relative to the apex; `@` is the apex.
pub(crate) fn name(text: &str) -> Name {
    if text == "@" {
        return apex();
    }
    let origin = Name::from_wire(b"\x07example\0").unwrap();
    Name::parse(text.as_bytes(), origin.as_ref()).unwrap()
}

/// `owner [ttl] TYPE rdata`; the rdata is a serial for SOA, four numbers for A, text for TXT, a type for RRSIG,
/// `algorithm/flags/iterations/salt` for NSEC3PARAM and NSEC3, of which the latter may have the one type `/SOA`,
/// otherwise a name.
pub(crate) fn record(line: &str) -> Record {
    let mut words = line.split_whitespace().peekable();
    let owner = name(words.next().unwrap());
    let ttl = words.next_if(|word| word.parse::<u32>().is_ok());
    let ttl = Ttl::from_wire(ttl.map_or(300, |word| word.parse().unwrap()));
    let rrtype: Rrtype = words.next().unwrap().parse().unwrap();
    let rdata = words.next().unwrap();
    let rdata = match rrtype {
        Rrtype::SOA => soa(rdata.parse().unwrap()),
        Rrtype::A => rdata.split('.').map(|octet| octet.parse().unwrap()).collect(),
        Rrtype::TXT => [&[u8::try_from(rdata.len()).unwrap()], rdata.as_bytes()].concat(),
        Rrtype::RRSIG => {
            let covered: Rrtype = rdata.parse().unwrap();
            [&covered.0.to_be_bytes()[..], &[8, 1], &[0; 14], b"\x07example\0signature"].concat()
        }
        Rrtype::NSEC3PARAM | Rrtype::NSEC3 if rdata.contains('/') => chain(rrtype, rdata),
        _ => name(rdata).as_wire().to_vec(),
    };
    Record { owner, rrtype, class: Class::IN, ttl, rdata: rdata.into() }
}

fn chain(rrtype: Rrtype, words: &str) -> Vec<u8> {
    let words: Vec<&str> = words.split('/').collect();
    let iterations: u16 = words[2].parse().unwrap();
    let mut rdata = vec![words[0].parse().unwrap(), words[1].parse().unwrap()];
    rdata.extend_from_slice(&iterations.to_be_bytes());
    let digits = words[3].as_bytes().as_chunks::<2>().0;
    rdata.push(u8::try_from(digits.len()).unwrap());
    for digits in digits {
        rdata.push(u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap());
    }
    if rrtype == Rrtype::NSEC3 {
        rdata.push(20);
        rdata.extend_from_slice(&[0; 20]);
        if words.get(4) == Some(&"SOA") {
            rdata.extend_from_slice(&[0, 1, 0x02]);
        }
    }
    rdata
}

fn soa(serial: u32) -> Vec<u8> {
    let mut rdata = [name("ns1").as_wire(), name("root").as_wire()].concat();
    for number in [serial, 7_200, 900, 1_209_600, 300] {
        rdata.extend_from_slice(&number.to_be_bytes());
    }
    rdata
}

/// One record a line.
pub(crate) fn try_zone(lines: &str, limits: Limits) -> Result<Version, CheckError> {
    let mut builder = Builder::new(apex(), limits);
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        builder.push(record(line).as_ref())?;
    }
    builder.finish()
}

/// As [`try_zone`], with serial 1 and an NS.
pub(crate) fn zone(lines: &str) -> Version {
    try_zone(&format!("@ SOA 1\n@ NS ns1\n{lines}"), Limits::default()).unwrap()
}

/// A diff of lines that start with `-` or `+`; replaces the SOA.
pub(crate) fn diff(from: u32, to: u32, lines: &str) -> Diff {
    bare_diff(from, to, &format!("-@ SOA {from}\n+@ SOA {to}\n{lines}"))
}

/// As [`diff`], but the SOA is the caller's.
pub(crate) fn bare_diff(from: u32, to: u32, lines: &str) -> Diff {
    let mut diff = Diff::new(Serial(from), Serial(to));
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_at(1) {
            ("-", line) => diff.remove(record(line).as_ref()),
            ("+", line) => diff.add(record(line).as_ref()),
            _ => panic!("{line:?} neither goes nor comes"),
        }
    }
    diff
}

/// All records as lines, names in canonical order, case as kept.
pub(crate) fn lines(version: &Version) -> Vec<String> {
    let mut lines = Vec::new();
    for (leaf, rrset) in version.rrsets() {
        let mut owner = wire::name::NameBuf::new();
        leaf.owner(&mut owner);
        for rdata in rrset.rdatas() {
            let rdata = match rrset.rrtype() {
                Rrtype::A => rdata.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
                Rrtype::TXT => String::from_utf8_lossy(rdata.get(1..).unwrap()).into_owned(),
                Rrtype::SOA => version.serial().to_string(),
                Rrtype::RRSIG => rrset.covered().unwrap().to_string(),
                _ => NameRef::from_wire(rdata).unwrap().to_string(),
            };
            let ttl = rrset.ttl();
            lines.push(format!("{} {ttl} {} {rdata}", owner.as_ref(), rrset.rrtype()));
        }
    }
    lines
}
