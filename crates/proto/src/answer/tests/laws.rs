//! What holds for all answers, whatever was asked.

use super::*;
use proptest::prelude::*;

/// Names in and around the zones of [`WORLD`], existing and not.
fn qname() -> impl Strategy<Value = Name> {
    let known = include_str!("example.zone")
        .lines()
        .chain(include_str!("signed.zone").lines())
        .filter_map(|line| {
            line.split_whitespace().next().filter(|_| !line.starts_with([' ', '$', ';', '@']))
        })
        .map(str::to_owned)
        .collect::<Vec<_>>();
    let label = prop::sample::select(vec!["", "x.", "*.", "www.", "a.b.", "ns.", "WWW."]);
    let zone = prop::sample::select(vec![
        "example.",
        "signed.",
        "held.example.",
        "expired.",
        "foreign.",
        "eXample.",
    ]);
    (label, prop::option::weighted(0.9, prop::sample::select(known)), zone).prop_map(
        |(label, known, zone)| {
            let known = known.map(|known| known + ".").unwrap_or_default();
            name(&format!("{label}{known}{zone}"))
        },
    )
}

fn qtype() -> impl Strategy<Value = Rrtype> {
    let known = vec![1, 2, 5, 6, 15, 16, 28, 33, 39, 43, 46, 47, 48, 64, 65, 255];
    prop_oneof![8 => prop::sample::select(known).prop_map(Rrtype), 1 => any::<u16>().prop_map(Rrtype)]
}

fn asking() -> impl Strategy<Value = Asking> {
    let edns = prop_oneof![
        Just(None),
        (0..1_500_u16, any::<bool>()).prop_map(|(size, dnssec)| {
            Some((size, if dnssec { DoBit::Set } else { DoBit::Clear }, 0))
        }),
    ];
    (qname(), qtype(), edns, 0..0x10_u16).prop_map(|(qname, qtype, edns, bits)| {
        let mut asking = Asking::new(qname, qtype);
        asking.edns = edns;
        asking.flags = Flags(bits << 5);
        asking
    })
}

fn is_within(part: &[String], whole: &[String]) -> bool {
    part.iter().all(|line| whole.contains(line))
}

/// Rrsets are whole: each owner and type has as many records as in the whole answer.
fn has_whole_rrsets(part: &[String], whole: &[String]) -> bool {
    let key = |line: &str| {
        let mut words = line.split('\t');
        let (owner, rrtype) = (words.next().unwrap().to_owned(), words.nth(2).unwrap().to_owned());
        (owner, rrtype)
    };
    let count =
        |lines: &[String], of: &str| lines.iter().filter(|line| key(line) == key(of)).count();
    // RRSIG rrsets are told apart by what they cover.
    let plain = |line: &&String| key(line).1 != "RRSIG";
    part.iter().filter(plain).all(|line| count(part, line) == count(whole, line))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// A2, A3, A4: a datagram says less than a stream, whole rrsets at a time, and TC says so.
    #[test]
    fn a_datagram_is_the_stream_less_what_does_not_fit(asking in asking()) {
        let small = asking.ask(&WORLD);
        let whole = Asking { transport: Transport::Tcp, ..asking.clone() }.ask(&WORLD);
        let limit = asking.edns.map_or(512, |(size, ..)| usize::from(size.clamp(512, 1_232)));
        prop_assert!(small.octets.len() <= limit);
        prop_assert!(whole.outcome.truncation == Truncation::Whole);
        for (part, all) in [
            (&small.answer, &whole.answer),
            (&small.authority, &whole.authority),
            (&small.additional, &whole.additional),
        ] {
            prop_assert!(is_within(part, all) && has_whole_rrsets(part, all), "{part:?} of {all:?}");
        }
        if small.outcome.truncation == Truncation::Whole {
            prop_assert_eq!(&small.answer, &whole.answer);
            prop_assert_eq!(&small.authority, &whole.authority);
            prop_assert_eq!(small.outcome.kind, whole.outcome.kind);
        } else {
            prop_assert!(small.octets.len() < whole.octets.len());
        }
    }

    /// The question, its id, opcode and RD come back, and no record comes twice.
    #[test]
    fn an_answer_belongs_to_its_question(asking in asking()) {
        let told = asking.ask(&WORLD);
        let sent = asking.octets();
        let question_end = 12 + asking.qname.as_wire().len() + 4;
        prop_assert_eq!(&told.octets[..2], &sent[..2]);
        prop_assert_eq!(&told.octets[12..question_end], &sent[12..question_end]);
        prop_assert_eq!(told.octets[2] & 0x79, sent[2] & 0x79);
        let mut lines: Vec<_> =
            [&told.answer, &told.authority, &told.additional].into_iter().flatten().collect();
        let count = lines.len();
        lines.sort();
        lines.dedup();
        prop_assert_eq!(lines.len(), count);
    }

    /// Threats 35, 37, 38: no octets whatever make us panic or say what cannot be read.
    #[test]
    fn any_octets_get_silence_or_a_readable_answer(
        asking in asking(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        tail in prop::collection::vec(any::<u8>(), 0..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        size in prop_oneof![Just(65_535_usize), 0..600_usize],
    ) {
        let mut octets = asking.octets();
        for (at, octet) in hits {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        octets.extend(tail);
        if let Some(cut) = cut {
            octets.truncate(cut.index(octets.len()));
        }
        let arrival = asking.arrival(&octets);
        let mut out = vec![0xa5; size];
        let outcome = respond_to(&WORLD, &arrival, 1_232, &mut out);
        prop_assert_eq!(outcome.kind == Kind::Dropped, outcome.len == 0);
        if outcome.len > 0 {
            let told = Told::read(&out[..outcome.len], outcome);
            prop_assert_eq!(&told.octets[..2], &octets[..2]);
            prop_assert_eq!(told.octets[2] & 0x79, octets[2] & 0x79);
        }
    }
}
