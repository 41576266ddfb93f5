//! How a standard is judged: claims, each of them a question and what must come back.
//!
//! A section's file names its claims; [`Section`] asks them over UDP and over TCP and goes on after
//! a failure, so that one run tells all of them. A failure of a peer is compared with what is
//! recorded of it; `understudy` has nothing recorded.

mod bed;
mod known;
mod script;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod wire;

pub(crate) use bed::{Server, Source, Zone};
pub(crate) use peers::sign::Denial;
pub(crate) use script::Expected;
pub(crate) use text::line;
pub(crate) use types::number as rrtype;
pub(crate) use wire::framed;

use bed::{Bed, Given};
use peers::ask::Transport;
use script::Asked;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What a test of a claim ends with: nothing, or what is wrong.
pub(crate) type Verdict = Result<(), String>;

/// The claims of one section, in order.
pub(crate) type Claims = fn(&mut Section<'_>);

/// Judges a server by sections of an RFC. All of them are asked before anything fails.
pub(crate) fn judge(rfc: u16, zones: &[Zone], sections: &[(&'static str, Claims)]) {
    judge_from(Source::Nsd, rfc, zones, sections);
}

/// The same of a server that gives its one zone away.
pub(crate) fn judge_open(rfc: u16, zone: Zone, sections: &[(&'static str, Claims)]) {
    judge_bed((Source::Named, Given::ToAll), rfc, &[zone], sections);
}

/// The same with zones that go through another primary than NSD.
pub(crate) fn judge_from(
    source: Source,
    rfc: u16,
    zones: &[Zone],
    sections: &[(&'static str, Claims)],
) {
    judge_bed((source, Given::ToNobody), rfc, zones, sections);
}

fn judge_bed(kind: (Source, Given), rfc: u16, zones: &[Zone], sections: &[(&'static str, Claims)]) {
    let Some(bed) = Bed::start(kind, zones) else { return };
    let mut outcomes: Vec<Outcome> = Vec::new();
    for &(number, claims) in sections {
        let mut section = Section { server: &bed.server, number, outcomes: Vec::new() };
        claims(&mut section);
        assert!(!section.outcomes.is_empty(), "RFC {rfc} §{number} claims nothing");
        outcomes.extend(section.outcomes);
    }
    let names: BTreeSet<_> = outcomes.iter().map(|made| (made.section, made.claim)).collect();
    assert_eq!(names.len(), outcomes.len(), "RFC {rfc}: a claim is made twice");
    let mut report = known::compare(bed.server.against, rfc, &outcomes);
    if !report.is_empty() {
        let failures = outcomes.iter().filter(|made| made.wrong.is_some()).count();
        let _infallible = write!(report, "\n\n{failures} of {} claims fail", outcomes.len());
        panic!("{}: {report}", bed.server.against.name());
    }
}

/// A claim that was made, and what is wrong with it.
struct Outcome {
    section: &'static str,
    claim: &'static str,
    wrong: Option<String>,
}

/// One section of a standard, as far as it was asked.
pub(crate) struct Section<'s> {
    server: &'s Server,
    number: &'static str,
    outcomes: Vec<Outcome>,
}

impl Section<'_> {
    /// Asks a question, as `script` writes it, over UDP and over TCP. Both answers must be as
    /// expected, and well-formed in every way that holds for all answers.
    pub(crate) fn claim(&mut self, claim: &'static str, question: &str, expected: &str) {
        let (asked, expected) = (Asked::parse(question), Expected::parse(expected));
        let transports: &[Transport] = if expected.is_truncated() {
            &[Transport::Udp]
        } else {
            &[Transport::Udp, Transport::Tcp]
        };
        self.holds(claim, |server| {
            for &transport in transports {
                let octets = asked.octets();
                let answer = server.answer(&octets, transport);
                let judged = answer.and_then(|answer| {
                    script::obeys_the_rules_of_all_answers(&octets, &answer)
                        .and_then(|()| expected.compare(&answer, &server.apexes))
                        .map_err(|what| format!("{what}{}", text::message(&answer)))
                });
                judged.map_err(|what| format!("{question} over {transport:?}: {what}"))?;
            }
            Ok(())
        });
    }

    /// For what a question and an answer cannot say: any exchange with the server.
    pub(crate) fn holds(&mut self, claim: &'static str, test: impl FnOnce(&Server) -> Verdict) {
        let wrong = test(self.server).err();
        self.outcomes.push(Outcome { section: self.number, claim, wrong });
    }
}

/// `Ok` if so, or else what is wrong.
pub(crate) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}
