//! Threats 1 to 7, 9, 10, 13, 14 and 31, as scripts of records in messages.

use super::*;
use crate::code::Code;
use crate::primaries::Remedy;
use std::collections::BTreeSet;
use wire::builder::Builder as Writer;
use wire::message::Flags;
use wire::record::Record;
use zone::Builder;

mod envelope;
mod large;
mod laws;

const ID: u16 = 0x1234;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn apex() -> Name {
    name("example.")
}

/// One word of a script:
///
/// | word | record |
/// |---|---|
/// | `soa7` | the zone's SOA with serial 7 |
/// | `soa7'` | the same with another refresh |
/// | `SOA7` | the same with names in upper case |
/// | `moved7` | the same with another MNAME |
/// | `ns` | NS at the apex |
/// | `a5` | A at `h5.example.` |
/// | `sub` | SOA at `h1.example.` |
/// | `out` | A at `h1.elsewhere.` |
/// | `ch` | A at `h1.example.` in class CH |
/// | `type250` | such a record at `h1.example.` with empty rdata |
/// | `rrsig255` | RRSIG at `h1.example.` that covers this type |
fn record(word: &str) -> Record {
    let (letters, number) =
        word.split_at(word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len()));
    let (digits, mark) = number.strip_suffix('\'').map_or((number, 0), |digits| (digits, 1));
    let number: u32 = digits.parse().unwrap_or(1);
    let host = format!("h{number}.example.");
    let (owner, rrtype, rdata) = match letters {
        "soa" => ("example.", Rrtype::SOA, soa_rdata("ns.example.", number, mark)),
        "SOA" => ("EXAMPLE.", Rrtype::SOA, soa_rdata("NS.Example.", number, mark)),
        "moved" => ("example.", Rrtype::SOA, soa_rdata("new.example.", number, mark)),
        "ns" => ("example.", Rrtype::NS, name("ns.example.").as_wire().to_vec()),
        "a" => (host.as_str(), Rrtype::A, (0xc000_0200 + number).to_be_bytes().to_vec()),
        "sub" => ("h1.example.", Rrtype::SOA, soa_rdata("ns.example.", number, mark)),
        "out" => ("h1.elsewhere.", Rrtype::A, vec![192, 0, 2, 1]),
        "ch" => ("h1.example.", Rrtype::A, vec![192, 0, 2, 1]),
        "type" => ("h1.example.", Rrtype(number as u16), vec![]),
        "rrsig" => ("h1.example.", Rrtype::RRSIG, rrsig_rdata(number as u16)),
        _ => panic!("unknown word {word}"),
    };
    let class = if letters == "ch" { Class::CH } else { Class::IN };
    let (owner, ttl, rdata) = (name(owner), Ttl::from_wire(60), rdata.into_boxed_slice());
    Record { owner, rrtype, class, ttl, rdata }
}

fn soa_rdata(mname: &str, serial: u32, refresh: u32) -> Vec<u8> {
    let numbers = [serial, refresh, 20, 3_000, 5].map(u32::to_be_bytes).concat();
    [name(mname).as_wire(), b"\0", &numbers].concat()
}

fn rrsig_rdata(covered: u16) -> Vec<u8> {
    [&covered.to_be_bytes()[..], &[8; 16], b"\x07example\0signature"].concat()
}

/// The messages of a script; `|` ends one. The first repeats the question.
fn messages(qtype: Rrtype, script: &str) -> Vec<Vec<u8>> {
    script
        .split('|')
        .enumerate()
        .map(|(at, words)| {
            let mut octets = vec![0; 65_535];
            let mut writer = Writer::new(&mut octets, ID, Flags::QR.with(Flags::AA)).unwrap();
            if at == 0 {
                writer.question(apex().as_ref(), qtype, Class::IN).unwrap();
            }
            for word in words.split_whitespace() {
                writer.push_record(Section::Answer, record(word).as_ref()).unwrap();
            }
            let len = writer.finish();
            octets.truncate(len);
            octets
        })
        .collect()
}

fn version(script: &str) -> Version {
    let mut builder = Builder::new(apex(), zone::Limits::default());
    for word in script.split_whitespace() {
        builder.push(record(word).as_ref()).unwrap();
    }
    builder.finish().unwrap()
}

/// What every IXFR here starts from.
fn held() -> Version {
    version("soa3 ns a1 a2")
}

fn limits() -> Limits {
    Limits::of_zone(zone::Limits::default())
}

fn axfr() -> Inbound {
    Inbound::axfr(ID, apex(), limits())
}

fn ixfr() -> Inbound {
    Inbound::ixfr(ID, held(), limits())
}

/// Feeds the messages until the transfer is complete or they end, then finishes.
fn run(mut inbound: Inbound, messages: &[Vec<u8>]) -> Result<Fetched, XfrError> {
    for (at, message) in messages.iter().enumerate() {
        if inbound.feed(message)? == Progress::Complete {
            assert_eq!(at + 1, messages.len(), "complete before the script ends");
        }
    }
    inbound.finish()
}

/// A verdict in one line: what came of it, or the code and the remedy.
fn told(verdict: &Result<Fetched, XfrError>) -> String {
    match verdict {
        Ok(Fetched::UpToDate(serial)) => format!("up to date at {serial}"),
        Ok(Fetched::PrimaryBehind(serial)) => format!("behind at {serial}"),
        Ok(Fetched::Whole(version)) => format!("whole {}: {}", version.serial(), hosts(version)),
        Ok(Fetched::Diffs { version, diffs }) => {
            let steps: Vec<_> = diffs.iter().map(|diff| format!("{}>", diff.from())).collect();
            format!("{}{}: {}", steps.concat(), version.serial(), hosts(version))
        }
        Err(error) => {
            let fault = error.fault();
            assert_eq!(fault.code, error.code());
            assert!(!fault.facts.is_empty(), "{error:?}");
            let remedy = match error.remedy() {
                Remedy::FetchWholeZone => "whole",
                Remedy::TryNextPrimary => "next",
                Remedy::UseTcp => "tcp",
            };
            format!("{} {remedy}", fault.code)
        }
    }
}

/// The numbers of the hosts in a version.
fn hosts(version: &Version) -> String {
    let numbers: Vec<_> = host_set(version).iter().map(u32::to_string).collect();
    numbers.join(" ")
}

fn host_set(version: &Version) -> BTreeSet<u32> {
    let a_rdatas = version.rrsets().filter(|(_, rrset)| rrset.rrtype() == Rrtype::A);
    a_rdatas
        .flat_map(|(_, rrset)| {
            let octets = rrset.rdatas().map(|rdata| u32::from_be_bytes(rdata.try_into().unwrap()));
            octets.collect::<Vec<_>>()
        })
        .map(|address| address - 0xc000_0200)
        .collect()
}

/// Runs scripts against one kind of transfer.
fn check(qtype: Rrtype, cases: &[(&str, &str)]) {
    for (script, expected) in cases {
        let inbound = if qtype == Rrtype::IXFR { ixfr() } else { axfr() };
        let verdict = run(inbound, &messages(qtype, script));
        assert_eq!(told(&verdict), *expected, "{script}: {verdict:?}");
    }
}

#[test]
fn whole_zones_arrive_in_any_number_of_messages() {
    check(
        Rrtype::AXFR,
        &[
            ("soa7 ns a1 a2 soa7", "whole 7: 1 2"),
            ("soa7 | ns | a1 | a2 | soa7", "whole 7: 1 2"),
            ("soa7 ns | | a1 | soa7", "whole 7: 1"),
            ("soa7 ns soa7", "whole 7: "),
            ("soa7 ns a1 a1 | a1 ns soa7", "whole 7: 1"),
            ("soa7 ns a1 SOA7", "whole 7: 1"),
            ("soa0 ns soa0", "whole 0: "),
        ],
    );
}

/// Threat 1: the connection ends, at any place.
#[test]
fn transfers_without_closing_soa_are_cut_off() {
    check(
        Rrtype::AXFR,
        &[
            ("soa7", "AXFR_NO_TRAILING_SOA whole"),
            ("soa7 ns a1", "AXFR_NO_TRAILING_SOA whole"),
            ("soa7 ns | a1 | a2", "AXFR_NO_TRAILING_SOA whole"),
        ],
    );
    check(
        Rrtype::IXFR,
        &[
            ("soa7 ns a1", "AXFR_NO_TRAILING_SOA whole"),
            ("soa4 | ns", "AXFR_NO_TRAILING_SOA whole"),
            ("soa4 soa3 a1", "AXFR_NO_TRAILING_SOA whole"),
            ("soa4 soa3 a1 soa4 a5", "AXFR_NO_TRAILING_SOA whole"),
            ("soa5 soa3 soa4 a5 soa4", "AXFR_NO_TRAILING_SOA whole"),
        ],
    );
    assert_eq!(told(&axfr().finish()), "AXFR_NO_TRAILING_SOA whole");
    assert_eq!(told(&ixfr().finish()), "AXFR_NO_TRAILING_SOA whole");
}

/// Threat 3: a SOA in the middle, with another owner, or with another serial.
#[test]
fn soas_stand_at_both_ends_and_nowhere_else() {
    check(
        Rrtype::AXFR,
        &[
            ("soa7 ns soa7 a1 soa7", "DUPLICATE_SOA whole"),
            ("soa7 ns soa7 soa7", "DUPLICATE_SOA whole"),
            ("soa7 ns soa7 a1", "DUPLICATE_SOA whole"),
            ("soa7 ns sub a1 soa7", "DUPLICATE_SOA whole"),
            ("sub ns soa7", "DUPLICATE_SOA whole"),
            ("ns soa7", "MALFORMED_MESSAGE whole"),
            ("a1", "MALFORMED_MESSAGE whole"),
            ("", "MALFORMED_MESSAGE whole"),
            ("soa7 soa7", "GATE_APEX_LOSS whole"),
        ],
    );
    check(Rrtype::IXFR, &[("soa4 soa3 soa4 a5 soa4 a6", "DUPLICATE_SOA whole")]);
}

/// Threat 4.
#[test]
fn closing_soa_must_repeat_the_opening_one() {
    check(
        Rrtype::AXFR,
        &[
            ("soa7 ns a1 soa8", "AXFR_SOA_MISMATCH whole"),
            ("soa7 ns a1 soa6", "AXFR_SOA_MISMATCH whole"),
            ("soa7 ns a1 soa7'", "AXFR_SOA_MISMATCH whole"),
            ("soa7 ns a1 moved7", "AXFR_SOA_MISMATCH whole"),
        ],
    );
    check(
        Rrtype::IXFR,
        &[
            ("soa4 ns a1 soa5", "AXFR_SOA_MISMATCH whole"),
            ("soa4 soa3 soa4 a5 soa4'", "AXFR_SOA_MISMATCH whole"),
            ("soa4 soa3 soa4' a5 soa4", "AXFR_SOA_MISMATCH whole"),
            ("soa4 soa3 soa4' a5 soa4'", "AXFR_SOA_MISMATCH whole"),
            ("soa5 soa3 soa4' a5 soa4' soa5 soa5", "3>4>5: 1 2 5"),
            ("soa4 soa3 soa4 a5 soa5", "AXFR_SOA_MISMATCH whole"),
        ],
    );
}

/// Threat 5.
#[test]
fn what_is_no_content_of_the_zone_is_refused() {
    for (word, code) in [
        ("out", "OUT_OF_ZONE_RECORD"),
        ("ch", "WRONG_CLASS"),
        ("type41", "BAD_RDATA"),
        ("type250", "BAD_RDATA"),
        ("type255", "BAD_RDATA"),
        ("type252", "BAD_RDATA"),
        ("type0", "BAD_RDATA"),
        ("rrsig255", "BAD_RDATA"),
        ("rrsig46", "BAD_RDATA"),
        ("sub", "DUPLICATE_SOA"),
    ] {
        let expected = format!("{code} whole");
        check(Rrtype::AXFR, &[(&format!("soa7 ns {word} soa7"), &expected)]);
        for script in [format!("soa4 soa3 {word} soa4 soa4"), format!("soa4 soa3 soa4 {word} soa4")]
        {
            let verdict = told(&run(ixfr(), &messages(Rrtype::IXFR, &script)));
            let refused = verdict == expected || verdict == "IXFR_DELETE_MISSING whole";
            assert!(refused, "{script}: {verdict}");
        }
    }
}

#[test]
fn every_form_of_ixfr_is_understood() {
    check(
        Rrtype::IXFR,
        &[
            ("soa3", "up to date at 3"),
            ("soa2", "behind at 2"),
            ("soa2147483651", "behind at 2147483651"),
            ("soa4 ns a1 soa4", "whole 4: 1"),
            ("soa4 soa4", "GATE_APEX_LOSS whole"),
            ("soa4 | ns | a1 | soa4", "whole 4: 1"),
            ("soa3 ns a1 soa3", "whole 3: 1"),
            ("soa2 ns a1 soa2", "whole 2: 1"),
            ("soa4 soa3 a1 soa4 a5 soa4", "3>4: 2 5"),
            ("soa4 soa3 soa4 a5 a6 soa4", "3>4: 1 2 5 6"),
            ("soa4 soa3 a1 a2 soa4 soa4", "3>4: "),
            ("soa4 soa3 soa4 soa4", "3>4: 1 2"),
            ("soa5 soa3 a1 soa4 a5 soa4 a5 soa5 a6 soa5", "3>4>5: 2 6"),
            ("soa9 soa3 a1 soa9 a5 soa9", "3>9: 2 5"),
            ("soa4 | soa3 | a1 | soa4 | a5 | soa4", "3>4: 2 5"),
            ("SOA4 SOA3 a1 SOA4 a5 soa4", "3>4: 2 5"),
            ("soa2147483650 soa3 soa2147483650 soa2147483650", "3>2147483650: 1 2"),
        ],
    );
}

/// RFC 1995 §2: a single SOA that is news asks for another way.
#[test]
fn news_in_a_single_soa_fetches_the_whole_zone() {
    check(Rrtype::IXFR, &[("soa4", "AXFR_NO_TRAILING_SOA whole")]);
    let messages = messages(Rrtype::IXFR, "soa4");
    let mut inbound = ixfr();
    assert_eq!(inbound.feed(&messages[0]), Ok(Progress::More), "the rest may follow");
    assert!(inbound.may_be_all());
    assert!(!ixfr().may_be_all(), "something must come");
    for script in ["soa4 soa3", "soa4 a1"] {
        let mut inbound = ixfr();
        assert_eq!(inbound.feed(&self::messages(Rrtype::IXFR, script)[0]), Ok(Progress::More));
        assert!(!inbound.may_be_all(), "{script}");
    }
    for script in ["soa3", "soa2"] {
        let messages = self::messages(Rrtype::IXFR, script);
        assert_eq!(ixfr().feed(&messages[0]), Ok(Progress::Complete), "{script}");
    }
}

/// Threat 6: another base, gaps, repeated serials, loops, steps back and aside.
#[test]
fn chains_go_forward_from_what_is_held_to_what_is_offered() {
    check(
        Rrtype::IXFR,
        &[
            ("soa4 soa2 a1 soa4 a5 soa4", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa6 soa3 soa4 soa5 soa6 soa6", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa5 soa3 a1 soa4 a5 soa5", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa5 soa3 a1 soa3 a1 soa3 soa5 soa5", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa5 soa3 soa4 soa4 soa4 soa4 soa5 soa5", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa5 soa3 soa4 soa4 soa3 soa3 soa5 soa5", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa5 soa3 soa6 soa6 soa5 soa5", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa2 soa3 soa2 soa2", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa3 soa2 soa3 soa3", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa2147483651 soa3 soa2147483651 soa2147483651", "IXFR_NOT_CONTIGUOUS whole"),
            ("soa4 soa3 soa4 soa4 soa4", "DUPLICATE_SOA whole"),
            ("soa4 soa3 soa4 soa4 a9", "DUPLICATE_SOA whole"),
        ],
    );
}

/// I3: a faulty chain ends the transfer when it turns wrong, not when all of it has come.
#[test]
fn chains_that_turn_wrong_are_not_followed() {
    let serials = |from, to, offered| XfrError::Astray {
        from: Serial(from),
        to: Serial(to),
        offered: Serial(offered),
    };
    for (script, error) in [
        ("soa4 soa2", XfrError::BaseMismatch { found: Serial(2), held: Serial(3) }),
        ("soa2 soa3", XfrError::NotNewer { offered: Serial(2), held: Serial(3) }),
        ("soa5 soa3 soa3", serials(3, 3, 5)),
        ("soa5 soa3 soa2", serials(3, 2, 5)),
        ("soa5 soa3 soa6", serials(3, 6, 5)),
        ("soa6 soa3 soa4 soa5", XfrError::Gap { ended: Serial(4), found: Serial(5) }),
    ] {
        let messages = messages(Rrtype::IXFR, script);
        assert_eq!(ixfr().feed(&messages[0]), Err(error), "{script}");
    }
}

/// Threats 6 and 7: the changes do not fit, or leave no zone.
#[test]
fn changes_that_do_not_fit_fetch_the_whole_zone() {
    check(
        Rrtype::IXFR,
        &[
            ("soa4 soa3 a9 soa4 soa4", "IXFR_DELETE_MISSING whole"),
            ("soa4 soa3 soa4 a1 soa4", "IXFR_ADD_EXISTING whole"),
            ("soa4 soa3' soa4 a5 soa4", "IXFR_DELETE_MISSING whole"),
            ("soa4 soa3 ns soa4 soa4", "GATE_APEX_LOSS whole"),
            ("soa4 soa3 ns a1 a2 soa4 soa4", "GATE_APEX_LOSS whole"),
        ],
    );
}

/// Threat 9: more octets than the zone, more steps than allowed.
#[test]
fn changes_that_cost_more_than_the_zone_are_abandoned() {
    let adds: Vec<_> = (10..6_000).map(|host| format!("a{host}")).collect();
    let adds: Vec<_> = adds.chunks(1_000).map(|part| part.join(" ")).collect();
    let large = format!("soa4 soa3 soa4 {} soa4", adds.join(" | "));
    let verdict = run(ixfr(), &messages(Rrtype::IXFR, &large));
    assert_eq!(told(&verdict), "IXFR_TOO_LARGE whole");

    let hosts: Vec<_> = (100..1_500).map(|host| format!("a{host}")).collect();
    let hosts = hosts.join(" ");
    let step = |from: u32, sign: &str| match sign {
        "add" => format!("soa{from} soa{} {hosts} | ", from + 1),
        _ => format!("soa{from} {hosts} soa{} | ", from + 1),
    };
    let to_and_fro: String =
        (3..9).map(|from| step(from, ["", "add"][from as usize % 2])).collect();
    let verdict = run(ixfr(), &messages(Rrtype::IXFR, &format!("soa9 {to_and_fro} soa9")));
    assert_eq!(told(&verdict), "IXFR_TOO_LARGE whole", "steps that are small each");

    let steps: Vec<_> = (3..10).map(|serial| format!("soa{serial} soa{}", serial + 1)).collect();
    let script = format!("soa10 {} soa10", steps.join(" "));
    for (diffs_max, expected) in [(7, "3>4>5>6>7>8>9>10: 1 2"), (6, "IXFR_TOO_LARGE whole")] {
        let inbound = Inbound::ixfr(ID, held(), Limits { diffs_max, ..limits() });
        let verdict = run(inbound, &messages(Rrtype::IXFR, &script));
        assert_eq!(told(&verdict), expected);
    }
}

/// Threat 2: endless records, endless copies of one record, endless nothing, endless octets.
#[test]
fn endless_transfers_end_at_a_limit() {
    let of = |records_max, bytes_max| {
        Limits::of_zone(zone::Limits { records_max, bytes_max, ..zone::Limits::default() })
    };
    let cases = [
        (of(5, 1 << 20), "soa7 ns", "a1 a2 a3", "TOO_MANY_RECORDS next"),
        (of(50, 1 << 20), "soa7 ns", "a1", "TOO_MANY_RECORDS next"),
        (of(1 << 20, 300), "soa7 ns", "a1 a2 a3 a4 a5 a6 a7 a8 a9", "ZONE_TOO_LARGE next"),
        (
            Limits { stream_bytes_max: 4_000, ..of(1 << 20, 1 << 20) },
            "soa7",
            "a1",
            "ZONE_TOO_LARGE next",
        ),
        (of(50, 1 << 20), "soa7 ns", "", "MALFORMED_MESSAGE whole"),
    ];
    for (limits, first, endless, expected) in cases {
        let mut inbound = Inbound::axfr(ID, apex(), limits);
        assert_eq!(inbound.feed(&messages(Rrtype::AXFR, first)[0]), Ok(Progress::More));
        let endless = messages(Rrtype::AXFR, &format!("|{endless}")).remove(1);
        let stopped = (0..10_000).find_map(|_| inbound.feed(&endless).err());
        let error = stopped.or_else(|| inbound.finish().err());
        assert_eq!(told(&Err(error.unwrap())), expected);
    }
}

/// One record more than allowed is too many; as many as allowed are not, whatever the framing.
#[test]
fn limits_are_exact() {
    for (records_max, expected) in [(4, "whole 7: 1 2"), (3, "TOO_MANY_RECORDS next")] {
        let limits = Limits::of_zone(zone::Limits { records_max, ..zone::Limits::default() });
        let inbound = Inbound::axfr(ID, apex(), limits);
        let verdict = run(inbound, &messages(Rrtype::AXFR, "soa7 ns a1 | a2 soa7"));
        assert_eq!(told(&verdict), expected);
    }
    let script = messages(Rrtype::AXFR, "soa7 ns soa7");
    let bytes = script[0].len() as u64;
    for (stream_bytes_max, expected) in [(bytes, "whole 7: "), (bytes - 1, "ZONE_TOO_LARGE next")] {
        let inbound = Inbound::axfr(ID, apex(), Limits { stream_bytes_max, ..limits() });
        assert_eq!(told(&run(inbound, &script)), expected);
    }
    for (empty, expected) in [(100, "whole 7: "), (101, "MALFORMED_MESSAGE whole")] {
        let script = format!("soa7 ns {} | soa7", "| ".repeat(empty));
        assert_eq!(told(&run(axfr(), &messages(Rrtype::AXFR, &script))), expected);
    }
}

#[test]
fn what_has_arrived_is_counted() {
    let mut inbound = axfr();
    let messages = messages(Rrtype::AXFR, "soa7 ns | a1");
    for message in &messages {
        inbound.feed(message).unwrap();
    }
    let bytes = messages.iter().map(|message| message.len() as u64).sum();
    assert_eq!(inbound.received(), Received { messages: 2, records: 3, bytes });
}

/// Every name in the catalogue that `zone` uses exists.
#[test]
fn codes_of_checks_are_in_the_catalogue() {
    let no_soa = zone::CheckError::NoSoa { apex: apex() };
    assert_eq!(XfrError::from(no_soa).code(), Code::GateApexLoss);
    let (from, to) = (Serial(1), Serial(2));
    let loops = zone::ApplyError::Loop { from, to };
    assert_eq!(XfrError::from(loops).code(), Code::IxfrNotContiguous);
}
