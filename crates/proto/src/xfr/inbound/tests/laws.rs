//! Laws of transfers: any history, any order of records, any octets.

use super::*;
use proptest::prelude::*;

/// Versions of a zone as sets of hosts, and where to cut the stream into messages.
fn histories() -> impl Strategy<Value = (Vec<BTreeSet<u32>>, Vec<bool>)> {
    let hosts = prop::collection::btree_set(1_u32..20, 0..12);
    (prop::collection::vec(hosts, 2..6), prop::collection::vec(any::<bool>(), 200))
}

/// The words with message ends strewn in.
fn cut(words: &[String], cuts: &[bool]) -> String {
    let parts = words.iter().zip(cuts.iter().cycle());
    parts.map(|(word, &cut)| if cut { format!("{word} | ") } else { format!("{word} ") }).collect()
}

fn words_of(hosts: impl Iterator<Item = u32>) -> Vec<String> {
    hosts.map(|host| format!("a{host}")).collect()
}

proptest! {
    /// Whatever the changes and however they are cut into messages, they lead where a whole
    /// transfer leads.
    #[test]
    fn diffs_and_whole_zones_lead_to_the_same((history, cuts) in histories()) {
        let last = 3 + history.len() - 1;
        let held = version(&format!("soa3 ns {}", words_of(history[0].iter().copied()).join(" ")));
        let mut words = vec![format!("soa{last}")];
        for (at, pair) in history.windows(2).enumerate() {
            words.push(format!("soa{}", 3 + at));
            words.extend(words_of(pair[0].difference(&pair[1]).copied()));
            words.push(format!("soa{}", 4 + at));
            words.extend(words_of(pair[1].difference(&pair[0]).copied()));
        }
        words.push(format!("soa{last}"));
        let script = cut(&words, &cuts);
        let script = script.trim_end_matches([' ', '|']);
        let inbound = Inbound::ixfr(ID, held.clone(), limits());
        let verdict = run(inbound, &messages(Rrtype::IXFR, script));
        let Ok(Fetched::Diffs { version: stepped, diffs }) = verdict else {
            return Err(TestCaseError::fail(format!("{script}: {verdict:?}")));
        };
        prop_assert_eq!(diffs.len(), history.len() - 1);
        prop_assert_eq!(&host_set(&stepped), &history[history.len() - 1]);

        let mut words = vec![format!("soa{last}"), "ns".to_owned()];
        words.extend(words_of(history[history.len() - 1].iter().copied()));
        words.push(format!("soa{last}"));
        let script = cut(&words, &cuts);
        let script = script.trim_end_matches([' ', '|']);
        let Ok(Fetched::Whole(whole)) = run(axfr(), &messages(Rrtype::AXFR, script)) else {
            return Err(TestCaseError::fail(script.to_owned()));
        };
        prop_assert_eq!(whole.digest(), stepped.digest());
        let verdict = run(Inbound::ixfr(ID, held, limits()), &messages(Rrtype::IXFR, script));
        let Ok(Fetched::Whole(instead)) = verdict else {
            return Err(TestCaseError::fail(format!("{script}: {verdict:?}")));
        };
        prop_assert_eq!(instead.digest(), stepped.digest());
    }

    /// Any order of any words ends in a version or an error, and a version has the offered serial.
    #[test]
    fn any_script_gets_a_verdict(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "soa2", "soa3", "soa4", "soa5", "soa4'", "ns", "a1", "a2", "a5", "sub", "out", "|",
            ]),
            0..14,
        ),
    ) {
        for (qtype, mut inbound) in [(Rrtype::AXFR, axfr()), (Rrtype::IXFR, ixfr())] {
            let script = words.join(" ");
            let fed: Result<Vec<_>, _> =
                messages(qtype, &script).iter().map(|message| inbound.feed(message)).collect();
            if fed.is_err() {
                continue;
            }
            match inbound.finish() {
                Ok(Fetched::Whole(version)) => {
                    prop_assert_eq!(format!("soa{}", version.serial()), words[0].trim_end_matches('\''));
                }
                Ok(Fetched::Diffs { version, .. }) => {
                    prop_assert!(version.serial().is_newer_than(Serial(3)));
                    prop_assert_eq!(format!("soa{}", version.serial()), words[0].trim_end_matches('\''));
                }
                Ok(Fetched::UpToDate(_) | Fetched::PrimaryBehind(_)) | Err(_) => {}
            }
        }
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = axfr().feed(&octets);
        let _ = ixfr().feed(&octets);
    }

    #[test]
    fn any_mutilated_message_is_read_or_refused(at: prop::sample::Index, value: u8) {
        let mut message = messages(Rrtype::IXFR, "soa5 soa3 a1 soa4 a5 soa4 a5 soa5 a6 soa5").remove(0);
        let at = at.index(message.len());
        message[at] = value;
        let mut inbound = ixfr();
        if let Err(error) = inbound.feed(&message) {
            let _ = error.fault();
        }
        let _ = inbound.finish();
    }
}
