//! What is judged and from where it has its zones: a primary with the zones of a standard, and a
//! server that is secondary for all of them.

use super::wire::{self, Stream};
use super::{Verdict, known};
use peers::ask::{self, Message, Name, Transport};
use peers::key::Key;
use peers::secondary::{Replies, Source as SourceOf};
use peers::sign::{self, Denial};
use peers::{daemon, knot, named, nsd, primary, wait};
use std::any::Any;
use std::net::SocketAddr;

/// Names the server to be judged: `understudy` (or nothing), `nsd`, `knot`, `named`.
const VARIABLE: &str = "CONFORMANCE_AGAINST";

/// Who is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Against {
    Understudy,
    Nsd,
    Knot,
    Named,
}

impl Against {
    fn chosen() -> Self {
        let all = [Self::Understudy, Self::Nsd, Self::Knot, Self::Named];
        let chosen = std::env::var(VARIABLE).unwrap_or_else(|_| Self::Understudy.name().to_owned());
        let found = all.into_iter().find(|against| against.name() == chosen);
        found.unwrap_or_else(|| panic!("{VARIABLE}={chosen}: no such server here"))
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Understudy => "understudy",
            Self::Nsd => "nsd",
            Self::Knot => "knot",
            Self::Named => "named",
        }
    }
}

/// A zone of a bed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zone {
    /// With the dot at its end.
    apex: &'static str,
    /// As a master file.
    text: &'static str,
    /// How it denies, if it is signed before it is served.
    denial: Option<Denial>,
}

impl Zone {
    /// As its text says.
    pub(crate) const fn new(apex: &'static str, text: &'static str) -> Self {
        Self { apex, text, denial: None }
    }

    /// The same, signed by BIND's tools with two keys of algorithm 13.
    pub(crate) const fn signed(self, denial: Denial) -> Self {
        Self { denial: Some(denial), ..self }
    }

    fn served_text(&self) -> String {
        match self.denial {
            Some(denial) => sign::with_bind(self.apex, self.text, denial),
            None => self.text.to_owned(),
        }
    }
}

/// Whose master-file reader and transfers the zones of a bed go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Takes nearly everything, but has all owners in lower case.
    Nsd,
    /// Keeps the case of owners.
    Named,
}

/// Whether the server gives its zones away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// It is not told to whom; some do.
    ToNobody,
    /// To everybody on this machine.
    ToAll,
}

/// A server under judgement, with what it needs to be there.
pub(super) struct Bed {
    pub(super) server: Server,
    /// Programs that end with the bed: the server, then its primary.
    _running: [Box<dyn Any>; 2],
}

impl Bed {
    /// Starts a primary and the server, and waits until it serves every zone; `None` if it is known
    /// not to take one of them.
    pub(super) fn start((source, given): (Source, Given), zones: &[Zone]) -> Option<Self> {
        let against = Against::chosen();
        if zones.iter().any(|zone| known::refuses(against, zone.apex)) {
            return None;
        }
        let texts = zones.iter().map(|zone| (zone.apex.to_owned(), zone.served_text()));
        let (primary, upstream) = start_primary(source, texts.collect());
        let apexes: Vec<&str> = zones.iter().map(|zone| zone.apex).collect();
        let (at, program) = match (given, &*apexes) {
            (Given::ToAll, [apex]) => start_open_secondary(against, apex, primary),
            (Given::ToAll, _) => panic!("a server that gives zones away has one of them"),
            (Given::ToNobody, _) => start_secondary(against, &apexes, primary),
        };
        let apexes = apexes.into_iter().map(|apex| Name::new(apex).folded()).collect();
        let server = Server { at, against, apexes };
        Some(Self { server, _running: [program, upstream] })
    }
}

fn start_primary(source: Source, zones: Vec<(String, String)>) -> (SocketAddr, Box<dyn Any>) {
    match source {
        Source::Nsd => {
            let nsd = nsd::primary(primary::Setup::of(zones));
            (nsd.at, Box::new(nsd))
        }
        Source::Named => {
            let named = named::Setup { zones, ..named::Setup::new("", "") }.start();
            (named.at, Box::new(named))
        }
    }
}

/// Starts the server that is judged; returns when it serves all zones.
fn start_secondary(
    against: Against,
    apexes: &[&str],
    primary: SocketAddr,
) -> (SocketAddr, Box<dyn Any>) {
    let secondary = match against {
        Against::Understudy => {
            let zones = apexes.iter().map(|apex| daemon::Zone::from(apex, primary, None));
            let mut setup = daemon::Setup::new(zones.collect());
            let Key { name, algorithm, secret } = Key::of_questions();
            setup.further = format!(
                "[[key]]\nname = \"{name}\"\nalgorithm = \"{algorithm}\"\nsecret = \"{secret}\"\n"
            );
            let daemon = setup.start();
            for apex in apexes {
                let awaited = format!("understudy serves {apex}");
                wait::until(wait::SOON, &awaited, || ask::serial(daemon.at, apex).is_some());
            }
            return (daemon.at, Box::new(daemon));
        }
        Against::Nsd => nsd::secondary(apexes, primary, Replies::Usual),
        Against::Knot => knot::secondary(apexes, primary),
        Against::Named => named::secondary(apexes, primary, Replies::Usual),
    };
    // An old process of NSD answers now and then, without zones that came last.
    let is_served = || apexes.iter().all(|apex| ask::serial(secondary.at, apex).is_some());
    wait::until(wait::SOON, "all zones are served again and again", || {
        (0..40).all(|_| is_served())
    });
    (secondary.at, Box::new(secondary))
}

/// The same of one zone, which it gives to everybody on this machine.
fn start_open_secondary(
    against: Against,
    apex: &str,
    primary: SocketAddr,
) -> (SocketAddr, Box<dyn Any>) {
    let source = SourceOf { at: primary, key: None };
    let secondary = match against {
        Against::Understudy => {
            let mut setup = daemon::Setup::new(vec![daemon::Zone::from(apex, primary, None)]);
            setup.further = "\n[transfer]\nallow = [\"127.0.0.0/8\"]\n".to_owned();
            let daemon = setup.start();
            wait::until(wait::SOON, "understudy serves it", || {
                ask::serial(daemon.at, apex).is_some()
            });
            return (daemon.at, Box::new(daemon));
        }
        Against::Nsd => nsd::follower(apex, source),
        Against::Knot => knot::follower(apex, source),
        Against::Named => named::follower(apex, source),
    };
    (secondary.at, Box::new(secondary))
}

/// The server that is judged.
pub(crate) struct Server {
    /// Where it answers, over UDP and TCP.
    pub(crate) at: SocketAddr,
    pub(super) against: Against,
    /// Of the zones that it serves.
    pub(super) apexes: Vec<Name>,
}

impl Server {
    /// Sends octets and reads what comes back, which must be a message.
    pub(crate) fn answer(&self, octets: &[u8], transport: Transport) -> Result<Message, String> {
        let come = self.octets(octets, transport)?.ok_or("no answer")?;
        Message::parse(&come).map_err(|what| format!("malformed answer: {what}: {come:02x?}"))
    }

    /// Sends octets and returns what comes back; `None` if nothing does.
    pub(crate) fn octets(
        &self,
        octets: &[u8],
        transport: Transport,
    ) -> Result<Option<Vec<u8>>, String> {
        ask::raw(self.at, octets, transport).map_err(|error| error.to_string())
    }

    /// A connection for several messages.
    pub(crate) fn connect(&self) -> Result<Stream, String> {
        Stream::connect(self.at).map_err(|error| error.to_string())
    }

    /// It must not react to these octets: the next query on the same socket gets the first answer.
    pub(crate) fn is_silent_after(&self, octets: &[u8]) -> Verdict {
        wire::silence(self.at, octets, self.apexes[0].clone())
    }
}
