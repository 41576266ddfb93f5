//! A run: all questions about some zones to all servers, and what came of it.

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use peers::ask;

use crate::compare::{self, Heard};
use crate::courier;
use crate::known::{self, Difference, Strictness};
use crate::name::Name;
use crate::question::{self, Question};
use crate::servers::{Loaded, PEERS, Servers};
use crate::shape::Shape;
use crate::subject::Kind;

/// What a kind of zones was asked, and in what the answers differed.
pub(crate) struct Run {
    kind: Kind,
    strictness: Strictness,
    asked: usize,
    found: BTreeMap<Difference, Found>,
}

/// How often a difference was found, and where first.
pub(crate) struct Found {
    pub(crate) times: usize,
    pub(crate) example: String,
    /// What we said there, and what the peer did.
    pub(crate) replies: [String; 2],
}

impl Run {
    pub(crate) fn new(kind: Kind, strictness: Strictness) -> Self {
        Self { kind, strictness, asked: 0, found: BTreeMap::new() }
    }

    /// Asks everything about one of the zones.
    pub(crate) fn compare(&mut self, servers: &Servers, zones: &[Loaded], zone: &Loaded) {
        let apex = zone.apex.as_str();
        let records = ask::axfr(servers.primary.at, apex).expect("a transfer from the primary");
        let name = |zone: &Loaded| Name::of(&ask::Name::new(&zone.apex));
        let apexes: Vec<Name> = zones.iter().map(name).collect();
        let shape = Shape::new(&name(zone), &apexes, &records);
        let questions = question::all(&shape, self.kind.is_signed());
        self.asked += questions.len();
        let started = Instant::now();
        let [peer0, peer1, peer2] = &servers.peers;
        let heard = [servers.ours.at, peer0.at, peer1.at, peer2.at];
        let heard = thread::scope(|scope| {
            let questions = &questions;
            heard
                .map(|server| scope.spawn(move || courier::ask_all(server, questions)))
                .map(|asking| asking.join().expect("a server that can be asked"))
        });
        println!("{apex}: {} questions, {:.1?}", questions.len(), started.elapsed());
        self.look_at_cuts(servers, &shape, &questions, &heard[0]);
        for (number, question) in questions.iter().enumerate() {
            let [ours, theirs @ ..] =
                heard.each_ref().map(|answers| Heard::of(answers[number].as_ref()));
            let takes = |(peer, _): &(&&str, _)| !zone.refused_by.contains(*peer);
            for (peer, theirs) in PEERS.iter().zip(&theirs).filter(takes) {
                for what in compare::differences(question, &ours, theirs) {
                    let class = question.class(shape.place(&question.qname));
                    self.note(peer, what, class, || (question.dig(), [&ours, theirs]));
                }
            }
        }
    }

    /// Asks again over TCP what we cut, which is compared with nobody's but our own whole answer.
    fn look_at_cuts(
        &mut self,
        servers: &Servers,
        shape: &Shape,
        questions: &[Question],
        ours: &[Option<Vec<u8>>],
    ) {
        let replies = questions.iter().zip(ours.iter().map(|answer| Heard::of(answer.as_ref())));
        let cut: Vec<(&Question, Heard)> = replies.filter(|(_, reply)| reply.is_cut()).collect();
        let by_tcp: Vec<Question> = cut.iter().map(|(question, _)| question.by_tcp()).collect();
        let whole = courier::ask_all(servers.ours.at, &by_tcp);
        for ((question, reply), whole) in cut.iter().zip(&whole) {
            let whole = Heard::of(whole.as_ref());
            let fault = match (reply, &whole) {
                (Heard::Reply(cut), Heard::Reply(whole)) => {
                    compare::fault_of_cut(question, shape, cut, whole)
                }
                _ => Some("we: cut; we over TCP: nothing to read".to_owned()),
            };
            if let Some(what) = fault {
                let class = question.class(shape.place(&question.qname));
                self.note("over TCP", what, class, || (question.dig(), [reply, &whole]));
            }
        }
    }

    fn note<'h>(
        &mut self,
        peer: &str,
        what: String,
        question: String,
        first: impl FnOnce() -> (String, [&'h Heard; 2]),
    ) {
        let zones = known::zones(self.kind, self.strictness);
        let difference = Difference { peer: peer.to_owned(), zones, question, what };
        let first = || {
            let (example, replies) = first();
            Found { times: 0, example, replies: replies.map(Heard::to_string) }
        };
        self.found.entry(difference).or_insert_with(first).times += 1;
    }

    /// What is wrong with the list by what was found; empty if nothing is.
    pub(crate) fn faults(&self) -> String {
        println!("{} questions about {} zones", self.asked, self.kind.text());
        known::faults(self.kind, &self.found, self.strictness)
    }
}
