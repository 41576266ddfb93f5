//! BIND, NSD and ldns read every type that we write, and find the same octets in it (I3 of `table`).

use super::generator::any_rdata;
use super::*;
use crate::codes::Class;
use crate::master;
use crate::name::Name;
use crate::record::Record;
use crate::tests::run;
use crate::ttl::Ttl;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

fn origin() -> Name {
    "example.".parse().expect("a name")
}

fn samples() -> Vec<Record> {
    master::read(include_bytes!("../samples.zone"), &origin()).expect("samples")
}

/// A reader of master files that prints what it has read.
struct Reader {
    program: &'static str,
    arguments: &'static [&'static str],
    /// Whether it refuses a record in any form, or does not print it back.
    leaves_out: fn(&Record) -> bool,
    /// Whether it reads a record, but prints it in a form of its own: by owner and type.
    misprints: fn(&str, Rrtype) -> bool,
    case: Case,
}

/// What a reader makes of the case of names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Kept,
    Lowered,
}

const READERS: [Reader; 3] = [
    Reader {
        program: "named-compilezone",
        arguments: &["-i", "none", "-k", "ignore", "-o", "-", "example", "/dev/stdin"],
        leaves_out: is_refused_by_bind,
        misprints: |_, _| false,
        case: Case::Kept,
    },
    Reader {
        program: "nsd-checkzone",
        arguments: &["-p", "example", "/dev/stdin"],
        leaves_out: has_quote_in_name,
        misprints: |_, rrtype| rrtype == Rrtype::WKS, // protocols by the words of the system
        case: Case::Lowered,
    },
    Reader {
        program: "ldns-read-zone",
        arguments: &["/dev/stdin"],
        leaves_out: is_too_long_for_ldns,
        // It escapes little of what is not plain text.
        misprints: |owner, rrtype| {
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
            owner.starts_with("random")
                || !owner.chars().all(is_plain)
                || [Rrtype::NXT, Rrtype::SINK, Rrtype::ATMA].contains(&rrtype)
        },
        case: Case::Kept,
    },
];

/// BIND holds these against rules of its own, in the generic form too.
fn is_refused_by_bind(record: &Record) -> bool {
    let rdata = &record.rdata[..];
    match record.rrtype {
        // "obsolete", whatever stands in them.
        Rrtype::MD | Rrtype::MF => true,
        // Flags other than zero are reserved.
        Rrtype::RKEY => !rdata.starts_with(&[0, 0]),
        // A key that says it is none must be none.
        Rrtype::KEY => rdata[0] & 0xc0 == 0xc0,
        // Times nearer to 1960 than to 2096 are printed so, which no calendar of ours has.
        Rrtype::RRSIG | Rrtype::SIG => rdata[8] >= 0xc0 || rdata[12] >= 0xc0,
        // At least four digits; regular expressions; digests as long as their type says.
        Rrtype::X25 | Rrtype::NAPTR => !is_sample(record),
        Rrtype::DS | Rrtype::CDS | Rrtype::TA | Rrtype::DLV | Rrtype::SSHFP => !is_sample(record),
        // Places off the globe; bits beyond the last type; gateways of no known type.
        Rrtype::LOC | Rrtype::NXT | Rrtype::IPSECKEY => !is_sample(record),
        // Hashes of other lengths than SHA-1's; parameters that belong together.
        Rrtype::NSEC3 | Rrtype::SVCB | Rrtype::HTTPS => !is_sample(record),
        _ => false,
    }
}

/// The text of an rdata may have as many characters as a message has octets.
fn is_too_long_for_ldns(record: &Record) -> bool {
    present_portable(record.rrtype, &record.rdata).to_string().len() > usize::from(u16::MAX)
}

/// NSD reads a quote in a name, but prints it without its escape.
fn has_quote_in_name(record: &Record) -> bool {
    let mut names = names(record.rrtype, &record.rdata);
    names.any(|(range, _)| record.rdata[range].contains(&b'"'))
}

fn is_sample(record: &Record) -> bool {
    !record.owner.to_string().starts_with("random")
}

/// A few random records of each type, each with an owner of its own.
fn random() -> Vec<Record> {
    let mut runner = TestRunner::deterministic();
    let mut records = Vec::new();
    for number in 0..4_000 {
        let tree = any_rdata().new_tree(&mut runner).expect("an rdata");
        let (rrtype, rdata) = tree.current();
        // Meta types are no data; the only SOA is the one at the apex.
        if !rrtype.is_meta() && rrtype != Rrtype::SOA && validate(rrtype, &rdata).is_ok() {
            let owner = format!("random{number}.example.").parse().expect("a name");
            let (class, ttl) = (Class::IN, Ttl::from_wire(number));
            records.push(Record { owner, rrtype, class, ttl, rdata: rdata.into() });
        }
    }
    records
}

/// Everything that makes a record, and no order.
fn content(records: &[Record], case: Case) -> BTreeSet<String> {
    let shown = |record: &Record| {
        let (mut owner, mut rdata) = (record.owner.to_string(), record.rdata.to_vec());
        if case == Case::Lowered {
            owner.make_ascii_lowercase();
            for (range, _) in names(record.rrtype, &record.rdata) {
                rdata[range].make_ascii_lowercase();
            }
        }
        format!("{owner} {} {} {} {rdata:02x?}", record.ttl, record.class, record.rrtype.0)
    };
    records.iter().map(shown).collect()
}

/// Each reader loads `records` as we write them, and has what we have.
fn check(records: &[Record]) {
    for Reader { program, arguments, leaves_out, misprints, case } in READERS {
        let mut loaded: Vec<_> =
            records.iter().filter(|record| !leaves_out(record)).cloned().collect();
        let mut text = String::new();
        master::write(loaded.iter().map(Record::as_ref), &mut text).expect("a string takes all");
        let output = run(program, arguments, text.as_bytes());
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {complaints}");
        let stdout = String::from_utf8_lossy(&output.stdout);
        let is_well_printed =
            |line: &&str| !head_of(line).is_some_and(|(owner, rrtype)| misprints(owner, rrtype));
        let printed: Vec<_> = stdout.lines().filter(is_well_printed).collect();
        let printed = master::read(printed.join("\n").as_bytes(), &origin())
            .unwrap_or_else(|error| panic!("{program} prints what we do not read: {error}"));
        loaded.retain(|record| !misprints(&record.owner.to_string(), record.rrtype));
        let (ours, theirs) = (content(&loaded, case), content(&printed, case));
        let lost: Vec<_> = ours.difference(&theirs).take(5).collect();
        let new: Vec<_> = theirs.difference(&ours).take(5).collect();
        assert!(lost.is_empty() && new.is_empty(), "{program} lost {lost:#?} and has {new:#?}");
    }
}

/// Owner and type of the record on a line, if the line is a whole record.
fn head_of(line: &str) -> Option<(&str, Rrtype)> {
    let mut words = line.split_ascii_whitespace();
    Some((words.next()?, words.nth(2)?.parse().ok()?))
}

#[test]
fn every_type_we_write_is_loaded_unchanged() {
    check(&samples());
}

#[test]
fn random_rdata_of_every_type_is_loaded_unchanged() {
    let apex = samples().into_iter().take(4);
    let records: Vec<_> = apex.chain(random()).collect();
    for row in table::rows() {
        let count = records.iter().filter(|record| record.rrtype == row.rrtype).count();
        assert!(count >= 2 || row.rrtype == Rrtype::SOA, "{count} records of {}", row.rrtype);
    }
    check(&records);
}

/// Threat 22: names that mean something else to a reader that takes them at their face value.
#[test]
fn hostile_names_are_loaded_unchanged() {
    let labels: &[&[u8]] = &[
        b"\"",
        b"\"a",
        b"$",
        b"$TTL",
        b"$INCLUDE",
        b"@",
        b"\\",
        b"\\0",
        b";",
        b";a",
        b"(",
        b")",
        b"()",
        b"\0",
        b"\n",
        b"\r\n",
        b" ",
        b" a",
        b"\t",
        b".",
        b"..",
        b"a.b",
        b"/etc/passwd",
        b"../..",
        b"%s",
        b"*",
        b"a*",
        b"'",
        b"\x7f",
        b"\xff",
        b"\xc3\xa9",
        b"IN",
        b"CLASS1",
        b"TYPE1",
        b"1h",
        b"#",
        b"\\#",
        b"<b>",
        b"&",
        b"{",
        b"`",
        b"-",
        b"_a",
        b"A",
    ];
    let mut records: Vec<_> = samples().into_iter().take(4).collect();
    for (number, label) in labels.iter().enumerate() {
        let name = Name::child(label, origin().as_ref()).expect("a name");
        let target = Name::child(label, name.as_ref()).expect("a name");
        for (rrtype, front) in
            [(Rrtype::PTR, &b""[..]), (Rrtype::MX, b"\0\x01"), (Rrtype::SVCB, b"\0\0")]
        {
            let rdata = [front, target.as_wire()].concat().into();
            let ttl = Ttl::from_wire(u32::try_from(number).expect("few"));
            records.push(Record { owner: name.clone(), rrtype, class: Class::IN, ttl, rdata });
        }
        let text = [&[u8::try_from(label.len()).expect("short")], *label].concat();
        for rrtype in [Rrtype::TXT, Rrtype::SPF] {
            let (owner, rdata) = (target.clone(), text.clone().into());
            records.push(Record { owner, rrtype, class: Class::IN, ttl: Ttl::ZERO, rdata });
        }
    }
    check(&records);
}

/// Rdata as large as a message can bring (65,512 octets, if its owner is the root), ttls of 31 bits.
#[test]
fn the_largest_records_are_loaded_unchanged() {
    let mut records: Vec<_> = samples().into_iter().take(4).collect();
    let texts = [&[255][..], &[b'"'; 255]].concat().repeat(255);
    let largest = [&texts[..], &[219], &[0; 219]].concat();
    assert_eq!(largest.len(), 65_500);
    let types =
        [Rrtype::TXT, Rrtype::NULL, Rrtype(65_280), Rrtype::DHCID, Rrtype::OPENPGPKEY, Rrtype::AVC];
    for rrtype in types {
        for octets in [65_500, 31_964] {
            let owner = format!("largest{octets}-{}.example.", rrtype.0).parse().expect("a name");
            let (class, ttl) = (Class::IN, Ttl::from_wire(0x7fff_ffff));
            let rdata = largest[largest.len() - octets..].into();
            records.push(Record { owner, rrtype, class, ttl, rdata });
        }
    }
    check(&records);
}
