//! What primaries say that is not so. Each untruth can be noticed, and none may be believed.
//!
//! Pure.
//!
//! Invariants: L1 an untruth that was told changes at least one octet, or leaves some out. L2 none of
//! them leads to a zone that its publisher had, unless it is refused.
//!
//! Not here: what a primary may say in many ways (`telling::Manner`), silence (`network`).

use crate::dice::Dice;
use crate::edition::{Edition, Entry, below, rrtype};
use crate::octets::{AA, Item, Letter, TC};
use crate::telling::{Ending, Form, Telling};

macro_rules! lies {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One untruth. The numbers are those of the threats.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Lie { $($(#[$doc])* $name,)* }

        impl Lie {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

lies! {
    /// Every request is refused.
    Refuses,
    /// The answer says that it has no authority.
    LacksAuthority,
    /// Threat 10: another number than that of the question.
    OtherId,
    /// Threat 10: the answer is about another zone.
    OtherQuestion,
    /// Threat 3: two different SOAs answer a SOA query.
    TwoSoas,
    /// There is no SOA in the answer.
    NoSoa,
    /// The apex is an alias.
    Alias,
    /// Threat 12: a serial that the primary does not have.
    Ahead,
    /// Octets that are no message.
    Garbage,
    /// Threat 4: the rdata of the SOA is too short.
    ShortSoa,
    /// Threat 4: the rdata of the SOA is too long.
    LongSoa,
    /// Threat 1: the stream ends before its closing SOA.
    Unclosed,
    /// Threat 2: the stream falls silent before its end.
    FallsSilent,
    /// Threat 2: the stream never ends.
    Endless,
    /// Threat 2: messages without records, for ever.
    EmptyForEver,
    /// Threat 3: a SOA of another name.
    SoaBelow,
    /// Threat 3: the SOA in the middle.
    SoaTwice,
    /// Threat 4: another serial closes the transfer than opened it.
    ClosesOther,
    /// Threat 4: the closing SOA has other timers.
    ClosesChanged,
    /// Threat 5: a record of another class.
    OtherClass,
    /// Threat 5: a record out of the zone.
    OutOfZone,
    /// Threat 5: a type that is no record's.
    MetaType,
    /// Threat 6: changes from a serial that we do not hold.
    BaseMismatch,
    /// Threat 6: a step is missing.
    Gap,
    /// Threat 6: a step that leads back.
    Backwards,
    /// Threat 6: a record goes that is not there.
    RemovesAbsent,
    /// Threat 6: a record comes that is there.
    AddsPresent,
    /// Threat 7: the apex loses its name servers.
    RemovesApexNs,
    /// Threat 10: octets behind the last record.
    TrailingOctets,
    /// Threat 10: the header promises more records than there are.
    CountTooHigh,
    /// Threat 10: the header promises fewer records than there are.
    CountTooLow,
    /// Threat 10: two questions.
    TwoQuestions,
    /// Threat 10: TC over TCP.
    Truncated,
    /// Threat 10: a failure in the middle.
    FailsInTheMiddle,
    /// Threat 10: the number of the message changes.
    IdChanges,
    /// Threat 3: records behind the closing SOA.
    AfterTheEnd,
    /// Threat 14: an rrset of very many records.
    HugeRrset,
    /// Threat 13: a record too large to be sent again.
    HugeRecord,
    /// Threat 30: a signature that is wrong.
    BadSignature,
    /// Threat 31: no signature where one must be.
    Unsigned,
    /// Threat 31: the last message is not signed.
    LastUnsigned,
    /// Threat 29: signed at another time.
    OtherTime,
    /// Signed with another key.
    OtherKey,
}

impl Lie {
    /// Those that only changes can tell.
    pub const OF_CHANGES: &'static [Self] = &[
        Self::BaseMismatch,
        Self::Gap,
        Self::Backwards,
        Self::RemovesAbsent,
        Self::AddsPresent,
        Self::RemovesApexNs,
    ];

    /// Whether it is told by signatures alone.
    #[must_use]
    pub const fn is_of_signatures(self) -> bool {
        matches!(
            self,
            Self::BadSignature
                | Self::Unsigned
                | Self::LastUnsigned
                | Self::OtherTime
                | Self::OtherKey
        )
    }

    /// Changes the records of an answer, before they are spread over messages. True when it did.
    pub(crate) fn bend_items(self, form: Form, edition: &Edition, items: &mut Vec<Item>) -> bool {
        match form {
            Form::Soa => self.bend_soa(edition, items),
            Form::Single => self.bend_any_soa(items),
            Form::Whole => self.bend_any_soa(items) || self.bend_transfer(edition, items),
            Form::Changes => {
                self.bend_any_soa(items)
                    || self.bend_changes(edition, items)
                    || self.bend_transfer(edition, items)
            }
        }
    }

    fn bend_soa(self, edition: &Edition, items: &mut Vec<Item>) -> bool {
        match self {
            Self::TwoSoas => items.push(edition.soa_with(edition.serial.wrapping_add(1)).into()),
            Self::NoSoa => items.clear(),
            Self::Alias => {
                let target = below("elsewhere", &edition.apex);
                let alias = Entry { rrtype: rrtype::CNAME, rdata: target, ..edition.soa() };
                *items = vec![alias.into()];
            }
            Self::Ahead => {
                *items = vec![edition.soa_with(edition.serial.wrapping_add(1_024)).into()]
            }
            _ => return self.bend_any_soa(items),
        }
        true
    }

    fn bend_any_soa(self, items: &mut [Item]) -> bool {
        let Some(first) = items.first_mut() else { return false };
        match self {
            Self::ShortSoa => drop(first.entry.rdata.pop()),
            Self::LongSoa => first.entry.rdata.push(0),
            _ => return false,
        }
        true
    }

    /// Of the whole zone, or of changes, which end alike.
    fn bend_transfer(self, edition: &Edition, items: &mut Vec<Item>) -> bool {
        let closing = items.len().saturating_sub(1);
        let foreign = |entry: Entry| Item::from(entry);
        match self {
            Self::SoaBelow => {
                let owner = below("h1", &edition.apex);
                items.insert(closing, foreign(Entry { owner, ..edition.soa() }));
            }
            // Right behind the opening: everything else follows the end.
            Self::SoaTwice => items.insert(1, edition.soa().into()),
            Self::ClosesOther => {
                items[closing] = edition.soa_with(edition.serial.wrapping_add(1)).into();
            }
            Self::ClosesChanged => {
                if let Some(octet) = items[closing].entry.rdata.last_mut() {
                    *octet ^= 1;
                }
            }
            Self::OtherClass => {
                let entry = edition.host(900, 9);
                items.insert(closing, Item { entry, class: 3 });
            }
            Self::OutOfZone => {
                let owner = crate::edition::name(&[b"elsewhere", b"test"]);
                items.insert(closing, foreign(Entry { owner, ..edition.host(900, 9) }));
            }
            Self::MetaType => {
                let entry = Entry { rrtype: rrtype::ANY, ..edition.host(900, 9) };
                items.insert(closing, foreign(entry));
            }
            Self::AfterTheEnd => items.push(edition.host(900, 9).into()),
            Self::HugeRrset => {
                let many = (0..HUGE_RRSET).map(|address| edition.host(900, address).into());
                items.splice(closing..closing, many);
            }
            Self::HugeRecord => items.insert(closing, edition.text(900, 64_000).into()),
            Self::RemovesApexNs if edition.entries.len() + 2 == items.len() => {
                items.retain(|item| item.entry.rrtype != rrtype::NS);
            }
            _ => return false,
        }
        true
    }

    fn bend_changes(self, edition: &Edition, items: &mut Vec<Item>) -> bool {
        let is_soa = |item: &Item| item.entry.rrtype == rrtype::SOA;
        let soas: Vec<usize> = (0..items.len()).filter(|at| is_soa(&items[*at])).collect();
        let [_, from, to, .., closing] = soas.as_slice() else { return false };
        let (from, to, closing) = (*from, *to, *closing);
        match self {
            Self::BaseMismatch => {
                items[from] = edition.soa_with(edition.serial.wrapping_add(9)).into()
            }
            // Opening, from, to, from, to, closing: without the first step the second hangs in the air.
            Self::Gap if soas.len() >= 6 => drop(items.drain(from..soas[3])),
            Self::Backwards => items[to] = items[from].clone(),
            Self::RemovesAbsent => items.insert(to, edition.host(901, 9).into()),
            Self::AddsPresent => {
                let server = below("ns", &edition.apex);
                let Some(ns) = edition.entries.iter().find(|entry| entry.owner == server) else {
                    return false;
                };
                items.insert(closing, ns.clone().into());
            }
            Self::RemovesApexNs => {
                let is_ns = |entry: &&Entry| entry.rrtype == rrtype::NS;
                let Some(ns) = edition.entries.iter().find(is_ns) else { return false };
                items.insert(to, ns.clone().into());
            }
            _ => return false,
        }
        true
    }

    /// Changes messages and their ending. True when it did.
    pub(crate) fn bend_letters(self, telling: &mut Telling) -> bool {
        let is_stream = matches!(telling.form, Form::Whole | Form::Changes);
        let Some(last) = telling.letters.last_mut() else { return false };
        match self {
            Self::Refuses => last.flags |= 5,
            Self::LacksAuthority if telling.form == Form::Soa => last.flags &= !AA,
            Self::OtherId => telling.letters.iter_mut().for_each(|letter| letter.id ^= 0x5555),
            Self::OtherQuestion => {
                let Some(first) = telling.letters.first_mut() else { return false };
                let elsewhere = crate::edition::name(&[b"elsewhere", b"test"]);
                first.questions = vec![(elsewhere, rrtype::SOA)];
            }
            Self::TwoQuestions if is_stream => {
                let Some(first) = telling.letters.first_mut() else { return false };
                first.questions.extend(first.questions.clone());
            }
            Self::TrailingOctets if is_stream => last.trailing.extend_from_slice(&[0; 3]),
            Self::CountTooHigh => last.miscounted = 1,
            Self::CountTooLow if is_stream => last.miscounted = -1,
            Self::Truncated if is_stream => last.flags |= TC,
            Self::FailsInTheMiddle if is_stream => last.flags |= 2,
            Self::IdChanges if is_stream => last.id = last.id.wrapping_add(1),
            Self::Unclosed | Self::FallsSilent | Self::Endless | Self::EmptyForEver
                if is_stream =>
            {
                return self.bend_ending(telling);
            }
            _ => return false,
        }
        true
    }

    fn bend_ending(self, telling: &mut Telling) -> bool {
        // Half of it, and so never its closing SOA.
        let all: usize = telling.letters.iter().map(|letter| letter.answer.len()).sum();
        let mut left = all / 2;
        for letter in &mut telling.letters {
            letter.answer.truncate(left);
            left -= letter.answer.len();
        }
        telling.letters.retain(|letter| !letter.answer.is_empty());
        telling.ending = match self {
            Self::FallsSilent => Ending::Stall,
            Self::Endless | Self::EmptyForEver => Ending::Repeat,
            _ => Ending::Close,
        };
        let Some(last) = telling.letters.last() else { return false };
        match self {
            Self::EmptyForEver => {
                let empty = Letter { answer: Vec::new(), questions: Vec::new(), ..last.clone() };
                telling.letters.push(empty);
            }
            Self::Endless => {
                let more = telling.edition.host(902, 1).into();
                let more = Letter { answer: vec![more], questions: Vec::new(), ..last.clone() };
                telling.letters.push(more);
            }
            _ => {}
        }
        true
    }

    /// Changes the octets of the first message. True when it did.
    pub(crate) fn bend_octets(self, octets: &mut Vec<u8>, dice: &mut Dice) -> bool {
        if self != Self::Garbage {
            return false;
        }
        // Too short for the records that its header promises, whatever they are.
        octets.truncate(20);
        octets.iter_mut().skip(12).for_each(|octet| *octet = dice.below(256) as u8);
        true
    }
}

/// Records of an rrset that is too large for the limits of a world.
const HUGE_RRSET: u64 = 60;
