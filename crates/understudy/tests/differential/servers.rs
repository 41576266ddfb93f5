//! One primary and four secondaries of it: the program under test and its peers.

use peers::primary::{Primary, Setup};
use peers::secondary::{Replies, Secondary};
use peers::{ask, daemon, knot, named, nsd, wait};

/// A zone as the primary loads it.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) apex: String,
    pub(crate) text: String,
    /// Names of [`PEERS`] that do not take it over.
    pub(crate) refused_by: &'static [&'static str],
}

/// Whom our answers are compared with, by their names in the committed list.
pub(crate) const PEERS: [&str; 3] = ["bind", "knot", "nsd"];

/// All servers of a run; they end with it.
pub(crate) struct Servers {
    pub(crate) primary: Primary,
    pub(crate) ours: daemon::Daemon,
    /// In the order of [`PEERS`].
    pub(crate) peers: [Secondary; 3],
}

impl Servers {
    /// Starts them and waits until each serves every zone.
    pub(crate) fn start(zones: &[Loaded]) -> Self {
        let (primary, daemon) = ours(zones);
        let taken_by = |peer: &str| -> Vec<&str> {
            let taken = zones.iter().filter(|zone| !zone.refused_by.contains(&peer));
            taken.map(|zone| zone.apex.as_str()).collect()
        };
        let peers = [
            named::secondary(&taken_by("bind"), primary.at, Replies::Minimal),
            knot::secondary(&taken_by("knot"), primary.at),
            nsd::secondary(&taken_by("nsd"), primary.at, Replies::Minimal),
        ];
        Self { primary, ours: daemon, peers }
    }
}

/// A primary with the zones, and the program under test, which serves them all.
pub(crate) fn ours(zones: &[Loaded]) -> (Primary, daemon::Daemon) {
    let texts = zones.iter().map(|zone| (zone.apex.clone(), zone.text.clone())).collect();
    let primary = nsd::primary(Setup { zones: texts, key: None, notify: None, signing: None });
    let mine = zones.iter().map(|zone| daemon::Zone::from(&zone.apex, primary.at, None));
    let ours = daemon::Setup::new(mine.collect()).start();
    for Loaded { apex, .. } in zones {
        wait::until(wait::SOON, &format!("we serve {apex}"), || {
            ask::serial(ours.at, apex).is_some()
        });
    }
    (primary, ours)
}
