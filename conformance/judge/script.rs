//! Questions and expectations as claims write them.
//!
//! A question is `qname qtype` and what is special about it: `do`, `edns`, `size=512`, `class=CH`,
//! `rd`, `cd`, `ad`. Without any of `do`, `edns` and `size` it has no OPT record.
//!
//! An expectation is the rcode (`NOERROR/SERVFAIL` if either will do) with the flags AA and TC, then a line for each record:
//! its section, owner, ttl, type, rdata. Answer and authority are exact, but for the servers of the
//! zone, which may stand below any answer. Of the additional section the lines must be there, and
//! nothing but addresses may be there besides; `additional -` forbids these too. `*` stands for any
//! ttl, `...` at the end of a line for the rest of it.

use super::text::line;
use super::types::{is_rcode, number, rcode};
use super::{Verdict, ensure};
use peers::ask::{Edns, Message, Name, Query, Record};
use std::collections::BTreeSet;

/// A question, read.
pub(super) struct Asked(Query);

impl Asked {
    pub(super) fn parse(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let (qname, qtype) = (words.next().expect("a qname"), words.next().expect("a qtype"));
        let mut query = Query::new(qname, number(qtype)).without_edns();
        query.id = 0x5ca1;
        for word in words {
            match word.split_once('=') {
                Some(("size", octets)) => {
                    query = query.with_udp_size(octets.parse().expect("a size"));
                }
                Some(("class", class)) => query.qclass = class_number(class),
                Some(_) => panic!("no word {word} in questions"),
                None => query = with_flag(query, word),
            }
        }
        Self(query)
    }

    pub(super) fn octets(&self) -> Vec<u8> {
        self.0.octets()
    }
}

fn with_flag(mut query: Query, word: &str) -> Query {
    match word {
        "do" => query = query.with_dnssec(),
        "edns" => query.edns = Some(Edns::new(1232, false)),
        "rd" => query.recursion_desired = true,
        "cd" => query.checking_disabled = true,
        "ad" => query.authentic_data = true,
        _ => panic!("no word {word} in questions"),
    }
    query
}

fn class_number(word: &str) -> u16 {
    match word {
        "IN" => 1,
        "CH" => 3,
        "HS" => 4,
        "NONE" => 254,
        "ANY" => 255,
        _ => word.parse().expect("a class"),
    }
}

/// An expectation, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    /// Any of them.
    rcodes: Vec<String>,
    is_authoritative: bool,
    is_truncated: bool,
    answer: Vec<String>,
    authority: Vec<String>,
    additional: Vec<String>,
    nothing_additional: bool,
}

impl Expected {
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut expected = Self::default();
        for word in lines.next().expect("an rcode").split_whitespace() {
            match word {
                "aa" => expected.is_authoritative = true,
                "tc" => expected.is_truncated = true,
                _ => {
                    expected.rcodes = word.split('/').map(str::to_owned).collect();
                    assert!(expected.rcodes.iter().all(|word| is_rcode(word)), "no rcode {word}");
                }
            }
        }
        for line in lines {
            let (section, record) = line.split_once(char::is_whitespace).expect("a section");
            let record: Vec<&str> = record.split_whitespace().collect();
            let record = record.join(" ");
            match section {
                "answer" => expected.answer.push(record),
                "authority" => expected.authority.push(record),
                "additional" if record == "-" => expected.nothing_additional = true,
                "additional" => expected.additional.push(record),
                _ => panic!("no section {section}"),
            }
        }
        expected
    }

    pub(super) const fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// `apexes` are those of the zones served.
    pub(crate) fn compare(&self, message: &Message, apexes: &[Name]) -> Verdict {
        let is = rcode(message.rcode);
        ensure(self.rcodes.contains(&is), || format!("{} expected", self.rcodes.join("/")))?;
        ensure(message.is_authoritative == self.is_authoritative, || "AA".to_owned())?;
        ensure(message.is_truncated == self.is_truncated, || "TC".to_owned())?;
        let exact = |_: &Record| false;
        compare("answer", &self.answer, &message.answer, exact)?;
        let is_positive = !message.answer.is_empty();
        let names_servers = self.authority.iter().any(|line| line.contains(" NS "));
        let of_apex = |record: &Record| {
            is_positive
                && !names_servers
                && is_of_type(record, 2)
                && apexes.contains(&record.owner.folded())
        };
        compare("authority", &self.authority, &message.authority, of_apex)?;
        let nothing = self.nothing_additional;
        let address = |record: &Record| !nothing && [1, 28].iter().any(|&t| is_of_type(record, t));
        compare("additional", &self.additional, &message.additional, address)
    }
}

/// Of this type, or the signature of such an rrset.
fn is_of_type(record: &Record, rrtype: u16) -> bool {
    record.rrtype == rrtype
        || record.rrtype == 46 && record.rdata.starts_with(&rrtype.to_be_bytes())
}

fn compare(
    section: &str,
    expected: &[String],
    found: &[Record],
    may_be_there: impl Fn(&Record) -> bool,
) -> Verdict {
    let mut missing: Vec<&String> = expected.iter().collect();
    for record in found {
        let line = line(record);
        match missing.iter().position(|expected| fits(expected, &line)) {
            Some(at) => {
                missing.swap_remove(at);
            }
            None => ensure(may_be_there(record), || format!("{section}: unexpected {line}"))?,
        }
    }
    ensure(missing.is_empty(), || format!("{section}: missing {missing:?}"))
}

fn fits(expected: &str, line: &str) -> bool {
    let (head, is_whole) = match expected.strip_suffix("...") {
        Some(head) => (head.trim_end(), false),
        None => (expected, true),
    };
    let mut words = line.split(' ');
    let begins = head.split(' ').all(|word| {
        let found = words.next();
        found == Some(word) || word == "*" && found.is_some_and(|word| word.parse::<u32>().is_ok())
    });
    begins && (!is_whole || words.next().is_none())
}

/// What holds for each answer to a query: its id, opcode, question and RD are the query's, QR is
/// set, RA, Z and AD are not, OPT is there if it was asked with, and no record is there twice.
pub(super) fn obeys_the_rules_of_all_answers(query: &[u8], answer: &Message) -> Verdict {
    let asked = Message::parse(query).expect("a question of ours");
    ensure(answer.is_response, || "QR is clear".to_owned())?;
    ensure(answer.id == asked.id, || format!("id {}", answer.id))?;
    ensure(answer.opcode == asked.opcode, || format!("opcode {}", answer.opcode))?;
    ensure(answer.question == asked.question, || format!("question {:?}", answer.question))?;
    ensure(answer.recursion_desired == asked.recursion_desired, || "RD".to_owned())?;
    ensure(!answer.recursion_available && !answer.z, || "RA or Z is set".to_owned())?;
    ensure(!answer.authentic_data, || "AD is set".to_owned())?;
    ensure(answer.edns.is_some() == asked.edns.is_some(), || "OPT".to_owned())?;
    for section in [&answer.answer, &answer.authority, &answer.additional] {
        let records: BTreeSet<&Record> = section.iter().collect();
        ensure(records.len() == section.len(), || "a record is there twice".to_owned())?;
    }
    Ok(())
}
