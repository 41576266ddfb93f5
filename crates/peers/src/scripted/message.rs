//! Words that bend a message, and the messages themselves.
//!
//! | word | what is wrong with the message |
//! |---|---|
//! | `!id`, `!query`, `!notify`, `!tc`, `!noaa`, `!rcode5` | another ID, QR clear, opcode NOTIFY, TC, AA clear, that RCODE |
//! | `!q0`, `!q1`, `!q2` | so many questions; the first message has one, the others have none |
//! | `!qname`, `!qtype`, `!qclass` | the question is repeated with another name, type or class |
//! | `!more`, `!fewer`, `!all` | ANCOUNT is one higher, one lower, or 65,535 |
//! | `!tail`, `!cut` | an octet follows the last record; the last octet is missing |
//! | `!authority` | the records stand in the authority section |
//! | `!tsig` | a TSIG without a MAC follows, by a key that nobody has |
//!
//! Words of signatures are in [`sign`](super::sign).

use super::content::Words;
use super::sign::{Mark, Signer};
use crate::key::Key;
use crate::name::Name;

/// A message to be sent, as the script has it.
#[derive(Clone, Debug)]
pub(super) struct Message {
    words: Vec<Words>,
    bends: Vec<Bend>,
    marks: Vec<Mark>,
    is_first: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bend {
    Id,
    Query,
    Notify,
    Tc,
    NoAa,
    Rcode(u8),
    Questions(u8),
    Qname,
    Qtype,
    Qclass,
    More,
    Fewer,
    All,
    Tail,
    Cut,
    Authority,
    Tsig,
}

/// Owner `k.`, class ANY, algorithm `hmac-sha256.`, all its fields zero.
const TSIG: &[u8] =
    b"\x01k\0\0\xfa\0\xff\0\0\0\0\0\x1d\x0bhmac-sha256\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

impl Bend {
    fn parse(word: &str) -> Option<Self> {
        Some(match word.strip_prefix('!')? {
            "id" => Self::Id,
            "query" => Self::Query,
            "notify" => Self::Notify,
            "tc" => Self::Tc,
            "noaa" => Self::NoAa,
            "qname" => Self::Qname,
            "qtype" => Self::Qtype,
            "qclass" => Self::Qclass,
            "more" => Self::More,
            "fewer" => Self::Fewer,
            "all" => Self::All,
            "tail" => Self::Tail,
            "cut" => Self::Cut,
            "authority" => Self::Authority,
            "tsig" => Self::Tsig,
            other => match (other.strip_prefix("rcode"), other.strip_prefix('q')) {
                (Some(rcode), _) => Self::Rcode(rcode.parse().ok()?),
                (None, questions) => Self::Questions(questions?.parse().ok()?),
            },
        })
    }

    /// Changes a message whose question ends at `question_end`.
    fn apply(self, message: &mut Vec<u8>, question_end: usize) {
        let answers = u16::from_be_bytes([message[6], message[7]]);
        let mut count = |number: u16| message[6..8].copy_from_slice(&number.to_be_bytes());
        match self {
            Self::Id => message[1] ^= 1,
            Self::Query => message[2] &= 0x7f,
            Self::Notify => message[2] |= 4 << 3,
            Self::Tc => message[2] |= 0x02,
            Self::NoAa => message[2] &= !0x04,
            Self::Rcode(rcode) => message[3] |= rcode,
            Self::Qname => message[13] ^= 1,
            Self::Qtype => message[question_end - 3] ^= 0x01,
            Self::Qclass => message[question_end - 1] = 3,
            Self::More => count(answers + 1),
            Self::Fewer => count(answers - 1),
            Self::All => count(u16::MAX),
            Self::Tail => message.push(0),
            Self::Cut => drop(message.pop()),
            Self::Authority => {
                message.copy_within(6..8, 8);
                message[6..8].fill(0);
            }
            Self::Tsig => {
                message.extend(TSIG);
                message[11] += 1;
            }
            Self::Questions(_) => {} // seen to when they were written
        }
    }
}

impl Message {
    pub(super) const fn new(is_first: bool) -> Self {
        Self { words: Vec::new(), bends: Vec::new(), marks: Vec::new(), is_first }
    }

    /// Takes one more word; panics if there is no such word.
    pub(super) fn add(&mut self, word: &str, apex: &Name) {
        if let Some(words) = Words::parse(word, apex) {
            self.words.push(words);
        } else if let Some(bend) = Bend::parse(word) {
            self.bends.push(bend);
        } else if let Some(mark) = Mark::parse(word) {
            self.marks.push(mark);
        } else {
            panic!("no such word: {word}");
        }
    }

    fn questions(&self) -> u8 {
        let told = self.bends.iter().find_map(|bend| match bend {
            Bend::Questions(count) => Some(*count),
            _ => None,
        });
        told.unwrap_or(u8::from(self.is_first))
    }
}

/// A NOTIFY of a serial (RFC 1996 §3.7).
pub(super) fn notify(apex: &Name, serial: u32) -> Vec<u8> {
    let mut octets = b"NO\x24\0\0\x01\0\x01\0\0\0\0".to_vec();
    octets.extend(apex.octets());
    octets.extend([0, 6, 0, 1]);
    let soa = Words::parse(&format!("soa{serial}"), apex).expect("a word");
    soa.write(apex, &mut 0, &mut octets);
    octets
}

/// One reply in the making: whom it answers, and what its signatures cover.
pub(super) struct Conversation<'c> {
    apex: &'c Name,
    id: [u8; 2],
    question: Vec<u8>,
    signer: Option<Signer>,
    fresh: u32,
    /// Signed, but to be sent behind the next.
    held_back: Option<Vec<u8>>,
}

impl<'c> Conversation<'c> {
    /// Answers to a query; signed by the key, if there is one.
    pub(super) fn new(query: &[u8], apex: &'c Name, key: Option<&Key>) -> Self {
        let end = 12 + query[12..].iter().position(|&octet| octet == 0).expect("a root label") + 5;
        Self {
            apex,
            id: [query[0], query[1]],
            question: query[12..end].to_vec(),
            signer: key.map(|key| Signer::new(key, query)),
            fresh: 0,
            held_back: None,
        }
    }

    /// The octets of the next message: none or several, if it is held back or repeated.
    pub(super) fn next(&mut self, message: &Message) -> Vec<Vec<u8>> {
        let questions = message.questions();
        let mut octets = [self.id[0], self.id[1], 0x84, 0, 0, questions, 0, 0, 0, 0, 0, 0].to_vec();
        (0..questions).for_each(|_| octets.extend(&self.question));
        let question_end = octets.len();
        let mut answers = 0;
        for words in &message.words {
            answers += words.write(self.apex, &mut self.fresh, &mut octets);
        }
        octets[6..8].copy_from_slice(&answers.to_be_bytes());
        message.bends.iter().for_each(|bend| bend.apply(&mut octets, question_end));
        if let Some(signer) = &mut self.signer {
            octets = signer.sign(octets, &message.marks);
        }
        let has = |mark: &Mark| message.marks.contains(mark);
        if has(&Mark::Held) {
            self.held_back = Some(octets);
            return Vec::new();
        }
        let mut out = if has(&Mark::Lost) { Vec::new() } else { vec![octets.clone()] };
        if has(&Mark::Again) {
            out.push(octets);
        }
        out.extend(self.held_back.take());
        out
    }
}
