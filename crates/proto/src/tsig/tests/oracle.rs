//! Agreement with an independent implementation, for every algorithm.

use super::*;

/// Written by `tests/fixtures/tsig.py` with dnspython.
const FIXTURE: &str = include_str!("../../../tests/fixtures/tsig.txt");

/// One exchange of the fixture.
#[derive(Default)]
struct Exchange {
    key: Option<Arc<Key>>,
    plain: Vec<u8>,
    request: Vec<u8>,
    answers: Vec<Vec<u8>>,
    badtime: Vec<u8>,
}

impl Exchange {
    fn all() -> Vec<Self> {
        FIXTURE.split("\n\n").filter(|block| !block.trim().is_empty()).map(Self::parse).collect()
    }

    fn parse(block: &str) -> Self {
        let mut exchange = Self::default();
        for line in block.lines() {
            let (word, rest) = line.split_once(' ').unwrap();
            match word {
                "key" => exchange.key = Some(parse_key(rest)),
                "plain" => exchange.plain = unhex(rest),
                "request" => exchange.request = unhex(rest),
                "answer" => exchange.answers.push(unhex(rest)),
                "badtime" => exchange.badtime = unhex(rest),
                _ => panic!("unknown word {word}"),
            }
        }
        exchange
    }

    fn key(&self) -> Arc<Key> {
        Arc::clone(self.key.as_ref().unwrap())
    }

    fn verifier(&self) -> ResponseVerifier {
        ResponseVerifier::new(self.key(), RequestMac(mac_of(&self.request)))
    }
}

fn parse_key(text: &str) -> Arc<Key> {
    let words: Vec<_> = text.split(' ').collect();
    let (name, algorithm) = (words[0].parse().unwrap(), words[1].parse().unwrap());
    Arc::new(Key::from_base64(name, algorithm, words[2]).unwrap())
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.trim().bytes().map(|c| (c as char).to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

#[test]
fn every_algorithm_computes_what_dnspython_computes() {
    let mut seen = Vec::new();
    for exchange in Exchange::all() {
        let key = exchange.key();
        let mut request = exchange.plain.clone();
        let mac = sign_request(&key, &mut request, NOW);
        assert_eq!(mac.0, mac_of(&exchange.request), "{key:?}");
        let keys = Keyring::new([exchange.key()]);
        let verified = verify_request(&keys, &exchange.request, NOW).unwrap();
        let mut signer = verified.signer().unwrap();
        for theirs in &exchange.answers {
            match wire::tsig::find(theirs).unwrap() {
                None => signer.pass(theirs),
                Some(record) => {
                    let mut ours = [&record.header[..], record.rest].concat();
                    signer.sign(&mut ours, NOW);
                    assert_eq!(mac_of(&ours), mac_of(theirs), "{key:?}");
                }
            }
        }
        seen.push(key.algorithm());
    }
    assert!(Algorithm::ALL.iter().all(|algorithm| seen.contains(algorithm)), "{seen:?}");
}

#[test]
fn streams_of_dnspython_verify_with_every_algorithm() {
    for exchange in Exchange::all() {
        let mut verifier = exchange.verifier();
        for answer in &exchange.answers {
            assert_eq!(verifier.feed(answer, NOW), Ok(()));
        }
        assert_eq!(verifier.finish(), Ok(()));
    }
}

#[test]
fn badtime_answers_of_dnspython_prove_themselves_and_tell_the_skew() {
    for exchange in Exchange::all() {
        let fault = exchange.verifier().feed(&exchange.badtime, NOW).unwrap_err();
        assert!(matches!(fault, TsigFault::Clock { noticed_by: NoticedBy::Peer, .. }), "{fault:?}");
        assert_eq!(fault.skew_seconds(), Some(3_600));
    }
}
