//! Tables of questions and answers; everything goes through [`check`].

mod denial;
mod identity;
mod laws;
mod malformed;
mod model;
mod negative;
mod positive;
mod referral;
mod refusal;
mod root;
mod signed;
mod size;
mod tsig;
mod unproven;

use super::*;
use crate::admit::Queriers;
use std::sync::{Arc, LazyLock};
use wire::builder::Builder;
use wire::codes::{Opcode, Rcode};
use wire::edns::{DoBit, OptionCode};
use wire::master;
use wire::message::{Flags, Message, Section};
use wire::name::{Name, NameBuf};
use wire::record::Record;
use wire::tsig::{Algorithm, Key};
use zone::{Limits, Version, ZoneId};

/// The zone of [`WORLD`] with a list of queriers of its own.
const PRIVATE: ZoneId = ZoneId(6);

/// Three zones that are served and five that are not, all in the default view.
static WORLD: LazyLock<Table> = LazyLock::new(|| {
    let zones = [
        ("example.", Some(include_str!("tests/example.zone"))),
        ("held.example.", Some(include_str!("tests/held.zone"))),
        ("signed.", Some(include_str!("tests/signed.zone"))),
        ("expired.", None),
        ("expired.example.", None),
        ("loading.", None),
        ("private.", None),
        ("sub.private.", None),
    ];
    let table = Table::new();
    for (id, (apex, text)) in (0..).map(ZoneId).zip(zones) {
        table.insert(id, ViewId::DEFAULT, name(apex)).unwrap();
        match text {
            Some(text) => assert!(table.publish(id, serving(apex, text))),
            None if apex == "loading." => {}
            None => assert!(table.publish(id, ZoneState::Expired)),
        }
    }
    table
});

/// Asks the zones of [`WORLD`]. The question is a qname, a qtype, and words that [`Asking`] knows;
/// the answer is a head (rcode, flags, `ede` and its number) and records with their section in front.
fn check(question: &str, expected: &str) {
    check_table(&WORLD, question, expected);
}

/// Asks a zone given as master file, whose apex is its first `$ORIGIN`.
fn check_in(zone: &str, question: &str, expected: &str) {
    check_table(&table_of(zone), question, expected);
}

fn check_table(table: &Table, question: &str, expected: &str) {
    let told = Asking::parse(question).ask(table);
    assert_eq!(told.lines(), normal(expected), "{question}");
}

/// Asks a zone given as master file.
fn ask(zone: &str, question: &str) -> Told {
    Asking::parse(question).ask(&table_of(zone))
}

fn table_of(zone: &str) -> Table {
    let apex = zone.split_whitespace().skip_while(|word| *word != "$ORIGIN").nth(1).unwrap();
    let table = Table::new();
    table.insert(ZoneId(1), ViewId::DEFAULT, name(apex)).unwrap();
    assert!(table.publish(ZoneId(1), serving(apex, zone)));
    table
}

fn serving(apex: &str, text: &str) -> ZoneState {
    let records = master::read(text.as_bytes(), &name(apex)).unwrap();
    ZoneState::Serving(version(&name(apex), &records))
}

fn version(apex: &Name, records: &[Record]) -> Version {
    let mut builder = zone::Builder::new(apex.clone(), Limits::default());
    for record in records {
        builder.push(record.as_ref()).unwrap();
    }
    builder.finish().unwrap()
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A question and how it is asked.
#[derive(Clone, Debug)]
struct Asking {
    qname: Name,
    qtype: Rrtype,
    qclass: Class,
    flags: Flags,
    /// Size, DO and version of EDNS.
    edns: Option<(u16, DoBit, u8)>,
    transport: Transport,
    source: IpAddr,
    udp_size_max: u16,
}

impl Asking {
    fn new(qname: Name, qtype: Rrtype) -> Self {
        Self {
            qname,
            qtype,
            qclass: Class::IN,
            flags: Flags::request(Opcode::QUERY),
            edns: Some((1_232, DoBit::Clear, 0)),
            transport: Transport::Udp,
            source: "192.0.2.53".parse().unwrap(),
            udp_size_max: edns::UDP_SIZE_DEFAULT,
        }
    }

    fn parse(question: &str) -> Self {
        let mut words = question.split_whitespace();
        let mut next = || words.next();
        let mut asking = Self::new(name(next().unwrap()), next().unwrap().parse().unwrap());
        while let Some(word) = next() {
            match word {
                "tcp" => asking.transport = Transport::Tcp,
                "noedns" => asking.edns = None,
                "do" => asking.edns = Some((1_232, DoBit::Set, 0)),
                "size" => asking.edns = Some((next().unwrap().parse().unwrap(), DoBit::Clear, 0)),
                "version" => {
                    asking.edns = Some((1_232, DoBit::Clear, next().unwrap().parse().unwrap()));
                }
                "cap" => asking.udp_size_max = next().unwrap().parse().unwrap(),
                "class" => asking.qclass = next().unwrap().parse().unwrap(),
                "from" => asking.source = next().unwrap().parse().unwrap(),
                "rd" => asking.flags = asking.flags.with(Flags::RD),
                "cd" => asking.flags = asking.flags.with(Flags::CD),
                "ad" => asking.flags = asking.flags.with(Flags::AD),
                _ => panic!("{word:?} is no way to ask"),
            }
        }
        asking
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = vec![0; 512];
        let mut query = Builder::new(&mut octets, 0x1d1d, self.flags).unwrap();
        query.question(self.qname.as_ref(), self.qtype, self.qclass).unwrap();
        if let Some((size, do_bit, _)) = self.edns {
            query.push_opt(size, Rcode::NOERROR, do_bit).unwrap();
        }
        let len = query.finish();
        octets.truncate(len);
        if let Some((.., version)) = self.edns {
            octets[len - 5] = version;
        }
        octets
    }

    const fn arrival<'a>(&self, octets: &'a [u8]) -> Arrival<'a> {
        Arrival { octets, transport: self.transport, source: self.source, now: NOW }
    }

    fn ask(&self, table: &Table) -> Told {
        let octets = self.octets();
        let told = send(table, &self.arrival(&octets), self.udp_size_max);
        assert_eq!(told.edns.is_some(), self.edns.is_some(), "RFC 6891 §7: OPT answers OPT");
        let told_do = told.edns.map(|(_, do_bit)| do_bit);
        // BADVERS says what we have, and nothing of the rest.
        if told.outcome.kind != Kind::Badvers {
            assert_eq!(told_do, self.edns.map(|(_, do_bit, _)| do_bit), "RFC 3225 §3");
        }
        told
    }
}

/// An answer, read by the parser for messages in general.
#[derive(Debug)]
struct Told {
    outcome: Outcome,
    octets: Vec<u8>,
    head: String,
    answer: Vec<String>,
    authority: Vec<String>,
    additional: Vec<String>,
    /// Size and DO.
    edns: Option<(u16, DoBit)>,
}

impl Told {
    /// Reads a complete answer and checks what holds for all of them.
    fn read(octets: &[u8], outcome: Outcome) -> Self {
        let message = Message::parse(octets).unwrap();
        assert_eq!(message.end_of_records(), Ok(octets.len()));
        let flags = message.header().flags;
        assert!(flags.is_response() && !flags.has(Flags::RA) && !flags.has(Flags::AD));
        let edns = message.edns().unwrap();
        let rcode = edns.map_or(flags.rcode(), |edns| edns.rcode(flags.rcode()));
        assert_eq!(
            (rcode, flags.tc()),
            (outcome.rcode, outcome.truncation == Truncation::Truncated)
        );
        let mut head = rcode.to_string();
        for (bit, word) in
            [(Flags::AA, "aa"), (Flags::TC, "tc"), (Flags::RD, "rd"), (Flags::CD, "cd")]
        {
            if flags.has(bit) {
                head += &format!(" {word}");
            }
        }
        if let Some(error) = edns.and_then(|edns| edns.option(OptionCode::EDE)) {
            head += &format!(" ede {}", u16::from_be_bytes([error[0], error[1]]));
        }
        let mut told = Self {
            outcome,
            octets: octets.to_vec(),
            head,
            answer: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
            edns: edns.map(|edns| (edns.udp_size, edns.do_bit())),
        };
        for record in message.records() {
            let (section, record) = record.unwrap();
            let mut owner = NameBuf::new();
            record.owner(&mut owner).unwrap();
            let mut rdata = Vec::new();
            record.rdata_into(&mut rdata).unwrap();
            let line = line(&Record {
                owner: owner.as_ref().to_name(),
                rrtype: record.rrtype(),
                class: record.class(),
                ttl: wire::ttl::Ttl::from_wire(record.ttl_field()),
                rdata: rdata.into(),
            });
            match section {
                Section::Answer => told.answer.push(line),
                Section::Authority => told.authority.push(line),
                Section::Additional if record.rrtype() == Rrtype::OPT => {}
                Section::Additional => told.additional.push(line),
            }
        }
        told
    }

    fn lines(&self) -> Vec<String> {
        let sections = [
            ("answer", &self.answer),
            ("authority", &self.authority),
            ("additional", &self.additional),
        ];
        let records = sections
            .iter()
            .flat_map(|(section, lines)| lines.iter().map(move |line| format!("{section} {line}")));
        core::iter::once(self.head.clone()).chain(records).collect()
    }
}

fn send(table: &Table, arrival: &Arrival<'_>, udp_size_max: u16) -> Told {
    let mut out = vec![0xa5; 65_535];
    let outcome = respond_to(table, arrival, udp_size_max, &mut out);
    Told::read(&out[..outcome.len], outcome)
}

/// Two networks may ask, and `private.` is for one more alone.
static ADMISSION: LazyLock<Admission> = LazyLock::new(|| {
    let listed = |ranges: &[&str]| {
        Queriers::Listed(ranges.iter().map(|range| range.parse().unwrap()).collect())
    };
    let own = (PRIVATE, listed(&["203.0.113.0/24"]));
    Admission::new(listed(&["192.0.2.0/24", "2001:db8::/48"]), [own])
});

/// Two algorithms, of which the second may be cut to 128 bits.
static KEYS: LazyLock<Keyring> = LazyLock::new(|| {
    let key = |name_: &str, algorithm| Key::new(name(name_), algorithm, &[7; 32]).unwrap();
    let cut = key("cut.", Algorithm::HmacSha512).with_mac_octets(32).unwrap();
    Keyring::new([key("k1.", Algorithm::HmacSha256), cut].map(Arc::new))
});

static IDENTITY: LazyLock<Identity> =
    LazyLock::new(|| Identity::new(Text::new("understudy 1"), Text::new("ns1.example")));

/// When everything here happens.
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn rules(udp_size_max: u16) -> Rules<'static> {
    let view = ViewId::DEFAULT;
    Rules { view, admission: &ADMISSION, udp_size_max, keys: &KEYS, identity: &IDENTITY }
}

fn respond_to(table: &Table, arrival: &Arrival<'_>, udp_size_max: u16, out: &mut [u8]) -> Outcome {
    respond(table, &rules(udp_size_max), arrival, out)
}

fn line(record: &Record) -> String {
    master::line(record.as_ref()).to_string()
}

/// Expected text as [`Told::lines`] would print it.
fn normal(expected: &str) -> Vec<String> {
    let mut lines = vec![Vec::new()];
    for word in expected.split_whitespace() {
        if matches!(word, "answer" | "authority" | "additional") {
            lines.push(Vec::new());
        }
        lines.last_mut().unwrap().push(word);
    }
    let text = |words: &Vec<&str>| match words[..] {
        [section @ ("answer" | "authority" | "additional"), ref record @ ..] => {
            let records = master::read(record.join(" ").as_bytes(), &Name::root()).unwrap();
            format!("{section} {}", line(&records[0]))
        }
        ref head => head.join(" "),
    };
    lines.iter().map(text).collect()
}
