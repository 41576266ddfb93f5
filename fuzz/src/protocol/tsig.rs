//! Octets as a signed request, or as the signed answers to one of ours.
//!
//! The first octet says which, with what key, and what time it is. The rest is messages as they are, or letters that
//! spell some: what is in each, how it is signed, and what is changed afterwards.

use super::letters::Letters;
use super::signature::{Before, End, Fields, Form, KEYS, Shared, Tsig, Worth, end, signed};
use super::walk::{Walk, number};
use proto::time::UnixSeconds;
use proto::tsig::{
    BadRequest, Keyring, ResponseSigner, ResponseVerifier, TsigFault, UNSIGNED_BETWEEN_MAX,
    VerifiedRequest, sign_request, verify_request,
};
use proto::xfr::query;
use std::sync::{Arc, LazyLock};
use wire::name::{Name, NameRef};
use wire::rdata::Soa;
use wire::serial::Serial;

/// All keys, as the server holds them.
static KEYRING: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::new(KEYS.iter().map(|shared| Arc::clone(&shared.key))));

/// Moments: an ordinary one, the first, and one that the field of a TSIG cannot carry.
const MOMENTS: [u64; 4] = [1_700_000_000, 0, (1 << 48) - 1, u64::MAX];

/// Octets of a signature's time.
const TIME_MAX: u64 = (1 << 48) - 1;

/// Everything that must hold for signatures, good and bad.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&how, rest)) = octets.split_first() else { return };
    let shared = &KEYS[usize::from(how >> 2 & 7) % KEYS.len()];
    let now = MOMENTS[usize::from(how >> 5 & 3)];
    let is_spelled = how & 2 == 0;
    let mut letters = Letters(rest);
    match how & 1 {
        0 if is_spelled => judge_request(&request(shared, now, letters), now),
        0 => judge_request(rest, now),
        _ => {
            let exchange = Exchange::begin(shared, now);
            let answers = if is_spelled {
                Spelling::new(&exchange).answers(letters)
            } else {
                core::iter::from_fn(|| letters.framed().map(<[u8]>::to_vec)).collect()
            };
            exchange.judge(&answers);
        }
    }
}

/// Questions and answers to be signed.
fn plain(kind: u8) -> Vec<u8> {
    let apex: Name = "Z.example.".parse().expect("a name");
    let (mname, rname) = (apex.as_ref(), NameRef::ROOT);
    let timers = [1, 2, 3, 4];
    let [refresh, retry, expire, negative_ttl] = timers;
    let held = Soa { mname, rname, serial: Serial(1), refresh, retry, expire, negative_ttl };
    match kind & 7 {
        0 => query::soa(0x1234, apex.as_ref(), query::Form::Edns),
        1 => query::soa(0x1234, apex.as_ref(), query::Form::Plain),
        2 => query::axfr(0x1234, apex.as_ref()),
        3 => query::ixfr(0x1234, apex.as_ref(), &held),
        4 => vec![0; 12],
        // A NOTIFY, an answer, and counts that lie.
        5 => b"\x12\x34\x24\0\0\x01\0\0\0\0\0\0\x01z\0\0\x06\0\x01".to_vec(),
        6 => b"\x12\x34\x84\x05\0\x01\0\0\0\0\0\0\x01z\0\0\xfb\0\x01".to_vec(),
        _ => b"\x12\x34\0\0\0\x01\0\x01\0\0\xff\xff\x01z\0\0\x06\0\x01".to_vec(),
    }
}

/// A request and its signature, both as wrong as the letters say.
fn request(shared: &Shared, now: u64, mut letters: Letters<'_>) -> Vec<u8> {
    let message = plain(letters.octet().unwrap_or(0));
    let mut fields = fields_at(now, &message);
    let (form, before, mac_octets) = spoil(&mut fields, shared, &mut letters);
    let (mut octets, _) = signed(shared, &before, &message, (&fields, &form, mac_octets));
    change(&mut octets, letters);
    octets
}

fn fields_at(now: u64, message: &[u8]) -> Fields {
    let original_id = number(message, 0).unwrap_or(0);
    Fields { time: now.min(TIME_MAX), fudge: 300, original_id, error: 0, other: Vec::new() }
}

/// Changes what is signed, and how.
fn spoil(fields: &mut Fields, shared: &Shared, letters: &mut Letters<'_>) -> (Form, Before, usize) {
    let (mut form, mut before) = (Form::Whole, Before::default());
    let mut mac_octets = shared.key.mac_octets();
    for _ in 0..letters.octet().unwrap_or(0) & 7 {
        let (Some(what), Some(how)) = (letters.octet(), letters.octet()) else { break };
        let far = u64::from(how) * u64::from(how) * 5;
        match what & 7 {
            0 => fields.time = fields.time.saturating_add(far).min(TIME_MAX),
            1 => fields.time = fields.time.saturating_sub(far),
            2 => fields.fudge = [0, 1, 300, u16::MAX][usize::from(how & 3)],
            3 => fields.original_id ^= u16::from(how),
            4 => fields.error = u16::from(how),
            5 => fields.other = vec![what; usize::from(how)],
            6 => mac_octets = usize::from(how) % 80,
            _ if how & 1 == 0 => form = Form::Timers,
            _ => before.mac = Some(vec![how; usize::from(how) % 65]),
        }
    }
    (form, before, mac_octets)
}

/// Changes single octets, each told by three.
pub fn change(octets: &mut [u8], mut letters: Letters<'_>) {
    while let (Some(at), Some(xor)) = (letters.number(), letters.octet()) {
        let at = usize::from(at) % octets.len().max(1);
        octets.get_mut(at).into_iter().for_each(|octet| *octet ^= xor);
    }
}

/// A request is believed if, and only if, its MAC is right and its time and lengths are; and every refusal is as RFC
/// 8945 §5.2 and §5.3.2 have it.
fn judge_request(octets: &[u8], now: u64) {
    let end = end(octets);
    let verified = match verify_request(&KEYRING, octets, UnixSeconds(now)) {
        Ok(verified) => verified,
        Err(bad) => return judge_refusal(&bad, octets, &end, now),
    };
    match (verified.key(), &end) {
        (None, End::Plain) => {}
        (None, End::Broken) => assert_eq!(number(octets, 10), Some(0), "there may be a TSIG"),
        (Some(key), End::Tsig(tsig)) => {
            let shared = KEYS.iter().find(|shared| shared.key == *key).expect("one of them");
            let worth = tsig.worth(shared, &Before::default(), &Form::Whole, now);
            assert_eq!(worth, Worth::Good, "threats 29 and 30");
            judge_answers(&verified, shared, tsig, now);
        }
        (_, _) => panic!("{:?} by {:?}", end, verified.key()),
    }
}

fn judge_refusal(bad: &BadRequest, octets: &[u8], end: &End, now: u64) {
    let fault = bad.fault.fault().to_string();
    let named = |tsig: &Tsig| KEYS.iter().find(|shared| tsig.is_by(shared));
    let worth = match end {
        End::Broken => None,
        End::Plain => panic!("nothing to refuse: {fault}"),
        End::Tsig(tsig) => Some(named(tsig).map_or(Worth::UnknownKey, |shared| {
            tsig.worth(shared, &Before::default(), &Form::Whole, now)
        })),
    };
    assert_eq!(found(&bad.fault), worth, "{fault}");
    let Some(reply) = bad.reply(octets, UnixSeconds(now)) else {
        assert!(octets.len() < 12 || octets[2] & 0x80 != 0, "a request is answered");
        return;
    };
    let walk = Walk::over(&reply).expect("an answer can be read");
    assert_eq!((walk.end, walk.counts[0] <= 1, &reply[..2]), (reply.len(), true, &octets[..2]));
    assert!(reply[2] & 0x80 != 0);
    let rcode = reply[3] & 15;
    match super::signature::end(&reply) {
        End::Broken => panic!("a broken refusal"),
        End::Plain => assert_eq!(rcode, 1, "FORMERR has no TSIG"),
        End::Tsig(told) => {
            assert_eq!((rcode, told.fields.original_id), (9, number(&reply, 0).expect("an ID")));
            let End::Tsig(asked) = end else { panic!("signed without being asked to") };
            assert_eq!(told.names, asked.names);
            judge_told(&told, asked, worth.expect("a TSIG"), now);
        }
    }
}

/// RFC 8945 §5.3.2: BADKEY and BADSIG have no MAC; the others have one over the MAC of the request.
fn judge_told(told: &Tsig, asked: &Tsig, worth: Worth, now: u64) {
    let error = match worth {
        Worth::UnknownKey => 17,
        Worth::Forged => 16,
        Worth::Untimely => 18,
        Worth::Truncated => 22,
        Worth::Good | Worth::MacLength => panic!("{worth:?} is not told by a TSIG"),
    };
    assert_eq!(told.fields.error, error);
    if matches!(worth, Worth::UnknownKey | Worth::Forged) {
        assert_eq!((told.mac.len(), told.fields.other.len()), (0, 0));
        return;
    }
    let shared = KEYS.iter().find(|shared| told.is_by(shared)).expect("a key");
    let before = Before { mac: Some(asked.mac.clone()), messages: Vec::new() };
    let by_then = told.worth(shared, &before, &Form::Whole, told.fields.time);
    assert_eq!(by_then, Worth::Good, "a refusal proves itself");
    if worth == Worth::Untimely {
        assert_eq!(told.fields.time, asked.fields.time, "so that it passes the client's check");
        assert_eq!(told.fields.other, now.min(TIME_MAX).to_be_bytes()[2..]);
    }
}

/// What a fault says about a signature; `None` when it says that there is none to be read.
fn found(fault: &TsigFault) -> Option<Worth> {
    Some(match fault {
        TsigFault::Malformed(_) => return None,
        TsigFault::MacLength { .. } => Worth::MacLength,
        TsigFault::UnknownKey { .. } => Worth::UnknownKey,
        TsigFault::BadSignature { .. } => Worth::Forged,
        TsigFault::Clock { .. } => Worth::Untimely,
        TsigFault::Truncated { .. } => Worth::Truncated,
        other => panic!("{other:?} is no fault of a request"),
    })
}

/// What we answer to a good request, over several messages, proves itself.
fn judge_answers(verified: &VerifiedRequest, shared: &Shared, asked: &Tsig, now: u64) {
    let mut signer = verified.signer().expect("a signed request has a signed answer");
    let mut before = Before { mac: Some(asked.mac.clone()), messages: Vec::new() };
    for (form, passed) in [(Form::Whole, 0), (Form::Timers, 0), (Form::Timers, 2)] {
        for _ in 0..passed {
            signer.pass(&plain(6));
            before.messages.extend(plain(6));
        }
        let mut answer = plain(6);
        signer.sign(&mut answer, UnixSeconds(now));
        assert!(answer.len() <= plain(6).len() + signer.record_octets());
        let End::Tsig(told) = end(&answer) else { panic!("an answer without TSIG") };
        assert_eq!(told.worth(shared, &before, &form, now.min(TIME_MAX)), Worth::Good);
        before = Before { mac: Some(told.mac), messages: Vec::new() };
    }
}

/// A request of ours that waits for its answers.
struct Exchange<'k> {
    shared: &'k Shared,
    now: u64,
    mac: proto::tsig::RequestMac,
    /// The same MAC, as it stands in the request.
    sent: Before,
}

impl<'k> Exchange<'k> {
    fn begin(shared: &'k Shared, now: u64) -> Self {
        let mut question = plain(2);
        let mac = sign_request(&shared.key, &mut question, UnixSeconds(now));
        let End::Tsig(told) = end(&question) else { panic!("a question without TSIG") };
        let worth = told.worth(shared, &Before::default(), &Form::Whole, now.min(TIME_MAX));
        assert_eq!(worth, Worth::Good);
        Self { shared, now, mac, sent: Before { mac: Some(told.mac), messages: Vec::new() } }
    }

    /// Threat 31: each answer is taken if, and only if, RFC 8945 §5.3.1 takes it.
    fn judge(&self, answers: &[Vec<u8>]) {
        let mut verifier = ResponseVerifier::new(Arc::clone(&self.shared.key), self.mac);
        let (mut before, mut unsigned) = (self.sent.clone(), 0);
        for (octets, number) in answers.iter().zip(1..) {
            let found = verifier.feed(octets, UnixSeconds(self.now));
            match self.accepted(octets, &before, number) {
                Some(Some(mac)) => {
                    (before, unsigned) = (Before { mac: Some(mac), messages: Vec::new() }, 0);
                    assert_eq!(found, Ok(()), "message {number}");
                }
                Some(None) if number > 1 && unsigned < UNSIGNED_BETWEEN_MAX => {
                    before.messages.extend(octets);
                    unsigned += 1;
                    assert!(found.is_ok() || Walk::over(octets).is_none(), "message {number}");
                }
                Some(None) | None => assert!(found.is_err(), "message {number}"),
            }
            if let Err(fault) = found {
                assert!(!fault.fault().to_string().is_empty());
                return;
            }
        }
        let may_end = unsigned == 0 && !answers.is_empty();
        assert_eq!(verifier.finish().is_ok(), may_end, "{unsigned} unsigned at the end");
    }

    /// Nothing when a message must be refused; its MAC when it is signed.
    #[expect(
        clippy::option_option,
        reason = "outside whether it is good, inside whether it is signed"
    )]
    fn accepted(&self, octets: &[u8], before: &Before, number: u32) -> Option<Option<Vec<u8>>> {
        let form = if number == 1 { Form::Whole } else { Form::Timers };
        match end(octets) {
            End::Plain => Some(None),
            // Without additional records there is no TSIG, and what there is others read.
            End::Broken => (super::walk::number(octets, 10) == Some(0)).then_some(None),
            End::Tsig(told) if told.fields.error != 0 => None,
            End::Tsig(told) => {
                let worth = told.worth(self.shared, before, &form, self.now);
                (worth == Worth::Good).then_some(Some(told.mac))
            }
        }
    }
}

/// Answers, one or more for each letter.
struct Spelling<'e> {
    exchange: &'e Exchange<'e>,
    /// Our own signer, while everything is as it should be.
    signer: Option<ResponseSigner>,
    before: Before,
    answers: Vec<Vec<u8>>,
}

impl<'e> Spelling<'e> {
    fn new(exchange: &'e Exchange<'e>) -> Self {
        let signer = ResponseSigner::new(Arc::clone(&exchange.shared.key), exchange.mac);
        Self { exchange, signer: Some(signer), before: exchange.sent.clone(), answers: Vec::new() }
    }

    fn answers(mut self, mut letters: Letters<'_>) -> Vec<Vec<u8>> {
        while let Some(letter) = letters.octet() {
            let argument = usize::from(letter >> 4);
            match letter & 15 {
                0..4 => self.sign(),
                4..6 => self.pass(1),
                6 => self.pass(7 * argument),
                7..10 => self.sign_in_another_way(self.exchange.shared, &mut letters),
                10 => self.sign_in_another_way(&KEYS[argument % KEYS.len()], &mut letters),
                11 => (self.signer, self.before) = (None, self.exchange.sent.clone()),
                12 if argument < self.answers.len() => {
                    let last = self.answers.len() - 1;
                    self.answers.swap(argument, last);
                }
                13 if argument < self.answers.len() => {
                    self.answers.push(self.answers[argument].clone());
                }
                14 => {
                    self.signer = None;
                    self.answers.extend(letters.framed().map(<[u8]>::to_vec));
                }
                _ => {
                    if let Some(last) = self.answers.last_mut() {
                        change(last, Letters(letters.take(3)));
                    }
                }
            }
        }
        self.answers
    }

    fn form(&self) -> Form {
        if self.answers.is_empty() { Form::Whole } else { Form::Timers }
    }

    /// As it should be; our own signer does the same to the octet.
    fn sign(&mut self) {
        let (message, shared) = (plain(6), self.exchange.shared);
        let how = (&fields_at(self.exchange.now, &message), &self.form(), shared.key.mac_octets());
        let (octets, mac) = signed(shared, &self.before, &message, how);
        self.before = Before { mac: Some(mac), messages: Vec::new() };
        if let Some(signer) = &mut self.signer {
            let mut ours = message;
            signer.sign(&mut ours, UnixSeconds(self.exchange.now));
            assert_eq!(ours, octets, "RFC 8945 §5.3.1");
        }
        self.answers.push(octets);
    }

    fn pass(&mut self, count: usize) {
        for _ in 0..count {
            match &mut self.signer {
                Some(signer) if !self.answers.is_empty() => signer.pass(&plain(6)),
                Some(_) | None => self.signer = None,
            }
            self.before.messages.extend(plain(6));
            self.answers.push(plain(6));
        }
    }

    fn sign_in_another_way(&mut self, shared: &Shared, letters: &mut Letters<'_>) {
        self.signer = None;
        let message = plain(6);
        let mut fields = fields_at(self.exchange.now, &message);
        let (form, other, mac_octets) = spoil(&mut fields, shared, letters);
        let form = if form == Form::Timers { self.form() } else { Form::Whole };
        let before = if other.mac.is_some() { &other } else { &self.before };
        let (octets, mac) = signed(shared, before, &message, (&fields, &form, mac_octets));
        self.before = Before { mac: Some(mac), messages: Vec::new() };
        self.answers.push(octets);
    }
}
