//! What an honest primary says to a request: records in their order, spread over messages.
//!
//! Pure. Shares no code with `proto::xfr`, which reads it.
//!
//! Standards: RFC 5936 §2.2 (AXFR) · RFC 1995 §2, §4 (forms of an IXFR).
//!
//! Not here: untruths (`lie`), signatures and the wire (`primary`).

use crate::dice::Dice;
use crate::edition::{Edition, rrtype};
use crate::octets::{Asked, Item, Letter};
use crate::publisher::Publisher;
use std::sync::Arc;

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The answer to a SOA query.
    Soa,
    /// The SOA alone, to a request for changes: there is nothing newer.
    Single,
    /// The whole zone.
    Whole,
    /// Steps between editions.
    Changes,
}

/// What becomes of a connection behind the last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is closed.
    Close,
    /// It stays open, and nothing more comes.
    Stall,
    /// The last message comes again and again.
    Repeat,
}

/// Habits of a primary; all of them are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Records in a message.
    pub records_per_letter: usize,
    /// Steps that it can tell; without, changes are answered by the whole zone.
    pub steps_kept: usize,
    /// Whether all messages repeat the question, or only the first.
    pub questions: Questions,
    /// Of signed messages behind the first, every so-manieth carries a signature.
    pub signs_every: usize,
}

/// Which messages of a stream repeat the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Questions {
    /// Only the first.
    First,
    /// All of them.
    All,
}

impl Manner {
    /// As most primaries do it.
    pub const USUAL: Self = Self {
        records_per_letter: 50,
        steps_kept: 20,
        questions: Questions::First,
        signs_every: 1,
    };

    /// Any of the manners there are.
    #[must_use]
    pub fn any(dice: &mut Dice) -> Self {
        Self {
            records_per_letter: [1, 2, 5, 50][dice.index(4)],
            steps_kept: [0, 1, 4, 20][dice.index(4)],
            questions: [Questions::First, Questions::All][dice.index(2)],
            signs_every: [1, 2, 60][dice.index(3)],
        }
    }
}

/// Everything a primary says to one request.
#[derive(Clone, Debug)]
pub struct Telling {
    /// What it is.
    pub form: Form,
    /// The edition it speaks of.
    pub edition: Arc<Edition>,
    /// Its messages.
    pub letters: Vec<Letter>,
    /// What comes behind them.
    pub ending: Ending,
}

/// The records of an honest answer, in their order.
#[must_use]
pub fn items(
    publisher: &Publisher,
    place: usize,
    asked: &Asked,
    manner: Manner,
) -> (Form, Vec<Item>) {
    let edition = publisher.edition(place);
    let soa = || vec![Item::from(edition.soa())];
    match (asked.qtype, asked.since) {
        (rrtype::AXFR, _) | (rrtype::IXFR, None) => (Form::Whole, whole(edition)),
        (rrtype::IXFR, Some(since)) if !crate::edition::is_after(edition.serial, since) => {
            (Form::Single, soa())
        }
        (rrtype::IXFR, Some(since)) => match publisher.way(since, place, manner.steps_kept) {
            Some(way) => (Form::Changes, changes(&way)),
            None => (Form::Whole, whole(edition)),
        },
        _ => (Form::Soa, soa()),
    }
}

/// Spreads records over messages.
#[must_use]
pub fn letters(asked: &Asked, items: Vec<Item>, manner: Manner) -> Vec<Letter> {
    let pieces = items.chunks(manner.records_per_letter.max(1));
    let mut letters: Vec<Letter> =
        pieces.map(|piece| Letter::answering(asked, piece.to_vec())).collect();
    if letters.is_empty() {
        letters.push(Letter::answering(asked, items));
    }
    if manner.questions == Questions::First {
        letters.iter_mut().skip(1).for_each(|letter| letter.questions.clear());
    }
    letters
}

fn whole(edition: &Edition) -> Vec<Item> {
    let soa = edition.soa();
    let inside = edition.entries.iter().cloned();
    std::iter::once(soa.clone()).chain(inside).chain([soa]).map(Item::from).collect()
}

fn changes(way: &[Arc<Edition>]) -> Vec<Item> {
    let Some(last) = way.last() else { return Vec::new() };
    let mut entries = vec![last.soa()];
    for step in way.windows(2) {
        let [from, to] = step else { continue };
        entries.push(from.soa());
        entries.extend(from.entries.difference(&to.entries).cloned());
        entries.push(to.soa());
        entries.extend(to.entries.difference(&from.entries).cloned());
    }
    entries.push(last.soa());
    entries.into_iter().map(Item::from).collect()
}
