//! Scripts: what is said to which question.

use std::collections::BTreeMap;

use super::message::Message;
use crate::name::Name;

/// What a secondary asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// The SOA over UDP.
    Udp,
    /// The SOA over TCP.
    Tcp,
    /// The changes.
    Ixfr,
    /// The whole zone.
    Axfr,
}

impl Question {
    /// By its word in a script.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "udp" => Some(Self::Udp),
            "tcp" => Some(Self::Tcp),
            "ixfr" => Some(Self::Ixfr),
            "axfr" => Some(Self::Axfr),
            _ => None,
        }
    }

    /// By the type in a query that came over TCP.
    pub(super) fn over_tcp(query: &[u8]) -> Self {
        let end = 12 + query[12..].iter().position(|&octet| octet == 0).expect("a root label");
        match u16::from_be_bytes([query[end + 1], query[end + 2]]) {
            251 => Self::Ixfr,
            252 => Self::Axfr,
            _ => Self::Tcp,
        }
    }
}

/// One thing that a reply does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// So many times.
    Send(u32, Message),
    /// The first half of its octets.
    SendHalf(Message),
    /// Half of the length that precedes a message.
    SendLengthOnly,
    /// From here on, octet by octet.
    Drip,
    Close,
    Reset,
    /// Nothing more, but the connection stays.
    Hang,
}

/// What is done on one question, in its order.
pub(super) type Reply = Vec<Act>;

/// What is done on every question.
pub(super) struct Script(BTreeMap<Question, Reply>);

impl Script {
    /// Reads a script; panics at a word that it does not know.
    pub(super) fn parse(text: &str, apex: &Name) -> Self {
        let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        Self(
            parts
                .map(|part| {
                    let (question, words) = part.split_once(':').expect("`question: words`");
                    let question = Question::from_word(question.trim());
                    (question.expect("udp, tcp, ixfr or axfr"), reply(words, apex))
                })
                .collect(),
        )
    }

    pub(super) fn reply_to(&self, question: Question) -> Reply {
        self.0.get(&question).cloned().unwrap_or_else(|| vec![Act::Close])
    }
}

/// Acts of one reply.
fn reply(words: &str, apex: &Name) -> Reply {
    let mut acts = Vec::new();
    for (number, part) in words.split('|').enumerate() {
        let mut message = Message::new(number == 0);
        let (mut before, mut after, mut is_said) = (Vec::new(), Vec::new(), false);
        let (mut is_half, mut times) = (false, 1);
        for word in part.split_whitespace() {
            match word {
                "nothing" => {}
                "empty" => is_said = true,
                "half" => is_half = true,
                "forever" => times = u32::MAX,
                "drip" => before.push(Act::Drip),
                "length" => after.push(Act::SendLengthOnly),
                "close" => after.push(Act::Close),
                "reset" => after.push(Act::Reset),
                "hang" => after.push(Act::Hang),
                _ => match word.strip_suffix("times").and_then(|count| count.parse().ok()) {
                    Some(count) => times = count,
                    None => {
                        message.add(word, apex);
                        is_said = true;
                    }
                },
            }
        }
        acts.extend(before);
        if is_said {
            acts.push(if is_half { Act::SendHalf(message) } else { Act::Send(times, message) });
        }
        acts.extend(after);
    }
    acts
}
