//! Octets as the messages of a transfer, of the whole zone or of what changed since a version that is held.
//!
//! The first octet says what is asked for; the rest is messages as TCP carries them, or letters that spell some.

use super::content::Content;
use super::letters::Letters;
use super::received::{Asked, Held, Meaning, meaning};
use super::spelled::{self, HELD, apex};
use proto::xfr::inbound::{Fetched, Inbound, Limits, Progress, XfrError};
use std::sync::LazyLock;
use wire::record::Record;
use wire::serial::Serial;
use zone::{Diff, Version};

/// A version that changes are asked for from, as the server and as a list.
struct World {
    version: Version,
    held: Held,
}

/// The same content at serials all around the circle.
static WORLDS: LazyLock<[World; 4]> =
    LazyLock::new(|| [5, 0, u32::MAX, 0x7fff_ffff].map(World::at));

/// Limits that no input reaches, since inputs are short.
const WIDE: Limits = {
    let mut limits = Limits::of_zone(zone::Limits {
        records_max: u64::MAX,
        bytes_max: u64::MAX,
        rrset_records_max: u32::MAX,
        rrset_bytes_max: u32::MAX,
        types_per_name_max: u16::MAX,
    });
    limits.empty_messages_max = u32::MAX;
    limits
};

/// Limits that many inputs reach.
const NARROW: Limits = Limits {
    zone: zone::Limits {
        records_max: 12,
        bytes_max: 700,
        rrset_records_max: 4,
        rrset_bytes_max: 200,
        types_per_name_max: 4,
    },
    stream_bytes_max: 2_500,
    diffs_max: 2,
    empty_messages_max: 2,
};

/// Everything that must hold for any messages of a primary.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&how, rest)) = octets.split_first() else { return };
    let world = &WORLDS[usize::from(how >> 2) & 3];
    let held = (how & 2 != 0).then(|| world.held.clone());
    let mut asked = Asked { id: 0, apex: apex(), held };
    let mut letters = Letters(rest);
    let messages: Vec<Vec<u8>> = if how & 1 == 0 {
        core::iter::from_fn(|| letters.framed().map(<[u8]>::to_vec)).collect()
    } else {
        spelled::messages(&asked, world.held.serial, letters)
    };
    // Whatever was recorded was once asked for.
    let id = messages.first().and_then(|first| first.first_chunk());
    asked.id = id.map_or(0, |id| u16::from_be_bytes(*id)) ^ u16::from(how >> 4 & 1);
    let asking = Asking { asked, world };
    let taken = asking.means_the_same(&messages);
    asking.keeps_to_its_limits(&messages, taken.as_ref());
    asking.comes_to_an_end(&messages);
}

impl World {
    fn at(serial: u32) -> Self {
        let mut records = HELD.clone();
        records.push(spelled::soa(serial, 2));
        let mut builder = zone::Builder::new(apex(), zone::Limits::default());
        records.iter().for_each(|record: &Record| {
            builder.push(record.as_ref()).expect("a record of the zone");
        });
        let version = builder.finish().expect("a zone");
        let content = Content::gathered(&apex(), &records).expect("a zone");
        assert_eq!(version.digest(), content.digest(), "RFC 8976");
        Self { version, held: Held { serial, content } }
    }
}

/// A question of ours, whatever answers it.
struct Asking<'w> {
    asked: Asked,
    world: &'w World,
}

/// What came of a transfer, and of how many messages.
type Outcome = (Result<Fetched, XfrError>, usize);

impl Asking<'_> {
    fn inbound(&self, limits: Limits) -> Inbound {
        match self.asked.held {
            Some(_) => Inbound::ixfr(self.asked.id, self.world.version.clone(), limits),
            None => Inbound::axfr(self.asked.id, apex(), limits),
        }
    }

    /// As the server does it: until enough has come, or the connection is closed.
    fn receive(&self, messages: &[Vec<u8>], limits: Limits) -> Outcome {
        let mut inbound = self.inbound(limits);
        for (octets, taken) in messages.iter().zip(1..) {
            match inbound.feed(octets) {
                Ok(Progress::More) => {}
                Ok(Progress::Complete) => return (inbound.finish(), taken),
                Err(error) => return (Err(error), taken),
            }
        }
        (inbound.finish(), messages.len())
    }

    /// A transfer is accepted when a slow reader accepts it, after the same message, and has the same content. Gives
    /// what was accepted.
    fn means_the_same(&self, messages: &[Vec<u8>]) -> Option<(Fetched, Content)> {
        let (fetched, taken) = self.receive(messages, WIDE);
        let (meaning, read) = meaning(&self.asked, messages.iter().map(Vec::as_slice));
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(error) => {
                assert!(
                    matches!(meaning, Meaning::Unfinished | Meaning::Refused),
                    "{error}: {meaning:?}"
                );
                assert!(!error.fault().to_string().is_empty(), "a fault has a name");
                return None;
            }
        };
        assert_eq!(taken, read, "both see the end in the same message");
        for fewer in 0..taken {
            let (cut, _) = self.receive(&messages[..fewer], WIDE);
            assert!(cut.is_err(), "threat 1: {fewer} of {taken} messages are no transfer");
        }
        match (&fetched, &meaning) {
            (Fetched::UpToDate(Serial(one)), Meaning::UpToDate(other))
            | (Fetched::PrimaryBehind(Serial(one)), Meaning::Behind(other)) => {
                assert_eq!(one, other);
                return None;
            }
            (Fetched::Whole(version), Meaning::Whole(content)) => is_same(version, content),
            (Fetched::Diffs { version, diffs }, Meaning::Steps(content, steps)) => {
                is_same(version, content);
                assert_eq!(diffs.len(), *steps);
                self.lead_there(diffs, version);
            }
            (_, _) => panic!("{fetched:?} is not {meaning:?}"),
        }
        let content = meaning.content().expect("a version").clone();
        Some((fetched, content))
    }

    /// The steps, as they are written to disk, lead from the held version to the new one.
    fn lead_there(&self, diffs: &[Diff], version: &Version) {
        let mut read = Vec::new();
        for diff in diffs {
            let mut octets = Vec::new();
            diff.encode(&mut octets);
            read.push(Diff::decode(&octets).expect("what we wrote"));
        }
        assert_eq!(read, diffs);
        let again = self.world.version.apply(&read, &WIDE.zone).expect("steps that lead there");
        assert_eq!((again.serial(), again.digest()), (version.serial(), version.digest()));
        assert_eq!(again.counts(), version.counts());
    }

    /// Limits refuse what is beyond them, and change nothing about the rest.
    fn keeps_to_its_limits(&self, messages: &[Vec<u8>], accepted: Option<&(Fetched, Content)>) {
        let (fetched, taken) = self.receive(messages, NARROW);
        let (version, diffs) = match fetched {
            Ok(Fetched::Whole(version)) => (version, 0),
            Ok(Fetched::Diffs { version, diffs }) => (version, diffs.len()),
            Ok(Fetched::UpToDate(_) | Fetched::PrimaryBehind(_)) | Err(_) => return,
        };
        let (_, content) = accepted.expect("narrow limits accept nothing that wide ones do not");
        is_same(&version, content);
        let zone::Limits { records_max, bytes_max, rrset_records_max, .. } = NARROW.zone;
        assert!(version.record_count() <= records_max, "threat 2");
        assert!(version.counts().size_bytes <= bytes_max, "threat 2");
        assert!(content.largest_rrset() <= rrset_records_max as usize, "threat 14");
        assert!(diffs <= NARROW.diffs_max as usize, "threat 9");
        let bytes: usize = messages[..taken].iter().map(Vec::len).sum();
        assert!(bytes as u64 <= NARROW.stream_bytes_max, "threat 2");
    }

    /// Threat 2: a primary that repeats itself for ever is not listened to for ever.
    fn comes_to_an_end(&self, messages: &[Vec<u8>]) {
        let Some(last) = messages.last() else { return };
        let mut inbound = self.inbound(NARROW);
        let most = NARROW.stream_bytes_max as usize / last.len().max(1) + messages.len() + 1;
        let endless = messages.iter().chain(core::iter::repeat(last)).take(most);
        let all_more =
            endless.map(|octets| inbound.feed(octets)).all(|it| it == Ok(Progress::More));
        assert!(!all_more, "{most} messages were not enough");
    }
}

fn is_same(version: &Version, content: &Content) {
    assert_eq!(version.digest(), content.digest());
    assert_eq!(version.record_count(), content.records() as u64);
}
